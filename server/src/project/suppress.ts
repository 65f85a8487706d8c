// Suppression comments: reads `faultline-ignore: <ids> [until YYYY-MM-DD] -- reason` and decides what each one hides.
// Pure functions over a report; the editor and the command line both use them, so that neither hides more than the other.

import type { Finding, IgnoreComment, Range, Report } from '../engine/engine.ts';

export interface Suppression {
  /** Kinds or check ids, in the order written. */
  readonly ids: readonly string[];
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until?: string;
  /** Empty if none was given. */
  readonly reason: string;
  readonly range: Range;
  readonly covers: readonly Range[];
}
export interface SuppressionProblem {
  readonly code: 'unused' | 'expired' | 'reasonless' | 'malformed';
  readonly range: Range;
  readonly message: string;
}
export interface Suppressed {
  /** All findings of the report; the hidden ones carry `suppressed`. */
  readonly findings: readonly Finding[];
  readonly problems: readonly SuppressionProblem[];
}

export const FORM = '`faultline-ignore: <kind or check> [until YYYY-MM-DD] -- reason`';

/**
 * Applies the report's suppression comments to its findings.
 * `today` is the local date as `YYYY-MM-DD`. A report that is partial (a syntax error, a budget) or has no analysis
 * gives no `unused` problems, since what was not seen cannot be called unused.
 */
export function applySuppressions(report: Report, today: string): Suppressed {
  if (report.ignores === undefined || report.ignores.length === 0)
    return { findings: report.findings, problems: [] };
  const parsed = report.ignores.map(parseIgnore);
  const problems = parsed.flatMap((it) => it.problems);
  const all = parsed.flatMap((it) => it.suppressions);
  const used = new Set<string>();
  const findings = report.findings.map((finding) => {
    let hidden: Suppression | undefined;
    for (const [index, it] of all.entries()) {
      if (!matches(it, finding)) continue;
      used.add(`${index}:${finding.rule}`);
      if (!isExpired(it, today)) hidden ??= it;
    }
    return hidden === undefined ? finding : { ...finding, suppressed: { reason: hidden.reason } };
  });
  const complete = report.status === 'analysed' && report.reasons.length === 0;
  for (const [index, it] of all.entries()) {
    const idle = it.ids.filter((id) => !used.has(`${index}:${id}`));
    const problem = judge(it, idle, today, complete);
    if (problem !== undefined) problems.push(problem);
  }
  return { findings, problems };
}

function judge(
  it: Suppression,
  idle: readonly string[],
  today: string,
  complete: boolean,
): SuppressionProblem | undefined {
  const names = it.ids.join(', ');
  if (isExpired(it, today)) {
    const rest =
      idle.length === it.ids.length && complete ? ' Nothing is found here any more: remove it.' : '';
    return {
      code: 'expired',
      range: it.range,
      message: `This suppression of ${names} ended on ${it.until}.${rest}`,
    };
  }
  if (complete && idle.length > 0) {
    const message = `Nothing to suppress: no ${idle.join(', no ')} finding here.`;
    return { code: 'unused', range: it.range, message };
  }
  if (it.reason !== '') return undefined;
  const message = `Say why ${names} is suppressed here: add \`-- reason\`.`;
  return { code: 'reasonless', range: it.range, message };
}

/**
 * The suppressions that a comment holds (one a line at most) and what is wrong with it.
 * A malformed one suppresses nothing.
 */
export function parseIgnore(comment: IgnoreComment): {
  readonly suppressions: readonly Suppression[];
  readonly problems: readonly SuppressionProblem[];
} {
  const suppressions: Suppression[] = [];
  const problems: SuppressionProblem[] = [];
  for (const line of comment.text.split(/\r?\n/)) {
    const body = directiveOf(line);
    if (body === undefined) continue;
    const [head, reason] = splitReason(body);
    const parts = /^:\s*(.*?)(?:\s+until\s+(\S+))?$/.exec(head);
    const ids = (parts?.[1] ?? '').split(/[\s,]+/).filter((id) => id !== '');
    const wrong = wrongWith(parts !== null, ids, parts?.[2]);
    if (wrong !== undefined) {
      problems.push({ code: 'malformed', range: comment.range, message: `${wrong} Write ${FORM}.` });
      continue;
    }
    const until = parts?.[2];
    suppressions.push({
      ids,
      ...(until !== undefined && { until }),
      reason,
      range: comment.range,
      covers: comment.covers,
    });
  }
  return { suppressions, problems };
}

/** What follows the word `faultline-ignore` on a line, without the end of the comment; undefined if prose mentions it. */
function directiveOf(line: string): string | undefined {
  const match = /^[\s/*#<!\-{;%]*faultline-ignore(?![\w-])(.*)$/.exec(line);
  if (match === null) return undefined;
  return (match[1] ?? '').replace(/\s*(?:\*+\/\s*\}?|-->)\s*$/, '').trim();
}

function splitReason(body: string): [head: string, reason: string] {
  const dash = /\s*(?:^|\s)--(?:\s+|$)/.exec(body);
  if (dash === null) return [body, ''];
  const reason = body.slice(dash.index + dash[0].length).trim();
  // `<reason>` is the blank that an editor without an input box leaves to be filled in.
  return [body.slice(0, dash.index).trim(), /^<[^>]*>$/.test(reason) ? '' : reason];
}

function wrongWith(isForm: boolean, ids: readonly string[], until: string | undefined): string | undefined {
  if (!isForm || ids.length === 0) return 'This suppression names no rule.';
  const bad = ids.find((id) => !/^[a-z][a-z0-9-]*$/.test(id));
  if (bad !== undefined) return `\`${bad}\` is not the name of a rule.`;
  if (until !== undefined && !isDate(until)) return `\`${until}\` is not a date.`;
  return undefined;
}

/** Whether a text is a day that exists, as `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isExpired(it: Suppression, today: string): boolean {
  return it.until !== undefined && it.until < today;
}

function matches(it: Suppression, finding: Finding): boolean {
  return it.ids.includes(finding.rule) && it.covers.some((range) => overlap(range, finding.range));
}

function overlap(a: Range, b: Range): boolean {
  return before(a.start, b.end) && before(b.start, a.end);
}

function before(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** The local date of a moment as `YYYY-MM-DD`, for `applySuppressions`. */
export function dateOf(moment: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
