// Runs every case below this folder through both doors of the engine, and replays its edits one character at a time.
// A case with a `fixme:` line has to fail; once it holds, the line has to go.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { linesOf, offsetAt } from '../../server/src/base/lines.ts';
import { type Case, keystrokes, pathOf, readCases, scanFilesOf, uriOf } from '../support/cases.ts';
import {
  drivenEngine,
  foundIn,
  freshReports,
  openAll,
  reportsOf,
  scanReports,
  textOfReports,
  toQuiet,
} from '../support/drive.ts';

/** A case against one boundary; throws where what is found is not what the case says. */
type Check = (it: Case) => Promise<void>;

const CHECKS: Readonly<Record<string, Check>> = {
  'as a scan': async (it) => {
    for (const { files, expected } of [it, ...it.rounds]) {
      const reports = await scanReports(scanFilesOf(files));
      expect(foundIn(reports, pathOf)).toEqual(expected);
    }
  },
  'as open documents': async (it) => {
    const reports = await freshReports(scanFilesOf(it.files));
    expect(foundIn(reports, pathOf)).toEqual(it.expected);
  },
  'with its edits typed': replay,
  'with dangerous arguments made numbers': neutralized,
};

/** Types every edit, the quick tier running after each key, and compares what stands at rest with a fresh start. */
async function replay(it: Case): Promise<void> {
  const { engine, clock } = await drivenEngine();
  openAll(engine, scanFilesOf(it.files));
  clock.settle();
  const texts = new Map(it.files.map((file) => [file.path, file.text]));
  let version = 1;
  for (const round of it.rounds) {
    for (const change of round.changes) {
      for (const edit of keystrokes(texts.get(change.path)!, change)) {
        engine.change(uriOf(change.path), ++version, [edit]);
        clock.settle();
      }
      const old = texts.get(change.path)!;
      texts.set(change.path, old.slice(0, change.start) + change.text + old.slice(change.end));
    }
    await toQuiet(engine, clock);
    const files = scanFilesOf(round.files);
    const typed = reportsOf(engine, files);
    expect(foundIn(typed, pathOf)).toEqual(round.expected);
    expect(textOfReports(typed)).toBe(textOfReports(await freshReports(files)));
  }
  await engine.dispose();
}

/**
 * A number is harmless wherever it goes: with `Number()` (Python: `int()`) around the argument of a finding that finding is gone, and
 * nothing new is found. Arguments over several lines are left out, as lines would mean other places afterwards.
 */
async function neutralized(it: Case): Promise<void> {
  const files = scanFilesOf(it.files);
  const reports = await scanReports(files);
  const before = foundIn(reports, pathOf);
  for (const { uri, range, rule, paths } of reports.flatMap((report) => report.findings)) {
    if (paths.length === 0 || range.start.line !== range.end.line) continue;
    // There the key is dangerous, wherever it was made, and the finding is at the assignment.
    if (rule === 'prototype-key') continue;
    const changed = files.map((file) => {
      if (file.uri !== uri) return file;
      const lines = linesOf(file.text);
      const [start, end] = [offsetAt(lines, range.start), offsetAt(lines, range.end)];
      const number = `${file.languageId === 'python' ? 'int' : 'Number'}(${file.text.slice(start, end)})`;
      return { ...file, text: file.text.slice(0, start) + number + file.text.slice(end) };
    });
    const after = await scanReports(changed);
    // Where no expression may stand, as in a spread argument, there is nothing to be learnt.
    if (after.some((report) => report.reasons.some((reason) => reason.code === 'syntax-error'))) continue;
    // The text is still put together, and that no flow is found through it any more is when it is remarked on.
    const rest = rule === 'sql' ? [...before, ...places(after, 'sql-text')] : [...before];
    rest.splice(rest.indexOf(`${pathOf(uri)}:${range.start.line + 1} ${rule}`), 1);
    expect(foundIn(after, pathOf).filter((found) => !takeFrom(rest, found))).toEqual([]);
  }
}

/** Where a rule is reported. */
const places = (reports: Parameters<typeof foundIn>[0], rule: string): string[] =>
  foundIn(reports, pathOf).filter((found) => found.endsWith(` ${rule}`));

/** Takes one such item out of a list; false if there is none. */
function takeFrom(list: string[], item: string): boolean {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

const cases = readCases(fileURLToPath(new URL('.', import.meta.url)));

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(0);
});

for (const it of cases) {
  const checks = Object.entries(CHECKS).filter(([, check]) => check !== replay || it.rounds.length > 0);
  if (it.fixme === undefined) {
    describe(`${it.name}: ${it.title}`, () => {
      for (const [name, check] of checks) test(name, () => check(it));
    });
    continue;
  }
  test(`${it.name}: ${it.title} (fails today: ${it.fixme})`, async () => {
    const outcomes = await Promise.allSettled(checks.map(([, check]) => check(it)));
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed.length, 'this case holds now; take out its fixme line').toBeGreaterThan(0);
    // Only an expectation may be unmet: a case that crashes is no known gap.
    for (const { reason } of failed) expect(String(reason)).toContain('AssertionError');
  });
}
