// Never stale: whatever is opened, edited, saved, renamed, deleted, excluded and closed, what is shown once everything is
// at rest is what a new server shows of the same files and documents. Random steps, the same on every run.

import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ExecuteCommandRequest, FileChangeType, type Diagnostic } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { uriOf } from '../../server/src/lsp/uris.ts';
import { randomFrom, type Random } from '../support/random.ts';
import { testEngine } from './engines.ts';
import { startClient, type Client } from './harness.ts';

const SOURCE = `const store = require('./store');
require('express')().get('/', (req, res) => { store.find(req.query.name); eval(req.query.code); });
`;
const STORES = [
  `const db = require('mysql2').createConnection({});\nexports.find = (it) => db.query('select ' + it);\n`,
  `exports.find = (it) => require('child_process').exec(it);\n`,
  'exports.find = (it) => Number(it);\n',
  'exports.find = (it) => {',
  '// faultline-ignore: code -- tried\nexports.find = (it) => eval(it);\n',
];
const APPS = [
  SOURCE,
  SOURCE.replace('eval(', '// eval('),
  '',
  `${SOURCE}\nfunction (`,
  'module.exports = 1;\n',
];
const FILES = ['a/app.js', 'a/store.js', 'b/app.js', 'b/store.js'] as const;
const STEPS = 30;

const clients: Client[] = [];
const roots: string[] = [];
afterEach(async () => {
  for (const it of clients.splice(0)) await it.stop();
  for (const it of roots.splice(0)) rmSync(it, { recursive: true, force: true });
});

interface Session {
  readonly root: string;
  readonly client: Client;
  readonly disk: Map<string, string>;
  readonly open: Map<string, TextDocument>;
  exclude: string[];
}

async function start(root: string, exclude: readonly string[]): Promise<Client> {
  const client = await startClient({ makeEngine: testEngine, folders: [uriOf(root)], settings: { exclude } });
  clients.push(client);
  await client.log((text) => /^Read \d+ files? of the workspace/.test(text));
  return client;
}

/** Everything that an editor shows after a scan: what it pulled for open documents, what was pushed for the others. */
async function shown(
  client: Client,
  root: string,
  open: Iterable<TextDocument>,
): Promise<Record<string, string[]>> {
  await client.connection.sendRequest(ExecuteCommandRequest.type, { command: 'faultline.scanWorkspace' });
  const words = (items: readonly Diagnostic[]): string[] =>
    items
      .map((it) => `${String(it.code)} ${it.range.start.line}:${it.range.start.character} ${it.message}`)
      .sort();
  const res: Record<string, string[]> = {};
  const isOpen = new Set<string>();
  for (const document of open) {
    isOpen.add(document.uri);
    // Resolves once the engine is at rest.
    await client.connection.sendRequest('faultline/explain', { uri: document.uri });
    const items = words(await client.diagnostics(document));
    if (items.length > 0) res[document.uri.slice(uriOf(root).length)] = items;
  }
  const last = new Map(client.publishedSoFar.map((it) => [it.uri, it.diagnostics]));
  for (const [uri, items] of last)
    if (!isOpen.has(uri) && items.length > 0) res[uri.slice(uriOf(root).length)] = words(items);
  return res;
}

test.each([1, 2, 4, 5, 6, 7])('run %i of random steps ends as a new server begins', async (seed) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-fuzz-')));
  roots.push(root);
  const random = randomFrom(seed);
  const it: Session = { root, disk: new Map(), open: new Map(), exclude: [], client: undefined as never };
  for (const path of FILES) put(it, path, path.endsWith('app.js') ? SOURCE : STORES[0]!);
  const session: Session = { ...it, client: await start(root, []) };
  for (let step = 0; step < STEPS; step++) await act(session, random);
  const now = await shown(session.client, root, session.open.values());
  const fresh = await start(root, session.exclude);
  const open = [...session.open.values()].map((one) => fresh.open(one.uri, one.getText()));
  expect(Object.keys(now).length).toBeGreaterThan(0);
  expect(now).toEqual(await shown(fresh, root, open));
});

function put({ root, disk }: Session, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  disk.set(path, text);
}

async function act(it: Session, random: Random): Promise<void> {
  const { client, root, disk, open } = it;
  const path = random.pick(FILES);
  const uri = uriOf(join(root, path));
  const texts = path.endsWith('app.js') ? APPS : STORES;
  const document = open.get(path);
  switch (random.below(9)) {
    case 0:
    case 1:
      if (document === undefined && disk.has(path)) open.set(path, client.open(uri, disk.get(path)!));
      break;
    case 2:
    case 3:
      if (document !== undefined) open.set(path, client.change(document, [{ text: random.pick(texts) }]));
      break;
    case 4:
      if (document === undefined) break;
      put(it, path, document.getText());
      client.save(document);
      client.watched([{ uri, type: FileChangeType.Changed }]);
      break;
    case 5:
      if (document === undefined) break;
      client.close(document);
      open.delete(path);
      break;
    case 6:
      if (document !== undefined || disk.has(path)) break;
      put(it, path, random.pick(texts));
      client.watched([{ uri, type: FileChangeType.Created }]);
      break;
    case 7: {
      // Deleted or renamed; a document of it may stay open.
      if (!disk.delete(path)) break;
      const moved = join(root, 'moved.js');
      if (random.next() < 0.5) rmSync(join(root, path));
      else renameSync(join(root, path), moved);
      client.watched([
        { uri, type: FileChangeType.Deleted },
        { uri: uriOf(moved), type: FileChangeType.Created },
      ]);
      break;
    }
    default:
      it.exclude = random.next() < 0.5 ? [] : [random.pick(['a', 'store.js', 'b/app.js'])];
      client.configure({ exclude: it.exclude });
  }
}
