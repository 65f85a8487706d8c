// What surrounds an engine: time, and what the thread around it wants to know and say.
// Nothing else of engine/ reaches for a clock, so tests drive it by hand.

import type { Worker } from 'node:worker_threads';

/** How the engine is told of time; tests drive it by hand. */
export interface Clock {
  /** Milliseconds that only grow. */
  now(): number;
  /** Runs `fn` after at least `ms`; the result cancels it. */
  after(ms: number, fn: () => void): () => void;
}
export const realClock: Clock = {
  now: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

/** What a thread around the engine wants to know and say. */
export interface Hooks {
  /** Something waits to be told: end the slice. */
  readonly urgent?: () => boolean;
  /** A file is worked on from now. */
  readonly at?: (uri: string) => void;
  /** Starts a thread that runs index-worker. Default: the built one, and none if the engine runs from its source. */
  readonly indexer?: () => Worker | undefined;
}

/** A slice of work between looks at what else there is to do, in milliseconds. */
export const SLICE = 12;
