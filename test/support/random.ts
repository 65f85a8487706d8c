// A seeded source of chance, so that a test that tries many things tries the same ones on every machine.
// The numbers are those of mulberry32; a failure names the seed and is repeated by it.

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  /** One of the items; throws if there are none. */
  pick<T>(items: readonly T[]): T;
  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let it = Math.imul(state ^ (state >>> 15), state | 1);
    it ^= it + Math.imul(it ^ (it >>> 7), it | 61);
    return ((it ^ (it >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick(items) {
      if (items.length === 0) throw new Error('there is nothing to pick from');
      return items[below(items.length)]!;
    },
    shuffled(items) {
      const res = [...items];
      for (let i = res.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [res[i], res[j]] = [res[j]!, res[i]!];
      }
      return res;
    },
  };
}
