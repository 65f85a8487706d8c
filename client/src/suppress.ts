// Suppressing: a comment for one line, an entry by path, the baseline; each asks what it needs and has the server write it.
// Escape leaves everything as it is; an empty reason is allowed and is shown as a hint in the code.

import { commands, l10n, window, type QuickPickItem } from 'vscode';
import {
  SUPPRESS_CLIENT_COMMAND,
  SUPPRESS_SERVER_COMMAND,
  type SuppressArguments,
} from '../../server/src/lsp/protocol.ts';
import {
  ACCEPT_COMMAND,
  ACCEPT_SERVER_COMMAND,
  SUPPRESS_PATH_COMMAND,
  SUPPRESS_PATH_SERVER_COMMAND,
  type SuppressPathArguments,
} from '../../server/src/lsp/protocol-project.ts';
import { askReason, execute, executeWithProgress } from './ask.ts';
import type { Faultline, Feature } from './feature.ts';

export const suppress: Feature = (it) => [
  commands.registerCommand(SUPPRESS_CLIENT_COMMAND, (target: unknown) => suppressLine(it, target)),
  commands.registerCommand(SUPPRESS_PATH_COMMAND, (target: unknown) => suppressPath(it, target)),
  commands.registerCommand(ACCEPT_COMMAND, () => acceptAll(it)),
];

/** `target` comes from a code action; anything else is ignored with a message. */
async function suppressLine({ client }: Faultline, target: unknown): Promise<void> {
  if (!isTarget(target)) return sayHow();
  const reason = await askReason(l10n.t('Suppress {0} for this line', target.rule));
  if (reason === undefined) return;
  const args: SuppressArguments = { ...target, reason };
  await execute(client, SUPPRESS_SERVER_COMMAND, args);
}

async function suppressPath({ client }: Faultline, target: unknown): Promise<void> {
  if (!isTarget(target)) return sayHow();
  const { uri, rule, fingerprint } = target;
  const rows: (QuickPickItem & { value: SuppressPathArguments['scope'] | 'accept' })[] = [
    { label: l10n.t('Accept this finding in the baseline'), value: 'accept' },
    { label: l10n.t('Suppress {0} in this file', rule), value: 'file' },
    { label: l10n.t('Suppress {0} in this folder and below', rule), value: 'folder' },
    { label: l10n.t('Switch {0} off in this project', rule), value: 'off' },
  ];
  const picked = await window.showQuickPick(rows, {
    title: l10n.t('Decide about {0}', rule),
    placeHolder: l10n.t('It is written into the folder .faultline, for everybody who works on this project'),
  });
  if (picked === undefined) return;
  if (picked.value === 'accept') {
    await execute(client, ACCEPT_SERVER_COMMAND, { finding: { uri, fingerprint } });
    return;
  }
  const reason = picked.value === 'off' ? '' : await askReason(picked.label);
  if (reason === undefined) return;
  const args: SuppressPathArguments = { uri, rule, scope: picked.value, reason };
  await execute(client, SUPPRESS_PATH_SERVER_COMMAND, args);
}

async function acceptAll({ client }: Faultline): Promise<void> {
  const accept = l10n.t('Accept');
  const answer = await window.showWarningMessage(
    l10n.t('Scan the workspace and accept every finding that is there now?'),
    {
      modal: true,
      detail: l10n.t(
        'They go into .faultline/baseline.json and are shown as hints. New findings are reported.',
      ),
    },
    accept,
  );
  if (answer !== accept) return;
  const title = l10n.t('Faultline: accepting findings');
  const done = await executeWithProgress<{ accepted: number }>(client, title, ACCEPT_SERVER_COMMAND, {});
  if (done !== null) void window.showInformationMessage(l10n.t('{0} findings accepted.', done.accepted));
}

function sayHow(): void {
  void window.showWarningMessage(l10n.t('Use the light bulb on a finding to suppress it.'));
}

function isTarget(value: unknown): value is SuppressArguments {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, fingerprint, rule } = value as Record<string, unknown>;
  return typeof uri === 'string' && typeof fingerprint === 'string' && typeof rule === 'string';
}
