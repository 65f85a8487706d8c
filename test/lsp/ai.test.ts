// The AI features over the protocol: what the server asks its client before it sends anything, what comes back, and that
// diagnostics are the same whatever a model says.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CancellationToken, Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  AI_ASK,
  AI_AT,
  AI_CLEAR,
  AI_COMPLETE,
  AI_COUNTER,
  AI_FIX,
  AI_KEY,
  AI_PERMIT,
  AI_PREVIEW,
  AI_STREAM,
  type AiAnswer,
  type AiFinding,
  type Completed,
  type CounterParams,
  type FixAnswer,
  type Permission,
  type PermitParams,
  type StreamParams,
} from '../../server/src/lsp/protocol-ai.ts';
import { type MessagesApi, startMessagesApi } from '../support/messages-api.ts';
import { tree } from '../project/tree.ts';
import { testEngine } from './engines.ts';
import { type Client, startClient } from './harness.ts';

const URI = 'file:///shop/app.js';
const CODE = `const express = require('express');
const db = require('mysql2').createConnection({});
const app = express();
app.get('/user', (req, res) => {
  db.query("select * from users where id = '" + req.query.id + "'");
});
`;
const EXPLANATION = {
  summary: 'An attacker decides what the database runs.',
  path: [] as { step_id: string; what: string }[],
  impact: 'Everything can be read.',
  remedy: 'Use parameters.',
  evidence: [{ line: 2, quote: 'never said' }],
  suspected_injection: false,
};
let api: MessagesApi;
let client: Client;
let document: TextDocument;
let permission: Permission;
let key: string | null;
let asked: string[];

beforeEach(async () => {
  api = await startMessagesApi();
  asked = [];
  key = 'key';
  permission = {
    ...{
      allowed: true,
      provider: 'anthropic',
      endpoint: api.url,
      perDay: 300_000,
      perSession: 100_000,
      exclude: [],
    },
    models: { explain: 'claude-haiku-5-5', fix: 'claude-sonnet-5-5', opinion: 'claude-sonnet-5-5' },
  };
  client = await start(tree({}));
  document = client.open(URI, CODE);
});
afterEach(async () => {
  await client.stop();
  await api.close();
});
async function start(aiStorage: string | undefined): Promise<Client> {
  const made = await startClient({
    makeEngine: testEngine,
    folders: ['file:///shop'],
    options: { ...(aiStorage !== undefined && { aiStorage }) },
  });
  made.connection.onRequest(AI_PERMIT, (it: PermitParams) => {
    asked.push(...it.uris);
    return permission as unknown;
  });
  made.connection.onRequest(AI_KEY, () => key);
  return made;
}
async function finding(): Promise<Diagnostic & { fingerprint: string }> {
  const [it] = await client.diagnostics(document);
  const [at] = await client.connection.sendRequest<AiFinding[]>(AI_AT, {
    uri: URI,
    position: it!.range.start,
  });
  return { ...it!, fingerprint: at!.fingerprint };
}
const explain = async (kind: 'explain' | 'opinion' = 'explain'): Promise<AiAnswer> => {
  const { fingerprint } = await finding();
  return client.connection.sendRequest<AiAnswer>(AI_ASK, { kind, uri: URI, fingerprint, stream: 's' });
};
/** Answers with as many steps as were asked about. */
const explained = (): void => {
  api.otherwise = (seen) => {
    const steps = [...seen.body.messages![0]!.content.matchAll(/^Step (s\d+)/gm)].map((it) => it[1]!);
    return {
      kind: 'json',
      value: { ...EXPLANATION, path: steps.map((step_id) => ({ step_id, what: 'it flows' })) },
      piece: 10,
    };
  };
};

describe('asking', () => {
  test('an explanation streams, is checked, and is there from then on', async () => {
    explained();
    const streamed: StreamParams[] = [];
    const counted: CounterParams[] = [];
    client.connection.onNotification(AI_STREAM, (it: StreamParams) => void streamed.push(it));
    client.connection.onNotification(AI_COUNTER, (it: CounterParams) => void counted.push(it));
    const before = await client.diagnostics(document);
    const answer = await explain();
    expect(answer).toMatchObject({ ok: true, answer: { model: 'claude-haiku-5-5', cached: false } });
    expect(answer.ok && answer.answer.text[0]).toBe(EXPLANATION.summary);
    // The quote is not in the code: it is not shown.
    expect(JSON.stringify(answer)).not.toContain('never said');
    expect(streamed.at(-1)).toMatchObject({
      stream: 's',
      text: expect.stringContaining('Use parameters.') as string,
    });
    expect(counted.at(-1)).toMatchObject({ today: 120, perDay: 300_000 });
    const { range } = before[0]!;
    const [known] = await client.connection.sendRequest<AiFinding[]>(AI_AT, {
      uri: URI,
      position: range.start,
    });
    expect(known!.explanation).toMatchObject({
      cached: true,
      text: expect.arrayContaining([EXPLANATION.summary]) as string[],
    });
    expect(api.requests).toHaveLength(1);
    expect(await client.diagnostics(document)).toEqual(before);
  });
  test('what is kept can be forgotten', async () => {
    explained();
    await explain();
    await client.connection.sendRequest(AI_CLEAR);
    await explain();
    expect(api.requests).toHaveLength(2);
  });
  test('what would be sent is what is sent', async () => {
    explained();
    const { range } = await finding();
    const bytes = await client.connection.sendRequest<string>(AI_PREVIEW, {
      uri: URI,
      position: range.start,
    });
    await explain();
    expect(api.requests[0]!.raw).toBe(bytes);
    expect(bytes).not.toContain('shop');
  });
  test('without consent nothing is sent, and the key is not even asked for', async () => {
    permission = { allowed: false, code: 'consent', detail: 'Nobody has agreed.' };
    key = null;
    expect(await explain()).toEqual({ ok: false, code: 'consent', detail: 'Nobody has agreed.' });
    expect(api.requests).toEqual([]);
  });
  test('without a key nothing is sent', async () => {
    key = null;
    expect(await explain()).toMatchObject({ ok: false, code: 'auth' });
    expect(api.requests).toEqual([]);
  });
  test('files outside the workspace and files for secrets are refused before anybody is asked', async () => {
    for (const uri of ['file:///elsewhere/app.js', 'file:///shop/id_tool.js', 'untitled:Untitled-1']) {
      const other = client.open(uri, CODE);
      const [it] = await client.diagnostics(other);
      const found = await client.connection.sendRequest<AiFinding[]>(AI_AT, {
        uri,
        position: it!.range.start,
      });
      const answer = await client.connection.sendRequest<AiAnswer>(AI_ASK, {
        kind: 'explain',
        uri,
        fingerprint: found[0]!.fingerprint,
        stream: 's',
      });
      expect(answer).toMatchObject({ ok: false, code: 'config' });
    }
    expect(asked).toEqual([]);
    expect(api.requests).toEqual([]);
  });
  test('a file that a person has excluded is not sent, nor one that a path leads through', async () => {
    permission = { ...(permission as Extract<Permission, { allowed: true }>), exclude: ['vault'] };
    client.open('file:///shop/vault/read.js', 'exports.id = (req) => req.query.id;\n');
    const code = CODE.replace('const app', "const { id } = require('./vault/read');\nconst app").replace(
      'req.query.id',
      'id(req)',
    );
    const through = client.open('file:///shop/b.js', code);
    const [it] = await client.diagnostics(through);
    const place = { uri: through.uri, position: it!.range.start };
    const [found] = await client.connection.sendRequest<AiFinding[]>(AI_AT, place);
    asked = [];
    const answer = await client.connection.sendRequest<AiAnswer>(AI_ASK, {
      ...{ kind: 'explain', uri: through.uri, fingerprint: found!.fingerprint, stream: 's' },
    });
    expect(answer).toEqual({
      ...{ ok: false, code: 'config' },
      detail: 'Code of vault/read.js is never sent: faultline.ai.exclude.',
    });
    // Consent is asked about for every file that something of would be sent.
    expect(asked.sort()).toEqual(['file:///shop/b.js', 'file:///shop/vault/read.js']);
    expect(api.requests).toEqual([]);
  });
  test('a client without a place for answers has no AI', async () => {
    await client.stop();
    client = await start(undefined);
    document = client.open(URI, CODE);
    expect(
      await client.connection.sendRequest(AI_ASK, {
        kind: 'explain',
        uri: URI,
        fingerprint: 'x',
        stream: 's',
      }),
    ).toMatchObject({ ok: false, code: 'config' });
    expect(asked).toEqual([]);
  });
  test('a second opinion changes no diagnostic', async () => {
    api.otherwise = {
      kind: 'json',
      value: {
        reasoning: 'It is test code.',
        ...{
          source_attacker_controlled: 'no',
          path_feasible: 'no',
          verdict: 'likely_false',
          suspected_injection: false,
        },
        mitigation: null,
        evidence: [],
      },
    };
    const before = await client.diagnostics(document);
    const answer = await explain('opinion');
    expect(answer.ok && answer.answer.text[0]).toBe('Unsure.');
    expect(await client.diagnostics(document)).toEqual(before);
  });
  test('cancelling reaches the network; so does stopping', async () => {
    const { fingerprint } = await finding();
    api.otherwise = { kind: 'text', text: 'x', held: true };
    const { CancellationTokenSource } = await import('vscode-languageserver/node');
    const source = new CancellationTokenSource();
    const params = { kind: 'explain', uri: URI, fingerprint, stream: 's' };
    const work = client.connection
      .sendRequest<AiAnswer>(AI_ASK, params, source.token)
      .catch(() => ({ ok: false, code: 'cancelled' }));
    await api.arrived(1);
    source.cancel();
    expect(await work).toMatchObject({ ok: false, code: 'cancelled' });
    await api.abortedSoFar(1);
    void client.connection.sendRequest(AI_ASK, params).catch(() => undefined);
    await api.arrived(2);
    await client.stop();
    await api.abortedSoFar(2);
    client = await start(tree({}));
  });
});

describe('fixes', () => {
  const fixed = {
    ...{
      status: 'fixed',
      strategy: 'parameters',
      imports: [],
      new_dependency: null,
      behaviour_change: null,
      why: 'No code.',
    },
    edits: [{ file_id: 'f1', old_text: `= '" + req.query.id + "'"`, new_text: '= ?", [req.query.id]' }],
  };
  test('come with their proof and the version they were made for', async () => {
    api.otherwise = { kind: 'json', value: fixed };
    const { fingerprint } = await finding();
    const answer = await client.connection.sendRequest<FixAnswer>(AI_FIX, {
      uri: URI,
      fingerprint,
      stream: 's',
    });
    expect(answer).toMatchObject({
      ok: true,
      files: [
        { uri: URI, version: 1, text: CODE.replace(`= '" + req.query.id + "'"`, '= ?", [req.query.id]') },
      ],
      label: expect.stringMatching(
        /^Verified by re-analysis with sql\. .* Tests were not run, types were not checked\.$/,
      ) as string,
    });
  });
  test('that are none never come as edits', async () => {
    api.otherwise = {
      kind: 'json',
      value: {
        ...fixed,
        edits: [{ ...fixed.edits[0]!, new_text: '= \'" + encodeURI(req.query.id) + "\'"' }],
      },
    };
    const { fingerprint } = await finding();
    const answer = await client.connection.sendRequest<FixAnswer>(AI_FIX, {
      uri: URI,
      fingerprint,
      stream: 's',
    });
    expect(answer).toMatchObject({ ok: true, files: [], why: 'No code.' });
    expect(api.requests).toHaveLength(3);
  });
  // For each rule: the code, an edit that ends the flow, and edits that only look like it.
  const loops: readonly (readonly [string, string, [string, string], readonly [string, string][]])[] = [
    [
      'shell',
      `const cp = require('child_process');\nrequire('express')().get('/', (req, res) => {\n  cp.exec('ping ' + req.query.host);\n});\n`,
      ["cp.exec('ping ' + req.query.host)", "cp.execFile('ping', ['--', req.query.host])"],
      [
        ["'ping ' + req.query.host", '`ping "${req.query.host}"`'],
        ["cp.exec('ping ' + req.query.host)", "cp['ex' + 'ec']('ping ' + req.query.host)"],
      ],
    ],
    [
      'html',
      `const escapeHtml = require('escape-html');\nrequire('express')().get('/', (req, res) => {\n  res.send('<p>' + req.query.name);\n});\nmodule.exports = escapeHtml;\n`,
      ['+ req.query.name', '+ escapeHtml(req.query.name)'],
      [
        ['+ req.query.name', '+ String(req.query.name).trim()'],
        ['+ req.query.name', "+ String(req.query.name).replace('<', '&lt;')"],
      ],
    ],
    [
      'path',
      `const fs = require('fs');\nconst path = require('path');\nrequire('express')().get('/', (req, res) => {\n  fs.readFile('/srv/' + req.query.file, () => res.end());\n});\n`,
      ["'/srv/' + req.query.file", "'/srv/' + path.basename(req.query.file)"],
      [
        ["'/srv/' + req.query.file", "path.join('/srv', req.query.file)"],
        ["'/srv/' + req.query.file", "path.normalize('/srv/' + req.query.file)"],
      ],
    ],
    [
      'ssrf',
      `require('express')().get('/', async (req, res) => {\n  res.json(await fetch(req.query.url));\n});\n`,
      [
        'await fetch(req.query.url)',
        "await fetch('https://api.example.com/' + encodeURIComponent(req.query.url))",
      ],
      [['fetch(req.query.url)', 'fetch(encodeURI(req.query.url))']],
    ],
  ];
  test.each(loops)('of %s: the good one is offered, the others are not', async (rule, code, good, bad) => {
    const target = client.open(`file:///shop/${rule}.js`, code);
    const items = await client.diagnostics(target);
    const at = items.find((it) => it.code === rule)!.range.start;
    const [found] = await client.connection.sendRequest<AiFinding[]>(AI_AT, {
      uri: target.uri,
      position: at,
    });
    const answerOf = async ([old_text, new_text]: [string, string]): Promise<FixAnswer> => {
      api.otherwise = { kind: 'json', value: { ...fixed, edits: [{ file_id: 'f1', old_text, new_text }] } };
      await client.connection.sendRequest(AI_CLEAR);
      const params = { uri: target.uri, fingerprint: found!.fingerprint, stream: 's' };
      return client.connection.sendRequest<FixAnswer>(AI_FIX, params);
    };
    for (const edit of bad)
      expect(await answerOf(edit), edit[1]).toMatchObject({ ok: true, files: [], why: 'No code.' });
    expect(await answerOf(good)).toMatchObject({
      files: [{ text: code.replace(...good) }],
      label: expect.stringContaining(`Verified by re-analysis with ${rule}.`) as string,
    });
  });
  test('of a selection claim no more than that nothing got worse', async () => {
    const safe = client.open(
      'file:///shop/safe.js',
      'exports.page = (res, name) => {\n  res.end(name);\n};\n',
    );
    await client.diagnostics(safe);
    const edits = [{ file_id: 'f1', old_text: 'res.end(name)', new_text: 'res.end(String(name))' }];
    api.otherwise = { kind: 'json', value: { ...fixed, edits } };
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 10 } };
    const answer = await client.connection.sendRequest<FixAnswer>(AI_FIX, {
      uri: safe.uri,
      range,
      stream: 's',
    });
    expect(answer).toMatchObject({
      ok: true,
      label: expect.stringContaining('that it helps is not proven') as string,
    });
  });
});

describe("the editor's own models", () => {
  const reply = async (
    completed: Completed | ((token: CancellationToken) => Promise<Completed>),
  ): Promise<AiAnswer> => {
    permission = {
      ...(permission as Extract<Permission, { allowed: true }>),
      provider: 'editor',
      models: { explain: 'm', fix: 'm', opinion: 'm' },
    };
    client.connection.onRequest(
      AI_COMPLETE,
      (_params: unknown, token: CancellationToken) =>
        (typeof completed === 'function' ? completed(token) : completed) as unknown,
    );
    return explain();
  };
  test.each(['quota', 'consent', 'config'] as const)('%s', async (code) => {
    expect(await reply({ ok: false, code, detail: 'No.' })).toEqual({ ok: false, code, detail: 'No.' });
    expect(api.requests).toEqual([]);
  });
  test('an answer that is no JSON, an empty one, a broken one', async () => {
    expect(await reply({ ok: true, text: 'Sure!', model: 'm', input: 10, output: 2 })).toMatchObject({
      ok: false,
      code: 'form',
    });
    client.connection.onRequest(AI_COMPLETE, () => Promise.reject(new Error('gone')));
    const other = client.open('file:///shop/b.js', CODE);
    const [it] = await client.diagnostics(other);
    const [at] = await client.connection.sendRequest<AiFinding[]>(AI_AT, {
      uri: other.uri,
      position: it!.range.start,
    });
    const params = { kind: 'explain', uri: other.uri, fingerprint: at!.fingerprint, stream: 's' };
    // The same code is the same question: the wrong form is remembered.
    expect(await client.connection.sendRequest(AI_ASK, params)).toMatchObject({ ok: false, code: 'form' });
  });
  test('an error in the middle', async () => {
    expect(await reply(() => Promise.reject(new Error('boom')))).toMatchObject({
      ok: false,
      code: 'bad_reply',
    });
  });
});
