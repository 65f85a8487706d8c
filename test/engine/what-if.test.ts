// What a change would do, asked of an engine that has solved the files already: the same as a fresh start on the changed
// text, byte for byte, though runs are looked up in what the engine remembers.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScanFile } from '../../server/src/engine/engine.ts';
import { readCases, type CaseFile } from '../support/cases.ts';
import { drivenEngine, freshReports, openAll, textOfReports, toQuiet } from '../support/drive.ts';
import { shopFiles } from '../support/shop.ts';

const toScan = (it: CaseFile): ScanFile => ({
  uri: `file:///case/${it.path}`,
  languageId: it.languageId,
  text: it.text,
});

async function check(before: readonly ScanFile[], after: readonly ScanFile[]): Promise<void> {
  const { engine, clock } = await drivenEngine();
  openAll(engine, before);
  await toQuiet(engine, clock);
  const asThere = textOfReports(before.map((it) => engine.report(it.uri)!));
  const changed = after.filter((it) => before.find((old) => old.uri === it.uri)?.text !== it.text);
  const answer = await engine.whatIf!(changed.map(({ uri, text }) => ({ uri, text })));
  const fresh = (await freshReports(after)).filter((it) => changed.some((one) => one.uri === it.uri));
  const versionless = fresh.map(({ version: _, ...rest }) => rest);
  expect(textOfReports(answer)).toBe(textOfReports(versionless));
  // Nothing is left behind.
  expect(textOfReports(before.map((it) => engine.report(it.uri)!))).toBe(asThere);
  await engine.dispose();
}

const cases = readCases(join(import.meta.dirname, '..', 'cases')).filter((it) => it.rounds.length > 0);
test.each(cases.map((it) => [it.name, it] as const))('%s', async (_name, it) => {
  const states = [it.files, ...it.rounds.map((round) => round.files)].map((files) => files.map(toScan));
  for (const [index, after] of states.entries()) if (index > 0) await check(states[index - 1]!, after);
});

test('each file of a shop without its last line', async () => {
  const files = shopFiles();
  for (const it of files) {
    const text = it.text.slice(0, it.text.lastIndexOf('\n', it.text.length - 2) + 1);
    await check(
      files,
      files.map((one) => (one.uri === it.uri ? { ...one, text } : one)),
    );
  }
});
