// What a scan covered, as counts, as a sentence and as a Markdown page: a scan that left files out must say so.
// Files are grouped by reason; names are escaped, since a file name may hold anything.

import type { Report, Uri } from '../engine/engine.ts';
import type { DiscoverEvent } from '../project/discover.ts';
import { extensionOf } from '../project/classify.ts';
import { escapeText, inlineCode, link } from './markdown.ts';
import { COVERAGE_REQUEST, type ScanSummary } from './protocol.ts';
import { l10n } from './l10n.ts';
import type { ServerRequest } from './requests.ts';
import type { Shown } from './shown.ts';
import { pathOf } from './uris.ts';

export interface Coverage {
  readonly summary: ScanSummary;
  readonly sentence: string;
  readonly markdown: string;
}

/** A page stays readable; the command line lists every file. */
const FILES_AT_MOST = 500;

type Other = Exclude<DiscoverEvent, { type: 'file' }>;

/**
 * Files in other languages are counted apart: nobody expects them in a scan.
 * `shown` are the results as they are shown, so that the counts agree with the Problems panel.
 */
export function coverageOf(
  reports: readonly Report[],
  others: readonly Other[],
  shown: ReadonlyMap<Uri, Shown | undefined>,
  cancelled: boolean,
): Coverage {
  const analysed = reports.filter((it) => it.status === 'analysed');
  const foreign = others.filter((it) => it.reason.code === 'unsupported');
  const left: Left[] = [
    ...others
      .filter((it) => it.reason.code !== 'unsupported')
      .map((it) => ({
        uri: it.uri,
        code: it.reason.code,
        text: it.reason.text,
        failed: it.type === 'failed',
      })),
    ...reports.filter((it) => it.status !== 'analysed').map(leftOf),
  ];
  const results = [...shown.values()];
  const summary: ScanSummary = {
    analysed: analysed.length,
    skipped: left.filter((it) => !it.failed).length,
    failed: left.filter((it) => it.failed).length,
    findings: sum(results.map((it) => it?.findings.length ?? 0)),
    suppressed: sum(results.map((it) => it?.suppressed ?? 0)),
    lines: sum(analysed.map((it) => it.lines)),
    cancelled,
  };
  const sentence = sentenceOf(summary);
  return { summary, sentence, markdown: pageOf(sentence, analysed, left, foreign, shown) };
}

export const coverageRequest: ServerRequest = {
  method: COVERAGE_REQUEST,
  fallback: '',
  answer: (state) => state.coverage ?? l10n.t('No scan has finished yet.'),
};

interface Left {
  readonly uri: Uri;
  readonly code: string;
  readonly text: string;
  readonly failed: boolean;
}

function leftOf(report: Report): Left {
  const reason = report.reasons[0];
  return {
    uri: report.uri,
    code: reason?.code ?? 'unsupported',
    text: reason?.text ?? '',
    failed: report.status === 'failed',
  };
}

function sentenceOf(it: ScanSummary): string {
  const found = `${count(it.findings, 'finding')} in ${count(it.analysed, 'file')}`;
  const rest = [
    it.suppressed > 0 && `${it.suppressed} suppressed`,
    it.skipped > 0 && `${it.skipped} left out`,
    it.failed > 0 && `${it.failed} failed`,
  ].filter((part) => part !== false);
  const tail = rest.length === 0 ? '' : ` (${rest.join(', ')})`;
  return it.cancelled ? `Scan cancelled: ${found} so far${tail}.` : `${found}${tail}.`;
}

function pageOf(
  sentence: string,
  analysed: readonly Report[],
  left: readonly Left[],
  foreign: readonly Other[],
  shown: ReadonlyMap<Uri, Shown | undefined>,
): string {
  const partial = analysed.filter((it) => it.reasons.length > 0);
  const sections = [
    '# Faultline: coverage of the last scan',
    escapeText(sentence),
    section(
      'Failed: should have been analysed',
      left.filter((it) => it.failed),
    ),
    section(
      'Analysed in part',
      partial.flatMap((it) => it.reasons.map((reason) => ({ ...reason, uri: it.uri, failed: false }))),
    ),
    section(
      'Left out',
      left.filter((it) => !it.failed),
    ),
    analysedSection(analysed, shown),
    foreignSection(foreign),
  ];
  return `${sections.filter((it) => it !== '').join('\n\n')}\n`;
}

function section(title: string, items: readonly Left[]): string {
  if (items.length === 0) return '';
  const codes = [...new Set(items.map((it) => it.code))].sort();
  const parts = codes.map((code) => {
    const here = items.filter((it) => it.code === code);
    const lines = here.slice(0, FILES_AT_MOST).map((it) => `- ${fileLink(it.uri)}: ${escapeText(it.text)}`);
    if (here.length > lines.length) lines.push(`- … and ${here.length - lines.length} more`);
    return `### ${inlineCode(code)} (${here.length})\n\n${lines.join('\n')}`;
  });
  return [`## ${title} (${items.length})`, ...parts].join('\n\n');
}

function analysedSection(analysed: readonly Report[], shown: ReadonlyMap<Uri, Shown | undefined>): string {
  const rows = analysed.slice(0, FILES_AT_MOST).map((it) => {
    const findings = shown.get(it.uri)?.findings.length ?? 0;
    return `- ${fileLink(it.uri)}: ${count(it.lines, 'line')}, ${count(findings, 'finding')}`;
  });
  if (analysed.length > rows.length) rows.push(`- … and ${analysed.length - rows.length} more`);
  return [`## Analysed (${analysed.length})`, rows.join('\n')].join('\n\n');
}

/** Pictures and prose are no gap in a scan; of them the kinds are named, not the files. */
function foreignSection(foreign: readonly Other[]): string {
  if (foreign.length === 0) return '';
  const counts = new Map<string, number>();
  for (const it of foreign) {
    const extension = extensionOf(it.path) || 'no extension';
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const list = rows.map(([extension, n]) => `- ${inlineCode(extension)}: ${n}`).join('\n');
  return `## Not a language that Faultline reads (${foreign.length})\n\n${list}`;
}

function fileLink(uri: Uri): string {
  return link(pathOf(uri) ?? uri, uri);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
