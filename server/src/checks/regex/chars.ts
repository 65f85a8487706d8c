// Sets of characters as sorted, disjoint ranges of code points: what one position of a pattern accepts.
// Plain arrays, so that sets can be compared, intersected and shown without knowing how they were written.

/** `[from, to, from, to, …]`, sorted, both ends included, no two ranges touching. */
export type Chars = readonly number[];

const MAX = 0x10ffff;
export const NO_CHARS: Chars = [];
export const ALL_CHARS: Chars = [0, MAX];
export const DIGITS: Chars = [48, 57];
export const WORD: Chars = [48, 57, 65, 90, 95, 95, 97, 122];
/** White space of ECMAScript; Python's `\s` on text is the same but for U+FEFF. */
export const SPACES: Chars = [
  9, 13, 32, 32, 160, 160, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
export const LINE_ENDS: Chars = [10, 10, 13, 13, 0x2028, 0x2029];

/** Sorts and merges ranges given in any order. */
export function charsOf(ranges: readonly (readonly [number, number])[]): Chars {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const res: number[] = [];
  for (const [from, to] of sorted) {
    const last = res.length - 1;
    if (last >= 0 && from <= res[last]! + 1) res[last] = Math.max(res[last]!, to);
    else res.push(from, to);
  }
  return res;
}

const pairs = (set: Chars): [number, number][] => {
  const res: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) res.push([set[i]!, set[i + 1]!]);
  return res;
};
export const union = (...sets: readonly Chars[]): Chars => charsOf(sets.flatMap(pairs));

export function complement(set: Chars): Chars {
  const res: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) res.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= MAX) res.push(next, MAX);
  return res;
}

export function intersect(a: Chars, b: Chars): Chars {
  const res: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const from = Math.max(a[i]!, b[j]!);
    const to = Math.min(a[i + 1]!, b[j + 1]!);
    if (from <= to) res.push(from, to);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return res;
}
export const subtract = (a: Chars, b: Chars): Chars => intersect(a, complement(b));

export function has(set: Chars, c: number): boolean {
  for (let i = 0; i < set.length && set[i]! <= c; i += 2) if (c <= set[i + 1]!) return true;
  return false;
}
/** The one character of a set, or -1. */
export const single = (set: Chars): number => (set.length === 2 && set[0] === set[1] ? set[0]! : -1);

/** Both cases of every ASCII letter of the set. */
export function foldCase(set: Chars): Chars {
  const lower = pairs(intersect(set, [65, 90])).map(([a, b]): [number, number] => [a + 32, b + 32]);
  const upper = pairs(intersect(set, [97, 122])).map(([a, b]): [number, number] => [a - 32, b - 32]);
  return lower.length + upper.length === 0 ? set : charsOf([...pairs(set), ...lower, ...upper]);
}

/** Characters that read well in a message, in the order they are preferred. */
const READABLE: Chars = [97, 122, 48, 57, 65, 90, 32, 126];
/** A character of the set, one that people can read if there is one; -1 if the set is empty. */
export function sample(set: Chars): number {
  for (let i = 0; i < READABLE.length; i += 2) {
    const some = intersect(set, [READABLE[i]!, READABLE[i + 1]!]);
    if (some.length > 0) return some[0]!;
  }
  return set[0] ?? -1;
}
