// What a scan covered, as counts, as a sentence and as a Markdown page: a scan that left files out must say so.
// Files are grouped by reason; names are escaped, since a file name may hold anything.

import type { Report, Uri } from '../engine/engine.ts';
import type { DiscoverEvent } from '../project/discover.ts';
import { extensionOf } from '../project/classify.ts';
import { escapeText, fileLink, inlineCode } from './markdown.ts';
import { COVERAGE_REQUEST, type ScanSummary } from './protocol.ts';
import { l10n } from './l10n.ts';
import type { ServerRequest } from './requests.ts';
import type { Shown } from './shown.ts';

/** How files are called on the page, and what their links open. */
export interface Names {
  readonly nameOf: (uri: Uri) => string;
  readonly toClient: (uri: Uri) => string;
}
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
  names: Names,
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
  return { summary, sentence, markdown: pageOf(sentence, analysed, left, foreign, shown, names) };
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
  const found = l10n.t('{0} in {1}', findingsText(it.findings), filesText(it.analysed));
  const rest = [
    it.suppressed > 0 && l10n.t('{0} suppressed', it.suppressed),
    it.skipped > 0 && l10n.t('{0} left out', it.skipped),
    it.failed > 0 && l10n.t('{0} failed', it.failed),
  ].filter((part) => part !== false);
  const tail = rest.length === 0 ? '' : ` (${rest.join(', ')})`;
  return it.cancelled ? l10n.t('Scan cancelled: {0} so far.', `${found}${tail}`) : `${found}${tail}.`;
}

function pageOf(
  sentence: string,
  analysed: readonly Report[],
  left: readonly Left[],
  foreign: readonly Other[],
  shown: ReadonlyMap<Uri, Shown | undefined>,
  names: Names,
): string {
  const partial = analysed.filter((it) => it.reasons.length > 0);
  const sections = [
    `# ${l10n.t('Faultline: coverage of the last scan')}`,
    escapeText(sentence),
    section(
      l10n.t('Failed: should have been analysed'),
      left.filter((it) => it.failed),
      names,
    ),
    section(
      l10n.t('Analysed in part'),
      partial.flatMap((it) => it.reasons.map((reason) => ({ ...reason, uri: it.uri, failed: false }))),
      names,
    ),
    section(
      l10n.t('Left out'),
      left.filter((it) => !it.failed),
      names,
    ),
    analysedSection(analysed, shown, names),
    foreignSection(foreign),
  ];
  return `${sections.filter((it) => it !== '').join('\n\n')}\n`;
}

function section(title: string, items: readonly Left[], names: Names): string {
  if (items.length === 0) return '';
  const codes = [...new Set(items.map((it) => it.code))].sort();
  const parts = codes.map((code) => {
    const here = items.filter((it) => it.code === code);
    const lines = here
      .slice(0, FILES_AT_MOST)
      .map((it) => `- ${linkTo(it.uri, names)}: ${escapeText(it.text)}`);
    if (here.length > lines.length) lines.push(`- ${l10n.t('… and {0} more', here.length - lines.length)}`);
    return `### ${inlineCode(code)} (${here.length})\n\n${lines.join('\n')}`;
  });
  return [`## ${title} (${items.length})`, ...parts].join('\n\n');
}

function analysedSection(
  analysed: readonly Report[],
  shown: ReadonlyMap<Uri, Shown | undefined>,
  names: Names,
): string {
  const rows = analysed.slice(0, FILES_AT_MOST).map((it) => {
    const findings = shown.get(it.uri)?.findings.length ?? 0;
    return `- ${linkTo(it.uri, names)}: ${linesText(it.lines)}, ${findingsText(findings)}`;
  });
  if (analysed.length > rows.length)
    rows.push(`- ${l10n.t('… and {0} more', analysed.length - rows.length)}`);
  return [`## ${l10n.t('Analysed')} (${analysed.length})`, rows.join('\n')].join('\n\n');
}

/** Pictures and prose are no gap in a scan; of them the kinds are named, not the files. */
function foreignSection(foreign: readonly Other[]): string {
  if (foreign.length === 0) return '';
  const counts = new Map<string, number>();
  for (const it of foreign) {
    const extension = extensionOf(it.path) || l10n.t('no extension');
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const list = rows.map(([extension, n]) => `- ${inlineCode(extension)}: ${n}`).join('\n');
  return `## ${l10n.t('Not a language that Faultline reads')} (${foreign.length})\n\n${list}`;
}

const linkTo = (uri: Uri, { nameOf, toClient }: Names): string => fileLink(nameOf(uri), toClient(uri));
const findingsText = (n: number): string => (n === 1 ? l10n.t('1 finding') : l10n.t('{0} findings', n));
const filesText = (n: number): string => (n === 1 ? l10n.t('1 file') : l10n.t('{0} files', n));
const linesText = (n: number): string => (n === 1 ? l10n.t('1 line') : l10n.t('{0} lines', n));

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
