// The suppression of a finding as a quick fix, and the command that writes the comment.
// It comes last in the light bulb and is never preferred: hiding a finding is no fix.

import type { ApplyWorkspaceEditResult, CodeAction, Command } from 'vscode-languageserver';
import type { Finding } from '../../engine/engine.ts';
import { SUPPRESS_CLIENT_COMMAND, SUPPRESS_SERVER_COMMAND, type SuppressArguments } from '../protocol.ts';
import { currentOf } from '../publish.ts';
import type { State } from '../state.ts';
import { suppressionFor } from '../suppressEdit.ts';
import { treeOf } from '../syntax.ts';
import { canonical } from '../uris.ts';
import { diagnosticOf, editOf, type ActionProvider, type ActionRequest } from './provider.ts';

export const SUPPRESS_KIND = 'quickfix.suppress.faultline';

export const suppressActions: ActionProvider = {
  kinds: [SUPPRESS_KIND],
  actions: (request) => request.findings.map((it) => suppressAction(request, it)),
};

function suppressAction({ state, document, shown }: ActionRequest, finding: Finding): CodeAction {
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
  return {
    title,
    kind: SUPPRESS_KIND,
    diagnostics: diagnosticOf(shown, finding),
    isPreferred: false,
    command,
  };
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
