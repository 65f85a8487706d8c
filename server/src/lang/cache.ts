// The cache of lowered functions, keyed by item hash: a function whose text did not change is not lowered again.
// Bounded, least recently used out first; shared by all files of a worker.

import type { FuncIR } from '../ir/ir.ts';
import { MAX_CACHED_FUNCTIONS } from './limits.ts';

/** Lowered functions by item hash, and how much work was done. */
export interface LowerCache {
  readonly entries: Map<string, FuncIR>;
  readonly capacity: number;
  /** Functions lowered since the cache was made. */
  lowered: number;
  /** Functions found in the cache since it was made. */
  reused: number;
}

/** An empty cache for at most `capacity` functions. */
export function makeLowerCache(capacity: number = MAX_CACHED_FUNCTIONS): LowerCache {
  return { entries: new Map(), capacity, lowered: 0, reused: 0 };
}

/** The function with this hash: from the cache, or from `lower`, which is then kept. */
export function cached(cache: LowerCache | undefined, hash: string, lower: () => FuncIR): FuncIR {
  if (!cache) return lower();
  const known = cache.entries.get(hash);
  if (known) {
    cache.reused++;
    // Insertion order of a Map is its order of use if every hit is moved to the end.
    cache.entries.delete(hash);
    cache.entries.set(hash, known);
    return known;
  }
  const fresh = lower();
  cache.lowered++;
  cache.entries.set(hash, fresh);
  if (cache.entries.size > cache.capacity) {
    const oldest = cache.entries.keys().next();
    if (!oldest.done) cache.entries.delete(oldest.value);
  }
  return fresh;
}
