// What a person sees when the engine dies: results come back, and a file that kills the engine is named, not retried.
// The engine is the real one; a word in a document makes it die as a thread would, without warning.

import { afterEach, expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.ts';
import { testEngine } from './engines.ts';
import { startClient, type Client } from './harness.ts';

const TEXT = `const app = require('express')();
const db = require('mysql2').createConnection({});
app.get('/', (req, res) => {
  db.query('select * from t where id = ' + req.query.id);
});
`;
let client: Client | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

let started = 0;
/** The real engine, until it is told a text with `__die__` in it. `names`: it can say which file it was. */
async function mortal(names: boolean): Promise<Engine> {
  started++;
  const engine = await testEngine();
  const exits: ((error: Error, uri?: string) => void)[] = [];
  const die = (uri: string): void => {
    void engine.dispose();
    queueMicrotask(() => {
      for (const it of exits) it(new Error('heap limit'), names ? uri : undefined);
    });
  };
  return {
    ...engine,
    open: (doc) => (doc.text.includes('__die__') ? die(doc.uri) : engine.open(doc)),
    change: (uri, version, edits) =>
      edits.some((it) => it.text.includes('__die__')) ? die(uri) : engine.change(uri, version, edits),
    onExit: (listener) => void exits.push(listener),
  };
}

test.each([true, false])(
  'a file that kills is left out and the others go on (engine names it: %s)',
  async (names) => {
    started = 0;
    client = await startClient({ makeEngine: () => mortal(names) });
    const good = client.open('file:///shop/good.js', TEXT);
    expect(await client.diagnostics(good)).toHaveLength(1);
    let bad = client.open('file:///shop/bad.js', TEXT);
    expect(await client.diagnostics(bad)).toHaveLength(1);
    bad = client.edit(bad, 'app.get', '__die__; app.get');
    const failed = await client.status((it) => it.uri === bad.uri && it.state === 'failed');
    expect(failed.reasons.join()).toMatch(/ended the engine 2 times/);
    expect(await client.diagnostics(bad)).toEqual([]);
    // Once at the edit, once when it was opened again; the third engine stays.
    expect(started).toBe(3);
    const edited = client.edit(good, "'select * from t where id = ' + req.query.id", "'select 1'");
    expect(await client.diagnostics(edited)).toEqual([]);
    expect(started).toBe(3);
  },
);

test('an engine that cannot start is said to be stopped, and nothing hangs', async () => {
  client = await startClient({ makeEngine: () => Promise.reject(new Error('rules.json is missing')) });
  const document = client.open('file:///shop/a.js', TEXT);
  expect(await client.message((text) => text.includes('has stopped'))).toContain('rules.json is missing');
  expect(await client.diagnostics(document)).toEqual([]);
  expect(await client.status((it) => it.state === 'failed')).toMatchObject({ findings: 0 });
  const edited = client.edit(document, 'select *', 'select a');
  expect(await client.diagnostics(edited)).toEqual([]);
  await client.connection.sendRequest('workspace/executeCommand', { command: 'faultline.scanWorkspace' });
  expect(await client.message((text) => text.includes('scan could not be finished'))).toContain(
    'rules.json is missing',
  );
});
