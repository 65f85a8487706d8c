// Searches an automaton for loops in which one text can be read in several ways. Such a loop makes a backtracking matcher
// take exponential time (two ways through the same loop) or polynomial time (two loops that can share a text).
// Source: Weideman, van der Merwe, Berglund, Watson: Analyzing Matching Time Behavior of Backtracking Regular Expression
// Matchers (CIAA 2016), with products of states as in Allauzen, Mohri, Rastogi (2008).

import type { Automaton } from './automaton.ts';
import { ALL_CHARS, type Chars, complement, has, intersect, sample, union } from './chars.ts';
import { ENDING, SUBSETS, SUSPECTS } from './limits.ts';

/** Text that repeats: `prefix` leads to the loop, every `pump` goes once around. Code points. */
export interface Suspect {
  readonly prefix: readonly number[];
  readonly pump: readonly number[];
}

/** Loops that one text goes through in two ways. */
export function exponentialSuspects(it: Automaton): Suspect[] {
  const res: Suspect[] = [];
  const groups = components(it);
  for (let q = 0; q < it.sets.length && res.length < SUSPECTS; q++) {
    if (!isFork(it, groups, q)) continue;
    const pump = twoWays(it, groups, q);
    const prefix = pump && wayTo(it, q);
    if (pump && prefix) res.push({ prefix, pump });
  }
  return res;
}

/** Whether from `q` two ways go on inside the loop with the same character. */
function isFork(it: Automaton, groups: readonly number[], q: number): boolean {
  const out = [...it.follow[q]!].filter(([to]) => groups[to] === groups[q]);
  return out.some(
    ([a, n], i) => n > 1 || out.some(([b], j) => j > i && intersect(it.sets[a]!, it.sets[b]!).length > 0),
  );
}

/** The shortest text that leads from `q` back to `q` in two ways. */
function twoWays(it: Automaton, groups: readonly number[], q: number): number[] | undefined {
  const n = it.sets.length;
  // A state is a pair of places, and whether the two ways have parted yet.
  const key = (a: number, b: number, parted: boolean): number => (a * n + b) * 2 + (parted ? 1 : 0);
  const start = key(q, q, false);
  const goal = key(q, q, true);
  return shortest(it, start, goal, (state, visit) => {
    const parted = state % 2 === 1;
    const pair = (state - (state % 2)) / 2;
    const [a, b] = [Math.floor(pair / n), pair % n];
    for (const [x, ways] of it.follow[a]!) {
      if (groups[x] !== groups[q]) continue;
      for (const y of it.follow[b]!.keys()) {
        if (groups[y] !== groups[q]) continue;
        const next = parted || x !== y || ways > 1;
        visit(x <= y ? key(x, y, next) : key(y, x, next), it.sets[x]!, it.sets[y]!);
      }
    }
  });
}

/** Breadth-first over states given as numbers; the text of the shortest way, undefined if there is none in the bounds. */
function shortest(
  it: Automaton,
  start: number,
  goal: number,
  each: (state: number, visit: (to: number, ...sets: Chars[]) => void) => void,
): number[] | undefined {
  const from = new Map<number, readonly [number, Chars]>();
  let layer = [start];
  while (layer.length > 0 && it.budget > 0) {
    const next: number[] = [];
    for (const state of layer)
      each(state, (to, first, ...more) => {
        it.budget--;
        if (from.has(to) || it.budget <= 0) return;
        const common = more.reduce((acc, x) => intersect(acc, x), first);
        if (common.length === 0) return;
        from.set(to, [state, common]);
        next.push(to);
      });
    if (from.has(goal)) {
      const text: number[] = [];
      let at = goal;
      do {
        const [back, common] = from.get(at)!;
        text.push(rarest(it, common));
        at = back;
      } while (at !== start);
      return text.reverse();
    }
    layer = next;
  }
  return undefined;
}

/** The character of a set that fewest places accept: what the rest of the pattern accepts too would let it match. */
function rarest(it: Automaton, set: Chars): number {
  let best = sample(set);
  const count = (c: number): number => it.sets.reduce((sum, x) => (has(x, c) ? sum + 1 : sum), 0);
  let least = count(best);
  for (let i = 0; i < set.length && i < 16; i++) {
    const c = set[i]!;
    const n = count(c);
    if (n < least) {
      best = c;
      least = n;
    }
  }
  return best;
}

/** The shortest text that the pattern accepts and that begins with `start`, undefined if there is none in the bounds. */
export function wordWith(it: Automaton, start: readonly number[]): number[] | undefined {
  const n = it.sets.length + 1;
  const BEFORE = n - 1;
  const GOAL = -1;
  // A state is a place and how many characters of `start` have been read.
  const text = shortest(it, BEFORE, GOAL, (state, visit) => {
    const at = state % n;
    const read = (state - at) / n;
    if (read === start.length && it.last.has(at)) visit(GOAL, ALL_CHARS);
    for (const to of (at === BEFORE ? it.first : it.follow[at]!).keys()) {
      if (read < start.length) visit((read + 1) * n + to, it.sets[to]!, [start[read]!, start[read]!]);
      else visit(read * n + to, it.sets[to]!);
    }
  });
  return text?.slice(0, -1);
}

/** The shortest text after `before` that makes a match that began with it fail, undefined if there is none in the bounds. */
export function rejected(it: Automaton, before: readonly number[]): number[] | undefined {
  let start: readonly number[] = [];
  before.forEach((c, i) => (start = after(it, i === 0 ? it.first.keys() : follows(it, start), c)));
  if (start.some((at) => it.lastAnywhere.has(at))) return undefined;
  const alphabet = letters(it);
  const seen = new Set([start.join()]);
  let layer: { at: readonly number[]; text: number[] }[] = [{ at: start, text: [] }];
  for (let length = 0; length <= ENDING; length++) {
    const next: typeof layer = [];
    for (const { at, text } of layer) {
      if (!at.some((x) => it.last.has(x))) return text;
      for (const c of alphabet) {
        const to = after(it, follows(it, at), c);
        if (seen.has(to.join()) || seen.size > SUBSETS || to.some((x) => it.lastAnywhere.has(x))) continue;
        seen.add(to.join());
        next.push({ at: to, text: [...text, c] });
      }
    }
    layer = next;
  }
  return undefined;
}
const follows = (it: Automaton, at: readonly number[]): Set<number> =>
  new Set(at.flatMap((x) => [...it.follow[x]!.keys()]));
const after = (it: Automaton, from: Iterable<number>, c: number): number[] =>
  [...from].filter((at) => has(it.sets[at]!, c)).sort((a, b) => a - b);
/** A character of every set, and one that no set holds. */
function letters(it: Automaton): number[] {
  const res = new Set<number>();
  const unused = sample(complement(union(...it.sets)));
  if (unused >= 0) res.add(unused);
  for (const set of it.sets) if (res.size < 24) res.add(rarest(it, set));
  return [...res];
}

/** A text that leads from the beginning to `q`, its own character included. */
function wayTo(it: Automaton, q: number): number[] | undefined {
  const START = it.sets.length;
  return shortest(it, START, q, (state, visit) => {
    for (const to of (state === START ? it.first : it.follow[state]!).keys()) visit(to, it.sets[to]!);
  });
}

/**
 * Two loops one after the other that can share a text. `anywhere` is the automaton of matches that begin later in the
 * text: trying every beginning is a loop of its own, so there one loop is enough.
 */
export function polynomialSuspects(
  it: Automaton,
  anywhere: Automaton | undefined,
  unused: number,
): Suspect[] {
  const res: Suspect[] = [];
  if (anywhere) {
    const groups = components(anywhere);
    for (let r = 0; r < anywhere.sets.length && res.length < SUSPECTS; r++) {
      if (!isLooping(anywhere, groups, r)) continue;
      const pump = fromAnywhere(anywhere, groups, r);
      // Behind a character that nothing accepts, so that what holds at the start only does not match.
      if (pump) res.push({ prefix: [], pump });
      if (pump && unused >= 0) res.push({ prefix: [unused], pump });
    }
  }
  const groups = components(it);
  for (let q = 0; q < it.sets.length; q++) {
    if (!isLooping(it, groups, q)) continue;
    for (let r = 0; r < it.sets.length && res.length < SUSPECTS * 2; r++) {
      if (groups[r] === groups[q] || !isLooping(it, groups, r)) continue;
      if (intersect(it.sets[q]!, it.sets[r]!).length === 0) continue;
      const pump = shared(it, groups, q, r);
      const prefix = pump && wayTo(it, q);
      if (pump && prefix) res.push({ prefix, pump });
    }
  }
  return res;
}
const isLooping = (it: Automaton, groups: readonly number[], q: number): boolean =>
  [...it.follow[q]!.keys()].some((to) => groups[to] === groups[q]);

/** A text that leads once around `r`, and also from any place in front of the match to `r`. */
function fromAnywhere(it: Automaton, groups: readonly number[], r: number): number[] | undefined {
  const n = it.sets.length + 1;
  const BEFORE = it.sets.length;
  return shortest(it, BEFORE * n + r, r * n + r, (state, visit) => {
    const [x, y] = [Math.floor(state / n), state % n];
    for (const b of it.follow[y]!.keys()) {
      if (groups[b] !== groups[r]) continue;
      if (x === BEFORE) visit(BEFORE * n + b, it.sets[b]!);
      for (const a of (x === BEFORE ? it.first : it.follow[x]!).keys())
        visit(a * n + b, it.sets[a]!, it.sets[b]!);
    }
  });
}

/** A text that leads once around `q`, once around `r`, and also from `q` to `r`. */
function shared(it: Automaton, groups: readonly number[], q: number, r: number): number[] | undefined {
  const n = it.sets.length;
  return shortest(it, (q * n + q) * n + r, (q * n + r) * n + r, (state, visit) => {
    const z = state % n;
    const pair = (state - z) / n;
    const [x, y] = [Math.floor(pair / n), pair % n];
    for (const a of it.follow[x]!.keys()) {
      if (groups[a] !== groups[q]) continue;
      for (const c of it.follow[z]!.keys()) {
        if (groups[c] !== groups[r]) continue;
        const common = intersect(it.sets[a]!, it.sets[c]!);
        if (common.length === 0) continue;
        for (const b of it.follow[y]!.keys()) visit((a * n + b) * n + c, common, it.sets[b]!);
      }
    }
  });
}

/** Numbers of the strongly connected components: equal for places that lead to each other. Tarjan, without recursion. */
function components(it: Automaton): number[] {
  const n = it.sets.length;
  const order = new Array<number>(n).fill(-1);
  const low = new Array<number>(n).fill(0);
  const group = new Array<number>(n).fill(-1);
  const stack: number[] = [];
  const edges = it.follow.map((out) => [...out.keys()]);
  let count = 0;
  for (let root = 0; root < n; root++) {
    if (order[root]! >= 0) continue;
    const open: { at: number; next: number }[] = [{ at: root, next: 0 }];
    order[root] = low[root] = count++;
    stack.push(root);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const to = edges[top.at]![top.next++];
      if (to === undefined) {
        open.pop();
        const back = open.at(-1);
        if (back) low[back.at] = Math.min(low[back.at]!, low[top.at]!);
        if (low[top.at] !== order[top.at]) continue;
        for (let member = stack.pop()!; ; member = stack.pop()!) {
          group[member] = top.at;
          if (member === top.at) break;
        }
      } else if (order[to]! < 0) {
        order[to] = low[to] = count++;
        stack.push(to);
        open.push({ at: to, next: 0 });
      } else if (group[to]! < 0) low[top.at] = Math.min(low[top.at]!, order[to]!);
    }
  }
  return group;
}
