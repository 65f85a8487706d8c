// The extension: makes the client of the language server, sets the features up on it, and starts it.
// Everything that is known about code lives in the server; what stands here is what only VS Code can do.

import { commands, l10n, window, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/lsp/protocol.ts';
import {
  FINDINGS_NOTIFICATION,
  SHOW_PATH_COMMAND,
  type FileFindings,
} from '../../server/src/lsp/protocol-findings.ts';
import { start } from './basics.ts';
import type { Faultline } from './feature.ts';
import { FEATURES } from './features.ts';
import { LANGUAGES, projectFiles, selector } from './languages.ts';
import { createStore } from './store.ts';

let client: LanguageClient | undefined;

/** Commands that our own hovers may link to; text of the analysed code is escaped there and can name none. */
const LINKED = [SHOW_PATH_COMMAND];

/** Called by VS Code when a supported file is opened or a command is used. Gives its parts, for tests. */
export async function activate(context: ExtensionContext): Promise<Faultline> {
  const output = window.createOutputChannel('Faultline', { log: true });
  const findings = createStore();
  const created = createClient(context, output);
  client = created;
  // Menus of the editor ask for it.
  void commands.executeCommand('setContext', 'faultline.languages', [...LANGUAGES]);
  const parts: Faultline = { context, client: created, output, findings };
  context.subscriptions.push(
    output,
    created.onNotification(FINDINGS_NOTIFICATION, (it: FileFindings) => findings.take(it)),
    created.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) findings.clear();
    }),
    ...FEATURES.flatMap((feature) => feature(parts)),
  );
  await start(created, output);
  return parts;
}

/** Called by VS Code when the extension goes. */
export async function deactivate(): Promise<void> {
  await client?.dispose();
}

function createClient(context: ExtensionContext, output: LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.js');
  const run = { module, transport: TransportKind.ipc, options: { env: serverEnvironment() } };
  const initializationOptions: InitializationOptions = {
    asksReason: true,
    showsStatus: true,
    showsCoverage: true,
    showsFindings: true,
    showsPath: true,
    asksDecisions: true,
    trusted: workspace.isTrusted,
    words: l10n.bundle,
    aiStorage: (context.storageUri ?? context.globalStorageUri).fsPath,
  };
  const options: LanguageClientOptions = {
    documentSelector: [...selector, ...projectFiles],
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    progressOnInitialization: false,
    initializationOptions,
    diagnosticPullOptions: { onChange: true, onSave: true, onFocus: false, onTabs: false },
    markdown: { isTrusted: { enabledCommands: LINKED }, supportHtml: false },
  };
  const debug = { ...run, options: { ...run.options, execArgv: ['--nolazy', '--inspect=6011'] } };
  return new LanguageClient('faultline', 'Faultline', { run, debug }, options);
}

/** Nothing of the environment may say where or how something is sent, but for the proxy of the machine. */
function serverEnvironment(): Record<string, string | undefined> {
  const dropped = Object.keys(process.env).filter((it) => it.startsWith('ANTHROPIC_'));
  return { ...Object.fromEntries(dropped.map((it) => [it, undefined])), NODE_USE_ENV_PROXY: '1' };
}
