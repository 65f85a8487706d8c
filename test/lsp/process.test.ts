// The server as the editor starts it: its own process over standard input and output, the engine in a worker thread.
// It needs the build in dist/.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  createProtocolConnection,
  ExecuteCommandRequest,
  ExitNotification,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { resourcePath } from '../../server/src/base/resources.ts';
import { clientOn, type Client } from './harness.ts';

const URI = 'file:///shop/app.js';
const TEXT = `const app = require('express')();
const db = require('mysql2').createConnection({});
app.get('/', (req, res) => {
  db.query('select * from t where id = ' + req.query.id);
});
`;

let server: ChildProcess | undefined;
beforeAll(() => {
  if (!existsSync(resourcePath('server.js')))
    throw new Error('dist/server.js is missing: run `npm run build` first');
});
afterEach(() => server?.kill());

async function start(): Promise<{ client: Client; exited: Promise<number | null> }> {
  const child = spawn(process.execPath, [resourcePath('server.js'), '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  server = child;
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  return { client: await clientOn(connection, {}), exited };
}

test('finds, forgets, and ends when it is told to', async () => {
  const { client, exited } = await start();
  expect(client.initialized.serverInfo?.version).toMatch(/^\d+\.\d+\.\d+/);
  let document = client.open(URI, TEXT);
  const [finding] = await client.diagnostics(document);
  expect(document.getText(finding!.range)).toBe("'select * from t where id = ' + req.query.id");
  document = client.edit(document, "' + req.query.id", "1'");
  expect(await client.diagnostics(document)).toEqual([]);
  await client.connection.sendRequest('shutdown');
  await client.connection.sendNotification(ExitNotification.type);
  expect(await exited).toBe(0);
});

test('survives nonsense', async () => {
  const { client } = await start();
  const send = (method: string, params: unknown): Promise<void> =>
    client.connection.sendNotification(method, params);
  const at = { line: -5, character: 1e9 };
  await send('textDocument/didChange', {
    textDocument: { uri: 'file:///never/opened.js', version: 2 },
    contentChanges: [{ text: '' }],
  });
  await send('textDocument/didClose', { textDocument: { uri: '::not a uri::' } });
  await send('textDocument/didSave', { textDocument: { uri: URI } });
  await send('workspace/didChangeWatchedFiles', {
    changes: [
      { uri: 'file:///never/there.js', type: 3 },
      { uri: 'git:/x.js', type: 1 },
    ],
  });
  await send('workspace/didChangeConfiguration', { settings: 7 });
  const document = client.open(URI, TEXT);
  await send('textDocument/didChange', {
    textDocument: { uri: URI, version: 2 },
    contentChanges: [{ range: { start: at, end: at }, text: '\n' }],
  });
  for (const [method, params] of [
    ['textDocument/hover', { textDocument: { uri: 'file:///never/opened.js' }, position: at }],
    [
      'textDocument/codeAction',
      { textDocument: { uri: URI }, range: { start: at, end: at }, context: { diagnostics: [] } },
    ],
    ['textDocument/diagnostic', { textDocument: { uri: 'file:///never/opened.js' } }],
    ['workspace/executeCommand', { command: 'no.such.command' }],
  ] as const) {
    await client.connection.sendRequest(method, params);
  }
  expect((await client.diagnostics(document)).map((it) => it.code)).toEqual(['sql']);
});

test('a request that comes while everything is busy is answered from what is known', async () => {
  const { client } = await start();
  const document = client.open(URI, TEXT);
  await client.diagnostics(document);
  const long = Array.from(
    { length: 3000 },
    (_, index) => `function f${index}(a) { return g(a + ${index}); }`,
  ).join('\n');
  const busy = client.open('file:///shop/long.js', long);
  const order: string[] = [];
  const slow = client.diagnostics(busy).then(() => order.push('analysis'));
  const fast = client.connection
    .sendRequest('textDocument/hover', {
      textDocument: { uri: URI },
      position: document.positionAt(TEXT.indexOf("'select")),
    })
    .then((hover) => {
      expect(hover).not.toBeNull();
      order.push('hover');
    });
  await Promise.all([slow, fast]);
  expect(order).toEqual(['hover', 'analysis']);
});

test('a scan without folders is answered too', async () => {
  const { client } = await start();
  const summary = await client.connection.sendRequest(ExecuteCommandRequest.type, {
    command: 'faultline.scanWorkspace',
  });
  expect(summary).toMatchObject({ analysed: 0, cancelled: false });
});
