// The light bulb: confirmed fixes first, then the suppression of a finding; nothing that the editor did not ask for.
// Edits name the version they are for, so that the editor refuses them if the text has moved on.

import type {
  ApplyWorkspaceEditResult,
  CancellationToken,
  CodeAction,
  CodeActionParams,
  Command,
  Diagnostic,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, Range } from '../engine/engine.ts';
import type { OpenDocument } from './documents.ts';
import { fixesFor } from './fixes.ts';
import { SUPPRESS_CLIENT_COMMAND, SUPPRESS_SERVER_COMMAND, type SuppressArguments } from './protocol.ts';
import { currentOf } from './publish.ts';
import type { Shown } from './shown.ts';
import type { State } from './state.ts';
import { suppressionFor } from './suppressEdit.ts';
import { treeOf } from './syntax.ts';
import { canonical } from './uris.ts';

export const FIX_KIND = 'quickfix.faultline';
export const SUPPRESS_KIND = 'quickfix.suppress.faultline';
/** Findings that overlap one selection; whoever selects a whole file does not want a hundred entries. */
const FINDINGS_AT_MOST = 5;

/** The actions for a range. Empty while the result for this text is not there yet: nothing here waits for analysis. */
export async function codeActions(
  state: State,
  params: CodeActionParams,
  token: CancellationToken,
): Promise<CodeAction[]> {
  const wantsFix = wants(params.context.only, FIX_KIND);
  const wantsSuppress = wants(params.context.only, SUPPRESS_KIND);
  const document = state.documents.get(canonical(params.textDocument.uri));
  const shown = document === undefined ? undefined : currentOf(state, document);
  if (document === undefined || shown === undefined || (!wantsFix && !wantsSuppress)) return [];
  const here = shown.findings.filter((it) => touches(it.range, params.range)).slice(0, FINDINGS_AT_MOST);
  const fixes: CodeAction[] = [];
  const suppressions: CodeAction[] = [];
  for (const finding of here) {
    if (token.isCancellationRequested) return [];
    const diagnostic = diagnosticOf(shown, finding);
    if (wantsFix) fixes.push(...(await fixActions(state, document, shown, finding, diagnostic, token)));
    if (wantsSuppress) suppressions.push(suppressAction(state, document, finding, diagnostic));
  }
  return withoutRepeats([...fixes, ...suppressions]);
}

/** `quickfix` asks for everything below it; `source.fixAll` and `refactor` for nothing of ours. */
function wants(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((it) => it === '' || kind === it || kind.startsWith(`${it}.`));
}

async function fixActions(
  state: State,
  document: OpenDocument,
  shown: Shown,
  finding: Finding,
  diagnostic: Diagnostic[],
  token: CancellationToken,
): Promise<CodeAction[]> {
  const { text } = document;
  const fixes = await fixesFor(state, document, shown, finding, token);
  if (document.text !== text) return [];
  return fixes.map((fix, index) => ({
    title: fix.title,
    kind: FIX_KIND,
    diagnostics: diagnostic,
    isPreferred: fix.preferred && index === 0,
    edit: editOf(
      state,
      document,
      fix.edits.map((it) => ({
        range: { start: text.positionAt(it.start), end: text.positionAt(it.end) },
        newText: it.text,
      })),
    ),
  }));
}

function suppressAction(
  state: State,
  document: OpenDocument,
  finding: Finding,
  diagnostics: Diagnostic[],
): CodeAction {
  const title = `Suppress ${finding.rule} for this line…`;
  const target: SuppressArguments = {
    uri: state.uris.toClient(document.uri),
    fingerprint: finding.fingerprint,
    rule: finding.rule,
    reason: '',
  };
  const asks = state.abilities.options.asksReason === true;
  const command: Command = {
    title,
    command: asks ? SUPPRESS_CLIENT_COMMAND : SUPPRESS_SERVER_COMMAND,
    arguments: [target],
  };
  return { title, kind: SUPPRESS_KIND, diagnostics, isPreferred: false, command };
}

/** Carries out SUPPRESS_SERVER_COMMAND. Gives a sentence if it could not be done. */
export async function suppress(state: State, args: SuppressArguments): Promise<string | undefined> {
  const document = state.documents.get(canonical(args.uri));
  if (document === undefined) return 'The file is not open any more.';
  const shown = currentOf(state, document);
  const finding = shown?.findings.find((it) => it.fingerprint === args.fingerprint && it.rule === args.rule);
  if (finding === undefined) return `The ${args.rule} finding is not there any more; nothing was changed.`;
  const { text } = document;
  const tree = await treeOf(document.uri, text.languageId, text.getText());
  if (tree === undefined) return `No comment can be written in ${text.languageId}.`;
  const insertion = suppressionFor(tree, text.offsetAt(finding.range.start), finding.rule, args.reason);
  const at = text.positionAt(insertion.at);
  const edit = editOf(state, document, [{ range: { start: at, end: at }, newText: insertion.text }]);
  const result: ApplyWorkspaceEditResult = await state.connection.workspace.applyEdit({
    label: `Suppress ${finding.rule}`,
    edit,
  });
  return result.applied ? undefined : `The editor did not apply the change${reasonOf(result)}.`;
}

function reasonOf(result: ApplyWorkspaceEditResult): string {
  return result.failureReason === undefined ? '' : `: ${result.failureReason}`;
}

/** The argument of SUPPRESS_SERVER_COMMAND, or undefined if it is something else. */
export function readSuppressArguments(value: unknown): SuppressArguments | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { uri, fingerprint, rule, reason } = value as Record<string, unknown>;
  if (typeof uri !== 'string' || typeof fingerprint !== 'string' || typeof rule !== 'string')
    return undefined;
  return { uri, fingerprint, rule, reason: typeof reason === 'string' ? reason : '' };
}

function editOf(state: State, document: OpenDocument, edits: TextEdit[]): WorkspaceEdit {
  const uri = state.uris.toClient(document.uri);
  if (!state.abilities.documentChanges) return { changes: { [uri]: edits } };
  return { documentChanges: [{ textDocument: { uri, version: document.text.version }, edits }] };
}

/** The diagnostic that shows a finding, as it was sent. */
function diagnosticOf(shown: Shown, finding: Finding): Diagnostic[] {
  const index = shown.findings.indexOf(finding);
  const item = shown.items[index];
  return item === undefined ? [] : [item];
}

function withoutRepeats(actions: readonly CodeAction[]): CodeAction[] {
  const seen = new Set<string>();
  return actions.filter((it) => {
    const key = `${it.title} ${JSON.stringify(it.edit ?? it.command)}`;
    return !seen.has(key) && seen.add(key);
  });
}

function touches(a: Range, b: Range): boolean {
  const endsBefore = (x: Range, y: Range): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !endsBefore(a, b) && !endsBefore(b, a);
}
