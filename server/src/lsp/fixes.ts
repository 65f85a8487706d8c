// The fixes that a new analysis has confirmed. They are looked for when the person pauses, so that the light bulb answers
// from what is known; a fix that cannot be confirmed is not offered, whatever the reason.

import type { Finding, Report, Uri } from '../engine/engine.ts';
import { applyEdits, proposeFixes, withoutOverlaps, type Fix, type TextChange } from '../fixes/index.ts';
import { isFix } from '../fixes/verify.ts';
import { familyOf, languageOf } from '../syntax/language.ts';
import type { OpenDocument } from './documents.ts';
import { currentOf } from './publish.ts';
import { describe } from './run-safe.ts';
import type { Shown } from './shown.ts';
import type { State } from './state.ts';
import { treeOf } from './syntax.ts';

/** Confirming begins this long after the last result, in milliseconds: between two words nobody looks for fixes. */
const PAUSE = 250;
/** Findings of one document whose fixes are confirmed. Each costs an analysis; nobody mends more at a sitting. */
const FINDINGS_AT_MOST = 100;

/** A safe fix for each finding that has one and does not get in the way of another; confirmed together. */
export interface FixAll {
  readonly findings: readonly Finding[];
  readonly edits: readonly TextChange[];
}
interface Known {
  /** By finding. */
  readonly fixes: Map<string, readonly Fix[]>;
  all: FixAll | undefined;
  /** The work that is going on or done. It never rejects. */
  work: Promise<void> | undefined;
  /** The findings that somebody looks at; they come first. */
  readonly wanted: Set<string>;
}
/** By result: a new result, even of the same text, may depend on other files that have changed. */
const known = new WeakMap<Shown, Known>();
const timers = new WeakMap<OpenDocument, NodeJS.Timeout>();
/** Documents take turns: the analysing thread has other things to do too. */
const turns = new WeakMap<State, Promise<void>>();

/** The confirmed fixes of a finding, the best first; undefined while they are not known. */
export function knownFixes(shown: Shown, finding: Finding): readonly Fix[] | undefined {
  return known.get(shown)?.fixes.get(keyOf(finding));
}

/** What mends all that can be mended safely; undefined while that is not known. */
export function knownFixAll(shown: Shown): FixAll | undefined {
  return known.get(shown)?.all;
}

/** Begins to confirm the fixes of a document once its result has stood for a moment. */
export function confirmSoon(state: State, uri: Uri): void {
  const document = state.documents.get(uri);
  if (document === undefined) return;
  clearTimeout(timers.get(document));
  const timer = setTimeout(() => {
    const shown = currentOf(state, document);
    if (shown !== undefined && !state.stopping.signal.aborted) void confirmNow(state, document, shown);
  }, PAUSE);
  timer.unref();
  timers.set(document, timer);
}

/**
 * Confirms the fixes of a result, those of `first` before the others. Resolves when all are known, or when the document
 * shows another result; never rejects.
 */
export function confirmNow(
  state: State,
  document: OpenDocument,
  shown: Shown,
  first: readonly Finding[] = [],
): Promise<void> {
  const entry = entryOf(shown);
  for (const it of first) entry.wanted.add(keyOf(it));
  if (entry.work !== undefined) return entry.work;
  const work = (turns.get(state) ?? Promise.resolve())
    .then(() => confirm(state, document, shown, entry))
    .catch((error: unknown) => {
      state.log('warn', `The fixes for ${document.uri} could not be confirmed: ${describe(error)}`);
    })
    .then(() => {
      // Not known is not none: the next who asks starts again.
      if (entry.all === undefined) entry.work = undefined;
    });
  entry.work = work;
  turns.set(state, work);
  return work;
}

function entryOf(shown: Shown): Known {
  const entry = known.get(shown) ?? { fixes: new Map(), all: undefined, work: undefined, wanted: new Set() };
  known.set(shown, entry);
  return entry;
}

function keyOf(finding: Finding): string {
  const { line, character } = finding.range.start;
  return `${finding.rule} ${finding.fingerprint} ${line}:${character}`;
}

/** The documents may have moved on while the engine worked; then nobody needs the answer any more. */
function isCurrent(state: State, document: OpenDocument, shown: Shown): boolean {
  return (
    !state.stopping.signal.aborted &&
    state.documents.get(document.uri) === document &&
    currentOf(state, document) === shown
  );
}

async function confirm(state: State, document: OpenDocument, shown: Shown, entry: Known): Promise<void> {
  if (!isCurrent(state, document, shown)) return;
  const { text, uri } = document;
  const language = languageOf(uri, text.languageId);
  const left = new Map(shown.findings.map((it) => [keyOf(it), it]));
  const tree = left.size === 0 ? undefined : await treeOf(uri, text.languageId, text.getText());
  for (let count = 0; left.size > 0; count++) {
    if (!isCurrent(state, document, shown)) return;
    const key = [...left.keys()].find((it) => entry.wanted.has(it)) ?? [...left.keys()][0]!;
    const finding = left.get(key)!;
    left.delete(key);
    const { start, end } = finding.range;
    const proposals =
      tree === undefined || language === undefined || count >= FINDINGS_AT_MOST
        ? []
        : proposeFixes(tree, familyOf(language), finding, text.offsetAt(start), text.offsetAt(end));
    const good: Fix[] = [];
    for (const fix of proposals) {
      if (await mends(state, document, shown, [finding], fix.edits)) good.push(fix);
      if (!isCurrent(state, document, shown)) return;
    }
    entry.fixes.set(key, good);
  }
  entry.all = await confirmAll(state, document, shown, entry);
  if (!isCurrent(state, document, shown)) return;
  for (const it of state.onFixes) it(uri);
}

/** Whether the findings are gone and nothing has come if these edits are made. */
async function mends(
  state: State,
  { uri, text }: OpenDocument,
  shown: Shown,
  findings: readonly Finding[],
  edits: readonly TextChange[],
): Promise<boolean> {
  const after = await state.engine.whatIf([{ uri, text: applyEdits(text.getText(), edits) }]);
  if (after === undefined) return false;
  const others = after.filter((it) => it.uri !== uri);
  return isFix(findings, [shown.report, ...others.map((it) => knownReport(state, it))], after);
}

function knownReport(state: State, report: Report): Report {
  return state.engine.report(report.uri) ?? { ...report, findings: [], reasons: [] };
}

/** The safe fixes that go together: all of them if that is confirmed, else one after the other as long as it is. */
async function confirmAll(
  state: State,
  document: OpenDocument,
  shown: Shown,
  entry: Known,
): Promise<FixAll | undefined> {
  const safe: { readonly finding: Finding; readonly edits: readonly TextChange[] }[] = [];
  for (const finding of shown.findings) {
    const fix = entry.fixes.get(keyOf(finding))?.find((it) => it.safe);
    if (fix !== undefined) safe.push({ finding, edits: fix.edits });
  }
  const together = (some: typeof safe): FixAll => {
    const { kept, edits } = withoutOverlaps(some.map((it) => it.edits));
    return { findings: kept.map((it) => some[it]!.finding), edits };
  };
  const all = together(safe);
  // One alone has been confirmed already.
  if (all.findings.length <= 1 || (await mends(state, document, shown, all.findings, all.edits))) return all;
  let good: typeof safe = [];
  for (const it of safe) {
    if (!isCurrent(state, document, shown)) return undefined;
    const more = together([...good, it]);
    if (more.findings.length <= good.length) continue;
    if (await mends(state, document, shown, more.findings, more.edits)) good = [...good, it];
  }
  return together(good);
}
