// What happens over the limits of one function: places are merged and findings stay, nothing is left out in silence.
// The code is generated, because nobody writes functions like these by hand in a readable case.

import { describe, expect, test } from 'vitest';
import type { ScanFile } from '../../server/src/engine/engine.ts';
import { INVOKES, USES, WRITES } from '../../server/src/flow/limits.ts';
import { foundIn, scanReports } from '../support/drive.ts';

const HEAD = `const { exec } = require('node:child_process');\nconst app = require('express')();\n`;
const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

async function scan(text: string): Promise<{ found: number; partial: boolean }> {
  const file: ScanFile = { uri: 'file:///wide/app.js', languageId: 'javascript', text };
  const reports = await scanReports([file]);
  return {
    found: foundIn(reports, (uri) => uri).length,
    partial: reports.some((it) => it.reasons.some((reason) => reason.code === 'budget')),
  };
}

describe('over the limits of a summary', () => {
  test('every sink of a dispatcher is found', async () => {
    const count = USES + 20;
    const text = `${HEAD}function run(o) {\n${lines(count, (i) => `  exec(o.part${i});`)}\n}
app.get('/', (req) => run(req.body));\n`;
    expect(await scan(text)).toEqual({ found: count, partial: false });
  });

  test('a sink that gets none of the data is not', async () => {
    const text = `${HEAD}function run(o) {\n${lines(USES - 1, (i) => `  exec(o.part${i});`)}\n}
app.get('/', (req) => run({ part3: req.query.command, part4: 'ls' }));\n`;
    expect(await scan(text)).toEqual({ found: 1, partial: false });
  });

  test('a callback behind many others is called', async () => {
    const text = `${HEAD}function visit(by, data) {\n${lines(INVOKES + 5, (i) => `  by.on${i}(data);`)}\n}
app.get('/', (req) => visit({ on${INVOKES + 2}(x) { exec(x); } }, req.query.x));\n`;
    expect(await scan(text)).toEqual({ found: 1, partial: false });
  });

  test('a field written behind many others is read', async () => {
    const text = `${HEAD}function fill(o, data) {\n${lines(WRITES + 5, (i) => `  o.a.f${i} = data;`)}\n}
app.get('/', (req) => { const o = { a: {} }; fill(o, req.query.x); exec(o.a.f${WRITES + 2}); });\n`;
    expect(await scan(text)).toEqual({ found: 1, partial: false });
  });

  test('what hangs below a list that is walked is tainted, a field beside it is not', async () => {
    const text = `${HEAD}function last(node) { return node.next.next.next.value; }
app.get('/', (req) => { exec(last({ value: 'ls', next: { value: req.query.x } })); });
app.get('/', (req) => { exec(last({ value: req.query.x, next: { value: 'ls' } })); });\n`;
    expect((await scan(text)).found).toBe(1);
  });
});
