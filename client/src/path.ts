// Walking the path of a finding: numbered marks at every step in all editors, a peek through the steps, next and previous.
// One path is walked at a time. It follows the finding while text is edited, and ends when the finding is gone.

import {
  commands,
  l10n,
  StatusBarAlignment,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  window,
  workspace,
  type DecorationOptions,
  type TextEditor,
} from 'vscode';
import {
  CLOSE_PATH_COMMAND,
  NEXT_STEP_COMMAND,
  PREVIOUS_STEP_COMMAND,
  readFindingRef,
  SHOW_PATH_COMMAND,
  type FindingRef,
  type ToldFinding,
  type ToldStep,
} from '../../server/src/lsp/protocol-findings.ts';
import type { Feature } from './feature.ts';
import { locationOf, rangeOf } from './place.ts';
import type { FindingStore } from './store.ts';

/** True while a path is shown: enables its keys and the commands to walk it. */
const ACTIVE = 'faultline.pathActive';

interface Walk {
  readonly ref: FindingRef;
  finding: ToldFinding;
  /** Index of the step the person is at. */
  at: number;
}

export const path: Feature = ({ findings }) => {
  let walk: Walk | undefined;
  const mark = window.createTextEditorDecorationType({
    backgroundColor: new ThemeColor('editor.findMatchHighlightBackground'),
    // High contrast themes have borders instead of backgrounds.
    borderColor: new ThemeColor('contrastActiveBorder'),
    overviewRulerColor: new ThemeColor('editorOverviewRuler.findMatchForeground'),
  });
  const item = window.createStatusBarItem('faultline.path', StatusBarAlignment.Left, 0);
  item.name = l10n.t('Faultline path');
  item.command = NEXT_STEP_COMMAND;

  const draw = (): void => {
    for (const editor of window.visibleTextEditors)
      editor.setDecorations(mark, walk === undefined ? [] : marksIn(editor, stepsOf(walk.finding), walk.at));
    const step = walk && stepsOf(walk.finding)[walk.at];
    if (walk === undefined || step === undefined) return item.hide();
    const words = [walk.at + 1, stepsOf(walk.finding).length, step.text] as const;
    item.text = `$(list-ordered) ${l10n.t('Step {0} of {1}: {2}', ...words)}`;
    item.accessibilityInformation = { label: l10n.t('Step {0} of {1}: {2}', ...words) };
    item.show();
  };
  const begin = (ref: FindingRef, finding: ToldFinding, at: number): void => {
    walk = { ref, finding, at };
    void commands.executeCommand('setContext', ACTIVE, true);
    draw();
  };
  const end = (): void => {
    walk = undefined;
    void commands.executeCommand('setContext', ACTIVE, false);
    draw();
  };
  const move = async (by: number): Promise<void> => {
    if (walk === undefined) {
      const chosen = await choose(findings, undefined);
      if (chosen === undefined) return;
      begin(chosen.ref, chosen.finding, by > 0 ? 0 : stepsOf(chosen.finding).length - 1);
    } else walk.at = wrapped(walk.at + by, stepsOf(walk.finding).length);
    draw();
    await reveal(stepsOf(walk!.finding)[walk!.at]!);
  };

  return [
    mark,
    item,
    window.onDidChangeVisibleTextEditors(draw),
    workspace.onDidChangeTextDocument(draw),
    findings.onChange(() => {
      if (walk === undefined) return;
      const now = findings.find(walk.ref);
      if (now === undefined || stepsOf(now).length === 0) return end();
      walk.finding = now;
      walk.at = Math.min(walk.at, stepsOf(now).length - 1);
      draw();
    }),
    commands.registerCommand(SHOW_PATH_COMMAND, async (target: unknown) => {
      const chosen = await choose(findings, target);
      if (chosen === undefined) return;
      begin(chosen.ref, chosen.finding, stepsOf(chosen.finding).length - 1);
      await peek(chosen.ref, chosen.finding);
    }),
    commands.registerCommand(NEXT_STEP_COMMAND, () => move(1)),
    commands.registerCommand(PREVIOUS_STEP_COMMAND, () => move(-1)),
    commands.registerCommand(CLOSE_PATH_COMMAND, end),
  ];
};

function stepsOf(finding: ToldFinding): readonly ToldStep[] {
  return finding.paths[0]?.steps ?? [];
}

function wrapped(index: number, count: number): number {
  return ((index % count) + count) % count;
}

/** A number before each step in this editor. Steps at one place share a mark: `2,3`. */
function marksIn(editor: TextEditor, steps: readonly ToldStep[], at: number): DecorationOptions[] {
  const uri = editor.document.uri.toString();
  const places = new Map<string, { step: ToldStep; numbers: number[] }>();
  steps.forEach((step, index) => {
    if (Uri.parse(step.uri).toString() !== uri) return;
    const key = JSON.stringify(step.range);
    const place = places.get(key) ?? { step, numbers: [] };
    place.numbers.push(index + 1);
    places.set(key, place);
  });
  return [...places.values()].map(({ step, numbers }) => {
    const isCurrent = numbers.includes(at + 1);
    return {
      range: rangeOf(step.range),
      hoverMessage: numbers.map((n) => `${n}. ${steps[n - 1]!.text}`).join('  \n'),
      renderOptions: {
        before: {
          contentText: ` ${numbers.join(',')} `,
          color: new ThemeColor(isCurrent ? 'button.foreground' : 'badge.foreground'),
          backgroundColor: new ThemeColor(isCurrent ? 'button.background' : 'badge.background'),
          border: '1px solid',
          borderColor: new ThemeColor('contrastBorder'),
          margin: '0 0.3em 0 0',
          fontWeight: 'bold',
        },
      },
    };
  });
}

async function reveal(step: ToldStep): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(step.uri));
  const range = rangeOf(step.range);
  const editor = await window.showTextDocument(document, { selection: range });
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Opens the sink and, in it, a peek that lists the steps of all files. */
async function peek(ref: FindingRef, finding: ToldFinding): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(ref.uri));
  const range = rangeOf(finding.range);
  await window.showTextDocument(document, { selection: range });
  const locations = stepsOf(finding).map(locationOf);
  await commands.executeCommand('editor.action.peekLocations', document.uri, range.start, locations, 'peek');
}

interface Chosen {
  readonly ref: FindingRef;
  readonly finding: ToldFinding;
}

/** The finding that a command means: the one named, else the one at the cursor, else one picked from a list. */
async function choose(findings: FindingStore, target: unknown): Promise<Chosen | undefined> {
  const ref = readFindingRef(target);
  const named = ref && findings.find(ref);
  if (ref !== undefined && named !== undefined) return { ref, finding: named };
  const all = findings
    .files()
    .flatMap((file) =>
      file.findings
        .filter((it) => stepsOf(it).length > 0)
        .map((finding): Chosen => ({ ref: { uri: file.uri, fingerprint: finding.fingerprint }, finding })),
    );
  const editor = window.activeTextEditor;
  const here = editor?.document.uri.toString();
  const inFile = all.filter((it) => Uri.parse(it.ref.uri).toString() === here);
  const atCursor = inFile.find((it) => editor && rangeOf(it.finding.range).contains(editor.selection.active));
  if (atCursor !== undefined) return atCursor;
  const offered = inFile.length > 0 ? inFile : all;
  if (offered.length === 0) {
    void window.showInformationMessage(l10n.t('No finding with a path is known.'));
    return undefined;
  }
  if (offered.length === 1) return offered[0];
  const picked = await window.showQuickPick(
    offered.map((chosen) => ({
      label: chosen.finding.title,
      description: `${workspace.asRelativePath(Uri.parse(chosen.ref.uri))}:${chosen.finding.range.start.line + 1}`,
      detail: chosen.finding.message,
      chosen,
    })),
    { title: l10n.t('Whose path?'), matchOnDescription: true },
  );
  return picked?.chosen;
}
