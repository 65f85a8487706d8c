// What becomes of a report's findings: comments, the repository's settings and its baseline, then thresholds.
// The editor and the command line both judge with this function, so that neither hides more than the other.

import type { Finding, Report, Uri } from '../engine/engine.ts';
import type { Confidence, Severity } from '../rules/schema.ts';
import { isAccepted, NO_BASELINE, type Baseline } from './baseline.ts';
import { NO_CONFIG, type Change, type ProjectConfig } from './config.ts';
import { applySuppressions, type SuppressionProblem } from './suppress.ts';

export interface Policy {
  /** URI of the folder that holds `.faultline`, without a slash at its end. Empty: paths cannot be told. */
  readonly root: Uri;
  readonly config: ProjectConfig;
  readonly baseline: Baseline;
}
export const NO_POLICY: Policy = { root: '', config: NO_CONFIG, baseline: NO_BASELINE };

export interface Minimum {
  readonly severity: Severity;
  readonly confidence: Confidence;
}
export interface Judged {
  /** What is to be shown; hidden ones carry `suppressed`. */
  readonly findings: readonly Finding[];
  readonly problems: readonly SuppressionProblem[];
  /** Findings below a threshold. */
  readonly hidden: number;
  /** Findings of rules that the repository switched off here. */
  readonly off: number;
  /** Entries of `suppress` that hid something, by index. */
  readonly used: ReadonlySet<number>;
}

const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];
const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** Judges the findings of a report. `today` is `YYYY-MM-DD`; of two thresholds the stricter one holds. */
export function judge(report: Report, policy: Policy, today: string, minimum: Minimum): Judged {
  const commented = applySuppressions(report, today);
  const path = relativeTo(policy.root, report.uri);
  const { config, baseline } = policy;
  const used = new Set<number>();
  const findings: Finding[] = [];
  let hidden = 0;
  let off = 0;
  for (const it of commented.findings) {
    const severity = severityOf(it, path, config);
    if (severity === undefined) {
      off++;
      continue;
    }
    const changed = severity === it.severity ? it : { ...it, severity };
    const judged = suppressed(changed, path, config, baseline, today, used);
    if (isBelow(judged, minimum) || isBelow(judged, configured(config))) {
      if (judged.suppressed === undefined) hidden++;
    } else findings.push(judged);
  }
  return { findings, problems: commented.problems, hidden, off, used };
}

function suppressed(
  it: Finding,
  path: string | undefined,
  config: ProjectConfig,
  baseline: Baseline,
  today: string,
  used: Set<number>,
): Finding {
  if (it.suppressed !== undefined || path === undefined) return it;
  for (const [index, entry] of config.suppress.entries()) {
    if (!entry.ids.some((id) => id === '*' || id === it.rule) || !entry.covers(path)) continue;
    used.add(index);
    if (entry.until !== undefined && entry.until < today) continue;
    return { ...it, suppressed: { reason: entry.reason, by: 'project' } };
  }
  if (!isAccepted(baseline, path, it)) return it;
  return { ...it, suppressed: { reason: 'accepted in the baseline', by: 'baseline' } };
}

/** The severity a finding has in this repository, undefined if its rule is off there. */
function severityOf(it: Finding, path: string | undefined, config: ProjectConfig): Severity | undefined {
  let severity: Severity | undefined = it.severity;
  for (const change of config.changes) {
    if (change.covers !== undefined && (path === undefined || !change.covers(path))) continue;
    const what = change.rules.get(it.rule) ?? change.rules.get('*');
    if (what !== undefined) severity = changed(severity ?? it.severity, what);
  }
  return severity;
}

function changed(severity: Severity, change: Change): Severity | undefined {
  const at = SEVERITIES.indexOf(severity);
  switch (change) {
    case 'off':
      return undefined;
    case 'up':
      return SEVERITIES[Math.min(at + 1, 2)];
    case 'down':
      return SEVERITIES[Math.max(at - 1, 0)];
    default:
      return change;
  }
}

function configured({ minimumSeverity, minimumConfidence }: ProjectConfig): Minimum {
  return { severity: minimumSeverity ?? 'info', confidence: minimumConfidence ?? 'low' };
}

function isBelow(it: Finding, { severity, confidence }: Minimum): boolean {
  return (
    SEVERITIES.indexOf(it.severity) < SEVERITIES.indexOf(severity) ||
    CONFIDENCES.indexOf(it.confidence) < CONFIDENCES.indexOf(confidence)
  );
}

/** The path of a file below a folder, with `/` and without escapes; undefined if it is not below it. */
export function relativeTo(root: Uri, uri: Uri): string | undefined {
  if (root === '' || !uri.startsWith(`${root}/`)) return undefined;
  const rest = uri.slice(root.length + 1);
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
