// Random edits of the sample shop, broken code included: at rest, what the engine shows equals a fresh start.
// Edits come from a seed, and a failure tells the seed and every edit since the last time both agreed.

import { expect, test } from 'vitest';
import { linesOf, positionAt } from '../../server/src/base/lines.ts';
import type { ScanFile } from '../../server/src/engine/engine.ts';
import { drivenEngine, freshReports, openAll, reportsOf, textOfReports, toQuiet } from '../support/drive.ts';
import { randomFrom } from '../support/random.ts';
import { shopFiles } from '../support/shop.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Rests per seed, and the most edits between two of them. */
const RESTS = 25;
const BURST = 8;

const TOKEN = /\s+|[\w$]+|'[^'\n]*'|`[^`]*`|=>|[^\s\w$]/g;

/** Pieces of source that open, close or comment out more than they stand for. */
const TRAPS = [
  '{',
  '}',
  '(',
  ')',
  '`',
  "'",
  '/*',
  '*/',
  '//',
  ';',
  '=>',
  '${',
  'async ',
  'return ',
  '...',
  '\n',
];

test.each(SEEDS)('edits from seed %i', { timeout: 60_000 }, async (seed) => {
  const random = randomFrom(seed);
  const originals = shopFiles();
  const sources = originals.filter((it) => it.languageId === 'javascript');
  const tokens = sources.flatMap((it) => it.text.match(TOKEN) ?? []);
  const texts = new Map(originals.map((it) => [it.uri, it.text]));
  const { engine, clock } = await drivenEngine();
  openAll(engine, originals);
  await toQuiet(engine, clock);
  let version = 1;
  let log: string[] = [];

  const replace = (uri: string, start: number, end: number, text: string): void => {
    const old = texts.get(uri)!;
    const lines = linesOf(old);
    const range = { start: positionAt(lines, start), end: positionAt(lines, end) };
    engine.change(uri, ++version, [{ range, text }]);
    texts.set(uri, old.slice(0, start) + text + old.slice(end));
    log.push(`${uri} ${start}-${end} ${JSON.stringify(text)}`);
    clock.settle();
  };
  const randomEdit = (uri: string): void => {
    const text = texts.get(uri)!;
    const all = [...text.matchAll(TOKEN)];
    const it = all.length > 0 ? random.pick(all) : undefined;
    const start = it?.index ?? 0;
    const end = start + (it?.[0].length ?? 0);
    const put = random.next() < 0.3 ? random.pick(TRAPS) : random.pick(tokens);
    const what = random.below(3);
    replace(uri, what === 0 ? end : start, end, what === 2 ? '' : put);
  };
  /** Back to what the file was, so that code does not stay broken for good. */
  const restore = (it: ScanFile): void => {
    const now = texts.get(it.uri)!;
    let head = 0;
    while (head < now.length && now[head] === it.text[head]) head++;
    let tail = 0;
    const max = Math.min(now.length, it.text.length) - head;
    while (tail < max && now.at(-1 - tail) === it.text.at(-1 - tail)) tail++;
    if (now !== it.text) replace(it.uri, head, now.length - tail, it.text.slice(head, it.text.length - tail));
  };

  for (let rest = 0; rest < RESTS; rest++) {
    const { uri } = random.pick(sources);
    for (let i = random.below(BURST); i >= 0; i--)
      randomEdit(random.next() < 0.8 ? uri : random.pick(sources).uri);
    if (random.next() < 0.6) for (const it of sources) restore(it);
    await toQuiet(engine, clock);
    const files = originals.map((it) => ({ ...it, text: texts.get(it.uri)! }));
    const typed = textOfReports(reportsOf(engine, files));
    expect(typed, log.join('\n')).toBe(textOfReports(await freshReports(files)));
    log = [];
  }
  await engine.dispose();
});
