// The report as Markdown: findings with their code and path, then the coverage; also what an editor shows after a scan.
// Text out of scanned files stands in code spans or is escaped, so that it cannot become markup.

import type { Finding, Path } from '../engine/engine.ts';
import { frame, linesOfText } from './frame.ts';
import { printable } from './printable.ts';
import {
  countByReason,
  countBySeverity,
  cweText,
  cweUrl,
  linesOf,
  pathOf,
  plural,
  reasonText,
  relativePath,
  titleOf,
} from './result.ts';
import type { FileNote, ScanResult } from './result.ts';

/** Lists longer than this are cut, with the number of what is left. */
const LONGEST_LIST = 500;

/** Yields the text in pieces. */
export function* markdownReport(result: ScanResult): Generator<string, void, undefined> {
  const counts = countBySeverity(result.findings);
  const total = counts.error + counts.warning + counts.info;
  yield `# Faultline report\n\n`;
  yield `${total === 0 ? 'No findings' : `**${plural(total, 'finding')}**`} in ${plural(result.analysed.length, 'analysed file')} (${plural(linesOf(result), 'line')}).\n\n`;
  yield table(
    ['Errors', 'Warnings', 'Info', 'Suppressed', 'Hidden'],
    [[counts.error, counts.warning, counts.info, counts.suppressed, result.hidden].map(String)],
  );
  if (total > 0) yield '\n## Findings\n';
  let file: { uri: string; lines: readonly string[] } | undefined;
  for (const it of result.findings) {
    if (it.suppressed) continue;
    if (file?.uri !== it.uri) file = { uri: it.uri, lines: linesOfText(result.textOf(it.uri) ?? '') };
    yield finding(result, it, file.lines);
  }
  const suppressed = result.findings.filter((it) => it.suppressed);
  if (suppressed.length > 0) {
    yield '\n## Suppressed in the code\n\n';
    yield table(
      ['Place', 'Rule', 'Reason'],
      suppressed.map((it) => [
        code(placeOf(result, it)),
        code(it.rule),
        escaped(it.suppressed?.reason || 'none given'),
      ]),
    );
  }
  yield* coverageReport(result);
}

/** The coverage alone: what was analysed, and what was not and why. Yields the text in pieces. */
export function* coverageReport(result: ScanResult): Generator<string, void, undefined> {
  const unsupported = result.unsupported.reduce((sum, [, count]) => sum + count, 0);
  yield '\n## Coverage\n\n';
  yield table(
    ['', 'Files'],
    [
      ['Analysed', String(result.analysed.length)],
      ['of these in part', String(result.partial.length)],
      ['Skipped', String(result.skipped.length)],
      ['Failed', String(result.failed.length)],
      ['Of other kinds', String(unsupported)],
    ],
  );
  yield* notes(result, 'Could not be analysed', result.failed);
  yield* notes(result, 'Analysed in part', result.partial);
  if (result.skipped.length > 0) {
    const why = countByReason(result.skipped).map(([reason, count]) => `${count} ${reason}`);
    yield* notes(result, `Skipped (${why.join(', ')})`, result.skipped);
  }
  if (result.unsupported.length > 0) {
    yield '\n### Of other kinds\n\n';
    yield table(
      ['Extension', 'Files'],
      result.unsupported.map(([extension, count]) => [code(extension), String(count)]),
    );
  }
  if (result.remarks.length > 0) {
    yield '\n### Suppression comments\n\n';
    yield table(
      ['Place', 'Remark'],
      result.remarks.map((it) => [
        code(`${relativePath(result.root, it.path)}:${it.line}`),
        escaped(it.text),
      ]),
    );
  }
}

function finding(result: ScanResult, it: Finding, lines: readonly string[]): string {
  const cwes = it.cwe.map((cwe) => `[${cweText(cwe)}](${cweUrl(cwe)})`);
  const facts = [`**${it.severity}**`, code(it.rule), ...cwes, `${it.confidence} confidence`];
  const shown = frame(lines, it.range, { width: 120, context: 1 });
  const digits = Math.max(0, ...shown.map((line) => String(line.number ?? '').length));
  const block = shown.flatMap((line) => [
    `${String(line.number ?? '').padStart(digits)} | ${line.code}`.trimEnd(),
    ...(line.marks === undefined ? [] : [`${' '.repeat(digits)} | ${line.marks}`]),
  ]);
  const out = [
    `\n### ${escaped(titleOf(result, it.rule))}: ${code(placeOf(result, it))}\n`,
    `${facts.join(' · ')}\n`,
    `${escaped(it.message)}\n`,
    ...(block.length > 0 ? [`${fenced(block)}\n`] : []),
    ...it.paths.slice(0, 3).map((path) => pathText(result, path)),
  ];
  if (it.paths.length > 3)
    out.push(`${plural(it.paths.length - 3, 'more path')} in the JSON and SARIF reports.\n`);
  return `${out.join('\n')}`;
}

function pathText(result: ScanResult, path: Path): string {
  const steps = path.steps.map((step, i) => {
    const at = `${relativePath(result.root, pathOf(step.uri))}:${step.range.start.line + 1}`;
    return `${i + 1}. ${code(at)} ${escaped(step.text)}${step.role === 'step' ? '' : ` (${step.role})`}`;
  });
  return `${steps.join('\n')}\n`;
}

function* notes(
  result: ScanResult,
  title: string,
  files: readonly FileNote[],
): Generator<string, void, undefined> {
  if (files.length === 0) return;
  yield `\n### ${title}\n\n`;
  const shown = files.slice(0, LONGEST_LIST);
  yield table(
    ['File', 'Why'],
    shown.map((it) => [
      code(relativePath(result.root, it.path) + (it.isFolder ? '/' : '')),
      escaped(reasonText(it.reasons)),
    ]),
  );
  if (files.length > shown.length)
    yield `\n${plural(files.length - shown.length, 'more file')} in the JSON report.\n`;
}

function placeOf(result: ScanResult, it: Finding): string {
  return `${relativePath(result.root, pathOf(it.uri))}:${it.range.start.line + 1}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** Text with everything that Markdown or HTML could read as markup escaped, on one line. */
function escaped(text: string): string {
  return (
    printable(text)
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/[\\`*_{}[\]()#+!|~>]/g, '\\$&')
      // Bare addresses and mentions would become links without any markup.
      .replace(/(https?):\/\//gi, '$1:&#47;&#47;')
      .replace(/@/g, '&#64;')
  );
}

/** A code span on one line; also inside a table, where a bar must be escaped even in code. */
function code(text: string): string {
  const shown = printable(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((it) => it.length));
  const ticks = '`'.repeat(longest + 1);
  const space = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${shown}${space}${ticks}`;
}

function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((it) => (it.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence].join('\n');
}
