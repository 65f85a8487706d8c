// Nothing is sent anywhere: the command line and the language server run with a trap on every way to the network.
// A third test shows that the trap works, or the first two would prove nothing.

import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createMessageConnection,
} from 'vscode-languageserver/node';

const root = resolve(import.meta.dirname, '..');
const shop = join(root, 'samples/shop');
let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-offline-'));
  log = join(folder, 'network.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: `--require ${JSON.stringify(join(import.meta.dirname, 'support/no-network.cjs'))}`,
  FAULTLINE_TEST_NETWORK_LOG: log,
});
const attempts = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');

function run(args: readonly string[]): Promise<number> {
  return new Promise((done) => {
    const child = execFile(process.execPath, args, { env: env(), maxBuffer: 1 << 26 });
    child.on('close', (code) => done(code ?? -1));
  });
}

test('a scan opens no socket', async () => {
  expect(await run([join(root, 'dist/cli.js'), 'scan', shop, '--no-progress'])).toBe(1);
  expect(attempts()).toBe('');
});

test('the language server opens no socket: open, diagnose, hover', async () => {
  const server = spawn(process.execPath, [join(root, 'dist/server.js'), '--stdio'], { env: env() });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.onRequest(() => null);
  connection.listen();
  try {
    const uri = pathToFileURL(join(shop, 'routes/products.js')).href;
    const rootUri = pathToFileURL(shop).href;
    const textDocument = { diagnostic: {}, hover: {} };
    const folders = [{ uri: rootUri, name: 'shop' }];
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri,
      capabilities: { textDocument },
      workspaceFolders: folders,
    });
    await connection.sendNotification('initialized', {});
    const text = readFileSync(join(shop, 'routes/products.js'), 'utf8');
    const opened = { uri, languageId: 'javascript', version: 1, text };
    await connection.sendNotification('textDocument/didOpen', { textDocument: opened });
    const report = await connection.sendRequest<{ items: { range: { start: object } }[] }>(
      'textDocument/diagnostic',
      { textDocument: { uri } },
    );
    expect(report.items.length).toBeGreaterThan(0);
    const position = report.items[0]!.range.start;
    expect(await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position })).not.toBe(
      null,
    );
    await connection.sendRequest('shutdown');
  } finally {
    connection.dispose();
    server.kill();
  }
  expect(attempts()).toBe('');
});

test('the trap catches what it should', async () => {
  await run(['-e', 'try { require("node:net").connect(9, "127.0.0.1") } catch {}']);
  expect(attempts()).toContain('connect');
});
