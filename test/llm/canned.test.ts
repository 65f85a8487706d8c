// The canned answers of `npm start -- --ai-demo` on the real sample: its explanation is one that is shown, its fix is one
// that the verification accepts. A demo that shows less than the product would be worse than none.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startCanned } from '../../scripts/host/canned.ts';
import {
  AI_ASK,
  AI_AT,
  AI_FIX,
  AI_KEY,
  AI_PERMIT,
  type AiAnswer,
  type AiFinding,
  type FixAnswer,
} from '../../server/src/lsp/protocol-ai.ts';
import { testEngine } from '../lsp/engines.ts';
import { startClient } from '../lsp/harness.ts';
import { tree } from '../project/tree.ts';

test('explanation and fix of the stock query', async () => {
  const canned = await startCanned();
  const root = new URL('../../samples/shop/', import.meta.url);
  const client = await startClient({
    makeEngine: testEngine,
    folders: [root.href.slice(0, -1)],
    options: { aiStorage: tree({}) },
  });
  const models = { explain: 'claude-haiku-5-5', fix: 'claude-sonnet-5-5', opinion: 'claude-sonnet-5-5' };
  const allowed = {
    allowed: true,
    provider: 'anthropic',
    endpoint: canned.url,
    models,
    perDay: 1e6,
    perSession: 1e6,
    exclude: [],
  };
  client.connection.onRequest(AI_PERMIT, () => allowed as unknown);
  client.connection.onRequest(AI_KEY, () => 'any');
  try {
    const uri = new URL('routes/products.js', root);
    for (const name of ['db.js', 'lib/catalog.js'])
      client.open(new URL(name, root).href, readFileSync(new URL(name, root), 'utf8'));
    const document = client.open(uri.href, readFileSync(uri, 'utf8'));
    const found = (await client.diagnostics(document)).find((it) =>
      document.getText(it.range).includes('SELECT amount'),
    )!;
    const [at] = await client.connection.sendRequest<AiFinding[]>(AI_AT, {
      uri: uri.href,
      position: found.range.start,
    });
    const target = { uri: uri.href, fingerprint: at!.fingerprint, stream: 's' };
    const said = await client.connection.sendRequest<AiAnswer>(AI_ASK, { kind: 'explain', ...target });
    expect(said.ok && said.answer.text[0]).toContain('This is a canned answer');
    const fix = await client.connection.sendRequest<FixAnswer>(AI_FIX, target);
    expect(fix).toMatchObject({
      ok: true,
      label: expect.stringContaining('Verified by re-analysis with sql') as string,
    });
    expect(fix.ok && fix.files[0]!.text).toContain('product_id = ? AND warehouse = ?');
  } finally {
    await client.stop();
    await canned.close();
  }
});
