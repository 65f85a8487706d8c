// A backtracking matcher that counts its steps, as the engines of JavaScript and Python match: what a search of the
// structure suspects is tried here, so that nothing is reported that does not happen.

import { type Chars, WORD, has } from './chars.ts';
import type { Node, Pattern } from './pattern.ts';

/** `steps` is exact up to the limit; `over` says that the limit was met. */
export interface Run {
  readonly matched: boolean;
  /** Where the match begins and ends; 0 without one. */
  readonly start: number;
  readonly end: number;
  readonly steps: number;
  readonly over: boolean;
}

type Next = (at: number) => boolean;
interface State {
  readonly text: readonly number[];
  readonly limit: number;
  steps: number;
  readonly captures: (readonly [number, number] | undefined)[];
  readonly multiline: boolean;
}

/** Searches `text` (code points) as `exec` does, counting every character test and every round of a loop. */
export function run(pattern: Pattern, text: readonly number[], limit: number): Run {
  const state: State = {
    text,
    limit,
    steps: 0,
    captures: Array.from({ length: pattern.groups + 1 }, () => undefined),
    multiline: pattern.multiline,
  };
  const last = pattern.sticky ? 0 : text.length;
  for (let start = 0; start <= last; start++) {
    let end = start;
    const matched = match(state, pattern.root, start, (at) => {
      end = at;
      return true;
    });
    if (state.steps > limit) return { matched: false, start: 0, end: 0, steps: state.steps, over: true };
    if (matched) return { matched, start, end, steps: state.steps, over: false };
  }
  return { matched: false, start: 0, end: 0, steps: state.steps, over: false };
}

/** Over the limit everything matches, which unwinds the search at once; `run` looks at the count first. */
function match(state: State, node: Node, at: number, next: Next): boolean {
  if (++state.steps > state.limit) return true;
  switch (node.t) {
    case 'set': {
      const c = state.text[at];
      return c !== undefined && has(node.set, c) && next(at + 1);
    }
    case 'seq':
      return sequence(state, node.items, 0, at, next);
    case 'alt':
      for (const it of node.items) if (match(state, it, at, next)) return true;
      return false;
    case 'repeat':
      return repeat(state, node, 0, at, next);
    case 'group': {
      if (node.index === 0) return match(state, node.item, at, next);
      const old = state.captures[node.index];
      const done = match(state, node.item, at, (end) => {
        const inner = state.captures[node.index];
        state.captures[node.index] = [at, end];
        if (next(end)) return true;
        state.captures[node.index] = inner;
        return false;
      });
      if (!done) state.captures[node.index] = old;
      return done;
    }
    case 'ref': {
      const found = state.captures[node.index];
      if (!found) return next(at);
      const [from, to] = found;
      for (let i = from; i < to; i++) {
        if (++state.steps > state.limit) return true;
        if (state.text[i] !== state.text[at + i - from]) return false;
      }
      return next(at + to - from);
    }
    case 'look': {
      const found = node.ahead ? match(state, node.item, at, () => true) : behind(state, node.item, at);
      return found !== node.negate && next(at);
    }
    case 'edge':
      return edge(state, node.kind, at) && next(at);
    default:
      return node satisfies never;
  }
}

function sequence(state: State, items: readonly Node[], index: number, at: number, next: Next): boolean {
  const item = items[index];
  if (!item) return next(at);
  if (index === items.length - 1) return match(state, item, at, next);
  return match(state, item, at, (end) => sequence(state, items, index + 1, end, next));
}

function repeat(
  state: State,
  node: Extract<Node, { t: 'repeat' }>,
  count: number,
  at: number,
  next: Next,
): boolean {
  if (++state.steps > state.limit) return true;
  const more = (): boolean =>
    count < node.max &&
    match(state, node.item, at, (end) =>
      // A round that consumes nothing is given up, as both languages do.
      end === at && count >= node.min ? false : repeat(state, node, count + 1, end, next),
    );
  if (count < node.min) return more();
  return node.greedy ? more() || next(at) : next(at) || more();
}

/** A lookbehind: some start before `at` from which the item ends exactly there. */
function behind(state: State, item: Node, at: number): boolean {
  for (let from = at; from >= 0; from--) if (match(state, item, from, (end) => end === at)) return true;
  return false;
}

function edge(state: State, kind: Extract<Node, { t: 'edge' }>['kind'], at: number): boolean {
  const { text } = state;
  const isLineEnd = (c: number | undefined): boolean => c === 10 || c === 13 || c === 0x2028 || c === 0x2029;
  const isWord = (c: number | undefined): boolean => c !== undefined && has(WORD as Chars, c);
  switch (kind) {
    case 'start':
      return at === 0 || (state.multiline && isLineEnd(text[at - 1]));
    case 'end':
      return at === text.length || (state.multiline && isLineEnd(text[at]));
    case 'word':
      return isWord(text[at - 1]) !== isWord(text[at]);
    case 'inside':
      return isWord(text[at - 1]) === isWord(text[at]);
    default:
      return kind satisfies never;
  }
}
