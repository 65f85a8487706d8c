// One place for everything that is asked of a model: consent, budget, cache, queue, one repair of the form, checks. What
// comes out is text to show or an edit that the verification has accepted; a finding is never touched from here.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Budget, type Counter, type Limits, createBudget } from './budget.ts';
import { type Cache, type Entry, cacheKey, createCache } from './cache.ts';
import { checkExplanation, checkOpinion, type Checked, wordsProblem } from './check.ts';
import { PROMPT_VERSION, SYSTEM, type TaskFacts, userMessage } from './prompt.ts';
import { type Effort, type Kind, LlmFailure, type LlmProvider, type LlmRequest } from './provider.ts';
import { createScheduler, type Timer, type Urgency, realTimer } from './scheduler.ts';
import {
  type Answers,
  type Explanation,
  type FixAnswer,
  type Opinion,
  readAnswer,
  schemaOf,
} from './schemas.ts';
import type { Slice } from './slice.ts';

/** What a person has allowed for the files in question; asked before every request. */
export interface Permit {
  readonly provider: LlmProvider;
  readonly limits: Limits;
}
export interface AiParts {
  /** A folder of the editor's for this workspace; undefined: nothing is kept. */
  readonly storage: string | undefined;
  /**
   * Throws an LlmFailure with code `consent` or `config` if something of these files may not be sent. With `sends` false
   * nothing is going to be: it is only to be shown what would be.
   */
  readonly permit: (uris: readonly string[], sends: boolean) => Promise<Permit>;
  readonly now: () => number;
  /** The local date. */
  readonly day: () => string;
  readonly timer?: Timer;
  readonly onCounter?: (it: Counter) => void;
  readonly onPause?: (until: number | undefined) => void;
}
/** A question about some code. */
export interface Question {
  readonly uri: string;
  readonly facts: TaskFacts;
  readonly slice: Slice;
}
export interface Marked<T> {
  readonly answer: T;
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cached: boolean;
}
export interface Ask {
  readonly signal?: AbortSignal;
  readonly urgency?: Urgency;
  readonly onText?: (text: string) => void;
}
export interface Ai {
  /** The exact bytes that the question would be. */
  preview(kind: Kind, question: Question): Promise<string>;
  /** What is known already; sends nothing. */
  known<K extends Kind>(kind: K, question: Question): Promise<Marked<Answers[K]> | undefined>;
  /** Rejects with an LlmFailure, or a Declined for a reply that is none. */
  explain(question: Question, ask?: Ask): Promise<Marked<Explanation>>;
  fix(question: Question, effort: Effort, ask?: Ask): Promise<Marked<FixAnswer>>;
  opinion(question: Question, ask?: Ask): Promise<Marked<Opinion>>;
  counter(limits: Limits): Counter;
  /** The key has changed: what it was refused for is forgotten. */
  keyChanged(): void;
  clear(): void;
  stop(): void;
}
/** The model answered, and the answer is nothing to show. */
export class Declined extends Error {
  readonly why: 'refusal' | 'truncated' | 'form';
  constructor(why: Declined['why'], detail: string) {
    super(detail);
    this.why = why;
  }
}

/** Every file that something of is sent, and the one that was asked about. */
const filesOf = ({ uri, slice }: Question): string[] => [
  ...new Set([uri, ...slice.files.map((it) => it.uri)]),
];

const OUTPUT: Readonly<Record<Kind, number>> = { explain: 4096, fix: 8192, opinion: 4096 };
const EFFORT: Readonly<Record<Kind, Effort>> = { explain: 'low', fix: 'medium', opinion: 'medium' };

/** Makes the service. It sends nothing before it is asked, and nothing for a file that is not permitted. */
export function createAi(parts: AiParts): Ai {
  const timer = parts.timer ?? realTimer;
  const scheduler = createScheduler({ timer, onPause: parts.onPause });
  const cache: Cache = createCache(parts.storage && join(parts.storage, 'answers'), parts.now);
  let limits: Limits = { day: 0, session: 0 };
  const book = parts.storage && join(parts.storage, 'used.json');
  const budget: Budget = createBudget(book, () => limits, parts.day, parts.onCounter);
  const installKey = keyOf(parts.storage);
  /** Off for good: until the key changes, or until the session ends. */
  let off: LlmFailure | undefined;

  const request = (kind: Kind, it: Question, effort: Effort = EFFORT[kind]): LlmRequest => ({
    kind,
    system: SYSTEM,
    user: userMessage(kind, it.facts, it.slice, installKey),
    schemaName: kind,
    schema: schemaOf(kind),
    maxOutputTokens: OUTPUT[kind],
    effort,
  });
  const keyFor = (provider: LlmProvider, it: LlmRequest, question: Question): string =>
    cacheKey({
      version: 1,
      kind: it.kind,
      prompt: PROMPT_VERSION,
      schema: it.schema,
      provider: provider.identity(it.kind),
      effort: it.effort,
      rule: question.facts.rule,
      system: it.system,
      user: it.user,
    });
  const marked = <T>(entry: Entry, cached: boolean): Marked<T> => {
    if (entry.why !== undefined) throw new Declined(entry.why, entry.detail ?? '');
    return { answer: entry.answer as T, model: entry.model, at: entry.at, cached };
  };

  /** One request: reserved, sent, settled. */
  const send = async (provider: LlmProvider, it: LlmRequest, signal: AbortSignal, onText?: Ask['onText']) => {
    if (off) throw off;
    const estimate = Math.ceil((it.system.length + it.user.length + JSON.stringify(it.schema).length) / 3);
    const reservation = budget.reserve(estimate + it.maxOutputTokens);
    try {
      const reply = await provider.complete(it, signal, onText);
      reservation.settle(reply.usage);
      return reply;
    } catch (error) {
      const failure = error instanceof LlmFailure ? error : undefined;
      reservation.settle(failure?.usage);
      if (failure?.code === 'auth' || failure?.code === 'quota') off = failure;
      throw error;
    }
  };

  /** Asks, reads, checks; asks once more with what was wrong with the form. */
  const answer = async <K extends Kind>(
    kind: K,
    question: Question,
    check: (it: Answers[K]) => Checked<Answers[K]>,
    ask: Ask,
    effort?: Effort,
  ): Promise<Marked<Answers[K]>> => {
    const permit = await parts.permit(filesOf(question), true);
    ({ limits } = permit);
    const first = request(kind, question, effort);
    const key = keyFor(permit.provider, first, question);
    const known = cache.get(key);
    if (known) return marked(known, true);
    const keep = (entry: Omit<Entry, 'at'>): Entry => {
      const whole = { ...entry, at: parts.now() };
      cache.put(key, whole);
      return whole;
    };
    const entry = await scheduler.run(
      key,
      ask.urgency ?? (kind === 'fix' ? 'fix' : 'hover'),
      async (signal) => {
        let it = first;
        for (let attempt = 1; ; attempt++) {
          const reply = await send(permit.provider, it, signal, ask.onText);
          if (reply.stop === 'refusal')
            return keep({
              why: 'refusal',
              model: reply.model,
              detail: `The model declined to answer${reply.category ? ` (${reply.category})` : ''}.`,
            });
          if (reply.stop !== 'ok') throw new Declined('truncated', 'The answer was cut off.');
          const read = readAnswer(kind, reply.text);
          const checked = 'problem' in read ? read : check(read.answer);
          if ('answer' in checked) return keep({ answer: checked.answer, model: reply.model });
          if (attempt > 1)
            return keep({
              why: 'form',
              model: reply.model,
              detail: 'The answer did not have the form that was asked for.',
            });
          const objections = [...(question.facts.objections ?? []), checked.problem];
          it = request(kind, { ...question, facts: { ...question.facts, objections } }, effort);
        }
      },
      ask.signal,
    );
    return marked(entry, false);
  };
  const stepsOf = (it: Question): string[] => it.facts.steps.map((x) => x.id);

  return {
    preview: async (kind, question) => {
      const { provider } = await parts.permit(filesOf(question), false);
      return provider.bytes(request(kind, question));
    },
    async known<K extends Kind>(kind: K, question: Question) {
      const { provider } = await parts.permit(filesOf(question), true);
      const entry = cache.get(keyFor(provider, request(kind, question), question));
      return entry === undefined || entry.why !== undefined ? undefined : marked<Answers[K]>(entry, true);
    },
    explain: (question, ask = {}) =>
      answer('explain', question, (it) => checkExplanation(it, question.slice, stepsOf(question)), ask),
    opinion: (question, ask = {}) =>
      answer('opinion', question, (it) => checkOpinion(it, question.slice), ask),
    fix: (question, effort, ask = {}) =>
      answer(
        'fix',
        question,
        (it) => {
          const problem = wordsProblem([it.strategy, it.behaviour_change ?? '', it.why]);
          return problem === undefined ? { answer: it } : { problem };
        },
        ask,
        effort,
      ),
    counter(now) {
      limits = now;
      return budget.counter();
    },
    keyChanged() {
      if (off?.code === 'auth') off = undefined;
    },
    clear: () => cache.clear(),
    stop: () => scheduler.stop(),
  };
}

/** Makes fences that nobody else can know; the same for one installation, so that equal code gives equal bytes. */
function keyOf(storage: string | undefined): string {
  const made = randomBytes(16).toString('hex');
  if (storage === undefined) return made;
  const file = join(storage, 'fence-key');
  try {
    const known = readFileSync(file, 'utf8');
    if (/^[0-9a-f]{32}$/.test(known)) return known;
  } catch {
    // There is none yet.
  }
  try {
    mkdirSync(storage, { recursive: true });
    writeFileSync(file, made, { mode: 0o600 });
  } catch {
    // It holds for this session.
  }
  return made;
}
