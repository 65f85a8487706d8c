// Diagnostics over a real connection: they come and go with every keystroke, never for another version than the current.

import { afterEach, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver/node';
import { testEngine } from './engines.ts';
import { startClient, type Client, type Options } from './harness.ts';

const URI = 'file:///shop/app.js';
const BEFORE = `const express = require('express');
const mysql = require('mysql2');
const db = mysql.createConnection({});
const app = express();
app.get('/user', (req, res) => {
  `;
const BAD = 'db.query("select * from users where id = " + req.query.id, (error, rows) => res.json(rows));';
const GOOD = 'db.query("select * from users where id = ?", [req.query.id], (error, rows) => res.json(rows));';
const AFTER = '\n});\n';
const ARGUMENT = '"select * from users where id = " + req.query.id';

let client: Client | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});
async function start(options: Partial<Options> = {}): Promise<Client> {
  return (client = await startClient({ makeEngine: testEngine, ...options }));
}
const kinds = (items: readonly Diagnostic[]): unknown[] => items.map((it) => it.code);

test('a finding has its argument, words, links, path and data', async () => {
  const it = await start();
  const document = it.open(URI, BEFORE + BAD + AFTER);
  const [finding, ...others] = await it.diagnostics(document);
  expect(others).toEqual([]);
  expect(document.getText(finding!.range)).toBe(ARGUMENT);
  expect(finding).toMatchObject({
    severity: 1,
    source: 'faultline',
    code: 'sql',
    codeDescription: { href: 'https://github.com/faultline/faultline/blob/main/docs/rules/sql.md' },
    data: { fingerprint: expect.stringMatching(/^1:/), version: 1, confidence: 'high' },
  });
  expect(finding!.message).toMatch(/ \[CWE-89\]$/);
  const steps = finding!.relatedInformation!.map((step) => step.message);
  expect(steps[0]).toMatch(/^1\. source: /);
  expect(steps.at(-1)).toMatch(/^\d+\. sink: /);
});

test('a finding appears while it is typed, before anything is saved, and goes when it is mended', async () => {
  const it = await start();
  let document = it.open(URI, BEFORE + AFTER);
  expect(await it.diagnostics(document)).toEqual([]);
  for (const [index, char] of [...BAD].entries()) {
    const position = document.positionAt(BEFORE.length + index);
    document = it.change(document, [{ range: { start: position, end: position }, text: char }]);
  }
  expect(kinds(await it.diagnostics(document))).toEqual(['sql']);
  document = it.edit(document, BAD, GOOD);
  expect(await it.diagnostics(document)).toEqual([]);
  document = it.change(document, [{ text: '' }]);
  expect(await it.diagnostics(document)).toEqual([]);
});

test('typing does not make the editor pull for every document', async () => {
  const it = await start();
  let document = it.open(URI, BEFORE + GOOD + AFTER);
  await it.diagnostics(document);
  // Reading the settings asks for one refresh; after an answer to anything later it has arrived.
  await it.status((one) => one.version === 1);
  await it.connection.sendRequest('faultline/coverage');
  const before = it.refreshes.length;
  for (const [from, to] of [
    [GOOD, BAD],
    [BAD, 'x();'],
    ['x();', BAD],
  ] as const) {
    document = it.edit(document, from, to);
    await it.status((one) => one.version === document.version);
    await it.diagnostics(document);
  }
  expect(it.refreshes.length).toBe(before);
});

test('the same result is not sent twice', async () => {
  const it = await start();
  const document = it.open(URI, BEFORE + BAD + AFTER);
  const first = await it.pull(document);
  if (first.kind !== 'full') throw new Error('the first answer must be full');
  expect(first.resultId).toBeDefined();
  expect(await it.pull(document, first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
  expect((await it.pull(document, 'something else')).kind).toBe('full');
});

test('a pull that is overtaken by an edit asks to be repeated', async () => {
  const it = await start();
  let document = it.open(URI, BEFORE + BAD + AFTER);
  await it.diagnostics(document);
  document = it.edit(document, BAD, 'x();');
  const overtaken = it.pull(document);
  document = it.edit(document, 'x();', GOOD);
  const answer = await overtaken.catch((error: { code: number; data: unknown }) => error);
  // Either the result for the first edit was there in time, or the editor is told to ask again; never an old finding.
  if ('kind' in answer) expect(answer).toMatchObject({ kind: 'full', items: [] });
  else expect(answer).toMatchObject({ code: -32802, data: { retriggerRequest: true } });
  expect(await it.diagnostics(document)).toEqual([]);
});

test('a client that cannot pull is pushed the result of each version, and an empty list at the end', async () => {
  const it = await start({ pull: false });
  expect(it.initialized.capabilities.diagnosticProvider).toBeUndefined();
  let document = it.open(URI, BEFORE + BAD + AFTER);
  expect(kinds((await it.published((one) => one.version === 1)).diagnostics)).toEqual(['sql']);
  document = it.edit(document, BAD, GOOD);
  expect((await it.published((one) => one.version === 2)).diagnostics).toEqual([]);
  document = it.edit(document, GOOD, BAD);
  expect((await it.published((one) => one.version === 3)).diagnostics).toHaveLength(1);
  it.close(document);
  const last = await it.published((one) => one.version === undefined);
  expect(last).toEqual({ uri: URI, diagnostics: [] });
});

test('with run onSave a dirty document keeps the answer of its last save', async () => {
  const it = await start({ settings: { run: 'onSave' } });
  let document = it.open(URI, BEFORE + GOOD + AFTER);
  expect(await it.diagnostics(document)).toEqual([]);
  document = it.edit(document, GOOD, BAD);
  expect(await it.diagnostics(document)).toEqual([]);
  it.save(document);
  expect(kinds(await it.diagnostics(document))).toEqual(['sql']);
});

test('a document that is not analysed says why', async () => {
  const it = await start({ settings: { maxFileSize: 1 } });
  const document = it.open(URI, `${BEFORE}${BAD}${AFTER}${'// filler\n'.repeat(200)}`);
  const status = await it.status((one) => one.uri === URI);
  expect(status).toMatchObject({ state: 'skipped', findings: 0 });
  expect(status.reasons.join()).toMatch(/the limit is 1 KB/);
  expect(await it.diagnostics(document)).toEqual([]);
  const shorter = it.edit(document, '// filler\n'.repeat(200), '');
  it.save(shorter);
  expect(await it.status((one) => one.version === 2)).toMatchObject({ state: 'analysed', findings: 1 });
});

test('positions outside of the text are clamped instead of breaking the document', async () => {
  const it = await start();
  let document = it.open(URI, BEFORE + GOOD + AFTER);
  const far = { line: 10_000, character: 10_000 };
  document = it.change(document, [{ range: { start: far, end: far }, text: '// end\n' }]);
  document = it.edit(document, GOOD, BAD);
  const [finding] = await it.diagnostics(document);
  expect(document.getText(finding!.range)).toBe(ARGUMENT);
});
