// The Anthropic Messages API through its SDK, of which only the client and the messages are bundled. Everything that the
// environment could change (endpoint, headers, logging, redirects, traces) is set here, so that it cannot.

import { BaseAnthropic, type ClientOptions } from '@anthropic-ai/sdk/client';
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AnthropicError,
} from '@anthropic-ai/sdk/error';
import { Messages } from '@anthropic-ai/sdk/resources/messages';
import {
  type Kind,
  LlmFailure,
  type LlmProvider,
  type LlmReply,
  type LlmRequest,
  type Usage,
} from './provider.ts';

export const ANTHROPIC_ENDPOINT = 'https://api.anthropic.com';
/** The version of the API that the pinned SDK speaks; a test compares it with what is sent. */
export const API_VERSION = '2026-10-21';

export interface AnthropicOptions {
  readonly endpoint: string;
  readonly model: (kind: Kind) => string;
  /** Asked before each request and kept nowhere. */
  readonly apiKey: () => Promise<string>;
  /** Milliseconds until the headers of a reply. */
  readonly timeout?: number;
  /** Milliseconds between two events of a stream, after which it counts as dead. */
  readonly stall?: number;
  /** Milliseconds for a whole request. */
  readonly total?: number;
}
const TIMEOUT = 20_000;
const STALL = 15_000;
const TOTAL = 60_000;

/** The client without the resources that are not used; they are three quarters of the whole. */
class Client extends BaseAnthropic {
  readonly messages = new Messages(this as unknown as ConstructorParameters<typeof Messages>[0]);
}

/** A provider for this endpoint. Opens no connection by itself. */
export function anthropicProvider(options: AnthropicOptions): LlmProvider {
  // The SDK merges headers from there into every request, whatever it is told.
  for (const name of Object.keys(process.env)) if (name.startsWith('ANTHROPIC_')) delete process.env[name];
  const silent = { debug: noLog, info: noLog, warn: noLog, error: noLog };
  const settings: ClientOptions = {
    apiKey: options.apiKey,
    authToken: null,
    baseURL: options.endpoint,
    maxRetries: 0,
    timeout: options.timeout ?? TIMEOUT,
    logLevel: 'off',
    logger: silent,
    openTelemetry: false,
    fetchOptions: { redirect: 'error' },
  };
  const bodyOf = (request: LlmRequest): object => ({
    model: options.model(request.kind),
    max_tokens: request.maxOutputTokens,
    system: request.system,
    messages: [{ role: 'user', content: request.user }],
    output_config: { effort: request.effort, format: { type: 'json_schema', schema: request.schema } },
  });
  return {
    identity: (kind) => `anthropic ${options.model(kind)}`,
    bytes: (request) => JSON.stringify({ ...bodyOf(request), stream: true }),
    async complete(request, signal, onText) {
      signal.throwIfAborted();
      const watch = watchdog(signal, options.stall ?? STALL, options.total ?? TOTAL);
      let written = 0;
      let known: Usage | undefined;
      try {
        const client = new Client(settings);
        const stream = client.messages.stream(bodyOf(request) as Parameters<Messages['stream']>[0], {
          signal: watch.signal,
        });
        stream.on('streamEvent', (event) => {
          watch.kick();
          if (event.type === 'message_start') known = usageOf(event.message.usage);
        });
        stream.on('text', (delta, all) => {
          written += delta.length;
          onText?.(all);
        });
        return replyOf(await stream.finalMessage(), options.model(request.kind));
      } catch (error) {
        const usage = known && { ...known, output: Math.ceil(written / 3) };
        if (watch.reason() === 'stalled')
          throw new LlmFailure('stalled', 'The reply stopped in the middle.', { usage });
        if (watch.reason() === 'total')
          throw new LlmFailure('timeout', 'The reply took too long.', { usage });
        throw failureOf(error, signal, usage);
      } finally {
        watch.stop();
      }
    },
  };
}
const noLog = (): void => undefined;

interface Watch {
  readonly signal: AbortSignal;
  kick(): void;
  reason(): 'stalled' | 'total' | undefined;
  stop(): void;
}
/** The SDK's own timeout ends with the headers: what comes after is watched here. */
function watchdog(outer: AbortSignal, stall: number, total: number): Watch {
  const inner = new AbortController();
  let why: 'stalled' | 'total' | undefined;
  const end = (reason: 'stalled' | 'total'): void => {
    why ??= reason;
    inner.abort();
  };
  const leave = (): void => inner.abort();
  outer.addEventListener('abort', leave, { once: true });
  const whole = setTimeout(end, total, 'total');
  let gap: NodeJS.Timeout | undefined;
  return {
    signal: inner.signal,
    // Until the first event the SDK's timeout holds.
    kick() {
      clearTimeout(gap);
      gap = setTimeout(end, stall, 'stalled');
    },
    reason: () => why,
    stop() {
      clearTimeout(whole);
      clearTimeout(gap);
      outer.removeEventListener('abort', leave);
    },
  };
}

interface WireUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
}
function usageOf(it: WireUsage): Usage {
  const input =
    (it.input_tokens ?? 0) + (it.cache_creation_input_tokens ?? 0) + (it.cache_read_input_tokens ?? 0);
  return { input, output: it.output_tokens ?? 0 };
}

/** `message` is what the SDK gave: a captive portal's page can pass for a message. */
function replyOf(message: unknown, asked: string): LlmReply {
  const it = message as Awaited<ReturnType<Messages['create']>> & { type?: string };
  if (typeof it !== 'object' || it === null || it.type !== 'message' || !('content' in it))
    throw new LlmFailure('bad_reply', 'The endpoint answered with something that is no reply of the API.');
  const base = { model: it.model ?? asked, usage: usageOf(it.usage) };
  if (it.stop_reason === 'refusal')
    return {
      ...base,
      stop: 'refusal',
      ...(it.stop_details?.category && { category: it.stop_details.category }),
    };
  if (it.stop_reason === 'max_tokens' || it.stop_reason === 'model_context_window_exceeded')
    return { ...base, stop: 'truncated' };
  const text = it.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return text.trim() === '' ? { ...base, stop: 'empty' } : { ...base, stop: 'ok', text };
}

/** What went wrong, in our terms. */
function failureOf(error: unknown, signal: AbortSignal, usage: Usage | undefined): LlmFailure {
  if (error instanceof LlmFailure) return error;
  const fail = (code: LlmFailure['code'], detail: string, retryAfterMs?: number): LlmFailure =>
    new LlmFailure(code, detail, { retryAfterMs, usage });
  if (signal.aborted || error instanceof APIUserAbortError || (error as Error)?.name === 'AbortError')
    return fail('cancelled', 'Cancelled.');
  if (error instanceof APIConnectionTimeoutError)
    return fail('timeout', 'The endpoint did not answer in time.');
  if (error instanceof APIConnectionError) {
    if (/redirect/i.test(causes(error)))
      return fail('config', 'The endpoint redirects elsewhere, which is not followed.');
    return fail('offline', 'The endpoint cannot be reached.');
  }
  if (error instanceof APIError) return statusFailure(error, fail);
  // What the key function throws is ours and comes wrapped.
  const cause = (error as Error | undefined)?.cause;
  if (cause instanceof LlmFailure) return cause;
  if (/\bterminated\b|ECONNRESET/.test(causes(error)))
    return fail('offline', 'The connection broke in the middle of the reply.');
  if (error instanceof AnthropicError || error instanceof SyntaxError)
    return fail('bad_reply', 'The reply could not be read.');
  return fail('bad_reply', 'The reply could not be read.');
}
type Fail = (code: LlmFailure['code'], detail: string, retryAfterMs?: number) => LlmFailure;

function statusFailure(error: APIError, fail: Fail): LlmFailure {
  const status = error.status as number | undefined;
  const details = (error as { errorCode?: string | null }).errorCode ?? '';
  if (/spend_limit/.test(details) || status === 402)
    return fail('quota', 'The account has reached its spend limit.');
  const type = (error as { type?: string | null }).type ?? '';
  if (status === 401 || status === 403) return fail('auth', 'The API key was not accepted.');
  if (status === 429 || type === 'rate_limit_error')
    return fail('rate', 'Too many requests for now.', retryAfter(error));
  if (status === 529 || type === 'overloaded_error' || (status !== undefined && status >= 500))
    return fail('overloaded', 'The service is overloaded for now.', retryAfter(error));
  if (status !== undefined && status >= 400)
    return fail(
      'config',
      `The endpoint refused the request with status ${status}; look at the model and the endpoint.`,
    );
  return fail('bad_reply', 'The reply broke off with an error.');
}

/** Milliseconds that a `retry-after` header asks for: seconds or a date. */
function retryAfter(error: APIError): number | undefined {
  const headers = error.headers as Headers | undefined;
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact)) return exact;
  const text = headers?.get('retry-after');
  if (text === null || text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function causes(error: unknown): string {
  let res = '';
  for (let it = error, depth = 0; it instanceof Error && depth < 5; it = it.cause as unknown, depth++)
    res += ` ${it.message} ${(it as NodeJS.ErrnoException).code ?? ''}`;
  return res;
}
