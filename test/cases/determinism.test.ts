// The same files give the same bytes: run again, with more workers, in another order, opened instead of scanned.
// Everything a report says is compared, paths and fingerprints included; only the version of a document is left out.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ScanFile } from '../../server/src/engine/engine.ts';
import { readCases, scanFilesOf } from '../support/cases.ts';
import { drivenEngine, openAll, reportsOf, scanReports, textOfReports, toQuiet } from '../support/drive.ts';
import { randomFrom } from '../support/random.ts';
import { shopFiles } from '../support/shop.ts';

/** Cases with several files, callbacks and recursion: where an order could show. */
const CASES = [
  'commonjs-files',
  'esm-files',
  're-exports',
  'own-callbacks',
  'recursion',
  'through-functions',
];

const engineCases = readCases(fileURLToPath(new URL('engine', import.meta.url)));
const groups: [string, ScanFile[]][] = [['samples/shop', shopFiles()]];
for (const name of CASES) {
  const found = engineCases.find((it) => it.name === `${name}.md`);
  if (!found) throw new Error(`there is no case ${name}`);
  groups.push([name, scanFilesOf(found.files)]);
}

async function openedText(files: readonly ScanFile[], order: readonly ScanFile[]): Promise<string> {
  const { engine, clock } = await drivenEngine();
  openAll(engine, order);
  await toQuiet(engine, clock);
  const text = textOfReports(reportsOf(engine, files));
  await engine.dispose();
  return text;
}

describe.each(groups)('%s', (_name, files) => {
  test('has findings, so that equal means something', async () => {
    const reports = await scanReports(files);
    expect(reports.flatMap((it) => it.findings).length).toBeGreaterThan(0);
  });

  test('is the same again and with two workers', async () => {
    const first = textOfReports(await scanReports(files));
    expect(textOfReports(await scanReports(files))).toBe(first);
    expect(textOfReports(await scanReports(files, 2))).toBe(first);
  });

  test.each([1, 2, 3, 4])('is the same in another order (seed %i)', async (seed) => {
    const shuffled = randomFrom(seed).shuffled(files);
    const first = textOfReports(await scanReports(files));
    expect(textOfReports(await scanReports(shuffled))).toBe(first);
    expect(await openedText(files, shuffled)).toBe(first);
  });
});
