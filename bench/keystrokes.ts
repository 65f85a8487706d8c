// How long a keystroke takes: from telling the engine of it to the report of that version, typing into real files.
// Beside it the bare incremental parse of the same edits, which no diagnosis can be faster than.

import { readFileSync } from 'node:fs';
import { linesOf, positionAt } from '../server/src/base/lines.ts';
import type { Edit, Engine, Report } from '../server/src/engine/engine.ts';
import { type LanguageId, languageOf } from '../server/src/syntax/language.ts';
import { parseText } from '../server/src/syntax/parser.ts';
import type { Subject } from './subjects.ts';

export interface Latency {
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** Median milliseconds of the bare incremental parse. */
  readonly parse: number;
  readonly lines: number;
}

/** Types the subject's text into the middle of a file. Rejects if the file has no place for a statement. */
export async function typeInto(engine: Engine, path: string, subject: Subject): Promise<Latency> {
  const text = readFileSync(path, 'utf8');
  const language = languageOf(path)!;
  const edits = editsAt(text, placeIn(path, text, language, subject), subject.text);
  const uri = `file://${path}`;
  engine.open({ uri, languageId: language, version: 1, text });
  await engine.quiet();
  const took: number[] = [];
  let told: (report: Report) => void = () => {};
  engine.onChange((of, report) => {
    if (of === uri) told(report);
  });
  for (const [at, edit] of edits.entries()) {
    const version = at + 2;
    const reported = new Promise<void>((resolve) => {
      told = (report) => {
        if (report.version === version) resolve();
      };
    });
    const before = performance.now();
    engine.change(uri, version, [edit.event]);
    await reported;
    took.push(performance.now() - before);
  }
  engine.close(uri);
  await engine.quiet();
  const lines = linesOf(text).starts.length;
  return {
    p50: quantile(took, 0.5),
    p95: quantile(took, 0.95),
    parse: parseMedian(text, language, edits),
    lines,
  };
}

interface Typed {
  readonly event: Edit;
  readonly at: number;
  readonly text: string;
}

function editsAt(text: string, offset: number, typed: string): Typed[] {
  let now = text;
  return [...typed].map((put, i) => {
    const at = offset + i;
    const position = positionAt(linesOf(now), at);
    now = now.slice(0, at) + put + now.slice(at);
    return { event: { range: { start: position, end: position }, text: put }, at, text: now };
  });
}

/** The end of the line nearest to the middle behind which a statement may stand. */
function placeIn(path: string, text: string, language: LanguageId, subject: Subject): number {
  const middle = text.length / 2;
  const ends = [...text.matchAll(subject.place)]
    .map((it) => it.index + it[0].length)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  for (const at of ends.slice(0, 200)) {
    const tree = parseText(language, text.slice(0, at) + subject.text + text.slice(at));
    const whole = !tree.hasError();
    tree.delete();
    if (whole) return at;
  }
  throw new Error(`${path} has no place for a statement near its middle`);
}

function parseMedian(text: string, language: LanguageId, edits: readonly Typed[]): number {
  const tree = parseText(language, text);
  tree.hasError();
  const took = edits.map((it) => {
    const before = performance.now();
    tree.edit(it.at, it.at, it.at + 1, it.text);
    // Asking is what makes the tree follow its edits.
    tree.hasError();
    return performance.now() - before;
  });
  tree.delete();
  return quantile(took, 0.5);
}

/** The value below which this part of the numbers lies. */
function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}
