// Several files: data that flows through files nobody has opened, the workspace scan, and who owns which diagnostics.
// The files are real, in a folder of their own.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  ExecuteCommandRequest,
  FileChangeType,
  type Diagnostic,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Engine } from '../../server/src/engine/engine.ts';
import { canonical, uriOf } from '../../server/src/lsp/uris.ts';
import type { ScanSummary } from '../../server/src/lsp/protocol.ts';
import { HIDDEN_NOTIFICATION } from '../../server/src/lsp/protocol.ts';
import { testEngine } from './engines.ts';
import { startClient, type Client, type Options } from './harness.ts';

const DB_BAD = `const mysql = require('mysql2');
const db = mysql.createConnection({});
exports.find = (name) => db.query("select * from t where name = '" + name + "'");
`;
const DB_GOOD = DB_BAD.replace(
  `"select * from t where name = '" + name + "'"`,
  '"select * from t where name = ?", [name]',
);
const APP = `const express = require('express');
const store = require('./db');
const app = express();
app.get('/', (req, res) => { res.json(store.find(req.query.name)); });
`;
const OK = 'module.exports = 1;\n';

let root: string;
let client: Client | undefined;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-lsp-')));
});
afterEach(async () => {
  await client?.stop();
  client = undefined;
  rmSync(root, { recursive: true, force: true });
});
function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}
const uri = (name: string): string => uriOf(join(root, name));
async function start(options: Partial<Options> = {}): Promise<Client> {
  client = await startClient({ makeEngine: testEngine, folders: [uriOf(root)], ...options });
  return client;
}
/** Resolves once the background reading of the workspace has ended. */
async function indexed(it: Client): Promise<void> {
  await it.log((text) => /^Read \d+ files? of the workspace/.test(text));
}
interface Holding {
  hold: boolean;
  begun: () => void;
}
/** The real engine, whose scans give nothing until they are cancelled while `hold` is set. */
async function engineThatHolds(holding: Holding): Promise<Engine> {
  const engine = await testEngine();
  return {
    ...engine,
    async *scan(files, options, signal) {
      if (holding.hold) {
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        holding.begun();
        await aborted;
      }
      yield* engine.scan(files, options, signal);
    },
  };
}
const rules = (items: readonly Diagnostic[]): unknown[] => items.map((it) => it.code);
/** Pulls now and after every refresh until the diagnostics are as expected; gives them. */
async function settled(
  it: Client,
  document: TextDocument,
  expected: (rules: readonly unknown[]) => boolean,
): Promise<Diagnostic[]> {
  for (;;) {
    const refreshed = it.refreshed();
    const items = await it.diagnostics(document);
    if (expected(rules(items))) return items;
    await refreshed;
  }
}
const one = (found: readonly unknown[]): boolean => found.length === 1 && found[0] === 'sql';
const none = (found: readonly unknown[]): boolean => found.length === 0;
const scan = (it: Client): Promise<ScanSummary> =>
  it.connection.sendRequest(ExecuteCommandRequest.type, {
    command: 'faultline.scanWorkspace',
    arguments: [],
  });

describe('through files that are not open', () => {
  test('a finding in the open file follows data that comes from a file on disk', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await indexed(it);
    const document = it.open(uri('db.js'), DB_BAD);
    const [finding] = await settled(it, document, one);
    expect(finding!.relatedInformation![0]!.location.uri).toBe(uri('app.js'));
  });

  test('an edit in one document is seen in another, by a refresh, and by everybody after a save', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await indexed(it);
    const store = it.open(uri('db.js'), DB_BAD);
    let app = it.open(uri('app.js'), APP);
    await settled(it, store, one);
    app = it.edit(app, 'req.query.name', '"everybody"');
    it.save(app);
    await settled(it, store, none);
  });

  test('a change on disk is seen', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await indexed(it);
    const document = it.open(uri('db.js'), DB_BAD);
    await settled(it, document, one);
    write({ 'app.js': OK });
    it.watched([{ uri: uri('app.js'), type: FileChangeType.Changed }]);
    await settled(it, document, none);
  });

  test('a file that becomes generated is forgotten', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await indexed(it);
    const document = it.open(uri('db.js'), DB_BAD);
    await settled(it, document, one);
    write({ 'app.js': `// @generated by a tool\n${APP}` });
    it.watched([{ uri: uri('app.js'), type: FileChangeType.Changed }]);
    expect(await it.log((text) => text.includes('app.js is left out'))).toContain('@generated');
    await settled(it, document, none);
  });

  test('a changed manifest changes what imports mean', async () => {
    const mapped = (file: string): string =>
      JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { store: [file] } } });
    const importing = APP.replace('./db', 'store');
    write({ 'app.js': importing, 'db.js': DB_BAD, 'jsconfig.json': mapped('./db.js') });
    const it = await start();
    await indexed(it);
    const document = it.open(uri('db.js'), DB_BAD);
    await settled(it, document, one);
    write({ 'jsconfig.json': mapped('./other.js') });
    it.watched([{ uri: uri('jsconfig.json'), type: FileChangeType.Changed }]);
    await settled(it, document, none);
  });

  test('what the settings or git leave out is left out, and comes in when the settings change', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD, '.gitignore': 'out\n', 'out/x.js': DB_BAD });
    const it = await start({ settings: { exclude: ['app.js'] } });
    await it.log((text) => text.startsWith('Read 1 file '));
    it.watched([
      { uri: uri('app.js'), type: FileChangeType.Changed },
      { uri: uri('out/x.js'), type: FileChangeType.Changed },
    ]);
    const document = it.open(uri('db.js'), DB_BAD);
    expect(await it.diagnostics(document)).toEqual([]);
    it.configure({ exclude: [] });
    await it.log((text) => text.startsWith('Read 2 files '));
    await settled(it, document, one);
  });
});

describe('a scan', () => {
  test('shows findings of closed files, counts, and what was left out', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD, 'a/min.min.js': 'x', 'data.bin': 'x', 'ok.ts': 'export {};' });
    const it = await start();
    it.answer = 'Show Coverage';
    const summary = await scan(it);
    expect(summary).toMatchObject({ analysed: 3, findings: 1, failed: 0, cancelled: false });
    expect(rules((await it.published((one) => one.uri === uri('db.js'))).diagnostics)).toEqual(['sql']);
    expect(await it.message((text) => text.includes('finding'))).toMatch(
      /^1 finding in 3 files \(\d+ left out\)\.$/,
    );
    await it.progress((value) => value.kind === 'end');
    const coverage = await it.connection.sendRequest<string>('faultline/coverage');
    expect(coverage).toContain('its name says that it is minified');
    expect(coverage).toContain('- `.bin`: 1');
    await it.shown((one) => one.startsWith('faultline-coverage:'));
  });

  test('each file has one owner: pushed while closed, pulled while open, pushed again with the text on disk', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await scan(it);
    await it.published((one) => one.uri === uri('db.js') && one.diagnostics.length === 1);
    let document = it.open(uri('db.js'), DB_BAD);
    await settled(it, document, one);
    expect(it.publishedSoFar.at(-1)).toMatchObject({ uri: uri('db.js'), diagnostics: [] });
    // Mended but not saved: what comes back is what is on disk.
    document = it.change(document, [{ text: DB_GOOD }]);
    expect(await it.diagnostics(document)).toEqual([]);
    const back = it.publishedNext((one) => one.uri === uri('db.js'));
    it.close(document);
    expect(rules((await back).diagnostics)).toEqual(['sql']);
    // Mended and saved: nothing comes back.
    document = it.open(uri('db.js'), DB_BAD);
    await it.diagnostics(document);
    document = it.change(document, [{ text: DB_GOOD }]);
    write({ 'db.js': DB_GOOD });
    it.save(document);
    expect(await it.diagnostics(document)).toEqual([]);
    it.close(document);
    const summary = await scan(it);
    expect(summary.findings).toBe(0);
    expect(it.publishedSoFar.filter((one) => one.uri === uri('db.js')).at(-1)!.diagnostics).toEqual([]);
  });

  test('a document that no editor shows any more is pushed like a closed file, until one pulls again', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await scan(it);
    const document = it.open(uri('db.js'), DB_BAD);
    await settled(it, document, one);
    expect(it.publishedSoFar.at(-1)).toMatchObject({ uri: uri('db.js'), diagnostics: [] });
    const back = it.publishedNext((all) => all.uri === uri('db.js'));
    await it.connection.sendNotification(HIDDEN_NOTIFICATION, { uri: document.uri });
    expect(rules((await back).diagnostics)).toEqual(['sql']);
    expect(rules(await it.diagnostics(document))).toEqual(['sql']);
    expect(it.publishedSoFar.at(-1)).toMatchObject({ uri: uri('db.js'), diagnostics: [] });
  });

  test('a file that is mended or deleted outside the editor loses its findings', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD, 'sub/app.js': APP, 'sub/db.js': DB_BAD });
    const it = await start();
    await scan(it);
    for (const name of ['db.js', 'sub/db.js']) await it.published((one) => one.uri === uri(name));
    const mended = it.publishedNext((one) => one.uri === uri('db.js'));
    write({ 'db.js': DB_GOOD });
    it.watched([{ uri: uri('db.js'), type: FileChangeType.Changed }]);
    expect((await mended).diagnostics).toEqual([]);
    const gone = it.publishedNext((one) => one.uri === uri('sub/db.js'));
    rmSync(join(root, 'sub'), { recursive: true });
    it.watched([{ uri: uri('sub'), type: FileChangeType.Deleted }]);
    expect((await gone).diagnostics).toEqual([]);
  });

  test('can be cancelled, keeps what it had, and says so', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const holding: Holding = { hold: false, begun: () => undefined };
    // Without an index every scan is one of the engine's.
    const settings = { indexWorkspace: false };
    const it = await start({ makeEngine: () => engineThatHolds(holding), settings });
    await scan(it);
    await it.published((one) => one.uri === uri('db.js') && one.diagnostics.length === 1);
    // However fast the machine is, the second scan is under way when it is cancelled.
    const begun = new Promise<void>((resolve) => Object.assign(holding, { hold: true, begun: resolve }));
    const source = new CancellationTokenSource();
    const answer = it.connection
      .sendRequest(
        ExecuteCommandRequest.type,
        { command: 'faultline.scanWorkspace', arguments: [] },
        source.token,
      )
      .catch(() => undefined);
    await begun;
    source.cancel();
    await answer;
    expect(await it.message((text) => text.startsWith('Scan cancelled'))).toContain('so far');
    expect(it.publishedSoFar.filter((one) => one.uri === uri('db.js')).at(-1)!.diagnostics).toHaveLength(1);
  });

  test('gives the same findings as the documents themselves', async () => {
    write({ 'app.js': APP, 'db.js': DB_BAD });
    const it = await start();
    await scan(it);
    const pushed = (await it.published((one) => one.uri === uri('db.js'))).diagnostics;
    const document = it.open(uri('db.js'), DB_BAD);
    const pulled = await settled(it, document, one);
    const plain = (items: readonly Diagnostic[]): unknown[] =>
      items.map((one) => ({ ...one, data: { ...(one.data as object), version: undefined } }));
    expect(plain(pulled)).toEqual(plain(pushed));
  });

  test('an empty workspace is said to be empty', async () => {
    const it = await start({ folders: [] });
    expect(await scan(it)).toMatchObject({ analysed: 0, findings: 0 });
    expect(await it.message((text) => text.includes('scan'))).toBe(
      'No folder is open, so there is nothing to scan.',
    );
  });
});

test('a wrong setting is said once, and the default is used', async () => {
  const it = await start({ settings: { run: 'sometimes', exclude: ['!a'] } });
  expect(await it.message((text) => text.includes('faultline.run'))).toBe(
    'Faultline: faultline.run must be one of "onType", "onSave", not "sometimes"; using "onType".',
  );
  expect(await it.message((text) => text.includes('faultline.exclude'))).toContain('“!a”');
  const document = it.open(uri('db.js'), 'x');
  expect(await it.diagnostics(document)).toEqual([]);
  const refreshed = it.refreshed();
  it.configure({ run: 'sometimes' });
  await refreshed;
  expect(it.messages.filter((text) => text.includes('faultline.run'))).toHaveLength(1);
});

test('the editor may spell a URI as it likes', async () => {
  const it = await start();
  const odd = 'file:///C:/shop/a%5bx%5d(1).js';
  expect(canonical(odd)).not.toBe(odd);
  const document = it.open(odd, `${APP}${DB_BAD}app.get('/x', (req) => db.query("a = " + req.query.a));`);
  const found = await it.diagnostics(document);
  expect(rules(found)).toContain('sql');
  const own = found.flatMap((one) => one.relatedInformation ?? []).map((one) => one.location.uri);
  expect(new Set(own)).toEqual(new Set([odd]));
});
