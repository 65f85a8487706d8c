// A regular expression as a small tree, whatever language it was written in. The syntax is read by regexpp; other
// dialects are rewritten to JavaScript's first, as far as their meaning is the same.

import { type AST, RegExpParser } from '@eslint-community/regexpp';
import {
  ALL_CHARS,
  type Chars,
  DIGITS,
  LINE_ENDS,
  NO_CHARS,
  SPACES,
  WORD,
  charsOf,
  complement,
  foldCase,
  intersect,
  subtract,
  union,
} from './chars.ts';
import { fromPython } from './python.ts';

/** How a pattern is written. */
export type Dialect = 'javascript' | 'python';

export type Node =
  | { readonly t: 'set'; readonly set: Chars; readonly dot: boolean }
  | { readonly t: 'seq' | 'alt'; readonly items: readonly Node[] }
  | {
      readonly t: 'repeat';
      readonly item: Node;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  /** `index` counts capturing groups from 1; 0 is a group that captures nothing. */
  | { readonly t: 'group'; readonly item: Node; readonly index: number }
  | { readonly t: 'ref'; readonly index: number }
  | { readonly t: 'look'; readonly item: Node; readonly ahead: boolean; readonly negate: boolean }
  | { readonly t: 'edge'; readonly kind: 'start' | 'end' | 'word' | 'inside' };

export interface Pattern {
  readonly root: Node;
  /** `^` and `$` match at line ends too. */
  readonly multiline: boolean;
  /** A match must begin where the search does: `y`, or Python's `match`. */
  readonly sticky: boolean;
  readonly groups: number;
}

/**
 * Reads a pattern; undefined if it is not one (or uses what this dialect's rewriting does not know).
 * `flags` are JavaScript's letters in either dialect: i, m, s, u, v, y, and x for Python's verbose syntax.
 */
export function parsePattern(
  text: string,
  flags: string,
  dialect: Dialect = 'javascript',
): Pattern | undefined {
  const source = dialect === 'python' ? fromPython(text, flags) : { text, flags };
  if (!source) return undefined;
  const options = { unicode: /u/.test(source.flags), unicodeSets: /v/.test(source.flags) };
  try {
    const parser = new RegExpParser({ ecmaVersion: 2025 });
    const ast = parser.parsePattern(source.text, 0, source.text.length, options);
    const ctx: Reading = { flags: source.flags, groups: new Map(), dialect };
    number(ast, ctx);
    return {
      root: alternatives(ast.alternatives, ctx),
      multiline: /m/.test(source.flags),
      sticky: /y/.test(source.flags),
      groups: ctx.groups.size,
    };
  } catch {
    // regexpp reports what is not a pattern by throwing; nothing else in here does.
    return undefined;
  }
}

interface Reading {
  readonly flags: string;
  readonly dialect: Dialect;
  readonly groups: Map<AST.CapturingGroup, number>;
}

/** Gives capturing groups their numbers before anything refers to them. */
function number(ast: AST.Pattern, ctx: Reading): void {
  const open: AST.Node[] = [ast];
  const found: AST.CapturingGroup[] = [];
  for (let it = open.pop(); it; it = open.pop()) {
    if (it.type === 'CapturingGroup') found.push(it);
    if ('alternatives' in it && it.type !== 'ClassStringDisjunction') open.push(...it.alternatives);
    else if (it.type === 'Alternative') open.push(...it.elements);
    else if (it.type === 'Quantifier') open.push(it.element);
  }
  found.sort((a, b) => a.start - b.start).forEach((it, i) => ctx.groups.set(it, i + 1));
}

function alternatives(list: readonly AST.Alternative[], ctx: Reading): Node {
  const items = list.map((it): Node => ({ t: 'seq', items: it.elements.map((x) => element(x, ctx)) }));
  return items.length === 1 ? items[0]! : { t: 'alt', items };
}

function element(it: AST.Element, ctx: Reading): Node {
  switch (it.type) {
    case 'Group':
      return { t: 'group', index: 0, item: alternatives(it.alternatives, ctx) };
    case 'CapturingGroup':
      return { t: 'group', index: ctx.groups.get(it) ?? 0, item: alternatives(it.alternatives, ctx) };
    case 'Quantifier':
      return { t: 'repeat', item: element(it.element, ctx), min: it.min, max: it.max, greedy: it.greedy };
    case 'Backreference': {
      const to = Array.isArray(it.resolved) ? it.resolved[0] : it.resolved;
      return { t: 'ref', index: (to && ctx.groups.get(to as AST.CapturingGroup)) ?? 0 };
    }
    case 'Assertion':
      if (it.kind === 'lookahead' || it.kind === 'lookbehind')
        return {
          t: 'look',
          item: alternatives(it.alternatives, ctx),
          ahead: it.kind === 'lookahead',
          negate: it.negate,
        };
      if (it.kind === 'word') return { t: 'edge', kind: it.negate ? 'inside' : 'word' };
      return { t: 'edge', kind: it.kind };
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass':
      return {
        t: 'set',
        set: cased(setOf(it, ctx), ctx),
        dot: it.type === 'CharacterSet' && it.kind === 'any',
      };
    default:
      return it satisfies never;
  }
}
const cased = (set: Chars, ctx: Reading): Chars => (/i/.test(ctx.flags) ? foldCase(set) : set);

type SetNode =
  | AST.Character
  | AST.CharacterSet
  | AST.CharacterClass
  | AST.ExpressionCharacterClass
  | AST.CharacterClassElement
  | AST.ClassIntersection
  | AST.ClassSubtraction;

function setOf(it: SetNode, ctx: Reading): Chars {
  switch (it.type) {
    case 'Character':
      return [it.value, it.value];
    case 'CharacterClassRange':
      return [it.min.value, it.max.value];
    case 'CharacterClass': {
      const set = union(...it.elements.map((x) => cased(setOf(x, ctx), ctx)));
      return it.negate ? complement(set) : set;
    }
    case 'ExpressionCharacterClass': {
      const set = setOf(it.expression, ctx);
      return it.negate ? complement(set) : set;
    }
    case 'ClassIntersection':
      return intersect(setOf(it.left, ctx), setOf(it.right, ctx));
    case 'ClassSubtraction':
      return subtract(setOf(it.left, ctx), setOf(it.right, ctx));
    case 'ClassStringDisjunction':
      return charsOf(
        it.alternatives
          .filter((x) => x.elements.length === 1)
          .map((x): [number, number] => [x.elements[0]!.value, x.elements[0]!.value]),
      );
    case 'CharacterSet':
      return escapeSet(it, ctx);
    default:
      return it satisfies never;
  }
}

function escapeSet(it: AST.CharacterSet, ctx: Reading): Chars {
  switch (it.kind) {
    case 'any':
      if (/s/.test(ctx.flags)) return ALL_CHARS;
      return complement(ctx.dialect === 'python' ? [10, 10] : LINE_ENDS);
    case 'digit':
      return it.negate ? complement(DIGITS) : DIGITS;
    case 'space':
      return it.negate ? complement(SPACES) : SPACES;
    case 'word':
      return it.negate ? complement(WORD) : WORD;
    case 'property':
      return property(it.raw);
    default:
      return it satisfies never;
  }
}
/** The ASCII part of `\p{…}`: enough to find an overlap that matters, and never one that is not there. */
function property(raw: string): Chars {
  let test: RegExp;
  try {
    test = new RegExp(`^${raw}$`, 'u');
  } catch {
    return NO_CHARS;
  }
  const found: [number, number][] = [];
  for (let c = 0; c < 128; c++) if (test.test(String.fromCharCode(c))) found.push([c, c]);
  return charsOf(found);
}
