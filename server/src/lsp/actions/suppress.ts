// The suppression of a finding as a quick fix, and the command that writes the comment.
// It comes last in the light bulb and is never preferred: hiding a finding is no fix.

import type { ApplyWorkspaceEditResult, CodeAction, Command } from 'vscode-languageserver';
import type { Finding } from '../../engine/engine.ts';
import type { ServerCommand } from '../commands.ts';
import { l10n } from '../l10n.ts';
import { SUPPRESS_CLIENT_COMMAND, SUPPRESS_SERVER_COMMAND, type SuppressArguments } from '../protocol.ts';
import { currentOf } from '../publish.ts';
import { Refusal } from '../refusal.ts';
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
  const title = l10n.t('Suppress {0} for this line…', finding.rule);
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

export const suppressCommand: ServerCommand = {
  id: SUPPRESS_SERVER_COMMAND,
  async run(state, { argument }) {
    const args = readSuppressArguments(argument);
    if (args === undefined) throw new Refusal(l10n.t('Nothing was named that could be suppressed.'));
    await suppress(state, args);
  },
};

async function suppress(state: State, args: SuppressArguments): Promise<void> {
  const document = state.documents.get(canonical(args.uri));
  if (document === undefined) throw new Refusal(l10n.t('The file is not open any more.'));
  const shown = currentOf(state, document);
  const finding = shown?.findings.find((it) => it.fingerprint === args.fingerprint && it.rule === args.rule);
  if (finding === undefined)
    throw new Refusal(l10n.t('The {0} finding is not there any more; nothing was changed.', args.rule));
  const { text } = document;
  const tree = await treeOf(document.uri, text.languageId, text.getText());
  if (tree === undefined) throw new Refusal(l10n.t('No comment can be written in {0}.', text.languageId));
  const insertion = suppressionFor(tree, text.offsetAt(finding.range.start), finding.rule, args.reason);
  const at = text.positionAt(insertion.at);
  const edit = editOf(state, document, [{ range: { start: at, end: at }, newText: insertion.text }]);
  const result: ApplyWorkspaceEditResult = await state.connection.workspace.applyEdit({
    label: l10n.t('Suppress {0}', finding.rule),
    edit,
  });
  if (result.applied) return;
  throw new Refusal(l10n.t('The editor did not apply the change: {0}', result.failureReason ?? '?'));
}

/** The argument of SUPPRESS_SERVER_COMMAND, or undefined if it is something else. */
function readSuppressArguments(value: unknown): SuppressArguments | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { uri, fingerprint, rule, reason } = value as Record<string, unknown>;
  if (typeof uri !== 'string' || typeof fingerprint !== 'string' || typeof rule !== 'string')
    return undefined;
  return { uri, fingerprint, rule, reason: typeof reason === 'string' ? reason : '' };
}
