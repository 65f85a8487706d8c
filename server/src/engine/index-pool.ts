// Indexes many files, with the help of other threads where that pays.
// The scanning thread never waits: what helpers have not answered when it runs out of work, it does itself. So a helper
// that is slow, dies or cannot be started costs time and nothing else, and the result is the same without any.

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { resourcePath } from '../base/resources.ts';
import type { LanguageId } from '../syntax/language.ts';
import { indexText, type Indexed } from './unit.ts';

/** A text to index. */
export interface Job {
  readonly uri: string;
  readonly language: LanguageId;
  readonly text: string;
}
export interface ToIndexer {
  readonly at: number;
  readonly language: LanguageId;
  readonly text: string;
}
export interface FromIndexer {
  readonly at: number;
  readonly indexed: Indexed | undefined;
}
/** What became of a job. */
export type Outcome = { readonly job: Job } & (
  | { readonly indexed: Indexed }
  /** The parser could not take the text; one sentence. */
  | { readonly failure: string }
);

/**
 * Characters from which helpers pay. A new thread reads slowly until its code is compiled: 3 million characters (430 files)
 * take longer with a helper than without, 19 million (2,800 files) about a quarter less time, on two busy cores.
 */
const MANY = 6_000_000;
/** Characters given to a helper in advance: enough work until the scanning thread next looks at its messages. */
const AHEAD = 256 * 1024;

export interface IndexOptions {
  /** Threads that work, this one included. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** A file is worked on in this thread from now. */
  readonly at: ((uri: string) => void) | undefined;
  /** Lets messages in, if it is time to. */
  readonly pause: () => Promise<void>;
  readonly indexer: (() => Worker | undefined) | undefined;
  /** Characters of all texts from which helpers are started. */
  readonly helpedFrom?: number;
}

/** Indexes the jobs and gives the outcomes in their order. Ends early when aborted. Never rejects for what a text holds. */
export async function* indexAll(jobs: readonly Job[], options: IndexOptions): AsyncGenerator<Outcome> {
  const outcomes = new Array<Outcome | undefined>(jobs.length).fill(undefined);
  /** Jobs before this one are done or lent to a helper. */
  let fresh = 0;
  const helpers: Helper[] = [];
  const lend = (): Job | undefined => jobs[fresh];
  const size = jobs.reduce((sum, it) => sum + it.text.length, 0);
  const wanted = size < (options.helpedFrom ?? MANY) ? 0 : options.workers - 1;
  for (let i = 0; i < wanted; i++) {
    const worker = (options.indexer ?? builtIndexer)();
    if (worker) helpers.push(makeHelper(worker, lend, () => fresh++, take));
  }
  function take({ at, indexed }: FromIndexer): void {
    if (indexed) outcomes[at] ??= { job: jobs[at]!, indexed };
  }
  /** The next job that nobody has; then what was lent last, which is the furthest from being answered. */
  const mine = (): number => {
    if (fresh < jobs.length) return fresh++;
    let at = jobs.length - 1;
    while (outcomes[at]) at--;
    return at;
  };
  try {
    for (let next = 0; next < jobs.length;) {
      if (options.signal.aborted) return;
      const outcome = outcomes[next];
      if (outcome) {
        yield outcome;
        next++;
        continue;
      }
      const at = mine();
      options.at?.(jobs[at]!.uri);
      outcomes[at] = indexHere(jobs[at]!);
      await options.pause();
    }
  } finally {
    for (const it of helpers) it.stop();
  }
}

function indexHere(job: Job): Outcome {
  try {
    return { job, indexed: indexText(job.language, job.text) };
  } catch (error) {
    return { job, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** The built thread. From source there may be none, or an old one that reads the language differently. */
function builtIndexer(): Worker | undefined {
  if (import.meta.url.endsWith('.ts')) return undefined;
  const script = resourcePath('index-worker.js');
  return existsSync(script) ? new Worker(script) : undefined;
}

interface Helper {
  stop(): void;
}

/** Keeps a thread supplied with the next jobs; `lend` shows the next one and `lent` takes it off the list. */
function makeHelper(
  worker: Worker,
  lend: () => Job | undefined,
  lent: () => number,
  answer: (it: FromIndexer) => void,
): Helper {
  const sizes = new Map<number, number>();
  let ahead = 0;
  const fill = (): void => {
    for (let job = lend(); job && ahead < AHEAD; job = lend()) {
      const at = lent();
      ahead += job.text.length;
      sizes.set(at, job.text.length);
      worker.postMessage({ at, language: job.language, text: job.text } satisfies ToIndexer);
    }
  };
  worker.on('message', (it: FromIndexer) => {
    ahead -= sizes.get(it.at) ?? 0;
    sizes.delete(it.at);
    answer(it);
    fill();
  });
  // Its jobs stay unanswered, and so the scanning thread does them; what is wrong with a file is found there.
  worker.on('error', () => undefined);
  worker.unref();
  fill();
  return { stop: () => void worker.terminate() };
}
