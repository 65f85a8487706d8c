// Whether a change is a fix: the findings are gone, nothing new has come, and the code still parses.
// It compares reports only, so any change can be judged: a fix of ours, or one that somebody else proposes.

import type { Finding, Report } from '../engine/engine.ts';

/**
 * `before` are the reports of the files that the change could touch, `after` the reports with the change applied.
 * A file that is missing in `after` is unchanged; one that is missing in `before` must be without findings.
 * `mended` are the findings, of one file, that the change is to end; there is at least one.
 */
export function isFix(
  mended: readonly Finding[],
  before: readonly Report[],
  after: readonly Report[],
): boolean {
  const uri = mended[0]?.uri;
  const edited = after.find((it) => it.uri === uri);
  if (edited === undefined || edited.status !== 'analysed') return false;
  for (const report of after) {
    const old = before.find((it) => it.uri === report.uri);
    if (report.status === 'failed' || isMorePartial(old, report)) return false;
    const less = report.uri === uri ? mended : [];
    if (exceeds(report.findings, old?.findings ?? [], less, (it) => it.rule)) return false;
  }
  // By what they say, not by fingerprint: when one of two equal lines is mended, the other takes over its number.
  const old = before.find((it) => it.uri === uri)?.findings ?? [];
  const kin = (it: Finding): string => `${it.rule}\n${it.sink}\n${it.message}`;
  const kins = new Set(mended.map(kin));
  const ofKin = (some: readonly Finding[]): Finding[] => some.filter((it) => kins.has(kin(it)));
  return !exceeds(ofKin(edited.findings), ofKin(old), mended, kin);
}

/** Whether some key occurs more often in `after` than in `before` without `less`. */
function exceeds(
  after: readonly Finding[],
  before: readonly Finding[],
  less: readonly Finding[],
  keyOf: (finding: Finding) => string,
): boolean {
  const allowed = new Map<string, number>();
  const add = (it: Finding, amount: number): void => {
    allowed.set(keyOf(it), (allowed.get(keyOf(it)) ?? 0) + amount);
  };
  for (const it of before) add(it, 1);
  for (const it of less) add(it, -1);
  for (const it of after) add(it, -1);
  return [...allowed.values()].some((it) => it < 0);
}

function isMorePartial(old: Report | undefined, report: Report): boolean {
  const had = new Set(old?.reasons.map((it) => it.code));
  return report.reasons.some((it) => !had.has(it.code));
}
