// A report of the whole workspace as a text: what `faultline scan` would write, from the editor's palette.
// It scans first (only what has changed, if there was a scan before); the extension asks where to save it.

import type { ScanFile } from '../engine/engine.ts';
import { commentsOf } from '../project/suppressions.ts';
import { jsonReport } from '../report/json.ts';
import { markdownReport } from '../report/markdown.ts';
import { compareFindings, compareText, isPartial, type FileNote, type ScanResult } from '../report/result.ts';
import { sarifReport } from '../report/sarif.ts';
import type { ServerCommand } from './commands.ts';
import { l10n } from './l10n.ts';
import { EXPORT_SERVER_COMMAND, type ExportArguments } from './protocol-project.ts';
import { Refusal } from './refusal.ts';
import { scanWorkspace, type Scan } from './scan.ts';
import type { State } from './state.ts';
import { pathOf } from './uris.ts';

const FORMATS = { sarif: sarifReport, markdown: markdownReport, json: jsonReport };

export const exportCommand: ServerCommand = {
  id: EXPORT_SERVER_COMMAND,
  async run(state, { argument, token, progress }) {
    const format = FORMATS[(argument as ExportArguments | undefined)?.format ?? 'sarif'];
    const root = state.folders.map((it) => pathOf(it.uri)).find((it) => it !== undefined);
    if (format === undefined || root === undefined)
      throw new Refusal(l10n.t('No folder is open, so there is nothing to export.'));
    const startedAt = new Date();
    const scan = await scanWorkspace(state, token, progress, { quiet: true });
    if (scan.summary.cancelled) throw new Refusal(l10n.t('The scan was cancelled, so there is no report.'));
    return { text: [...format(resultOf(state, scan, root, startedAt))].join('') };
  },
};

/** A scan as the report formats read it. */
function resultOf(state: State, scan: Scan, root: string, startedAt: Date): ScanResult {
  const shown = [...scan.reports.keys()].map((uri) => ({ uri, shown: state.closed.get(uri)?.shown }));
  const unsupported = new Map<string, number>();
  const skipped: FileNote[] = [];
  const failed: FileNote[] = [];
  for (const it of scan.others) {
    if (it.reason.code === 'unsupported')
      unsupported.set(it.reason.text, (unsupported.get(it.reason.text) ?? 0) + 1);
    else (it.type === 'failed' ? failed : skipped).push({ path: it.path, reasons: [it.reason] });
  }
  const result = {
    analysed: [] as { path: string; lines: number }[],
    partial: [] as FileNote[],
    remarks: [] as ScanResult['remarks'][number][],
    suppressions: [] as ScanResult['suppressions'][number][],
  };
  for (const { uri, shown: it } of shown) {
    const path = pathOf(uri) ?? uri;
    const report = scan.reports.get(uri)!;
    if (report.status !== 'analysed') {
      (report.status === 'failed' ? failed : skipped).push({ path, reasons: report.reasons });
      continue;
    }
    result.analysed.push({ path, lines: report.lines });
    if (isPartial(report)) result.partial.push({ path, reasons: report.reasons });
    for (const problem of it?.judged.problems ?? [])
      result.remarks.push({ path, line: problem.range.start.line + 1, text: problem.message });
    if (it !== undefined) result.suppressions.push(...commentsOf(report, it.judged, path));
  }
  const texts = new Map(scan.files.map((it: ScanFile) => [it.uri, it.text]));
  const sum = (of: (it: NonNullable<(typeof shown)[number]['shown']>) => number): number =>
    shown.reduce((all, it) => all + (it.shown === undefined ? 0 : of(it.shown)), 0);
  const byPath = (a: { path: string }, b: { path: string }): number => compareText(a.path, b.path);
  return {
    version: state.version,
    root,
    findings: shown.flatMap((it) => it.shown?.judged.findings ?? []).sort(compareFindings),
    hidden: sum((it) => it.judged.hidden),
    off: sum((it) => it.judged.off),
    analysed: result.analysed.sort(byPath),
    partial: result.partial.sort(byPath),
    skipped: skipped.sort(byPath),
    unsupported: [...unsupported].sort((a, b) => compareText(a[0], b[0])),
    failed: failed.sort(byPath),
    suppressions: result.suppressions,
    remarks: result.remarks.sort((a, b) => byPath(a, b) || a.line - b.line),
    startedAt,
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    rules: state.ruleInfos,
    textOf: (uri) => texts.get(uri),
  };
}
