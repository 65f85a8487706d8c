// Whether a change is a fix: the finding is gone, nothing new has come, and the code still parses.
// It compares reports only, so any change can be judged: a fix of ours, or one that somebody else proposes.

import type { Finding, Report } from '../engine/engine.ts';

/**
 * `before` are the reports of the files that the change could touch, `after` the reports with the change applied.
 * A file that is missing in `after` is unchanged; one that is missing in `before` must be without findings.
 */
export function isFix(finding: Finding, before: readonly Report[], after: readonly Report[]): boolean {
  const edited = after.find((it) => it.uri === finding.uri);
  if (edited === undefined || edited.status !== 'analysed') return false;
  for (const report of after) {
    const old = before.find((it) => it.uri === report.uri);
    if (report.status === 'failed' || isMorePartial(old, report)) return false;
    const allowed = countByRule(old?.findings ?? []);
    if (report.uri === finding.uri) allowed.set(finding.rule, (allowed.get(finding.rule) ?? 0) - 1);
    for (const [rule, count] of countByRule(report.findings))
      if (count > (allowed.get(rule) ?? 0)) return false;
  }
  return !edited.findings.some((it) => it.fingerprint === finding.fingerprint);
}

function isMorePartial(old: Report | undefined, report: Report): boolean {
  const had = new Set(old?.reasons.map((it) => it.code));
  return report.reasons.some((it) => !had.has(it.code));
}

function countByRule(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const it of findings) counts.set(it.rule, (counts.get(it.rule) ?? 0) + 1);
  return counts;
}
