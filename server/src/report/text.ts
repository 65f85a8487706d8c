// The report for people at a terminal: every finding with its code and its path, then what was covered.
// All text that comes out of scanned files passes through printable.ts.

import { isAbsolute } from 'node:path';
import type { Finding, Path, Range, Step, Uri } from '../engine/engine.ts';
import type { Severity } from '../rules/schema.ts';
import { frame, linesOfText } from './frame.ts';
import type { Paint, Style } from './paint.ts';
import { printable, widthOf } from './printable.ts';
import {
  countByReason,
  countBySeverity,
  cweText,
  linesOf,
  pathOf,
  plural,
  reasonText,
  relativePath,
  titleOf,
} from './result.ts';
import type { FileNote, ScanResult } from './result.ts';

export interface TextOptions {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
  /** Folder that paths are shown relative to: the working folder, so that terminals make links of them. */
  readonly from: string;
  /** Lists the files that were left out, and all paths of a finding. */
  readonly verbose: boolean;
}

/** More lines of one kind bury what matters; everything is in the other formats and with --verbose. */
const LONGEST_LIST = 25;

const COLOURS: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'blue' };

/** Findings, then failures and coverage. Yields chunks that end in newlines. */
export function* textReport(result: ScanResult, options: TextOptions): Generator<string, void, undefined> {
  yield* textFindings(result, options);
  yield* textSummary(result, options);
}

/** The findings that are not suppressed, one chunk each. */
export function* textFindings(result: ScanResult, options: TextOptions): Generator<string, void, undefined> {
  let file: { uri: Uri; lines: readonly string[] } | undefined;
  for (const finding of result.findings) {
    if (finding.suppressed) continue;
    if (file?.uri !== finding.uri) {
      file = { uri: finding.uri, lines: linesOfText(result.textOf(finding.uri) ?? '') };
    }
    yield `${findingText(result, finding, file.lines, options)}\n`;
  }
}

function findingText(
  result: ScanResult,
  it: Finding,
  lines: readonly string[],
  options: TextOptions,
): string {
  const { paint } = options;
  const out = [
    [
      paint('underline', place(it.uri, it.range, options)),
      paint(COLOURS[it.severity], it.severity),
      paint('bold', printable(it.rule)),
      paint('dim', [...it.cwe.map(cweText), `${it.confidence} confidence`, `id ${shortId(it)}`].join(', ')),
    ].join('  '),
    `  ${paint('bold', printable(titleOf(result, it.rule)))}`,
    `  ${printable(it.message)}`,
    ...block(codeLines(lines, it.range, options)),
    ...block(pathLines(it, options)),
  ];
  return `${out.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Enough of the fingerprint to name the finding, to `faultline verify` for one. */
function shortId(it: Finding): string {
  return printable(it.fingerprint.replace(/^\d+:/, '').slice(0, 10));
}

/** Set off by a blank line, if there is anything. */
function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function codeLines(lines: readonly string[], range: Range, options: TextOptions): string[] {
  const { paint } = options;
  const shown = frame(lines, range, { width: options.width - 2, context: 1 });
  const digits = Math.max(0, ...shown.map((it) => String(it.number ?? '').length));
  const out: string[] = [];
  for (const it of shown) {
    const number = it.number === undefined ? '·'.repeat(digits) : String(it.number).padStart(digits);
    out.push(`  ${paint('dim', `${number} │`)} ${it.code}`);
    if (it.marks !== undefined) {
      out.push(`  ${paint('dim', `${' '.repeat(digits)} │`)} ${paint('red', it.marks)}`);
    }
  }
  return out;
}

function pathLines(it: Finding, options: TextOptions): string[] {
  const [best, ...others] = it.paths;
  if (best === undefined || best.steps.length === 0) return [];
  const shown = options.verbose ? others : [];
  const out = [
    ...onePath('path', best, options),
    ...shown.flatMap((path) => onePath('another path', path, options)),
  ];
  if (others.length > shown.length) {
    const from = others.map((path) => path.steps[0]).filter((step) => step !== undefined);
    const first = from
      .slice(0, 3)
      .map((step) => place(step.uri, step.range, options))
      .join(', ');
    const more = from.length > 3 ? ', …' : '';
    out.push(
      `  ${options.paint('dim', `and from ${plural(others.length, 'other source')}: ${first}${more}`)}`,
    );
  }
  return out;
}

function onePath(title: string, path: Path, options: TextOptions): string[] {
  const { paint } = options;
  const places = path.steps.map((step) => place(step.uri, step.range, options));
  const width = Math.min(Math.max(...places.map(widthOf)), 50);
  const digits = String(path.steps.length).length;
  return [
    `  ${paint('dim', `${title}:`)}`,
    ...path.steps.map((step, i) => {
      const at = places[i]! + ' '.repeat(Math.max(0, width - widthOf(places[i]!)));
      return `  ${String(i + 1).padStart(digits + 1)}. ${paint('cyan', at)}  ${stepText(step)}`;
    }),
  ];
}

function stepText(step: Step): string {
  const text = printable(step.text);
  return step.role === 'step' ? text : `${text} (${step.role})`;
}

/** The files that could not be analysed, nothing if there are none. */
export function* textFailures(result: ScanResult, options: TextOptions): Generator<string, void, undefined> {
  yield* notes('could not be analysed', result.failed, 'red', options);
}

/** Failures, notable skips and the totals. Ends with one line that says it all. */
export function* textSummary(result: ScanResult, options: TextOptions): Generator<string, void, undefined> {
  const { paint } = options;
  yield* textFailures(result, options);
  yield* notes('analysed in part', result.partial, 'yellow', options);
  const skipped = options.verbose ? result.skipped : result.skipped.filter((it) => it.named);
  yield* notes('skipped', skipped, 'dim', options);
  for (const it of result.remarks) {
    yield `${paint('yellow', 'note')}  ${shownPath(it.path, options)}:${it.line}  ${printable(it.text)}\n`;
  }
  if (result.remarks.length > 0) yield '\n';
  yield `${findingsLine(result, paint)}\n`;
  yield `${coverageLine(result)}\n`;
  const unsupported = unsupportedLine(result);
  if (unsupported !== undefined) yield `${unsupported}\n`;
}

function* notes(
  title: string,
  files: readonly FileNote[],
  style: Style,
  options: TextOptions,
): Generator<string, void, undefined> {
  if (files.length === 0) return;
  yield `${options.paint(style, title)}\n`;
  const shown = options.verbose ? files : files.slice(0, LONGEST_LIST);
  for (const it of shown) {
    const code = it.reasons[0]?.code ?? '';
    const slash = it.isFolder ? '/' : '';
    yield `  ${shownPath(it.path, options)}${slash}: ${printable(reasonText(it.reasons))} (${code})\n`;
  }
  if (files.length > shown.length)
    yield `  and ${files.length - shown.length} more: --verbose lists them all\n`;
  yield '\n';
}

function findingsLine(result: ScanResult, paint: Paint): string {
  if (result.analysed.length === 0) return `${paint('yellow', 'Nothing was analysed')}.`;
  const counts = countBySeverity(result.findings);
  const total = counts.error + counts.warning + counts.info;
  const hidden = (by: string): number =>
    result.findings.filter((it) => it.suppressed && (it.suppressed.by ?? 'comment') === by).length;
  const parts = (['error', 'warning', 'info'] as const)
    .filter((it) => counts[it] > 0)
    .map((it) => paint(COLOURS[it], it === 'info' ? `${counts.info} info` : plural(counts[it], it)));
  const aside = [
    ...(hidden('comment') > 0 ? [`${hidden('comment')} suppressed in the code`] : []),
    ...(hidden('project') > 0 ? [`${hidden('project')} suppressed by path`] : []),
    ...(hidden('baseline') > 0 ? [`${hidden('baseline')} accepted in the baseline`] : []),
    ...(result.off > 0 ? [`${result.off} of rules that are switched off`] : []),
    ...(result.hidden > 0 ? [`${result.hidden} below the asked severity or confidence`] : []),
  ];
  const head = total === 0 ? paint('green', 'No findings') : paint('bold', plural(total, 'finding'));
  const detail = parts.length > 0 ? `: ${parts.join(', ')}` : '';
  return `${head}${detail}${aside.length > 0 ? ` (${aside.join(', ')})` : ''}.`;
}

function coverageLine(result: ScanResult): string {
  const parts = [
    `${plural(result.analysed.length, 'file')} analysed` +
      (result.partial.length > 0 ? ` (${result.partial.length} in part)` : ''),
  ];
  if (result.skipped.length > 0) {
    const why = countByReason(result.skipped).map(([code, count]) => `${count} ${code}`);
    parts.push(`${result.skipped.length} skipped (${why.join(', ')})`);
  }
  if (result.failed.length > 0) parts.push(`${result.failed.length} failed`);
  const seconds = result.seconds < 10 ? result.seconds.toFixed(1) : String(Math.round(result.seconds));
  return `${parts.join(', ')}; ${plural(linesOf(result), 'line')} in ${seconds} s.`;
}

function unsupportedLine(result: ScanResult): string | undefined {
  const total = result.unsupported.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const most = [...result.unsupported].sort((a, b) => b[1] - a[1]).slice(0, 8);
  const rest = result.unsupported.length - most.length;
  const list = most.map(([extension, count]) => `${count} ${printable(extension)}`).join(', ');
  return `${plural(total, 'file')} of other kinds not analysed: ${list}${rest > 0 ? `, ${rest} more` : ''}.`;
}

function place(uri: Uri, range: Range, options: TextOptions): string {
  return `${shownPath(pathOf(uri), options)}:${range.start.line + 1}:${range.start.character + 1}`;
}

/** Relative to the working folder where that is shorter to read, else whole. */
function shownPath(path: string, options: TextOptions): string {
  const inside = relativePath(options.from, path);
  return printable(inside.startsWith('../') || isAbsolute(inside) ? path : inside);
}
