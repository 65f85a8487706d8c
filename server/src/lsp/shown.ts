// What is shown of a report: its findings without the suppressed ones and below the wanted confidence, and the remarks
// about suppression comments. Computed once per report; `resultId` is equal exactly if the editor would show the same.

import { createHash } from 'node:crypto';
import type { Diagnostic } from 'vscode-languageserver';
import type { Finding, Report } from '../engine/engine.ts';
import { judge, type Judged, type Minimum, type Policy } from '../project/policy.ts';
import {
  toAcceptedDiagnostic,
  toDiagnostic,
  toSuppressionDiagnostic,
  type DiagnosticContext,
} from './diagnostics.ts';

export interface Shown {
  readonly report: Report;
  /** The findings that are shown, in source order. */
  readonly findings: readonly Finding[];
  /** Findings of the baseline, if they are shown; their diagnostics come after those of the findings. */
  readonly accepted: readonly Finding[];
  readonly judged: Judged;
  readonly suppressed: number;
  readonly items: readonly Diagnostic[];
  readonly resultId: string;
}

/** `today` is `YYYY-MM-DD`; findings below `minimum` are not shown. */
export function shownOf(
  report: Report,
  policy: Policy,
  today: string,
  minimum: Minimum,
  context: DiagnosticContext,
): Shown {
  const judged = judge(report, policy, today, minimum);
  const findings = judged.findings.filter((it) => it.suppressed === undefined);
  const all = judged.findings.filter((it) => it.suppressed?.by === 'baseline');
  const accepted = policy.config.accepted === 'hide' ? [] : all;
  const items = [
    ...findings.map((it) => toDiagnostic(it, context)),
    ...accepted.map((it) => toAcceptedDiagnostic(it, context)),
    ...judged.problems.map(toSuppressionDiagnostic),
  ];
  // The version is data for code actions; alone it must not make a result a different one.
  const text = JSON.stringify(items, (key, value: unknown) => (key === 'version' ? undefined : value));
  const resultId = createHash('sha1').update(text).digest('base64url');
  const suppressed = judged.findings.length - findings.length - all.length;
  return { report, judged, findings, accepted, suppressed, items, resultId };
}
