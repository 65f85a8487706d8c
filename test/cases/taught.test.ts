// What a person teaches to be safe can only take findings away: for calls picked at random in real files of ours, a row that
// says "safe" gives no finding that was not there before, and teaching nothing changes nothing.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { resourcePath } from '../../server/src/base/resources.ts';
import type { Engine, Report, ScanFile } from '../../server/src/engine/engine.ts';
import { compileModels, knownRules } from '../../server/src/project/folder.ts';
import type { CompiledRules } from '../../server/src/rules/index.ts';
import { readCases, scanFilesOf } from '../support/cases.ts';
import { type ManualClock, drivenEngine, openAll, reportsOf, toQuiet } from '../support/drive.ts';
import { randomFrom } from '../support/random.ts';
import { shopFiles } from '../support/shop.ts';

const known = knownRules(JSON.parse(readFileSync(resourcePath('rules.json'), 'utf8')) as CompiledRules);
/** Cases with helpers of their own, where a call on the way could be taught. */
const CASES = [
  'through-functions',
  'own-validator',
  'parameters',
  'own-callbacks',
  'commonjs-files',
  're-exports',
];
const cases = readCases(fileURLToPath(new URL('engine', import.meta.url)));
const groups: [string, ScanFile[]][] = [['samples/shop', shopFiles()]];
for (const name of CASES) {
  const found = cases.find((it) => it.name === `${name}.md`);
  if (!found) throw new Error(`there is no case ${name}`);
  groups.push([name, scanFilesOf(found.files)]);
}
const SEEDS = [1, 2, 3, 4, 5, 6];

interface Row {
  readonly at: string;
  readonly kind: string;
}

/** The reports of a fresh engine that was taught these rows. */
async function taught(files: readonly ScanFile[], rows: readonly Row[]): Promise<Report[]> {
  return withEngine(files, rows, (engine) => Promise.resolve(reportsOf(engine, files)));
}

async function withEngine<T>(
  files: readonly ScanFile[],
  rows: readonly Row[],
  ask: (engine: Engine, clock: ManualClock) => Promise<T>,
): Promise<T> {
  const { engine, clock } = await drivenEngine();
  if (rows.length > 0) {
    const text = `barriers:\n${rows.map((it) => `  - at: ${JSON.stringify(it.at)}\n    kind: "${it.kind}"\n`).join('')}`;
    const { rules, problems } = compileModels([{ file: 'models/javascript/taught.yaml', text }], known);
    expect(problems).toEqual([]);
    engine.extend(rules);
  }
  openAll(engine, files);
  await toQuiet(engine, clock);
  const result = await ask(engine, clock);
  await engine.dispose();
  return result;
}

/** Every finding by what it is and where; which of its sources is told first may change. */
const keysOf = (reports: readonly Report[]): string[] =>
  reports.flatMap((it) => it.findings).map((it) => `${it.uri} ${it.rule} ${JSON.stringify(it.range)}`);

/** The callees of all calls, as *teach* would name them. */
function calleesOf(files: readonly ScanFile[]): Promise<string[]> {
  return withEngine(files, [], async (engine, clock) => {
    const found = new Set<string>();
    for (const { uri } of files) {
      const asked = engine.explain(uri);
      while (clock.step());
      for (const it of await asked) {
        if (it.what !== 'call') continue;
        if (it.models[0] !== undefined) found.add(it.models[0]);
        else if (/^[\w$]+$/.test(it.name)) found.add(`"%named".${it.name}`);
      }
    }
    return [...found].sort();
  });
}

describe.each(groups)('%s', (_name, files) => {
  test('a call that is taught to be safe brings no finding', async () => {
    const before = keysOf(await taught(files, []));
    expect(before.length).toBeGreaterThan(0);
    const callees = await calleesOf(files);
    let gone = 0;
    for (const seed of SEEDS) {
      const random = randomFrom(seed);
      const rows = random
        .shuffled(callees)
        .slice(0, 1 + random.below(3))
        .map((it): Row => ({ at: `${it}()`, kind: random.pick(['*', 'sql', 'html', 'path', 'shell']) }));
      const after = keysOf(await taught(files, rows));
      expect(
        after.filter((it) => !before.includes(it)),
        `seed ${seed}: ${JSON.stringify(rows)}`,
      ).toEqual([]);
      if (after.length < before.length) gone++;
    }
    // With everything taught at once something has to go, or the rows say nothing.
    const all = await taught(
      files,
      callees.map((it): Row => ({ at: `${it}()`, kind: '*' })),
    );
    expect(keysOf(all).length + gone).toBeLessThan(before.length + SEEDS.length);
  });
});
