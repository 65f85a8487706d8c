// Conditions: the expression of an `if`, loop or conditional as a tree of tests that guards can be read from.
// Each operand of `and` and `or` keeps its own operations, because the right one runs only if the left did not decide.

import type { Place, Stmt, Test } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { collect, spanOf, truthy } from '../builder.ts';
import { MAX_DEPTH } from '../limits.ts';
import { combineTooDeep, lowerExpression } from './context.ts';
import type { Lo } from './context.ts';
import { operatorOf } from './operators.ts';

/** The test that an expression makes. Its operations are in the tests' `pre` lists, not in the current block. */
export function lowerTest(lo: Lo, node: Node): Test {
  const inner = unwrapped(lo, node);
  if (lo.depth >= MAX_DEPTH) return placeTest(lo, inner, () => combineTooDeep(lo, inner));
  lo.depth++;
  const test = testOf(lo, inner);
  lo.depth--;
  return test;
}

/** An expression without the parentheses around it. */
export function unwrapped(lo: Lo, node: Node): Node {
  let it = node;
  while (lo.arena.typeName(it) === 'parenthesized_expression') {
    const inner = innerOf(lo.arena, it);
    if (inner < 0) return it;
    it = inner;
  }
  return it;
}

/** A truth test of the place that `lower` gives. */
export function placeTest(lo: Lo, node: Node, lower: () => Place): Test {
  let place: Place | undefined;
  const pre = collect(lo, () => void (place = lower()));
  return truthy(lo, node, place!, pre);
}

function testOf(lo: Lo, node: Node): Test {
  const { arena } = lo;
  switch (arena.typeName(node)) {
    case 'not_operator': {
      const argument = arena.child(node, 'argument');
      if (argument < 0) break;
      return { t: 'not', x: lowerTest(lo, argument), pre: [], ...spanOf(lo, node) };
    }
    case 'boolean_operator': {
      const operator = operatorOf(lo, node) === 'or' ? 'or' : 'and';
      const tests = operandsOf(lo, node, operator).map((it) => lowerTest(lo, it));
      return balanced(operator, tests);
    }
    case 'comparison_operator': {
      const links = comparisonsOf(lo, node);
      if (links.length === 0) break;
      return balanced(
        'and',
        links.map((it) => compared(lo, node, it)),
      );
    }
    case 'call':
      return typeTest(lo, node) ?? placeTest(lo, node, () => lowerExpression(lo, node));
  }
  return placeTest(lo, node, () => lowerExpression(lo, node));
}

/** One link of a chain of comparisons. */
export interface Comparison {
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
}

/** The comparisons of `a < b < c`: `a < b` and `b < c`. Empty if code is broken. */
export function comparisonsOf(lo: Lo, node: Node): Comparison[] {
  const { arena } = lo;
  const operands = arena.namedChildren(node);
  // `not in` and `is not` are one token of the grammar, or two words side by side.
  const operators = arena.children(node, 'operators').map((it) => arena.typeName(it));
  if (operands.length !== operators.length + 1) return [];
  return operators.map((operator, at) => ({ operator, left: operands[at]!, right: operands[at + 1]! }));
}

function compared(lo: Lo, node: Node, { operator, left, right }: Comparison): Test {
  const kind = typeOfComparison(lo, node, left, right, operator);
  if (kind) return kind;
  const outer = lo.block;
  const pre: Stmt[] = (lo.block = []);
  const a = lowerExpression(lo, left);
  const b = lowerExpression(lo, right);
  lo.block = outer;
  const span = spanOf(lo, node);
  switch (operator) {
    case 'in':
    case 'not in':
      return { t: 'in', a, b, neg: operator === 'not in', pre, ...span };
    case '==':
    case 'is':
      return { t: 'eq', a, b, neg: false, pre, ...span };
    case '!=':
    case '<>':
    case 'is not':
      return { t: 'eq', a, b, neg: true, pre, ...span };
    default:
      return { t: 'cmp', operator, a, b, pre, ...span };
  }
}

/** Names of built-in types by what `typeof` tests call them. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'number',
  float: 'number',
  complex: 'number',
  bool: 'boolean',
  str: 'string',
};

/** `isinstance(x, int)`, also with a tuple of types that are the same kind of thing. */
function typeTest(lo: Lo, node: Node): Test | undefined {
  const { arena } = lo;
  const fn = arena.child(node, 'function');
  const given = arena.child(node, 'arguments');
  if (fn < 0 || given < 0 || arena.textOf(fn) !== 'isinstance') return undefined;
  const [value, type] = arena.namedChildren(given);
  if (value === undefined || type === undefined) return undefined;
  const names = arena.typeName(type) === 'tuple' ? arena.namedChildren(type) : [type];
  const types = new Set(names.map((it) => TYPES[arena.textOf(it)]));
  const outer = lo.block;
  const pre: Stmt[] = (lo.block = []);
  const a = lowerExpression(lo, value);
  const [only] = types;
  if (types.size === 1 && only !== undefined) {
    lo.block = outer;
    return { t: 'typeof', a, type: only, neg: false, pre, ...spanOf(lo, node) };
  }
  const b = lowerExpression(lo, type);
  lo.block = outer;
  return { t: 'instanceof', a, b, pre, ...spanOf(lo, node) };
}

/** `type(x) is int`. */
function typeOfComparison(lo: Lo, node: Node, left: Node, right: Node, operator: string): Test | undefined {
  const { arena } = lo;
  const type = TYPES[arena.textOf(right)];
  if (type === undefined || !/^(==|!=|is|is not)$/.test(operator) || arena.typeName(left) !== 'call')
    return undefined;
  const fn = arena.child(left, 'function');
  const given = arena.child(left, 'arguments');
  const value = given < 0 ? undefined : arena.namedChildren(given)[0];
  if (fn < 0 || arena.textOf(fn) !== 'type' || value === undefined) return undefined;
  let a: Place | undefined;
  const pre = collect(lo, () => void (a = lowerExpression(lo, value)));
  const neg = operator === '!=' || operator === 'is not';
  return { t: 'typeof', a: a!, type, neg, pre, ...spanOf(lo, node) };
}

/** The operands of a chain of one short-circuit operator, in order, however long it is. */
export function operandsOf(lo: Lo, node: Node, operator: string): Node[] {
  const { arena } = lo;
  const operands: Node[] = [];
  const open: Node[] = [node];
  while (open.length > 0) {
    const it = open.pop()!;
    const inner = unwrapped(lo, it);
    const isLink = arena.typeName(inner) === 'boolean_operator' && operatorOf(lo, inner) === operator;
    const left = isLink ? arena.child(inner, 'left') : -1;
    const right = isLink ? arena.child(inner, 'right') : -1;
    if (left < 0 || right < 0) operands.push(it);
    else open.push(right, left);
  }
  return operands;
}

/** A chain of tests as a balanced tree: the operators are associative, and a long chain stays shallow. */
export function balanced(t: 'and' | 'or', tests: readonly Test[]): Test {
  if (tests.length === 1) return tests[0]!;
  const middle = tests.length >> 1;
  const l = balanced(t, tests.slice(0, middle));
  const r = balanced(t, tests.slice(middle));
  return { t, l, r, pre: [], s: l.s, e: r.e };
}
