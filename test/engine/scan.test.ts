// The scan and the threads that read files for it: the result is the same with any number of them and whatever becomes
// of them. The threads run from source, so that nothing here depends on a build.

import { Worker } from 'node:worker_threads';
import { beforeAll, expect, test } from 'vitest';
import type { Report, ScanFile } from '../../server/src/engine/engine.ts';
import type { Hooks } from '../../server/src/engine/hooks.ts';
import { builtRules, createEngine } from '../../server/src/engine/in-process.ts';
import { indexAll, type Job, type Outcome } from '../../server/src/engine/index-pool.ts';
import { initSyntax } from '../../server/src/syntax/parser.ts';

const SCRIPT = new URL('../../server/src/engine/index-worker.ts', import.meta.url).href;
const TSX = import.meta.resolve('tsx/esm/api');
const indexWorker = (): Worker =>
  new Worker(`import('${TSX}').then((tsx) => { tsx.register(); return import('${SCRIPT}'); });`, {
    eval: true,
  });
const scripted = (code: string): Worker =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true });

beforeAll(initSyntax);

/** Values that a copy between threads might change, and one text that does not parse. */
const jobs: readonly Job[] = Array.from({ length: 100 }, (_, i) => ({
  uri: `file:///shop/${String(i).padStart(3, '0')}.js`,
  language: 'javascript',
  text:
    i === 50
      ? 'function (( {\n'
      : `// faultline-ignore sql: ${i}\nconst f = (a = -0, b = 1e999, ...c) => a[b] + /x/g.test(c) + undefined + null + ${i};\n`,
}));

/** What comes of the jobs, and how many of them this thread did. `pause` runs after each of these. */
async function index(
  workers: number,
  indexer?: () => Worker,
  pause: () => Promise<void> = async () => undefined,
): Promise<{ outcomes: Outcome[]; here: number }> {
  const outcomes: Outcome[] = [];
  let here = 0;
  const { signal } = new AbortController();
  const options = { workers, signal, at: () => here++, pause, indexer, helpedFrom: 0 };
  for await (const it of indexAll(jobs, options)) outcomes.push(it);
  return { outcomes, here };
}

/** Threads made by `make`, and a pause until they have answered all jobs but one; it fails if one of them fails. */
function listening(make: () => Worker): { indexer: () => Worker; answered: () => Promise<void> } {
  let answers = 0;
  let done: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const all = new Promise<void>((resolve, reject) => ([done, fail] = [resolve, reject]));
  const indexer = (): Worker =>
    make()
      .on('message', () => ++answers === jobs.length - 1 && done())
      .on('error', fail);
  return { indexer, answered: () => all };
}

test('files come in order and are the same whichever thread has read them', async () => {
  const alone = await index(1);
  expect(alone.outcomes.map((it) => it.job)).toEqual(jobs);
  expect(alone.here).toBe(jobs.length);
  // This thread does one file and then leaves the work to the others.
  const { indexer, answered } = listening(indexWorker);
  const together = await index(3, indexer, answered);
  expect(together.here).toBe(1);
  expect(together.outcomes).toStrictEqual(alone.outcomes);
});

test.each([
  ['dies at once', `throw new Error('boom')`],
  ['dies at its first file', `parentPort.on('message', () => process.exit(3))`],
])('a thread that %s costs nothing but its help', async (_, code) => {
  const alone = await index(1);
  let ended: Promise<unknown> | undefined;
  const mortal = (): Worker => {
    const worker = scripted(code);
    ended = new Promise((resolve) => worker.once('exit', resolve));
    return worker;
  };
  const { outcomes, here } = await index(2, mortal, async () => void (await ended));
  expect(outcomes).toStrictEqual(alone.outcomes);
  expect(here).toBe(jobs.length);
});

test('a file that a thread cannot read is tried here', async () => {
  const unable = `parentPort.on('message', ({ at }) => parentPort.postMessage({ at }))`;
  const { indexer, answered } = listening(() => scripted(unable));
  const { outcomes, here } = await index(2, indexer, answered);
  expect(here).toBe(jobs.length);
  expect(outcomes.every((it) => 'indexed' in it)).toBe(true);
});

async function scan(files: readonly ScanFile[], hooks: Hooks = {}): Promise<Map<string, Report>> {
  const engine = await createEngine(builtRules(), undefined, hooks);
  const reports = new Map<string, Report>();
  for await (const it of engine.scan(files, { workers: 1 }, new AbortController().signal))
    if (it.type === 'report') reports.set(it.report.uri, it.report);
  await engine.dispose();
  return reports;
}
const file = (name: string, text: string): ScanFile => ({
  uri: `file:///shop/${name}`,
  languageId: 'javascript',
  text,
});

test('the file that is worked on is named while it is read and while it is analysed', async () => {
  const named: string[] = [];
  const files = [file('a.js', 'exports.a = (x) => x;\n'), file('b.js', "require('./a').a(1);\n")];
  await scan(files, { at: (uri) => named.push(uri.slice(-4)) });
  expect(named.slice(0, 2)).toEqual(['a.js', 'b.js']);
  expect(named.slice(2)).toEqual(expect.arrayContaining(['a.js', 'b.js']));
});

test('lines are counted as people count them', async () => {
  const reports = await scan([
    file('ended.js', 'a();\nb();\n'),
    file('open.js', 'a();\nb();'),
    file('empty.js', ''),
  ]);
  expect([...reports.values()].map((it) => it.lines)).toEqual([0, 2, 2]);
});

test('code that is nested too deeply to be read is said to be left out', async () => {
  const deep = `function outer() { return ${'['.repeat(3000)}${']'.repeat(3000)}; }\n`;
  const report = [...(await scan([file('deep.js', deep), file('flat.js', 'a();\n')])).values()];
  expect(report.map((it) => it.reasons.map((reason) => reason.code))).toEqual([['budget'], []]);
  expect(report[0]!.reasons[0]!.text).toContain('outer');
});
