// A project's `.faultline` folder in the editor: what it says holds at once, what is written into it by commands is read
// back, its mistakes are diagnostics; and in Restricted Mode it is not read at all.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CodeActionRequest,
  CompletionRequest,
  ExecuteCommandRequest,
  FileChangeType,
  type CodeAction,
  type CompletionItem,
  type Diagnostic,
  type TextDocumentEdit,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { resourcePath } from '../../server/src/base/resources.ts';
import type { Teachable, ToldSuppression } from '../../server/src/lsp/protocol-project.ts';
import { uriOf } from '../../server/src/lsp/uris.ts';
import { wordsIn } from '../../server/src/lsp/words.ts';
import type { CompiledRules } from '../../server/src/rules/index.ts';
import { testEngine } from './engines.ts';
import { startClient, type Client, type Options } from './harness.ts';

const rules = JSON.parse(readFileSync(resourcePath('rules.json'), 'utf8')) as CompiledRules;
const APP = `const express = require('express');
const mysql = require('mysql2');
const { tidy } = require('./lib/tidy');
const db = mysql.createConnection({});
express().get('/', (req, res) => {
  db.query("select * from t where name = '" + tidy(req.query.name) + "'");
});
`;
const TIDY = 'exports.tidy = function tidy(text) {\n  return unknownOutside(text);\n};\n';

let root: string;
let client: Client | undefined;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-project-')));
  write('src/app.js', APP);
  write('src/lib/tidy.js', TIDY);
});
afterEach(async () => {
  await client?.stop();
  client = undefined;
  rmSync(root, { recursive: true, force: true });
});
function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const uri = (path: string): string => uriOf(join(root, path));
async function start(options: Partial<Options> = {}): Promise<Client> {
  client = await startClient({
    makeEngine: testEngine,
    wordsOf: wordsIn(rules),
    rules,
    folders: [uriOf(root)],
    ...options,
  });
  await client.log((text) => /^Read \d+ files? of the workspace/.test(text));
  return client;
}
const run = (it: Client, command: string, argument: unknown): Promise<unknown> =>
  it.connection.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] });
/** Pulls until what is shown satisfies a test; the server asks the editor to pull again when something changed. */
async function until(
  it: Client,
  document: TextDocument,
  good: (items: readonly Diagnostic[]) => boolean,
): Promise<Diagnostic[]> {
  for (;;) {
    const again = it.refreshed();
    const items = await it.diagnostics(document);
    if (good(items)) return items;
    await again;
  }
}
const codes = (items: readonly Diagnostic[]): unknown[] => items.map((it) => it.code);

describe('suppressions that hide nothing any more', () => {
  const actionsAt = (it: Client, document: TextDocument, { range }: Diagnostic): Promise<CodeAction[]> =>
    it.connection.sendRequest(CodeActionRequest.type, {
      ...{ textDocument: { uri: document.uri }, range, context: { diagnostics: [] } },
    }) as Promise<CodeAction[]>;
  /** The text after the action of this title. */
  const after = async (it: Client, document: TextDocument, problem: Diagnostic, title: string) => {
    const action = (await actionsAt(it, document, problem)).find((one) => one.title === title);
    const [change] = action!.edit!.documentChanges ?? [];
    const edits = (change as TextDocumentEdit | undefined)?.edits ?? action!.edit!.changes![document.uri]!;
    return TextDocument.applyEdits(document, edits as TextEdit[]);
  };

  test.each([
    ['a line of its own', '// faultline-ignore: sql -- old\nconst a = 1;\n', 'const a = 1;\n'],
    ['the end of a line', 'const a = 1; // faultline-ignore: sql -- old\n', 'const a = 1;\n'],
    ['a line of its own, with CRLF', '// faultline-ignore: sql -- old\r\nlet a;\r\n', 'let a;\r\n'],
    [
      'the end of a line, with CRLF',
      'let a; // faultline-ignore: sql -- old\r\nlet b;\r\n',
      'let a;\r\nlet b;\r\n',
    ],
  ])('a comment on %s can be removed', async (_where, code, mended) => {
    const it = await start();
    const document = it.open(uri('src/idle.js'), code);
    const [problem] = await until(it, document, (items) => codes(items).includes('suppression-unused'));
    expect(await after(it, document, problem!, 'Remove the unused suppression')).toBe(mended);
  });
  test('a comment that has ended can be removed; one with other words is left to the person', async () => {
    const it = await start();
    const ended = 'const a = 1; /* faultline-ignore: sql until 2020-01-01 -- x */ const b = 2;\n';
    const document = it.open(uri('src/idle.js'), ended);
    const [problem] = await until(it, document, (items) => codes(items).includes('suppression-expired'));
    expect(await after(it, document, problem!, 'Remove the expired suppression')).toBe(
      'const a = 1; const b = 2;\n',
    );
    const two = '/* faultline-ignore: sql -- x\n   faultline-ignore: html -- y */\nconst a = 1;\n';
    const other = it.change(document, [{ text: two }]);
    const [first] = await until(it, other, (items) => codes(items).includes('suppression-unused'));
    expect((await actionsAt(it, other, first!)).map((one) => one.title)).toEqual([]);
  });
  test('an entry by path is said to be idle once everything was looked at, and can be removed', async () => {
    const entry = (rule: string, files: string, until = ''): string =>
      `  - rule: ${rule}\n    files: [${files}]\n${until}    reason: r\n`;
    const used = entry('sql', 'src');
    const idle = entry('html', 'src');
    const ended = entry('xss', 'old', '    until: 2020-01-01\n').replace('xss', 'code');
    write('.faultline/faultline.yaml', `suppress:\n${used}${idle}${ended}`);
    const it = await start();
    const text = read('.faultline/faultline.yaml');
    const document = it.open(uri('.faultline/faultline.yaml'), text, 'yaml');
    expect(codes(await it.diagnostics(document))).toEqual(['suppression-expired']);
    await run(it, 'faultline.scanWorkspace', {});
    const problems = await it.diagnostics(document);
    expect(problems.map((one) => [one.code, one.range.start.line])).toEqual([
      ['suppression-unused', 4],
      ['suppression-expired', 7],
    ]);
    expect(await after(it, document, problems[0]!, 'Remove this suppression')).toBe(
      `suppress:\n${used}${ended}`,
    );
    // The list of suppressions says the same.
    const list = await it.connection.sendRequest<ToldSuppression[]>('faultline/suppressions');
    expect(list.map((one) => one.state)).toEqual(['active', 'unused', 'expired']);
    // Closed, it is pushed.
    const pushed = it.published((one) => one.uri === document.uri && one.diagnostics.length === 2);
    it.close(document);
    expect(codes((await pushed).diagnostics)).toEqual(['suppression-unused', 'suppression-expired']);
  });
  test('the last entry goes with its list', async () => {
    write('.faultline/faultline.yaml', 'exclude: [old]\n');
    const it = await start();
    const only = 'suppress:\n  - { rule: sql, files: [old], until: 2020-01-01, reason: r }\nexclude: [old]\n';
    const document = it.open(uri('.faultline/faultline.yaml'), only, 'yaml');
    const [problem] = await it.diagnostics(document);
    expect(await after(it, document, problem!, 'Remove this suppression')).toBe('exclude: [old]\n');
  });
});

describe('settings of the repository', () => {
  test('hold when the file is written, and are lifted when it goes', async () => {
    const it = await start();
    const document = it.open(uri('src/app.js'), APP);
    await until(it, document, (items) => codes(items).includes('sql'));
    write('.faultline/faultline.yaml', 'rules: { sql: off }\n');
    it.watched([{ uri: uri('.faultline/faultline.yaml'), type: FileChangeType.Created }]);
    await until(it, document, (items) => items.length === 0);
    rmSync(join(root, '.faultline'), { recursive: true });
    it.watched([{ uri: uri('.faultline/faultline.yaml'), type: FileChangeType.Deleted }]);
    await until(it, document, (items) => codes(items).includes('sql'));
  });

  test('are not read in Restricted Mode, until the workspace is trusted', async () => {
    write('.faultline/faultline.yaml', 'exclude: [src]\n');
    const it = await start({ options: { trusted: false, showsFindings: true } });
    const document = it.open(uri('src/app.js'), APP);
    await until(it, document, (items) => codes(items).includes('sql'));
    await it.connection.sendNotification('faultline/trusted');
    await until(it, document, (items) => items.length === 0);
  });

  test('have their mistakes underlined while they are written, and their words completed', async () => {
    const it = await start();
    const document = it.open(uri('.faultline/faultline.yaml'), 'rules:\n  slq: off\n', 'yaml');
    const [problem] = await it.diagnostics(document);
    expect(problem).toMatchObject({ code: 'project-file', source: 'faultline' });
    expect(document.getText(problem!.range)).toBe('slq:');
    const mended = it.change(document, [{ text: 'rules:\n  sql: o\n  \n' }]);
    const labels = async (line: number, character: number): Promise<string[]> => {
      const answer = await it.connection.sendRequest(CompletionRequest.type, {
        textDocument: { uri: mended.uri },
        position: { line, character },
      });
      return (answer as CompletionItem[]).map((one) => one.label);
    };
    expect(await labels(1, 8)).toContain('off');
    expect(await labels(2, 2)).toContain('weak-hash');
    it.change(mended, [{ text: '' }]);
    expect(await labels(0, 0)).toContain('suppress');
  });

  test('with mistakes in a file nobody has open are in the Problems panel until they are mended', async () => {
    write('.faultline/models/javascript/own.yaml', 'barriers:\n  - at: x.y()\n    kind: slq\n');
    const it = await start();
    const own = uri('.faultline/models/javascript/own.yaml');
    const pushed = await it.published((one) => one.uri === own);
    expect(pushed.diagnostics[0]!.message).toContain('no kind is called `slq`');
    write('.faultline/models/javascript/own.yaml', 'barriers:\n  - at: x.y()\n    kind: sql\n');
    it.watched([{ uri: own, type: FileChangeType.Changed }]);
    await it.publishedNext((one) => one.uri === own && one.diagnostics.length === 0);
  });
});

describe('a person decides', () => {
  async function found(it: Client): Promise<{ document: TextDocument; fingerprint: string }> {
    const document = it.open(uri('src/app.js'), APP);
    const [sql] = await until(it, document, (items) => codes(items).includes('sql'));
    return { document, fingerprint: (sql!.data as { fingerprint: string }).fingerprint };
  }

  test('that a call makes safe: the row is readable and takes effect at once', async () => {
    const it = await start();
    const { document, fingerprint } = await found(it);
    const finding = { uri: document.uri, fingerprint };
    const calls = await it.connection.sendRequest<Teachable[]>('faultline/teachable', {
      uri: document.uri,
      finding,
    });
    const tidy = calls.find((one) => one.callee.includes('tidy'))!;
    expect(tidy.callee).toBe('"%code:src/lib/tidy.js".tidy');
    const { callee, language } = tidy;
    await run(it, 'faultline.server.teach', {
      uri: document.uri,
      role: 'barrier',
      kind: 'sql',
      callee,
      language,
    });
    await until(it, document, (items) => items.length === 0);
    expect(read('.faultline/models/javascript/taught.yaml')).toBe(
      '# What this project taught Faultline. The notation is in docs/rules.md.\n' +
        'barriers:\n  - at: \'"%code:src/lib/tidy.js".tidy()\'\n    kind: sql\n',
    );
    // A second row keeps the first, and the same row is not written twice.
    const again = { uri: document.uri, role: 'source', kind: 'remote', callee: '"%named".ask', language };
    await run(it, 'faultline.server.teach', again);
    const text = read('.faultline/models/javascript/taught.yaml');
    await run(it, 'faultline.server.teach', again);
    expect(read('.faultline/models/javascript/taught.yaml')).toBe(text);
    expect(text).toContain('sources:\n  - at: \'"%named".ask()\'\n    kind: remote\n');
  });

  test('to accept a finding: it becomes a hint, and stays one when lines are put above it', async () => {
    const it = await start();
    const { document, fingerprint } = await found(it);
    await run(it, 'faultline.server.accept', { finding: { uri: document.uri, fingerprint } });
    const [hint] = await until(it, document, (items) => items[0]?.severity === 4);
    expect(hint!.code).toBe('sql');
    const moved = it.change(document, [{ text: `// one more line\n${APP}` }]);
    expect((await it.diagnostics(moved)).map((one) => one.severity)).toEqual([4]);
  });

  test('to accept everything: the whole workspace, after a scan', async () => {
    write('src/other.js', "require('express')().get('/', (req) => eval(req.query.x));\n");
    const it = await start();
    expect(await run(it, 'faultline.server.accept', {})).toEqual({ accepted: 2 });
    const { findings } = JSON.parse(read('.faultline/baseline.json')) as { findings: { file: string }[] };
    expect(findings.map((one) => one.file)).toEqual(['src/app.js', 'src/other.js']);
  });

  test.each([
    ['file', 'src/app.js'],
    ['folder', 'src/**'],
  ])('to suppress a rule in its %s', async (scope, glob) => {
    const it = await start();
    const { document } = await found(it);
    const args = { uri: document.uri, rule: 'sql', scope, reason: 'the gateway checks names' };
    await run(it, 'faultline.server.suppressPath', args);
    await until(it, document, (items) => items.length === 0);
    expect(read('.faultline/faultline.yaml')).toContain(`files:\n      - ${glob}\n`);
    const list = await it.connection.sendRequest<ToldSuppression[]>('faultline/suppressions');
    expect(list).toMatchObject([{ where: 'settings', reason: 'the gateway checks names', state: 'active' }]);
  });

  test('and nothing is lost that is not saved yet', async () => {
    write('.faultline/faultline.yaml', 'rules: { html: off }\n');
    const it = await start();
    const { document } = await found(it);
    it.open(uri('.faultline/faultline.yaml'), 'rules: { html: off, ', 'yaml');
    await run(it, 'faultline.server.suppressPath', {
      uri: document.uri,
      rule: 'sql',
      scope: 'off',
      reason: '',
    });
    expect(await it.message((text) => text.includes('Save'))).toContain('faultline.yaml');
    expect(read('.faultline/faultline.yaml')).toBe('rules: { html: off }\n');
  });
});

test('why nothing is found: the page tells what is seen in the file and in the line', async () => {
  const it = await start();
  const text = APP.replace('tidy(req.query.name) + "\'"', 'Number(req.query.name) + "\'"').replace(
    'res) => {',
    'res) => {\n  other(req.query.id);',
  );
  const document = it.open(uri('src/app.js'), text);
  expect(await it.diagnostics(document)).toEqual([]);
  const page = await it.connection.sendRequest<string>('faultline/explain', { uri: document.uri, line: 6 });
  expect(page).toContain('Findings shown: 0.');
  expect(page).toMatch(/## Line 7/);
  expect(page).toMatch(/a sink for sql: nothing from outside arrives/);
  const call = await it.connection.sendRequest<string>('faultline/explain', { uri: document.uri, line: 5 });
  expect(call).toMatch(/is a source/);
  expect(call).toMatch(/nothing is known of this call/);
});

test('a second scan analyses what has changed, and gives what a scan from nothing gives', async () => {
  const it = await start();
  const scan = (scope?: unknown): Promise<unknown> => run(it, 'faultline.scanWorkspace', scope);
  expect(await scan()).toMatchObject({ findings: 1, analysed: 2 });
  write('src/lib/tidy.js', 'exports.tidy = (text) => Number(text);\n');
  expect(await scan()).toMatchObject({ findings: 0, analysed: 2 });
  write('src/lib/tidy.js', TIDY);
  write('src/late.js', "require('express')().get('/', (req) => eval(req.query.x));\n");
  expect(await scan()).toMatchObject({ findings: 2, analysed: 3 });
  const changed = { scope: 'changed', uris: [uri('src/late.js')] };
  expect(await scan(changed)).toMatchObject({ findings: 1, analysed: 1 });
  expect(await scan({ scope: 'open' })).toMatchObject({ findings: 0, analysed: 0 });
});

test.each([
  [
    'sarif',
    (text: string) => (JSON.parse(text) as { runs: { results: unknown[] }[] }).runs[0]!.results.length,
  ],
  ['markdown', (text: string) => (text.includes('SQL built from user input') ? 1 : 0)],
])('a report as %s from the palette holds the findings', async (format, count) => {
  const it = await start();
  const { text } = (await run(it, 'faultline.server.export', { format })) as { text: string };
  expect(count(text)).toBe(1);
});
