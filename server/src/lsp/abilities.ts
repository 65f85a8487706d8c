// What the editor can do, read once from its initialize request.
// A client that leaves everything out still gets diagnostics, pushed.

import type { InitializeParams, WorkspaceFolder } from 'vscode-languageserver';
import type { InitializationOptions } from './protocol.ts';
import type { ClientAbilities } from './state.ts';
import { canonical, uriOf } from './uris.ts';

/** The abilities of a client; without parameters those of one that can do nothing. */
export function abilitiesOf(params: InitializeParams | undefined): ClientAbilities {
  const { textDocument, workspace, window } = params?.capabilities ?? {};
  return {
    pull: textDocument?.diagnostic !== undefined,
    refresh: workspace?.diagnostics?.refreshSupport === true,
    related:
      textDocument?.publishDiagnostics?.relatedInformation === true ||
      textDocument?.diagnostic?.relatedInformation === true,
    configuration: workspace?.configuration === true,
    configurationEvents: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watching: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    progress: window?.workDoneProgress === true,
    folders: workspace?.workspaceFolders === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    markdownHover: textDocument?.hover?.contentFormat?.includes('markdown') === true,
    options: optionsOf(params?.initializationOptions),
  };
}

/** The folders the editor has open, with canonical URIs; older clients name one root only. */
export function foldersOf(params: InitializeParams): WorkspaceFolder[] {
  const folders = params.workspaceFolders ?? [];
  if (folders.length > 0) return folders.map((it) => ({ ...it, uri: canonical(it.uri) }));
  const root = params.rootUri ?? (params.rootPath == null ? undefined : uriOf(params.rootPath));
  return root == null ? [] : [{ uri: canonical(root), name: 'workspace' }];
}

function optionsOf(options: unknown): InitializationOptions {
  return typeof options === 'object' && options !== null ? options : {};
}
