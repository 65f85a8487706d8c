// A pattern as a position automaton (Glushkov): one state for each place that consumes a character, and for each pair of
// places how many ways lead from one to the next without consuming. Two ways are as bad as two states, so they count.

import { type Chars, subtract } from './chars.ts';
import type { Node } from './pattern.ts';
import { COPIES, POSITIONS, SEARCH, SINGLE_COPIES } from './limits.ts';

/** Ways are counted to 2, which stands for "several". */
type Ways = ReadonlyMap<number, number>;

export interface Automaton {
  /** What each position accepts. */
  readonly sets: readonly Chars[];
  /** Positions after each position, with the number of ways there. */
  readonly follow: readonly Ways[];
  readonly first: Ways;
  /** Positions in which a match may end, and those in which it ends whatever follows. */
  readonly last: ReadonlySet<number>;
  readonly lastAnywhere: ReadonlySet<number>;
  /** Steps of searches that are left. */
  budget: number;
}

interface Part {
  /** Ways to match nothing. */
  readonly empty: number;
  readonly first: Ways;
  readonly last: Ways;
}
interface Building {
  readonly sets: Chars[];
  readonly follow: Map<number, number>[];
  readonly multiline: boolean;
  /** Whether the text may end here, so that `$` holds. */
  readonly ending: boolean;
}

const NOWHERE: Ways = new Map();
const NOTHING: Part = { empty: 1, first: NOWHERE, last: NOWHERE };
const NEVER: Part = { empty: 0, first: NOWHERE, last: NOWHERE };
const capped = (n: number): number => Math.min(n, 2);

function plus(a: Ways, b: Ways, times = 1): Ways {
  if (times === 0 || b.size === 0) return a;
  const res = new Map(a);
  for (const [at, n] of b) res.set(at, capped((res.get(at) ?? 0) + n * times));
  return res;
}

/**
 * Builds the automaton of a match that begins at the start of the text, or (`inside`) somewhere later, where `^` cannot
 * hold. Look-arounds other than a forbidden character count as nothing; undefined if there are too many positions.
 */
export function automatonOf(root: Node, multiline: boolean, inside: boolean): Automaton | undefined {
  const to: Building = { sets: [], follow: [], multiline, ending: true };
  const { first, last } = build(to, root, !inside);
  if (to.sets.length > POSITIONS) return undefined;
  // The same positions in the same order, as if the text went on for ever.
  const on = build({ sets: [], follow: [], multiline, ending: false }, root, !inside);
  return {
    sets: to.sets,
    follow: to.follow,
    first,
    last: new Set(last.keys()),
    lastAnywhere: new Set(on.last.keys()),
    budget: SEARCH,
  };
}

/** `start`: nothing has been consumed before this node, so `^` may hold. */
function build(to: Building, node: Node, start: boolean): Part {
  if (to.sets.length > POSITIONS) return NEVER;
  switch (node.t) {
    case 'set': {
      if (node.set.length === 0) return NEVER;
      const at = to.sets.push(node.set) - 1;
      to.follow.push(new Map());
      const only = new Map([[at, 1]]);
      return { empty: 0, first: only, last: only };
    }
    case 'seq':
      return sequence(to, tempered(node.items), start);
    case 'alt': {
      let res = NEVER;
      for (const it of node.items) {
        const part = build(to, it, start);
        res = {
          empty: capped(res.empty + part.empty),
          first: plus(res.first, part.first),
          last: plus(res.last, part.last),
        };
      }
      return res;
    }
    case 'group':
      return build(to, node.item, start);
    case 'repeat':
      return repeat(to, node, start);
    case 'edge':
      if (node.kind === 'start' && !start && !to.multiline) return NEVER;
      return node.kind === 'end' && !to.ending ? NEVER : NOTHING;
    case 'look':
    case 'ref':
      return NOTHING;
    default:
      return node satisfies never;
  }
}

function sequence(to: Building, items: readonly Node[], start: boolean): Part {
  let res = NOTHING;
  let first = start;
  for (const it of items) {
    res = join(to, res, build(to, it, first));
    if (!isWidthless(it)) first = false;
  }
  return res;
}
const isWidthless = (node: Node): boolean =>
  node.t === 'edge' ||
  node.t === 'look' ||
  (node.t === 'group' && isWidthless(node.item)) ||
  ((node.t === 'alt' || node.t === 'seq') && node.items.every(isWidthless));

/** `(?!x)[a-z]`: the next character is none that the look-ahead forbids. */
function tempered(items: readonly Node[]): readonly Node[] {
  let res: Node[] | undefined;
  items.forEach((it, i) => {
    const next = items[i + 1];
    if (it.t !== 'look' || !it.ahead || !it.negate || next?.t !== 'set') return;
    const forbidden = setsOf(it.item);
    if (!forbidden) return;
    const set = forbidden.reduce((acc, x) => subtract(acc, x), next.set);
    (res ??= [...items])[i + 1] = { ...next, set };
  });
  return res ?? items;
}
/** The sets of a node that is a choice of single characters. */
function setsOf(node: Node): Chars[] | undefined {
  if (node.t === 'set') return [node.set];
  if (node.t === 'group') return setsOf(node.item);
  if (node.t === 'seq') return node.items.length === 1 ? setsOf(node.items[0]!) : undefined;
  if (node.t !== 'alt') return undefined;
  const parts = node.items.map(setsOf);
  return parts.every((it) => it !== undefined) ? parts.flat() : undefined;
}

function join(to: Building, a: Part, b: Part): Part {
  connect(to, a.last, b.first);
  return {
    empty: capped(a.empty * b.empty),
    first: plus(a.first, b.first, a.empty),
    last: plus(b.last, a.last, b.empty),
  };
}
function connect(to: Building, last: Ways, first: Ways): void {
  for (const [p, n] of last) {
    const out = to.follow[p]!;
    for (const [q, m] of first) out.set(q, capped((out.get(q) ?? 0) + n * m));
  }
}

/**
 * `r{n,m}` is written out while that is short; the rest is `r*`. A round that consumes nothing is not a way of its own,
 * because both languages give it up.
 */
function repeat(to: Building, node: Extract<Node, { t: 'repeat' }>, start: boolean): Part {
  if (node.max === 0) return NOTHING;
  const before = to.sets.length;
  const head = build(to, node.item, start);
  const size = Math.max(to.sets.length - before, 1);
  const room = node.item.t === 'set' ? SINGLE_COPIES : COPIES;
  const isSmall = node.max !== Infinity && node.max * size <= COPIES;
  const copies = isSmall ? node.max : Math.min(node.min, Math.max(Math.floor(room / size), 1));
  let res = once(head, node.min === 0);
  for (let i = 1; i < copies; i++) {
    const part = build(to, node.item, false);
    res = join(to, res, once(part, i >= node.min));
  }
  if (isSmall) return res;
  // The loop itself: a copy of its own after mandatory rounds, or the first one where nothing comes before.
  if (copies <= 1 && !(start && hasStart(node.item))) {
    connect(to, head.last, head.first);
    return { ...head, empty: node.min === 0 ? 1 : head.empty };
  }
  const tail = build(to, node.item, false);
  connect(to, tail.last, tail.first);
  return join(to, res, once(tail, true));
}
const once = (part: Part, optional: boolean): Part => (optional ? { ...part, empty: 1 } : part);
function hasStart(node: Node): boolean {
  switch (node.t) {
    case 'edge':
      return node.kind === 'start';
    case 'seq':
    case 'alt':
      return node.items.some(hasStart);
    case 'group':
    case 'repeat':
      return hasStart(node.item);
    case 'look':
    case 'set':
    case 'ref':
      return false;
    default:
      return node satisfies never;
  }
}
