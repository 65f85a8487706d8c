// What a scan came to, as every report format reads it: findings in order, coverage, failures.
// Formats print this and decide nothing, so that all of them agree.

import { URI } from 'vscode-uri';
import { pathFrom } from '../base/paths.ts';
import type { Finding, Reason, Report, Uri } from '../engine/engine.ts';
import type { SuppressionEntry } from '../project/suppressions.ts';
import type { Severity } from '../rules/schema.ts';

/** The words for a rule: a kind of flow, or a check. */
export interface RuleInfo {
  readonly id: string;
  readonly severity: Severity;
  readonly cwe: readonly number[];
  readonly title: string;
  readonly why: string;
  readonly instead: string;
}

/** A file that was analysed in part, left out or could not be analysed. */
export interface FileNote {
  /** Absolute. */
  readonly path: string;
  readonly reasons: readonly Reason[];
  readonly isFolder?: boolean;
  /** The user named this very file: leaving it out deserves a word. */
  readonly named?: boolean;
}

export interface ScanResult {
  /** Of Faultline. */
  readonly version: string;
  /** Absolute folder that all paths in reports are relative to. */
  readonly root: string;
  /** All findings that are shown, suppressed ones included, in the order of `compareFindings`. */
  readonly findings: readonly Finding[];
  /** Findings below the asked severity or confidence, not in `findings`. */
  readonly hidden: number;
  /** Findings of rules that the project's settings switch off. */
  readonly off: number;
  /** Absolute paths with their number of lines, sorted. Those analysed in part are in `partial` too. */
  readonly analysed: readonly { readonly path: string; readonly lines: number }[];
  readonly partial: readonly FileNote[];
  readonly skipped: readonly FileNote[];
  /** Extension (or `no extension`) → number of files, sorted by extension. */
  readonly unsupported: readonly (readonly [string, number])[];
  readonly failed: readonly FileNote[];
  /** Every suppression of the project: comments, settings, baseline. */
  readonly suppressions: readonly SuppressionEntry[];
  /** Remarks about suppression comments: unused, expired, without a reason. */
  readonly remarks: readonly Remark[];
  readonly startedAt: Date;
  readonly seconds: number;
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** The text that was analysed, for code frames. */
  readonly textOf: (uri: Uri) => string | undefined;
}

export interface Remark {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The exit code that a result stands for: 2 if a file could not be analysed, else 1 if there are findings, else 0. */
export function exitCodeOf(result: ScanResult): 0 | 1 | 2 {
  if (result.failed.length > 0) return 2;
  return result.findings.some((it) => !it.suppressed) ? 1 : 0;
}

/** The order of findings in every report: by file, place, rule. Total, so that reports are reproducible. */
export function compareFindings(a: Finding, b: Finding): number {
  const from = a.range.start;
  const to = b.range.start;
  return (
    compareText(a.uri, b.uri) ||
    from.line - to.line ||
    from.character - to.character ||
    compareText(a.rule, b.rule) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** By UTF-16 code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Folds skipped files into reason → number, the most frequent first. */
export function countByReason(notes: readonly FileNote[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const note of notes) {
    const code = note.reasons[0]?.code ?? 'unknown';
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
}

/** How many findings of each severity are shown; suppressed ones are counted apart. */
export function countBySeverity(
  findings: readonly Finding[],
): Readonly<Record<Severity | 'suppressed', number>> {
  const counts = { error: 0, warning: 0, info: 0, suppressed: 0 };
  for (const it of findings) counts[it.suppressed ? 'suppressed' : it.severity]++;
  return counts;
}

/** Total lines of all analysed files. */
export function linesOf(result: ScanResult): number {
  return result.analysed.reduce((sum, it) => sum + it.lines, 0);
}

/** The absolute path of a file URI. */
export function pathOf(uri: Uri): string {
  return URI.parse(uri).fsPath;
}

/** A path relative to a folder with `/` between its parts; `.` for the folder itself. */
export function relativePath(folder: string, path: string): string {
  return pathFrom(folder, path) || '.';
}

/** Title of a rule; its id if the rule is not among the loaded ones. */
export function titleOf(result: ScanResult, rule: string): string {
  return result.rules.get(rule)?.title ?? rule;
}

/** `CWE-89` as people write it. */
export function cweText(cwe: number): string {
  return `CWE-${cwe}`;
}

/** MITRE's page about a weakness. */
export function cweUrl(cwe: number): string {
  return `https://cwe.mitre.org/data/definitions/${cwe}.html`;
}

/** The page that explains a rule. */
export function ruleUrl(rule: string): string {
  return `https://github.com/faultline/faultline/blob/main/docs/rules/${encodeURIComponent(rule)}.md`;
}

/** `1 file`, `2 files`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : many}`;
}

/** Reasons of a report as one line, without a full stop at its end. */
export function reasonText(reasons: readonly Reason[]): string {
  return reasons.map((it) => it.text.replace(/\.$/, '')).join('; ');
}

/** Whether a file was analysed, but not all of it. */
export function isPartial(report: Report): boolean {
  return report.status === 'analysed' && report.reasons.length > 0;
}
