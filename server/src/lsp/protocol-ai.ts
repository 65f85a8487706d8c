// What the extension and the server say to each other about language models. The extension is where a person's consent,
// settings and key are: the server asks it before every request and keeps nothing of the answer.

export type AiKind = 'explain' | 'fix' | 'opinion';

/** Requests, client to server. */
export const AI_AT = 'faultline/ai/at';
export const AI_ASK = 'faultline/ai/ask';
export const AI_FIX = 'faultline/ai/fix';
export const AI_PREVIEW = 'faultline/ai/preview';
/** Forgets all answers. */
export const AI_CLEAR = 'faultline/ai/clear';
/** Notification, client to server: the key is another one. */
export const AI_KEY_CHANGED = 'faultline/ai/keyChanged';

/** Requests, server to client. */
export const AI_PERMIT = 'faultline/ai/permit';
/** Gives the key of the Anthropic API, or null. */
export const AI_KEY = 'faultline/ai/key';
/** Asks one of the editor's own models. */
export const AI_COMPLETE = 'faultline/ai/complete';

/** Notifications, server to client. */
export const AI_STREAM = 'faultline/ai/stream';
export const AI_COUNTER = 'faultline/ai/counter';

export interface AiPlace {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
  /** For commands: with no finding at the very position, those of its line count. */
  readonly inLine?: boolean;
}
export interface AiFinding {
  readonly fingerprint: string;
  readonly rule: string;
  readonly range: { readonly start: AiPlace['position']; readonly end: AiPlace['position'] };
  /** What was explained before, if it still holds for this code. */
  readonly explanation?: AiText;
}
/** An answer as plain text that was checked; the extension escapes it. */
export interface AiText {
  readonly kind: AiKind;
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cached: boolean;
}
/** Codes of llm/provider.ts, and what else can stand in the way of an answer. */
export type AiCode =
  | 'auth'
  | 'quota'
  | 'rate'
  | 'overloaded'
  | 'offline'
  | 'timeout'
  | 'stalled'
  | 'bad_reply'
  | 'config'
  | 'consent'
  | 'budget'
  | 'cancelled'
  | 'refusal'
  | 'truncated'
  | 'form'
  | 'gone';
export interface AiFailure {
  readonly ok: false;
  readonly code: AiCode;
  readonly detail: string;
}
export type AiAnswer = { readonly ok: true; readonly answer: AiText } | AiFailure;

export interface AskParams {
  readonly kind: 'explain' | 'opinion';
  readonly uri: string;
  readonly fingerprint: string;
  /** Named in AI_STREAM notifications about this request. */
  readonly stream: string;
  /** Nobody waits for it: a hover that may come. */
  readonly background?: boolean;
}
export interface FixParams {
  readonly uri: string;
  readonly stream: string;
  readonly fingerprint?: string;
  /** Hardening of a selection. */
  readonly range?: AiFinding['range'];
}
export type FixAnswer =
  | {
      readonly ok: true;
      readonly files: readonly {
        readonly uri: string;
        readonly version: number | null;
        readonly text: string;
      }[];
      /** What was proven, and that tests were not run. */
      readonly label: string;
      readonly behaviourChange: string | null;
      readonly model: string;
    }
  | {
      readonly ok: true;
      readonly files: readonly [];
      readonly why: string;
      readonly reasons: readonly string[];
      readonly model: string;
    }
  | AiFailure;
export interface StreamParams {
  readonly stream: string;
  /** The reply so far as far as it can be read; plain text, not yet checked. */
  readonly text?: string;
  /** The candidate that is tried, from 1. */
  readonly candidate?: number;
}
export interface CounterParams {
  readonly today: number;
  readonly session: number;
  readonly perDay: number;
  readonly perSession: number;
  /** Waits for the service until then, in milliseconds since 1970. */
  readonly pausedUntil?: number;
}

/** All files that something of would be sent; each folder of theirs needs consent. */
export interface PermitParams {
  readonly uris: readonly string[];
  /** False: it is only to be shown what would be sent. That needs no consent. */
  readonly sends: boolean;
}
export type Permission =
  | {
      readonly allowed: true;
      readonly provider: 'anthropic' | 'editor';
      readonly endpoint: string;
      readonly models: Readonly<Record<AiKind, string>>;
      readonly perDay: number;
      readonly perSession: number;
      /** Globs of files that are never sent, beside those that hold secrets. */
      readonly exclude: readonly string[];
    }
  | { readonly allowed: false; readonly code: 'consent' | 'config'; readonly detail: string };
export interface CompleteParams {
  readonly system: string;
  readonly user: string;
  readonly schemaName: string;
  readonly schema: object;
  readonly model: string;
}
export type Completed =
  | {
      readonly ok: true;
      readonly text: string;
      readonly model: string;
      readonly input: number;
      readonly output: number;
    }
  | { readonly ok: false; readonly code: AiCode; readonly detail: string };

/** Commands the extension carries out. */
export const AI_KEY_COMMAND = 'faultline.ai.setKey';
export const AI_PREVIEW_COMMAND = 'faultline.ai.preview';
export const AI_EXPLAIN_COMMAND = 'faultline.ai.explain';
export const AI_OPINION_COMMAND = 'faultline.ai.opinion';
export const AI_FIX_COMMAND = 'faultline.ai.fix';
export const AI_HARDEN_COMMAND = 'faultline.ai.harden';
export const AI_CLEAR_COMMAND = 'faultline.ai.clear';
export const AI_REVOKE_COMMAND = 'faultline.ai.revoke';
/** Of the diff that shows a proposal. */
export const AI_ACCEPT_COMMAND = 'faultline.ai.accept';
export const AI_DISCARD_COMMAND = 'faultline.ai.discard';
