// The Anthropic provider against a server on this machine, through the real SDK and real HTTP: every way a request can end,
// and that nothing in the environment can change where it goes.

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_VERSION, anthropicProvider } from '../../server/src/llm/anthropic.ts';
import { LlmFailure, type LlmReply, type LlmRequest } from '../../server/src/llm/provider.ts';
import { schemaOf } from '../../server/src/llm/schemas.ts';
import { type Behaviour, type MessagesApi, startMessagesApi } from '../support/messages-api.ts';

let api: MessagesApi;
beforeEach(async () => {
  api = await startMessagesApi();
});
afterEach(() => api.close());

const REQUEST: LlmRequest = {
  kind: 'explain',
  system: 'SYSTEM',
  user: 'USER äöü 日本',
  schemaName: 'explain',
  schema: schemaOf('explain'),
  maxOutputTokens: 500,
  effort: 'low',
};
const providerAt = (endpoint: string, key = 'key', more = {}) =>
  anthropicProvider({ endpoint, model: () => 'claude-haiku-5-5', apiKey: async () => key, ...more });
const ask = (
  more = {},
  signal = new AbortController().signal,
  onText?: (text: string) => void,
): Promise<LlmReply> => providerAt(api.url, 'key', more).complete(REQUEST, signal, onText);
async function failure(work: Promise<unknown>): Promise<LlmFailure> {
  const it = await work.catch((error: unknown) => error);
  expect(it).toBeInstanceOf(LlmFailure);
  return it as LlmFailure;
}

describe('transport', () => {
  test('a reply, and the exact request', async () => {
    api.enqueue({ kind: 'text', text: 'hello' });
    expect(await ask()).toEqual({
      stop: 'ok',
      text: 'hello',
      model: 'claude-haiku-5-5',
      usage: { input: 100, output: 20 },
    });
    const [seen] = api.requests;
    expect(seen!.raw).toBe(providerAt(api.url).bytes(REQUEST));
    expect(seen!.headers['anthropic-version']).toBe(API_VERSION);
    expect(seen!.headers.authorization).toBe('Bearer key');
    expect(Object.keys(JSON.parse(seen!.raw) as object).sort()).toEqual([
      'max_tokens',
      'messages',
      'model',
      'output_config',
      'stream',
      'system',
    ]);
  });

  const statuses: readonly (readonly [string, Behaviour, string])[] = [
    ['400', { kind: 'error', status: 400 }, 'config'],
    ['401', { kind: 'error', status: 401 }, 'auth'],
    ['402', { kind: 'error', status: 402 }, 'quota'],
    ['403', { kind: 'error', status: 403 }, 'auth'],
    ['404', { kind: 'error', status: 404 }, 'config'],
    ['413', { kind: 'error', status: 413 }, 'config'],
    ['429', { kind: 'error', status: 429 }, 'rate'],
    [
      'a spend limit',
      { kind: 'error', status: 429, details: { error_code: 'enforced_spend_limit_reached' } },
      'quota',
    ],
    ['500', { kind: 'error', status: 500 }, 'overloaded'],
    ['503', { kind: 'error', status: 503 }, 'overloaded'],
    ['529', { kind: 'error', status: 529 }, 'overloaded'],
    ['a reset', { kind: 'reset' }, 'offline'],
    [
      'a page of HTML',
      { kind: 'raw', body: '<html>Log in to the hotel</html>', type: 'text/html' },
      'bad_reply',
    ],
    ['broken JSON', { kind: 'raw', body: '{"type":"mess' }, 'bad_reply'],
    ['an empty body', { kind: 'raw', body: '' }, 'bad_reply'],
  ];
  test.each(statuses)('%s is one request and one failure', async (_what, behaviour, code) => {
    api.enqueue(behaviour);
    expect((await failure(ask())).code).toBe(code);
    expect(api.requests).toHaveLength(1);
  });
  test('how long to wait: seconds and a date', async () => {
    api.enqueue({ kind: 'error', status: 429, headers: { 'retry-after': '7' } });
    expect((await failure(ask())).retryAfterMs).toBe(7000);
    const date = new Date(Date.now() + 60_000).toUTCString();
    api.enqueue({ kind: 'error', status: 429, headers: { 'retry-after': date } });
    const { retryAfterMs } = await failure(ask());
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });
  test('nobody listens, no such host', async () => {
    const { url } = api;
    await api.close();
    expect((await failure(providerAt(url).complete(REQUEST, new AbortController().signal))).code).toBe(
      'offline',
    );
    const nowhere = providerAt('http://nowhere.invalid');
    expect((await failure(nowhere.complete(REQUEST, new AbortController().signal))).code).toBe('offline');
    api = await startMessagesApi();
  });
  test('no headers in time', async () => {
    api.enqueue({ kind: 'hang' });
    expect((await failure(ask({ timeout: 50 }))).code).toBe('timeout');
  });
  test('a redirect is refused and the code does not travel', async () => {
    const other = await startMessagesApi();
    api.enqueue({ kind: 'redirect', location: `${other.url}/v1/messages` });
    expect((await failure(ask())).code).toBe('config');
    expect(other.requests).toEqual([]);
    await other.close();
  });
  test('a key that is missing or wrong', async () => {
    const missing = anthropicProvider({
      endpoint: api.url,
      model: () => 'm',
      apiKey: () => Promise.reject(new LlmFailure('auth', 'There is no API key.')),
    });
    expect((await failure(missing.complete(REQUEST, new AbortController().signal))).code).toBe('auth');
    expect(api.requests).toEqual([]);
    expect(
      (await failure(providerAt(api.url, 'bad').complete(REQUEST, new AbortController().signal))).code,
    ).toBe('auth');
  });
});

describe('streams', () => {
  const TEXT = '{"summary":"äöü 日本 🙂 and more words"}';
  test.each([1, 3, 1000])('in pieces of %i, with pings and events nobody knows', async (piece) => {
    api.enqueue({ kind: 'text', text: TEXT, piece, noise: true });
    const grown: string[] = [];
    const reply = await ask({}, undefined, (text) => grown.push(text));
    expect(reply).toMatchObject({ stop: 'ok', text: TEXT });
    expect(grown.at(-1)).toBe(TEXT);
  });
  const faults: readonly (readonly [string, Behaviour, string])[] = [
    ['cut off in the middle', { kind: 'text', text: TEXT, piece: 5, cutAt: 2 }, 'bad_reply'],
    ['without its last event', { kind: 'text', text: TEXT, endless: true }, 'bad_reply'],
    ['torn', { kind: 'text', text: TEXT, piece: 5, resetAt: 2 }, 'offline'],
    ['with an error event', { kind: 'text', text: TEXT, piece: 5, errorAt: 2 }, 'overloaded'],
    ['with a broken event', { kind: 'text', text: TEXT, piece: 5, brokenAt: 2 }, 'bad_reply'],
  ];
  test.each(faults)('%s', async (_what, behaviour, code) => {
    api.enqueue(behaviour);
    expect((await failure(ask())).code).toBe(code);
  });
  test('that stop are noticed, and what was used is known', async () => {
    api.enqueue({ kind: 'text', text: TEXT, piece: 5, stallAt: 3 });
    const it = await failure(ask({ stall: 60 }));
    expect(it.code).toBe('stalled');
    expect(it.usage).toEqual({ input: 100, output: 5 });
    await api.abortedSoFar(1);
  });
  test('headers and then silence end with the total', async () => {
    api.enqueue({ kind: 'silence' });
    expect((await failure(ask({ total: 80 }))).code).toBe('timeout');
    await api.abortedSoFar(1);
  });
});

describe('replies', () => {
  test('a refusal, empty or begun', async () => {
    api.enqueue({ kind: 'refusal' }, { kind: 'refusal', text: '{"summ', category: 'cyber' });
    expect(await ask()).toMatchObject({ stop: 'refusal', category: 'cyber' });
    expect(await ask()).toMatchObject({ stop: 'refusal' });
  });
  test('cut off by the limit of tokens, and nothing at all', async () => {
    api.enqueue({ kind: 'text', text: '{"a":', stop: 'max_tokens' }, { kind: 'text', text: '' });
    expect(await ask()).toMatchObject({ stop: 'truncated' });
    expect(await ask()).toMatchObject({ stop: 'empty' });
  });
  test('thinking first, and text in two blocks', async () => {
    api.enqueue({
      kind: 'blocks',
      blocks: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: '{"a"' },
        { type: 'text', text: ':1}' },
      ],
    });
    expect(await ask()).toMatchObject({ stop: 'ok', text: '{"a":1}' });
  });
});

describe('cancelling reaches the network', () => {
  test('before the request', async () => {
    const abort = new AbortController();
    abort.abort();
    await ask({}, abort.signal).catch(() => undefined);
    expect(api.requests).toEqual([]);
  });
  test.each(['hang', 'held'] as const)('%s', async (how) => {
    const abort = new AbortController();
    api.enqueue(how === 'hang' ? { kind: 'hang' } : { kind: 'text', text: 'x', held: true });
    const work = failure(ask({}, abort.signal));
    await api.arrived(1);
    abort.abort();
    expect((await work).code).toBe('cancelled');
    await api.abortedSoFar(1);
  });
});

test('the environment changes nothing', async () => {
  const spy = createServer((_request, response) => response.end());
  spy.listen(0, '127.0.0.1');
  await once(spy, 'listening');
  let visits = 0;
  spy.on('request', () => visits++);
  const hostile = {
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${(spy.address() as AddressInfo).port}`,
    ANTHROPIC_API_KEY: 'stolen',
    ANTHROPIC_AUTH_TOKEN: 'stolen',
    ANTHROPIC_LOG: 'debug',
    ANTHROPIC_CUSTOM_HEADERS: 'x-spy: yes',
  };
  const before = { ...process.env };
  Object.assign(process.env, hostile);
  try {
    api.enqueue({ kind: 'text', text: 'fine' });
    expect(await ask()).toMatchObject({ stop: 'ok' });
    expect(api.requests[0]!.headers.authorization).toBe('Bearer key');
    expect(api.requests[0]!.headers['x-spy']).toBeUndefined();
    expect(visits).toBe(0);
  } finally {
    for (const key of Object.keys(hostile)) delete process.env[key];
    Object.assign(process.env, before);
    spy.close();
  }
});
