// What a provider of code actions is, and the few things providers share: versioned edits and the diagnostic of a finding.
// Providers answer from what is known when they are asked; none may start an analysis and wait for it.

import type {
  CancellationToken,
  CodeAction,
  Diagnostic,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding, Range } from '../../engine/engine.ts';
import type { OpenDocument } from '../documents.ts';
import type { Shown } from '../shown.ts';
import type { State } from '../state.ts';

/** One textDocument/codeAction, with what is known about the document it asks for. */
export interface ActionRequest {
  readonly state: State;
  readonly document: OpenDocument;
  /** The text as it was when the editor asked: an answer for another one is thrown away. */
  readonly text: TextDocument;
  readonly shown: Shown;
  readonly range: Range;
  /** The findings that touch the range, in source order, a handful at most. */
  readonly findings: readonly Finding[];
  /** The person asked for it, rather than the editor on its own. */
  readonly invoked: boolean;
  readonly token: CancellationToken;
  /** Whether the editor asks for actions of this kind. */
  wants(kind: string): boolean;
}

export interface ActionProvider {
  /** The kinds of what it offers. They are advertised, and it is asked only if the editor wants one of them. */
  readonly kinds: readonly string[];
  actions(request: ActionRequest): CodeAction[] | Promise<CodeAction[]>;
}

/**
 * Whether `only` asks for a kind: `quickfix` asks for everything below it. Without `only` everything is wanted but
 * actions on the whole file (`source.…`), which are for those who ask for them by name.
 */
export function wants(only: readonly string[] | undefined, kind: string): boolean {
  if (only === undefined) return !kind.startsWith('source.');
  return only.some((it) => it === '' || kind === it || kind.startsWith(`${it}.`));
}

/** An edit of a document in the version we know, so that the editor refuses it if the text has moved on. */
export function editOf(state: State, document: OpenDocument, edits: TextEdit[]): WorkspaceEdit {
  const uri = state.uris.toClient(document.uri);
  if (!state.abilities.documentChanges) return { changes: { [uri]: edits } };
  return { documentChanges: [{ textDocument: { uri, version: document.text.version }, edits }] };
}

/** The diagnostic that shows a finding, as it was sent. */
export function diagnosticOf(shown: Shown, finding: Finding): Diagnostic[] {
  const item = shown.items[shown.findings.indexOf(finding)];
  return item === undefined ? [] : [item];
}

/** Whether two ranges have a place in common; their ends belong to them. */
export function touches(a: Range, b: Range): boolean {
  const endsBefore = (x: Range, y: Range): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !endsBefore(a, b) && !endsBefore(b, a);
}
