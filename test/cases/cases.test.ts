// Runs every case below this folder through both doors of the engine, and replays its edits one character at a time.
// A case with a `fixme:` line has to fail; once it holds, the line has to go.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
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
