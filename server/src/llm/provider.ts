// What a language model is to us: one request, one reply, and a fixed list of ways to fail. Nothing above this file knows
// whose model it is; nothing here sends anything.

/** What is asked for. */
export type Kind = 'explain' | 'fix' | 'opinion';
export type Effort = 'low' | 'medium' | 'high';

export interface LlmRequest {
  readonly kind: Kind;
  /** Frozen text, the same for every request. */
  readonly system: string;
  /** Task, data and reminder; see prompt.ts. */
  readonly user: string;
  readonly schemaName: string;
  readonly schema: object;
  readonly maxOutputTokens: number;
  readonly effort: Effort;
}
/** Tokens. `input` is all of it, read from a cache or not. */
export interface Usage {
  readonly input: number;
  readonly output: number;
}
export type LlmReply =
  | { readonly stop: 'ok'; readonly text: string; readonly model: string; readonly usage: Usage }
  | {
      readonly stop: 'refusal' | 'truncated' | 'empty';
      readonly category?: string;
      readonly model: string;
      readonly usage: Usage;
    };

export type FailureCode =
  /** The key is wrong or missing: off until it changes. */
  | 'auth'
  /** A spend limit of the account: off for the session. */
  | 'quota'
  | 'rate'
  | 'overloaded'
  | 'offline'
  | 'timeout'
  /** A reply that stopped in the middle. */
  | 'stalled'
  | 'bad_reply'
  | 'config'
  | 'consent'
  | 'budget'
  | 'cancelled';

/** Why there is no reply. `detail` is one sentence without code or key. */
export class LlmFailure extends Error {
  readonly code: FailureCode;
  readonly retryAfterMs: number | undefined;
  /** Tokens that were used up all the same. */
  readonly usage: Usage | undefined;

  constructor(code: FailureCode, detail: string, more: { retryAfterMs?: number; usage?: Usage } = {}) {
    super(detail);
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.usage = more.usage;
  }
}

export interface LlmProvider {
  /** Provider, model and effort: part of the cache's key, and shown beside an answer. */
  identity(kind: Kind): string;
  /** The exact bytes that a request would be, for people who want to see them. */
  bytes(request: LlmRequest): string;
  /** `onText` gets the reply as it grows. Throws an LlmFailure. */
  complete(request: LlmRequest, signal: AbortSignal, onText?: (text: string) => void): Promise<LlmReply>;
}
