// Teaching the engine: "this call makes the value safe", "this is a source", "this is a sink".
// The server knows which calls there are and writes the row; here the person chooses.

import { commands, l10n, Uri, window, workspace, type QuickPickItem } from 'vscode';
import { readFindingRef } from '../../server/src/lsp/protocol-findings.ts';
import {
  TEACH_COMMAND,
  TEACH_SERVER_COMMAND,
  TEACHABLE_REQUEST,
  type TeachArguments,
  type Teachable,
  type TeachableParams,
} from '../../server/src/lsp/protocol-project.ts';
import { execute } from './ask.ts';
import type { Faultline, Feature } from './feature.ts';

export const teach: Feature = (it) => [
  commands.registerCommand(TEACH_COMMAND, (target: unknown) => teachOne(it, target)),
];

type Choice = QuickPickItem & { role: TeachArguments['role']; about: string };

async function teachOne(it: Faultline, target: unknown): Promise<void> {
  const finding = readFindingRef(target);
  const editor = window.activeTextEditor;
  const uri = finding?.uri ?? editor?.document.uri.toString();
  if (uri === undefined) return;
  const params: TeachableParams =
    finding !== undefined
      ? { uri, finding }
      : { uri, range: { start: editor!.selection.start, end: editor!.selection.end } };
  const calls = await it.client.sendRequest<Teachable[]>(TEACHABLE_REQUEST, params);
  if (calls.length === 0) {
    void window.showInformationMessage(
      l10n.t('There is no call here that the engine could be taught about.'),
    );
    return;
  }
  const call = await askCall(calls);
  if (call === undefined) return;
  const rule = (target as { rule?: unknown } | undefined)?.rule;
  const choice = await askRole(it, call, typeof rule === 'string' ? rule : undefined);
  if (choice === undefined) return;
  const { role, about } = choice;
  const args: TeachArguments = { uri, role, kind: about, callee: call.callee, language: call.language };
  const done = await execute<{ uri: string }>(it.client, TEACH_SERVER_COMMAND, args);
  if (done === null) return;
  const open = l10n.t('Open');
  const message = l10n.t('Faultline knows {0} now.', nameOf(call.callee));
  if ((await window.showInformationMessage(message, open)) === open)
    await window.showTextDocument(Uri.parse(done.uri));
}

async function askCall(calls: readonly Teachable[]): Promise<Teachable | undefined> {
  if (calls.length === 1) return calls[0];
  const rows = calls.map((call) => ({
    label: nameOf(call.callee),
    description: `${workspace.asRelativePath(Uri.parse(call.uri))}:${call.range.start.line + 1}`,
    detail: call.code.replace(/\s+/g, ' ').slice(0, 120),
    call,
  }));
  return (await window.showQuickPick(rows, { title: l10n.t('Which call?') }))?.call;
}

/** A callee for people: models write `"%code:lib/tidy.js".tidy` and `"%named".tidy`. */
function nameOf(callee: string): string {
  const own = /^"%code:(.+)"\.(.+)$/.exec(callee);
  if (own) return `${own[2]}() (${own[1]})`;
  return `${callee.replace(/^"%named"\./, '')}()`;
}

async function askRole(
  it: Faultline,
  { callee: full }: Teachable,
  rule: string | undefined,
): Promise<Choice | undefined> {
  const callee = nameOf(full);
  const safe = (kind: string): Choice => ({
    label: l10n.t('What {0} gives is safe for {1}', callee, kind),
    role: 'barrier',
    about: kind,
  });
  const rows: Choice[] = [
    ...(rule === undefined ? [] : [safe(rule)]),
    { label: l10n.t('What {0} gives is safe for everything', callee), role: 'barrier', about: '*' },
    {
      label: l10n.t('What {0} gives comes from outside: a source', callee),
      role: 'source',
      about: 'remote',
    },
  ];
  const kinds = new Set(it.findings.files().flatMap((file) => file.findings.map((one) => one.rule)));
  if (rule !== undefined) kinds.add(rule);
  for (const kind of [...kinds].sort())
    rows.push({
      label: l10n.t('What {0} is given can do harm: a sink for {1}', callee, kind),
      role: 'sink',
      about: kind,
    });
  return window.showQuickPick(rows, { title: l10n.t('What is true of {0}?', callee) });
}
