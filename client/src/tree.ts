// The view of all findings: grouped by file, rule or source, filtered, with the steps of each path below it.
// It shows what the store holds; grouping and filter are remembered for the workspace.

import {
  commands,
  EventEmitter,
  l10n,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  workspace,
  type Memento,
  type QuickPickItem,
  type TreeDataProvider,
} from 'vscode';

import {
  CLEAR_FILTER_COMMAND,
  FILTER_COMMAND,
  GROUP_COMMAND,
  type FindingRef,
  type Severity,
  type ToldFinding,
  type ToldStep,
} from '../../server/src/lsp/protocol-findings.ts';
import type { Feature } from './feature.ts';
import { locationOf, rangeOf } from './place.ts';
import type { FindingStore } from './store.ts';

const VIEW = 'faultline.findings';
/** True while a filter hides something: shows the button that clears it. */
const FILTERED = 'faultline.filtered';

export type Grouping = 'file' | 'rule' | 'source';
/** A filter is a set of words; an empty set of one family means all of it. */
export type FilterWord = Severity | 'high' | 'medium' | 'low' | 'fixable';

export interface TreeFinding extends FindingRef {
  readonly n: 'finding';
  readonly finding: ToldFinding;
}
type Node =
  | {
      readonly n: 'group';
      readonly label: string;
      readonly uri?: Uri;
      readonly findings: readonly TreeFinding[];
    }
  | TreeFinding
  | { readonly n: 'step'; readonly step: ToldStep; readonly index: number; readonly count: number };

export const findingsTree: Feature = ({ context, findings }) => {
  const changed = new EventEmitter<undefined>();
  const memory = context.workspaceState;
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => itemOf(node, groupingOf(memory)),
    getChildren: (node) => (node === undefined ? groupsOf(findings, memory) : childrenOf(node)),
  };
  const view = window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: true });
  const refresh = (): void => {
    changed.fire(undefined);
    const all = allOf(findings);
    const shown = all.filter(passes(filterOf(memory)));
    const hidden = all.length - shown.length;
    view.badge =
      shown.length === 0
        ? undefined
        : { value: shown.length, tooltip: l10n.t('{0} security findings', shown.length) };
    view.message = hidden > 0 ? l10n.t('{0} hidden by the filter', hidden) : undefined;
    void commands.executeCommand('setContext', FILTERED, filterOf(memory).length > 0);
  };
  refresh();
  return [
    view,
    findings.onChange(refresh),
    commands.registerCommand(GROUP_COMMAND, async (given: unknown) => {
      const chosen = isGrouping(given) ? given : await askGrouping(groupingOf(memory));
      if (chosen === undefined) return;
      await memory.update('grouping', chosen);
      refresh();
    }),
    commands.registerCommand(FILTER_COMMAND, async (given: unknown) => {
      const chosen = Array.isArray(given) ? (given as FilterWord[]) : await askFilter(filterOf(memory));
      if (chosen === undefined) return;
      await memory.update('filter', chosen);
      refresh();
    }),
    commands.registerCommand(CLEAR_FILTER_COMMAND, async () => {
      await memory.update('filter', []);
      refresh();
    }),
  ];
};

function groupingOf(memory: Memento): Grouping {
  return memory.get<Grouping>('grouping', 'file');
}
function filterOf(memory: Memento): readonly FilterWord[] {
  return memory.get<readonly FilterWord[]>('filter', []);
}
function isGrouping(value: unknown): value is Grouping {
  return value === 'file' || value === 'rule' || value === 'source';
}

function allOf(findings: FindingStore): TreeFinding[] {
  return findings
    .files()
    .flatMap(({ uri, findings: all }) =>
      all.map((finding) => ({ n: 'finding' as const, uri, fingerprint: finding.fingerprint, finding })),
    );
}

/** Whether a finding passes a filter: one of each family that the filter names. */
export function passes(filter: readonly FilterWord[]): (it: { finding: ToldFinding }) => boolean {
  const severities = filter.filter((it) => it === 'error' || it === 'warning' || it === 'info');
  const confidences = filter.filter((it) => it === 'high' || it === 'medium' || it === 'low');
  return ({ finding }) =>
    (severities.length === 0 || severities.includes(finding.severity)) &&
    (confidences.length === 0 || confidences.includes(finding.confidence)) &&
    (!filter.includes('fixable') || finding.fixable);
}

function groupsOf(findings: FindingStore, memory: Memento): Node[] {
  const grouping = groupingOf(memory);
  const groups = new Map<string, TreeFinding[]>();
  for (const it of allOf(findings).filter(passes(filterOf(memory)))) {
    const key =
      grouping === 'file'
        ? it.uri
        : grouping === 'rule'
          ? it.finding.title
          : (it.finding.paths[0]?.source ?? l10n.t('no source: the call itself is the flaw'));
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  return [...groups]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([key, members]) => {
      const uri = grouping === 'file' ? Uri.parse(key) : undefined;
      const label = uri === undefined ? key : workspace.asRelativePath(uri);
      return { n: 'group', label, ...(uri !== undefined && { uri }), findings: members };
    });
}

function childrenOf(node: Node): Node[] {
  switch (node.n) {
    case 'group':
      return [...node.findings];
    case 'finding': {
      const steps = node.finding.paths[0]?.steps ?? [];
      return steps.map((step, index) => ({ n: 'step', step, index, count: steps.length }));
    }
    case 'step':
      return [];
    default:
      return node satisfies never;
  }
}

const ICONS: Readonly<Record<Severity, ThemeIcon>> = {
  error: new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground')),
  warning: new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground')),
  info: new ThemeIcon('info', new ThemeColor('problemsInfoIcon.foreground')),
};

function itemOf(node: Node, grouping: Grouping): TreeItem {
  switch (node.n) {
    case 'group': {
      const item = new TreeItem(node.label, TreeItemCollapsibleState.Expanded);
      item.id = `group ${node.label}`;
      if (node.uri !== undefined) {
        // As in the list of problems: the name, the folder, and the number that VS Code itself puts at the end.
        const at = node.label.lastIndexOf('/');
        item.label = node.label.slice(at + 1);
        item.description = at < 0 ? '' : node.label.slice(0, at);
        item.resourceUri = node.uri;
        item.iconPath = ThemeIcon.File;
      } else {
        item.iconPath = new ThemeIcon('symbol-event');
        item.description = String(node.findings.length);
      }
      item.contextValue = 'group';
      item.accessibilityInformation = {
        label: l10n.t('{0}: {1} findings', node.label, node.findings.length),
      };
      return item;
    }
    case 'finding':
      return findingItem(node, grouping);
    case 'step':
      return stepItem(node.step, node.index, node.count);
    default:
      return node satisfies never;
  }
}

function findingItem({ uri, fingerprint, finding }: TreeFinding, grouping: Grouping): TreeItem {
  const steps = finding.paths[0]?.steps.length ?? 0;
  const item = new TreeItem(
    finding.title,
    steps > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  const line = finding.range.start.line + 1;
  const file = workspace.asRelativePath(Uri.parse(uri));
  item.id = `${uri} ${finding.rule} ${fingerprint}`;
  const place = grouping === 'file' ? l10n.t('line {0}', line) : `${file.split('/').at(-1)}:${line}`;
  item.description = finding.fixable ? l10n.t('{0}, can be fixed', place) : place;
  item.iconPath = ICONS[finding.severity];
  const fix = finding.fixable ? `\n\n${l10n.t('There is a confirmed fix.')}` : '';
  item.tooltip = `${finding.message}\n\n${file}:${line}${fix}`;
  item.contextValue = steps > 0 ? 'finding.path' : 'finding';
  item.command = {
    title: l10n.t('Open'),
    command: 'vscode.open',
    arguments: [Uri.parse(uri), { selection: rangeOf(finding.range) }],
  };
  item.accessibilityInformation = {
    label: l10n.t('{0}, {1}, {2} line {3}', finding.severity, finding.title, file, line),
  };
  return item;
}

function stepItem(step: ToldStep, index: number, count: number): TreeItem {
  const item = new TreeItem(`${index + 1}. ${step.text}`, TreeItemCollapsibleState.None);
  const { uri, range } = locationOf(step);
  const file = workspace.asRelativePath(uri);
  item.description = `${file}:${range.start.line + 1}`;
  item.iconPath = new ThemeIcon(
    step.role === 'source' ? 'arrow-circle-right' : step.role === 'sink' ? 'target' : 'arrow-small-down',
  );
  item.command = { title: l10n.t('Open'), command: 'vscode.open', arguments: [uri, { selection: range }] };
  item.contextValue = 'step';
  item.accessibilityInformation = {
    label: l10n.t('Step {0} of {1}: {2}', index + 1, count, `${step.text}, ${file} ${range.start.line + 1}`),
  };
  return item;
}

async function askGrouping(now: Grouping): Promise<Grouping | undefined> {
  const rows: (QuickPickItem & { value: Grouping })[] = [
    { label: l10n.t('By file'), value: 'file' },
    { label: l10n.t('By rule'), value: 'rule' },
    { label: l10n.t('By source'), value: 'source' },
  ];
  const picked = await window.showQuickPick(
    rows.map((it) => ({ ...it, ...(it.value === now && { description: l10n.t('now') }) })),
    { title: l10n.t('Group findings') },
  );
  return picked?.value;
}

async function askFilter(now: readonly FilterWord[]): Promise<FilterWord[] | undefined> {
  const rows: (QuickPickItem & { value: FilterWord })[] = [
    { label: l10n.t('Errors'), value: 'error' },
    { label: l10n.t('Warnings'), value: 'warning' },
    { label: l10n.t('Information'), value: 'info' },
    { label: l10n.t('High confidence'), value: 'high' },
    { label: l10n.t('Medium confidence'), value: 'medium' },
    { label: l10n.t('Low confidence'), value: 'low' },
    { label: l10n.t('With a confirmed fix'), value: 'fixable' },
  ];
  const picked = await window.showQuickPick(
    rows.map((it) => ({ ...it, picked: now.includes(it.value) })),
    { title: l10n.t('Show only'), canPickMany: true },
  );
  return picked?.map((it) => it.value);
}
