// The report for programs, in Faultline's own stable form: docs/report.schema.json describes it field by field.
// Within one `schema` number fields are only added; lines and columns count from 1, columns in UTF-16 code units.

import type { Finding, Path, Range } from '../engine/engine.ts';
import { jsonText } from './json-text.ts';
import { countBySeverity, linesOf, pathOf, relativePath, titleOf } from './result.ts';
import type { FileNote, ScanResult } from './result.ts';

/** Yields the text of the report in pieces. */
export function* jsonReport(result: ScanResult): Generator<string, void, undefined> {
  yield* jsonText(jsonOf(result), 2);
  yield '\n';
}

/** The report as plain data. */
export function jsonOf(result: ScanResult): unknown {
  const counts = countBySeverity(result.findings);
  return {
    schema: 1,
    tool: { name: 'faultline', version: result.version },
    root: result.root,
    startedAt: result.startedAt.toISOString(),
    seconds: Math.round(result.seconds * 1000) / 1000,
    summary: {
      error: counts.error,
      warning: counts.warning,
      info: counts.info,
      suppressed: counts.suppressed,
      hidden: result.hidden,
      off: result.off,
      analysed: result.analysed.length,
      partial: result.partial.length,
      skipped: result.skipped.length,
      failed: result.failed.length,
      lines: linesOf(result),
    },
    findings: result.findings.map((it) => findingJson(result, it)),
    partial: result.partial.map((it) => noteJson(result, it)),
    skipped: result.skipped.map((it) => noteJson(result, it)),
    failed: result.failed.map((it) => noteJson(result, it)),
    unsupported: Object.fromEntries(result.unsupported),
    remarks: result.remarks.map((it) => ({
      file: relativePath(result.root, it.path),
      line: it.line,
      text: it.text,
    })),
  };
}

function findingJson(result: ScanResult, it: Finding): unknown {
  return {
    rule: it.rule,
    severity: it.severity,
    confidence: it.confidence,
    cwe: it.cwe,
    title: titleOf(result, it.rule),
    message: it.message,
    file: relativePath(result.root, pathOf(it.uri)),
    range: rangeJson(it.range),
    sink: it.sink,
    fingerprint: it.fingerprint,
    ...(it.fix !== undefined && { fix: it.fix }),
    ...(it.suppressed !== undefined && {
      suppressed: { reason: it.suppressed.reason, by: it.suppressed.by ?? 'comment' },
    }),
    paths: it.paths.map((path) => pathJson(result, path)),
  };
}

function pathJson(result: ScanResult, path: Path): unknown {
  return {
    source: path.source,
    steps: path.steps.map((step) => ({
      role: step.role,
      file: relativePath(result.root, pathOf(step.uri)),
      range: rangeJson(step.range),
      text: step.text,
    })),
  };
}

function rangeJson({ start, end }: Range): unknown {
  return {
    start: { line: start.line + 1, column: start.character + 1 },
    end: { line: end.line + 1, column: end.character + 1 },
  };
}

function noteJson(result: ScanResult, it: FileNote): unknown {
  return {
    file: relativePath(result.root, it.path) + (it.isFolder ? '/' : ''),
    reasons: it.reasons.map(({ code, text }) => ({ code, text })),
  };
}
