// Asks why a finding is to be suppressed, then has the server write the comment.
// Escape leaves everything as it is; an empty reason is allowed and is shown as a hint in the code.

import { commands, l10n, window } from 'vscode';
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';
import {
  SUPPRESS_CLIENT_COMMAND,
  SUPPRESS_SERVER_COMMAND,
  type SuppressArguments,
} from '../../server/src/lsp/protocol.ts';
import type { Feature } from './feature.ts';

export const suppress: Feature = ({ client }) => [
  commands.registerCommand(SUPPRESS_CLIENT_COMMAND, (target: unknown) => askAndSuppress(client, target)),
];

/** `target` comes from a code action; anything else is ignored with a message. */
async function askAndSuppress(client: LanguageClient, target: unknown): Promise<void> {
  if (!isTarget(target)) {
    void window.showWarningMessage(l10n.t('Use the light bulb on a finding to suppress it.'));
    return;
  }
  const reason = await window.showInputBox({
    title: l10n.t('Suppress {0} for this line', target.rule),
    prompt: l10n.t('Why is this safe? The answer is written into the comment.'),
    placeHolder: l10n.t('for example: the id comes from our own table'),
    ignoreFocusOut: true,
  });
  if (reason === undefined) return;
  const args: SuppressArguments = { ...target, reason };
  await client.sendRequest(ExecuteCommandRequest.type, {
    command: SUPPRESS_SERVER_COMMAND,
    arguments: [args],
  });
}

function isTarget(value: unknown): value is SuppressArguments {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, fingerprint, rule } = value as Record<string, unknown>;
  return typeof uri === 'string' && typeof fingerprint === 'string' && typeof rule === 'string';
}
