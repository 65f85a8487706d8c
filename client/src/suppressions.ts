// The view of all suppressions: comments, entries by path, the baseline; those that are no good any more come first.
// It is asked of the server when it is looked at, and again when findings change.

import {
  commands,
  EventEmitter,
  l10n,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  Uri,
  window,
  workspace,
  type TreeDataProvider,
} from 'vscode';
import {
  REFRESH_SUPPRESSIONS_COMMAND,
  SUPPRESSIONS_REQUEST,
  type ToldSuppression,
} from '../../server/src/lsp/protocol-project.ts';
import type { Feature } from './feature.ts';

const VIEW = 'faultline.suppressions';

export const suppressions: Feature = ({ client, findings }) => {
  const changed = new EventEmitter<undefined>();
  const provider: TreeDataProvider<ToldSuppression> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: itemOf,
    async getChildren(node) {
      if (node !== undefined || !client.isRunning()) return [];
      const all = await client.sendRequest<ToldSuppression[]>(SUPPRESSIONS_REQUEST);
      const odd = (it: ToldSuppression): number => (it.state === 'active' ? 1 : 0);
      return all.sort((a, b) => odd(a) - odd(b));
    },
  };
  const view = window.createTreeView(VIEW, { treeDataProvider: provider });
  const refresh = (): void => {
    if (view.visible) changed.fire(undefined);
  };
  return [
    view,
    view.onDidChangeVisibility(refresh),
    findings.onChange(refresh),
    commands.registerCommand(REFRESH_SUPPRESSIONS_COMMAND, () => changed.fire(undefined)),
  ];
};

function itemOf(it: ToldSuppression): TreeItem {
  const item = new TreeItem(it.ids.join(', '));
  const uri = Uri.parse(it.uri);
  const place = `${workspace.asRelativePath(uri)}${it.line === undefined ? '' : `:${it.line}`}`;
  const until = it.until === undefined ? '' : ` ${l10n.t('until {0}', it.until)}`;
  const state = it.state === 'active' ? '' : ` (${STATES[it.state]()})`;
  item.description = `${it.reason || l10n.t('no reason given')}${until}${state}`;
  item.tooltip = `${place}\n${String(item.description)}`;
  item.iconPath =
    it.state === 'active'
      ? new ThemeIcon('eye-closed')
      : new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground'));
  const line = (it.line ?? 1) - 1;
  item.command = {
    title: l10n.t('Open'),
    command: 'vscode.open',
    arguments: [uri, { selection: { start: { line, character: 0 }, end: { line, character: 0 } } }],
  };
  item.accessibilityInformation = { label: `${it.ids.join(', ')}, ${String(item.description)}, ${place}` };
  return item;
}

const STATES: Readonly<Record<Exclude<ToldSuppression['state'], 'active'>, () => string>> = {
  expired: () => l10n.t('expired'),
  unused: () => l10n.t('unused'),
  reasonless: () => l10n.t('without a reason'),
  malformed: () => l10n.t('cannot be read'),
};
