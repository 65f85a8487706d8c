// Fixes as the editor gets them: when they are known, in which order, for which version, and all at once.
// Time does not decide here: the engine of these tests confirms a fix when it is told to.

import { afterEach, describe, expect, test } from 'vitest';
import { CancellationTokenSource, type CodeAction, type TextDocumentEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Engine } from '../../server/src/engine/engine.ts';
import { testEngine } from './engines.ts';
import { startClient, type Client, type Options } from './harness.ts';

const URI = 'file:///shop/app.js';
const HEAD = `const express = require('express');
const db = require('mysql2').createConnection({});
const path = require('path');
const fs = require('fs');
const { exec } = require('child_process');
const app = express();
`;
const SQL = `app.get('/user', (req, res) => {
  db.query("select * from users where id = " + req.query.id, (error, rows) => res.json(rows));
});
`;
const ALL = `app.get('/all', (req, res) => {
  exec("convert " + req.query.file + " out.png", () => res.end());
  exec("identify " + req.query.file, () => res.end());
  db.query("select * from users where id = " + req.query.id);
  db.query("select * from users where id = " + req.query.id);
  if (req.query.name) fs.readFile(path.join(__dirname, req.query.name), () => res.end());
});
`;

let client: Client | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});
async function start(options: Partial<Options> = {}): Promise<Client> {
  return (client = await startClient({ makeEngine: testEngine, ...options }));
}

/** The real engine, whose checks of fixes wait for a gate and are counted. */
function gated(): {
  makeEngine: () => Promise<Engine>;
  asked: Promise<void>;
  open: () => void;
  count: () => number;
} {
  let open = (): void => undefined;
  let ask = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const asked = new Promise<void>((resolve) => (ask = resolve));
  let count = 0;
  const makeEngine = async (): Promise<Engine> => {
    const engine = await testEngine();
    return {
      ...engine,
      whatIf: async (overlay) => {
        count++;
        ask();
        await gate;
        return engine.whatIf!(overlay);
      },
    };
  };
  return { makeEngine, asked, open, count: () => count };
}

function edited(document: TextDocument, action: CodeAction): string {
  const [change] = action.edit!.documentChanges as TextDocumentEdit[];
  expect(change!.textDocument).toEqual({ uri: document.uri, version: document.version });
  return TextDocument.applyEdits(
    document,
    change!.edits.filter((it) => 'newText' in it),
  );
}

const QUICK = ['quickfix.faultline'];

describe('when fixes are known', () => {
  test('they are looked for in a pause, without anybody asking', async () => {
    const engine = gated();
    const it = await start({ makeEngine: engine.makeEngine });
    const document = it.open(URI, HEAD + SQL);
    const [finding] = await it.diagnostics(document);
    await engine.asked;
    expect(await it.actions(document, finding!.range, QUICK)).toEqual([]);
    engine.open();
    await it.fixAll(document);
    expect(await it.actions(document, finding!.range, QUICK)).toHaveLength(1);
    // Once for the only fix: a fix alone is not confirmed again for "Fix All", nor for a second request.
    expect(engine.count()).toBe(1);
  });

  test('a request never waits for them, and on save nothing does', async () => {
    const engine = gated();
    const it = await start({ makeEngine: engine.makeEngine });
    const document = it.open(URI, HEAD + SQL);
    const [finding] = await it.diagnostics(document);
    const offered = await it.actions(document, finding!.range);
    expect(offered.map((one) => one.kind)).toEqual(['quickfix.suppress.faultline']);
    expect(await it.actions(document, finding!.range, ['source.fixAll'])).toEqual([]);
    engine.open();
  });

  test('a cancelled "Fix All" ends at once', async () => {
    const engine = gated();
    const it = await start({ makeEngine: engine.makeEngine });
    const document = it.open(URI, HEAD + SQL);
    await it.diagnostics(document);
    const source = new CancellationTokenSource();
    const { uri } = document;
    const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const answer = it.connection.sendRequest(
      'textDocument/codeAction',
      {
        textDocument: { uri },
        range: whole,
        context: { diagnostics: [], only: ['source.fixAll'], triggerKind: 1 },
      },
      source.token,
    );
    await engine.asked;
    source.cancel();
    await answer.then(
      (value) => expect(value).toEqual([]),
      (error: { code: number }) => expect(error.code).toBe(-32800),
    );
    engine.open();
  });

  test('those of an older text are dropped', async () => {
    const engine = gated();
    const it = await start({ makeEngine: engine.makeEngine });
    let document = it.open(URI, HEAD + SQL);
    await it.diagnostics(document);
    await engine.asked;
    document = it.edit(document, '/user', '/customer');
    const [finding] = await it.diagnostics(document);
    engine.open();
    await it.fixAll(document);
    const [fix] = await it.actions(document, finding!.range, QUICK);
    expect(edited(document, fix!)).toContain(
      '\'/customer\', (req, res) => {\n  db.query("select * from users where id = ?"',
    );
  });
});

describe('the light bulb', () => {
  test('a safe fix comes before those that change behaviour, and suppression is last', async () => {
    const it = await start();
    const document = it.open(URI, HEAD + ALL);
    await it.fixAll(document);
    const [first] = await it.diagnostics(document);
    const whole = { start: first!.range.start, end: { line: 99, character: 0 } };
    const offered = await it.actions(document, whole);
    expect(offered.map((one) => [one.kind, one.isPreferred])).toEqual([
      ...Array.from({ length: 4 }, () => ['quickfix.faultline', true]),
      ['quickfix.faultline', false],
      ...Array.from({ length: 5 }, () => ['quickfix.suppress.faultline', false]),
    ]);
    for (const one of offered) expect(one.diagnostics).toHaveLength(1);
  });

  test('one of two equal lines can be mended', async () => {
    const it = await start();
    let document = it.open(URI, HEAD + ALL);
    await it.fixAll(document);
    const found = await it.diagnostics(document);
    const lines = found.filter((one) => one.code === 'sql');
    expect(lines).toHaveLength(2);
    const [fix] = await it.actions(document, lines[0]!.range, QUICK);
    document = it.change(document, [{ text: edited(document, fix!) }]);
    expect((await it.diagnostics(document)).map((one) => one.code)).toEqual([
      'shell',
      'shell',
      'sql',
      'path',
    ]);
  });
});

describe('fix all', () => {
  test('makes all safe fixes at once, in one edit for this version, and no others', async () => {
    const it = await start();
    let document = it.open(URI, HEAD + ALL);
    const [all] = await it.fixAll(document);
    expect(all).toMatchObject({ kind: 'source.fixAll.faultline', title: 'Apply 4 safe fixes of Faultline' });
    expect(all!.diagnostics).toHaveLength(4);
    const text = edited(document, all!);
    expect(text).toContain("const { exec, execFile } = require('child_process');");
    expect(text).toContain('execFile("convert", [req.query.file, "out.png"]');
    expect(text).toContain('path.join(__dirname, req.query.name)');
    document = it.change(document, [{ text }]);
    expect((await it.diagnostics(document)).map((one) => one.code)).toEqual(['path']);
    expect(await it.fixAll(document)).toEqual([]);
  });

  test('is answered on save from what is known', async () => {
    const it = await start();
    const document = it.open(URI, HEAD + SQL);
    const [finding] = await it.diagnostics(document);
    await it.fixAll(document);
    const [action] = await it.actions(document, finding!.range, ['source.fixAll']);
    expect(action).toMatchObject({ title: 'Apply the safe fix of Faultline' });
  });

  test('is not offered unless it is asked for by name', async () => {
    const it = await start();
    expect(it.initialized.capabilities.codeActionProvider).toMatchObject({
      codeActionKinds: expect.arrayContaining(['quickfix.faultline', 'source.fixAll.faultline']) as unknown,
    });
    const document = it.open(URI, HEAD + SQL);
    const [finding] = await it.diagnostics(document);
    await it.fixAll(document);
    const kinds = (await it.actions(document, finding!.range)).map((one) => one.kind);
    expect(kinds).toEqual(['quickfix.faultline', 'quickfix.suppress.faultline']);
  });
});
