// What is shown of a report: its findings without the suppressed ones and below the wanted confidence, and the remarks
// about suppression comments. Computed once per report; `resultId` is equal exactly if the editor would show the same.

import { createHash } from 'node:crypto';
import type { Diagnostic } from 'vscode-languageserver';
import type { Finding, Report } from '../engine/engine.ts';
import { applySuppressions } from '../project/suppress.ts';
import type { Confidence } from '../rules/schema.ts';
import { toDiagnostic, toSuppressionDiagnostic, type DiagnosticContext } from './diagnostics.ts';

export interface Shown {
  readonly report: Report;
  /** The findings that are shown, in source order. */
  readonly findings: readonly Finding[];
  readonly suppressed: number;
  readonly items: readonly Diagnostic[];
  readonly resultId: string;
}

const RANK: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

/** `today` is `YYYY-MM-DD`; findings below `minimum` confidence are not shown. */
export function shownOf(
  report: Report,
  today: string,
  minimum: Confidence,
  context: DiagnosticContext,
): Shown {
  const judged = applySuppressions(report, today);
  const wanted = judged.findings.filter((it) => RANK[it.confidence] >= RANK[minimum]);
  const findings = wanted.filter((it) => it.suppressed === undefined);
  const items = [
    ...findings.map((it) => toDiagnostic(it, context)),
    ...judged.problems.map(toSuppressionDiagnostic),
  ];
  // The version is data for code actions; alone it must not make a result a different one.
  const text = JSON.stringify(items, (key, value: unknown) => (key === 'version' ? undefined : value));
  const resultId = createHash('sha1').update(text).digest('base64url');
  return { report, findings, suppressed: wanted.length - findings.length, items, resultId };
}
