// A server on this machine that speaks the Messages API over real HTTP: replies, streams, errors and deliberate faults, one
// behaviour a request. It checks requests as the real service does, and everything it was sent can be looked at.

import { once, EventEmitter } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request gets. Faults in a stream happen before the piece with that number. */
export type Behaviour =
  | ({ readonly kind: 'text'; readonly text: string } & StreamFaults & ReplyParts)
  | ({ readonly kind: 'json'; readonly value: unknown } & StreamFaults & ReplyParts)
  | ({ readonly kind: 'refusal'; readonly text?: string; readonly category?: string } & StreamFaults)
  | ({ readonly kind: 'blocks'; readonly blocks: readonly object[] } & StreamFaults & ReplyParts)
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly type?: string;
      readonly details?: object;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'raw'; readonly status?: number; readonly body: string; readonly type?: string }
  | { readonly kind: 'redirect'; readonly location: string }
  /** No answer; the headers and then nothing; the connection is torn. */
  | { readonly kind: 'hang' | 'silence' | 'reset' };
interface ReplyParts {
  readonly stop?: 'end_turn' | 'max_tokens';
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number };
}
interface StreamFaults {
  /** Characters of a piece. */
  readonly piece?: number;
  readonly stallAt?: number;
  readonly cutAt?: number;
  readonly resetAt?: number;
  readonly errorAt?: number;
  readonly brokenAt?: number;
  /** Everything comes but the last event. */
  readonly endless?: boolean;
  /** Waits before the first piece, or before the piece with this number, until `release()` is called. */
  readonly held?: boolean | number;
  /** Events the SDK does not know, and pings. */
  readonly noise?: boolean;
}
export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly raw: string;
  readonly body: {
    readonly model?: string;
    readonly messages?: readonly { readonly content: string }[];
    readonly system?: string;
  };
  aborted: boolean;
}
export interface MessagesApi {
  readonly url: string;
  readonly requests: readonly Seen[];
  /** The next requests get these; afterwards `otherwise`. */
  enqueue(...behaviours: (Behaviour | ((it: Seen) => Behaviour))[]): void;
  otherwise: Behaviour | ((it: Seen) => Behaviour);
  /** Resolves once that many requests have come (been aborted). */
  arrived(count: number): Promise<void>;
  abortedSoFar(count: number): Promise<void>;
  /** Lets held replies go on. */
  release(): void;
  close(): Promise<void>;
}

/** Starts the server on a free port of the loopback interface. */
export async function startMessagesApi(
  otherwise: MessagesApi['otherwise'] = { kind: 'text', text: 'ok' },
): Promise<MessagesApi> {
  const queue: (Behaviour | ((it: Seen) => Behaviour))[] = [];
  const requests: Seen[] = [];
  const events = new EventEmitter().setMaxListeners(0);
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await once(events, 'change');
  };
  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let raw = '';
    request.setEncoding('utf8');
    try {
      for await (const chunk of request) raw += chunk as string;
    } catch {
      return;
    }
    const seen: Seen = {
      path: request.url ?? '',
      headers: request.headers,
      raw,
      body: jsonOf(raw),
      aborted: false,
    };
    requests.push(seen);
    response.on('close', () => {
      if (response.writableFinished) return;
      seen.aborted = true;
      events.emit('change');
    });
    events.emit('change');
    const wrong = problemOf(seen);
    if (wrong) return sendError(response, wrong.status, wrong.type, wrong.message);
    const next = queue.shift() ?? api.otherwise;
    await answer(response, typeof next === 'function' ? next(seen) : next, seen, () =>
      once(events, 'release'),
    );
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api: MessagesApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    otherwise,
    enqueue: (...them) => void queue.push(...them),
    arrived: (count) => until(() => requests.length >= count),
    abortedSoFar: (count) => until(() => requests.filter((it) => it.aborted).length >= count),
    release: () => void events.emit('release'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return api;
}

function jsonOf(raw: string): Seen['body'] {
  try {
    return JSON.parse(raw) as Seen['body'];
  } catch {
    return {};
  }
}

/** What the service would refuse, as far as our own requests could get it wrong. */
function problemOf({
  path,
  headers,
  body,
}: Seen): { status: number; type: string; message: string } | undefined {
  const bad = (message: string) => ({ status: 400, type: 'invalid_request_error', message });
  if (!path.startsWith('/v1/messages'))
    return { status: 404, type: 'not_found_error', message: 'no such endpoint' };
  if (!/^Bearer .+/.test(headers.authorization ?? ''))
    return { status: 401, type: 'authentication_error', message: 'no key' };
  if (/^Bearer bad/.test(headers.authorization!))
    return { status: 401, type: 'authentication_error', message: 'wrong key' };
  if (headers['anthropic-version'] === undefined) return bad('anthropic-version: header is required');
  const it = body as Record<string, unknown>;
  for (const key of ['temperature', 'top_p', 'top_k']) if (key in it) return bad(`${key}: not accepted`);
  if (typeof it.model !== 'string' || !Number.isInteger(it.max_tokens))
    return bad('model, max_tokens: field required');
  if (!Array.isArray(it.messages) || it.messages.length === 0) return bad('messages: field required');
  const schema = (it.output_config as { format?: { schema?: unknown } } | undefined)?.format?.schema;
  const wrong = schema === undefined ? undefined : schemaProblem(schema);
  return wrong === undefined ? undefined : bad(`output_config.format.schema: ${wrong}`);
}
/** The subset of JSON Schema that structured outputs accept. */
export function schemaProblem(schema: unknown, at = '$'): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const it = schema as Record<string, unknown>;
  for (const key of [
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'pattern',
    'maxItems',
    'oneOf',
    'uniqueItems',
  ])
    if (key in it && at.split('.').at(-1) !== 'properties') return `${at}: ${key} is not supported`;
  if (it.type === 'object' && it.additionalProperties !== false) return `${at}: must be closed`;
  for (const [key, value] of Object.entries(it)) {
    const problem = schemaProblem(value, `${at}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};
function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  details?: object,
  headers = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ type: 'error', error: { type, message, ...(details && { details }) } }));
}

async function answer(
  response: ServerResponse,
  it: Behaviour,
  seen: Seen,
  released: () => Promise<unknown>,
): Promise<void> {
  switch (it.kind) {
    case 'error':
      return sendError(
        response,
        it.status,
        it.type ?? TYPES[it.status] ?? 'api_error',
        `status ${it.status}`,
        it.details,
        it.headers,
      );
    case 'raw':
      response.writeHead(it.status ?? 200, { 'content-type': it.type ?? 'application/json' });
      response.end(it.body);
      return;
    case 'redirect':
      response.writeHead(307, { location: it.location });
      response.end();
      return;
    case 'hang':
      return;
    case 'silence':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'text':
      return stream(response, it, [{ type: 'text', text: it.text }], it.stop ?? 'end_turn', seen, released);
    case 'json':
      return stream(
        response,
        it,
        [{ type: 'text', text: JSON.stringify(it.value) }],
        it.stop ?? 'end_turn',
        seen,
        released,
      );
    case 'blocks':
      return stream(response, it, it.blocks as Block[], it.stop ?? 'end_turn', seen, released);
    case 'refusal':
      return stream(
        response,
        it,
        it.text === undefined ? [] : [{ type: 'text', text: it.text }],
        'refusal',
        seen,
        released,
      );
    default:
      it satisfies never;
  }
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
}
async function stream(
  response: ServerResponse,
  it: StreamFaults & ReplyParts & { readonly category?: string },
  blocks: readonly Block[],
  stop: string,
  seen: Seen,
  released: () => Promise<unknown>,
): Promise<void> {
  const event = (name: string, data: object | string): void =>
    void response.write(
      `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify({ type: name, ...data })}\n\n`,
    );
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const usage = {
    ...{ input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
    ...it.usage,
  };
  const message = {
    ...{
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: seen.body.model,
      container: null,
      diagnostics: null,
    },
    ...{
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: { ...usage, output_tokens: 1 },
    },
  };
  event('message_start', { message });
  if (it.noise) {
    event('ping', {});
    event('something_new', { hello: 1 });
  }
  if (it.held === true) await released();
  let n = 0;
  for (const [index, block] of blocks.entries()) {
    const thinks = block.type === 'thinking';
    const text = (thinks ? block.thinking : block.text) ?? '';
    event('content_block_start', {
      index,
      content_block: thinks
        ? { type: 'thinking', thinking: '', signature: '' }
        : { type: 'text', text: '', citations: null },
    });
    const size = it.piece ?? 40;
    for (let at = 0; at < text.length; at += size, n++) {
      if (seen.aborted) return;
      if (it.held === n) await released();
      if (it.stallAt === n) return;
      if (it.cutAt === n) return void response.end();
      if (it.resetAt === n) return void response.socket?.resetAndDestroy();
      if (it.errorAt === n) {
        event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
        return void response.end();
      }
      if (it.brokenAt === n) event('content_block_delta', '{"type":"content_block_delta","index":0,"del');
      const part = text.slice(at, at + size);
      event('content_block_delta', {
        index,
        delta: thinks ? { type: 'thinking_delta', thinking: part } : { type: 'text_delta', text: part },
      });
    }
    event('content_block_stop', { index });
  }
  if (it.endless) return void response.end();
  const details =
    stop === 'refusal' ? { type: 'refusal', category: it.category ?? 'cyber', explanation: null } : null;
  event('message_delta', {
    delta: { container: null, stop_reason: stop, stop_sequence: null, stop_details: details },
    usage: {
      output_tokens: usage.output_tokens,
      input_tokens: usage.input_tokens,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
    },
  });
  event('message_stop', {});
  response.end();
}
