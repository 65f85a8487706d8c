// A change reaches the findings of other files, and only what it concerns is done again.
// Work is asserted by the engine's counters, never by time.

import { expect, test } from 'vitest';
import type { Engine, ScanFile } from '../../server/src/engine/engine.ts';
import { type ManualClock, drivenEngine, foundIn, openAll, reportsOf, toQuiet } from '../support/drive.ts';
import { shopFiles } from '../support/shop.ts';

const APP = 'file:///case/app.js';
const TOOLS = 'file:///case/tools.js';
const OTHERS = 40;

/** A handler that passes a value on to another file, beside many functions that have nothing to do with it. */
const files: ScanFile[] = [
  {
    uri: APP,
    languageId: 'javascript',
    text: `const { exec } = require('child_process');
const express = require('express');
const { clean } = require('./tools');
const app = express();
app.get('/', (req, res) => {
  exec('ping ' + clean(req.query.host));
  res.end();
});
${Array.from({ length: OTHERS }, (_, i) => `function other${i}(a) {\n  return a + ${i};\n}\n`).join('')}`,
  },
  {
    uri: TOOLS,
    languageId: 'javascript',
    text: `function clean(host) {
  return host.length;
}
${Array.from({ length: OTHERS }, (_, i) => `function tool${i}(a) {\n  return a + ${i};\n}\n`).join('')}module.exports = { clean };
`,
  },
];

/** Replaces `old`, which is in the document once, and runs the quick tier. */
function edit(engine: Engine, clock: ManualClock, doc: ScanFile, version: number, old: string, put: string) {
  const before = doc.text.slice(0, doc.text.indexOf(old));
  const line = before.split('\n').length - 1;
  const character = before.length - before.lastIndexOf('\n') - 1;
  const range = { start: { line, character }, end: { line, character: character + old.length } };
  engine.change(doc.uri, version, [{ range, text: put }]);
  clock.settle();
}

const found = (engine: Engine) =>
  foundIn(reportsOf(engine, files), (uri) => uri.slice(uri.lastIndexOf('/') + 1));

test('a callee’s body decides over its callers in another file', async () => {
  const { engine, clock } = await drivenEngine();
  openAll(engine, files);
  await toQuiet(engine, clock);
  expect(found(engine)).toEqual([]);

  await engine.counters();
  edit(engine, clock, files[1]!, 2, 'host.length', 'host');
  expect(found(engine)).toEqual(['app.js:6 shell']);
  const work = await engine.counters();
  expect(work.parsed).toBe(1);
  expect(work.lowered).toBeLessThanOrEqual(2);
  expect(work.ran).toBeGreaterThan(0);
  expect(work.ran).toBeLessThan(10);

  await toQuiet(engine, clock);
  expect(found(engine)).toEqual(['app.js:6 shell']);
  await engine.dispose();
});

test('a change that leaves what callers see alone stops there', async () => {
  const { engine, clock } = await drivenEngine();
  openAll(engine, files);
  await toQuiet(engine, clock);
  await engine.counters();
  edit(engine, clock, files[1]!, 2, 'return a + 7;', 'return a + 77;');
  const work = await engine.counters();
  expect(work.parsed).toBe(1);
  expect(work.ran).toBeGreaterThan(0);
  expect(work.ran).toBeLessThan(5);
  await engine.dispose();
});

test('reports of other documents tell their listeners', async () => {
  const { engine, clock } = await drivenEngine();
  openAll(engine, files);
  await toQuiet(engine, clock);
  const told: string[] = [];
  engine.onChange((uri, report) => told.push(`${uri} ${report.findings.length}`));
  edit(engine, clock, files[1]!, 2, 'host.length', 'host');
  expect(told).toContain(`${APP} 1`);
  await engine.dispose();
});

test('a comment above everything moves findings and runs few functions', async () => {
  const shop = shopFiles();
  const uri = 'file:///shop/lib/catalog.js';
  const { engine, clock } = await drivenEngine();
  openAll(engine, shop);
  await toQuiet(engine, clock);
  const before = engine.report(uri)!.findings;
  expect(before.length).toBeGreaterThan(0);
  await engine.counters();
  const start = { line: 0, character: 0 };
  engine.change(uri, 2, [{ range: { start, end: start }, text: '// A word about the catalogue.\n' }]);
  clock.settle();
  const after = engine.report(uri)!.findings;
  expect(after.map((it) => it.range.start.line)).toEqual(before.map((it) => it.range.start.line + 1));
  expect(after.map((it) => it.fingerprint)).toEqual(before.map((it) => it.fingerprint));
  expect((await engine.counters()).ran).toBeLessThan(5);
  await engine.dispose();
});
