// The solver's work list: functions by how often they have run, then by their order in the solution.
// A function is on it at most once, at the earliest place it was wanted at.

import type { Fid } from '../flow/domain.ts';

export interface Queue {
  /** Wants a function at a place; a later place than it has changes nothing. */
  add(fid: Fid, runs: number, order: number): void;
  /** The first one, taken off the list. */
  take(): Fid | undefined;
  has(fid: Fid): boolean;
  remove(fid: Fid): void;
  readonly size: number;
}

/** Work by number of runs so far, then by order: everybody runs once before anybody runs twice. */
export function makeQueue(): Queue {
  const heap: { fid: Fid; at: number }[] = [];
  const wanted = new Map<Fid, number>();
  const swap = (i: number, j: number): void => {
    const it = heap[i]!;
    heap[i] = heap[j]!;
    heap[j] = it;
  };
  const pop = (): { fid: Fid; at: number } | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last) {
      heap[0] = last;
      for (let i = 0; ;) {
        const l = 2 * i + 1;
        if (l >= heap.length) break;
        const c = l + 1 < heap.length && heap[l + 1]!.at < heap[l]!.at ? l + 1 : l;
        if (heap[c]!.at >= heap[i]!.at) break;
        swap(i, c);
        i = c;
      }
    }
    return top;
  };
  return {
    add(fid, runs, order) {
      const at = runs * 2 ** 32 + order;
      const old = wanted.get(fid);
      if (old !== undefined && old <= at) return;
      wanted.set(fid, at);
      heap.push({ fid, at });
      for (let i = heap.length - 1; i > 0;) {
        const p = (i - 1) >> 1;
        if (heap[p]!.at <= heap[i]!.at) break;
        swap(i, p);
        i = p;
      }
    },
    take() {
      for (;;) {
        const top = pop();
        if (!top) return undefined;
        if (wanted.get(top.fid) !== top.at) continue;
        wanted.delete(top.fid);
        return top.fid;
      }
    },
    has: (fid) => wanted.has(fid),
    remove: (fid) => void wanted.delete(fid),
    get size() {
      return wanted.size;
    },
  };
}
