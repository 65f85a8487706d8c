// The language status of the active document: analysed with how many findings, or why not.
// It shows what the server says about that very document; without an answer it says that it is waiting.

import { l10n, languages, LanguageStatusSeverity, window, workspace, type LanguageStatusItem } from 'vscode';
import { State } from 'vscode-languageclient/node';
import { RESTART_COMMAND, STATUS_NOTIFICATION, type DocumentStatus } from '../../server/src/lsp/protocol.ts';
import { EXPLAIN_COMMAND } from '../../server/src/lsp/protocol-project.ts';
import type { Feature } from './feature.ts';
import { selector } from './languages.ts';

export const status: Feature = ({ client }) => {
  const item = languages.createLanguageStatusItem('faultline.status', selector);
  item.name = 'Faultline';
  const known = new Map<string, DocumentStatus>();
  let server: State = State.Starting;
  const render = (): void => {
    const uri = window.activeTextEditor?.document.uri.toString();
    draw(item, server, uri === undefined ? undefined : known.get(uri));
  };
  render();
  return [
    item,
    window.onDidChangeActiveTextEditor(render),
    workspace.onDidCloseTextDocument((document) => void known.delete(document.uri.toString())),
    client.onNotification(STATUS_NOTIFICATION, (it: DocumentStatus) => {
      known.set(it.uri, it);
      render();
    }),
    client.onDidChangeState(({ newState }) => {
      server = newState;
      if (newState !== State.Running) known.clear();
      render();
    }),
  ];
};

function draw(item: LanguageStatusItem, server: State, status: DocumentStatus | undefined): void {
  item.busy = server === State.Starting || (server === State.Running && status === undefined);
  item.severity = LanguageStatusSeverity.Information;
  item.command = { title: l10n.t('What Is Seen Here?'), command: EXPLAIN_COMMAND };
  if (server === State.Stopped || server === State.StartFailed) {
    item.text = l10n.t('Faultline has stopped');
    item.detail = undefined;
    item.severity = LanguageStatusSeverity.Error;
    item.command = { title: l10n.t('Restart'), command: RESTART_COMMAND };
    return;
  }
  item.text = status === undefined ? l10n.t('Faultline: waiting') : textOf(status);
  item.detail = status === undefined ? undefined : detailOf(status);
  if (status?.state === 'failed') item.severity = LanguageStatusSeverity.Error;
  if (status?.state === 'partial') item.severity = LanguageStatusSeverity.Warning;
}

function textOf(status: DocumentStatus): string {
  if (status.state === 'skipped') return l10n.t('Faultline: not analysed');
  if (status.state === 'failed') return l10n.t('Faultline: failed');
  if (status.state === 'partial') return l10n.t('Faultline: analysed in part, {0} findings', status.findings);
  if (status.findings === 1) return l10n.t('Faultline: 1 finding');
  return status.findings === 0
    ? l10n.t('Faultline: no findings')
    : l10n.t('Faultline: {0} findings', status.findings);
}

function detailOf(status: DocumentStatus): string {
  const parts = [...status.reasons];
  if (status.state === 'analysed' || status.state === 'partial')
    parts.push(l10n.t('analysed in {0} ms, {1} rules', status.milliseconds, status.rules));
  if (status.suppressed > 0) parts.push(l10n.t('{0} suppressed', status.suppressed));
  return parts.join('; ');
}
