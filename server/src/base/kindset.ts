// Interned sets of taint kinds: a set is a small number, so facts compare and join without allocating.
// A registry belongs to one rule index; bit i is its i-th kind.

/** An interned set; 0 is the empty set. Only meaningful with the registry that made it. */
export type KindSet = number;

export interface KindRegistry {
  /** Number of kinds. */
  readonly size: number;
  /** Position of a kind, -1 if there is no such kind. */
  bit(kind: string): number;
  /** The set of these kinds and of those that follow them; unknown names are left out; `*` is all. */
  of(kinds: Iterable<string>): KindSet;
  readonly all: KindSet;
  union(a: KindSet, b: KindSet): KindSet;
  intersect(a: KindSet, b: KindSet): KindSet;
  /** What is in `a` and not in `b`. */
  without(a: KindSet, b: KindSet): KindSet;
  has(set: KindSet, bit: number): boolean;
  /** How many kinds are in it. */
  count(set: KindSet): number;
  names(set: KindSet): string[];
}

/**
 * A registry for these kinds, in this order. Repeated names keep their first position.
 * @param follows pairs of a kind and the kind it follows: a set named by the second holds the first as well
 */
export function kindRegistry(
  kinds: readonly string[],
  follows: Iterable<readonly [string, string]> = [],
): KindRegistry {
  const bits = new Map<string, number>();
  for (const it of kinds) if (!bits.has(it)) bits.set(it, bits.size);
  const named = new Map([...bits].map(([kind, bit]) => [kind, 1n << BigInt(bit)]));
  for (const [kind, other] of follows) {
    const mask = named.get(other);
    if (mask !== undefined) named.set(other, mask | (1n << BigInt(bits.get(kind)!)));
  }
  const masks: bigint[] = [0n];
  const counts: number[] = [0];
  const ids = new Map<bigint, KindSet>([[0n, 0]]);
  const intern = (mask: bigint): KindSet => {
    const known = ids.get(mask);
    if (known !== undefined) return known;
    masks.push(mask);
    counts.push(mask.toString(2).replaceAll('0', '').length);
    ids.set(mask, masks.length - 1);
    return masks.length - 1;
  };
  // Pairs of set ids are looked up far more often than new ones appear; the memo is bounded by clearing it.
  const memo = (op: (a: bigint, b: bigint) => bigint) => {
    const table = new Map<number, KindSet>();
    return (a: KindSet, b: KindSet): KindSet => {
      const key = a < b ? a * 65536 + b : b * 65536 + a;
      let res = table.get(key);
      if (res === undefined) {
        if (table.size > 50_000) table.clear();
        res = intern(op(masks[a]!, masks[b]!));
        table.set(key, res);
      }
      return res;
    };
  };
  const or = memo((a, b) => a | b);
  const and = memo((a, b) => a & b);
  const all = intern((1n << BigInt(bits.size)) - 1n);
  return {
    size: bits.size,
    bit: (kind) => bits.get(kind) ?? -1,
    of(names) {
      let mask = 0n;
      for (const it of names) {
        if (it === '*') return all;
        mask |= named.get(it) ?? 0n;
      }
      return intern(mask);
    },
    all,
    union: (a, b) => (a === b || b === 0 ? a : a === 0 ? b : or(a, b)),
    without: (a, b) => (b === 0 || a === 0 ? a : intern(masks[a]! & ~masks[b]!)),
    intersect: (a, b) => (a === b ? a : a === 0 || b === 0 ? 0 : and(a, b)),
    has: (set, bit) => bit >= 0 && ((masks[set]! >> BigInt(bit)) & 1n) === 1n,
    count: (set) => counts[set]!,
    names: (set) => [...bits].filter(([, bit]) => ((masks[set]! >> BigInt(bit)) & 1n) === 1n).map(([k]) => k),
  };
}
