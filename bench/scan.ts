// How long a scan of a folder takes, beside the bare parse of the same files, and how much memory it needs.
// Both run in this process, one after the other, on texts that were read before the clock starts.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, ScanFile } from '../server/src/engine/engine.ts';
import { languageOf } from '../server/src/syntax/language.ts';
import { parseText } from '../server/src/syntax/parser.ts';

export interface ScanFigures {
  readonly files: number;
  readonly lines: number;
  /** Milliseconds. */
  readonly scan: number;
  readonly parse: number;
  /** Highest resident memory of the whole process while scanning, in megabytes. */
  readonly memory: number;
  readonly findings: number;
}

/** Scans every readable file below a folder. Rejects if there is none, or if the engine skips or fails one. */
export async function scanFolder(engine: Engine, folder: string): Promise<ScanFigures> {
  const files = filesBelow(folder);
  if (files.length === 0) throw new Error(`${folder} has no files to scan`);
  const started = performance.now();
  let peak = 0;
  let lines = 0;
  let findings = 0;
  for await (const it of engine.scan(files, { workers: 1 }, new AbortController().signal)) {
    peak = Math.max(peak, process.memoryUsage.rss());
    if (it.type !== 'report') continue;
    if (it.report.status !== 'analysed') throw new Error(`${it.report.uri} was ${it.report.status}`);
    lines += it.report.lines;
    findings += it.report.findings.length;
  }
  const scan = performance.now() - started;
  return { files: files.length, lines, scan, parse: parseAll(files), memory: peak / 1e6, findings };
}

function parseAll(files: readonly ScanFile[]): number {
  const before = performance.now();
  for (const it of files) parseText(languageOf(it.uri, it.languageId)!, it.text).delete();
  return performance.now() - before;
}

/** The first files below a folder, in the order of their paths, that are written in a language the engine reads. */
export function filesBelow(folder: string, limit = Infinity): ScanFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((it) => languageOf(it) !== undefined)
    .map((it) => join(folder, it))
    .filter((it) => statSync(it).isFile())
    .slice(0, limit)
    .map((it) => ({ uri: `file://${it}`, languageId: languageOf(it)!, text: readFileSync(it, 'utf8') }));
}
