// Hover, code actions and suppression, asked for over a real connection and applied as an editor would apply them.

import { afterEach, describe, expect, test } from 'vitest';
import {
  ExecuteCommandRequest,
  HoverRequest,
  type CodeAction,
  type MarkupContent,
  type Range,
  type TextDocumentEdit,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readFileSync } from 'node:fs';
import { resourcePath } from '../../server/src/base/resources.ts';
import { wordsIn } from '../../server/src/lsp/words.ts';
import type { CompiledRules } from '../../server/src/rules/index.ts';
import { testEngine } from './engines.ts';
import { startClient, type Client, type Options } from './harness.ts';

const URI = 'file:///shop/app.js';
const HEAD = `const express = require('express');
const mysql = require('mysql2');
const { exec } = require('child_process');
const db = mysql.createConnection({});
const app = express();
`;
const SQL = `app.get('/user', (req, res) => {
  db.query("select * from users where id = " + req.query.id, (error, rows) => res.json(rows));
});
`;

const rules = JSON.parse(readFileSync(resourcePath('rules.json'), 'utf8')) as CompiledRules;
let client: Client | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});
async function start(options: Partial<Options> = {}): Promise<Client> {
  return (client = await startClient({ makeEngine: testEngine, wordsOf: wordsIn(rules), ...options }));
}

async function actions(
  it: Client,
  document: TextDocument,
  range?: Range,
  only?: string[],
): Promise<CodeAction[]> {
  const [first] = await it.diagnostics(document);
  await it.fixAll(document);
  return it.actions(document, range ?? first!.range, only);
}

/** Applies the edit of an action, after checking that it names the version it is for. */
function applied(document: TextDocument, edit: CodeAction['edit']): string {
  const [change] = edit!.documentChanges as TextDocumentEdit[];
  expect(change!.textDocument).toEqual({ uri: document.uri, version: document.version });
  return TextDocument.applyEdits(document, change!.edits as TextEdit[]);
}

describe('hover', () => {
  test('says what, why, what instead, how sure, and links every step of the path', async () => {
    const it = await start();
    const document = it.open(URI, HEAD + SQL);
    const [finding] = await it.diagnostics(document);
    const hover = await it.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: URI },
      position: finding!.range.start,
    });
    const text = (hover!.contents as MarkupContent).value;
    expect(hover!.range).toEqual(finding!.range);
    const words = rules.kinds.find((kind) => kind.kind === 'sql')!;
    const plain = text.replace(/\\(.)/g, '$1').replaceAll('&#58;', ':').replaceAll('&#47;', '/');
    for (const part of [words.title, words.why, words.instead]) expect(plain).toContain(part.trim());
    expect(text).toContain('(https://cwe.mitre.org/data/definitions/89.html)');
    expect(text).toMatch(/high confidence/);
    expect(text).toContain(`1. [line ${finding!.range.start.line + 1}](${URI}#L`);
    expect(text).not.toContain('command:');
  });

  test('is silent where nothing is found', async () => {
    const it = await start();
    const document = it.open(URI, HEAD + SQL);
    await it.diagnostics(document);
    const hover = await it.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: URI },
      position: { line: 0, character: 0 },
    });
    expect(hover).toBeNull();
  });

  test('code cannot put Markdown, HTML or links into it', async () => {
    const it = await start();
    const key = '[x](command:evil) <img src=http://evil.example> ![y](http://evil.example)`*_';
    const document = it.open(
      URI,
      `${HEAD}app.get('/user', (req, res) => {
  db.query("select " + req.query[${JSON.stringify(key)}]);
});
`,
    );
    const [finding] = await it.diagnostics(document);
    const hover = await it.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: URI },
      position: finding!.range.start,
    });
    const whole = (hover!.contents as MarkupContent).value;
    // What stands in code is shown as it is.
    const text = whole.replace(/(?<![\\`])(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(whole.length).toBeGreaterThan(text.length);
    const targets = [...text.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map((match) => match[1]!);
    expect(targets.length).toBeGreaterThan(2);
    expect(
      targets.filter(
        (target) => !/^(?:file:\/\/\/shop\/|https:\/\/(?:cwe\.mitre\.org|github\.com)\/)/.test(target),
      ),
    ).toEqual([]);
    expect(text).not.toMatch(/<img|(?<!\\)!\[|http:\/\/evil/);
  });
});

describe('code actions', () => {
  test('the fix comes first, is preferred, and mends the finding', async () => {
    const it = await start();
    let document = it.open(URI, HEAD + SQL);
    const all = await actions(it, document);
    expect(all.map((action) => [action.kind, action.isPreferred])).toEqual([
      ['quickfix.faultline', true],
      ['quickfix.suppress.faultline', false],
    ]);
    expect(all[0]!.diagnostics).toHaveLength(1);
    const text = applied(document, all[0]!.edit);
    expect(text).toContain('db.query("select * from users where id = ?", [req.query.id], (error, rows)');
    document = it.change(document, [{ text }]);
    expect(await it.diagnostics(document)).toEqual([]);
  });

  test('a fix that does not end the finding is not offered', async () => {
    const it = await start();
    const document = it.open(
      URI,
      `${HEAD}app.get('/user', (req, res) => {
  db.query("select * from " + req.query.table + " where id = " + req.query.id);
});
`,
    );
    expect((await actions(it, document)).map((action) => action.kind)).toEqual([
      'quickfix.suppress.faultline',
    ]);
  });

  test('only what is asked for is answered', async () => {
    const it = await start();
    const document = it.open(URI, HEAD + SQL);
    const kinds = async (only: string[]): Promise<unknown[]> =>
      (await actions(it, document, undefined, only)).map((action) => action.kind);
    expect(await kinds(['quickfix'])).toHaveLength(2);
    expect(await kinds(['quickfix.faultline'])).toEqual(['quickfix.faultline']);
    expect(await kinds(['quickfix.suppress'])).toEqual(['quickfix.suppress.faultline']);
    expect(await kinds(['source.fixAll'])).toEqual(['source.fixAll.faultline']);
    expect(await kinds(['source.organizeImports'])).toEqual([]);
    expect(await kinds(['refactor'])).toEqual([]);
    const start0 = { line: 0, character: 0 };
    expect(await actions(it, document, { start: start0, end: start0 })).toEqual([]);
  });
});

describe('suppression', () => {
  /** Asks for the suppression of the only finding with a reason, and gives the text afterwards. */
  async function suppressed(it: Client, document: TextDocument, reason: string): Promise<string> {
    const [action] = await actions(it, document, undefined, ['quickfix.suppress']);
    const [target] = action!.command!.arguments as [object];
    await it.connection.sendRequest(ExecuteCommandRequest.type, {
      command: 'faultline.server.suppress',
      arguments: [{ ...target, reason }],
    });
    return applied(document, (await it.applied()).edit);
  }

  test('asks for the reason, writes the comment above the line, and hides the finding', async () => {
    const it = await start();
    let document = it.open(URI, HEAD + SQL);
    const [action] = await actions(it, document, undefined, ['quickfix.suppress']);
    expect(action!.command!.command).toBe('faultline.suppress');
    const text = await suppressed(it, document, ' ids come */ from\nour own table ');
    expect(text).toContain(
      '  // faultline-ignore: sql -- ids come * / from our own table\n  db.query("select',
    );
    document = it.change(document, [{ text }]);
    expect(await it.diagnostics(document)).toEqual([]);
    expect(await it.status((one) => one.version === 2)).toMatchObject({ findings: 0, suppressed: 1 });
    document = it.edit(document, '-- ids come * / from our own table', '');
    expect(await it.diagnostics(document)).toMatchObject([{ code: 'suppression-reasonless', severity: 4 }]);
    document = it.edit(document, 'ignore: sql', 'ignore: sql until 2020-01-01');
    const expired = await it.diagnostics(document);
    expect(expired.map((one) => [one.code, one.severity])).toEqual([
      ['sql', 1],
      ['suppression-expired', 2],
    ]);
  });

  test('a client without an input box gets a blank to fill in', async () => {
    const it = await start({ options: {} });
    const document = it.open(URI, HEAD + SQL);
    const [action] = await actions(it, document, undefined, ['quickfix.suppress']);
    expect(action!.command!.command).toBe('faultline.server.suppress');
    await it.connection.sendRequest(ExecuteCommandRequest.type, {
      command: action!.command!.command,
      arguments: action!.command!.arguments!,
    });
    const text = applied(document, (await it.applied()).edit);
    expect(text).toContain('// faultline-ignore: sql -- <reason>\n');
  });

  test('a comment that suppresses nothing is marked as unnecessary', async () => {
    const it = await start();
    const document = it.open(URI, `${HEAD}// faultline-ignore: sql -- no reason any more\nok();\n`);
    expect(await it.diagnostics(document)).toMatchObject([
      { code: 'suppression-unused', tags: [1], severity: 4 },
    ]);
  });

  test.each([
    [
      'inside a template literal',
      'db.query(`\n    select * from t\n    where id = ${req.query.id}\n  `);',
      '  // faultline-ignore: sql -- why\n  db.query(`',
    ],
    [
      'in the middle of a call',
      'db.query(\n    "select * from t where id = " +\n      req.query.id,\n  );',
      '    // faultline-ignore: sql -- why\n    "select',
    ],
  ])('%s the comment stands where a comment can stand and still counts', async (_name, code, expected) => {
    const it = await start();
    let document = it.open(URI, `${HEAD}app.get('/user', (req, res) => {\n  ${code}\n});\n`);
    const text = await suppressed(it, document, 'why');
    expect(text).toContain(expected);
    document = it.change(document, [{ text }]);
    expect(await it.diagnostics(document)).toEqual([]);
  });

  test('a finding that is gone is not suppressed, and the person is told', async () => {
    const it = await start();
    const document = it.open(URI, HEAD + SQL);
    await it.diagnostics(document);
    await it.connection.sendRequest(ExecuteCommandRequest.type, {
      command: 'faultline.server.suppress',
      arguments: [{ uri: URI, fingerprint: '1:nothing', rule: 'sql', reason: 'x' }],
    });
    expect(await it.message((text) => text.includes('not there any more'))).toContain('sql');
    await it.connection.sendRequest(ExecuteCommandRequest.type, {
      command: 'faultline.server.suppress',
      arguments: [],
    });
    expect(await it.message((text) => text.includes('Nothing was named'))).toContain('Faultline');
  });
});
