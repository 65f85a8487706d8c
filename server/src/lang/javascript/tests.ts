// Conditions: the expression of an `if`, loop or `?:` as a tree of tests that guards can be read from.
// Each operand of `&&` and `||` keeps its own operations, because the right one runs only if the left did not decide.

import type { Place, Stmt, Test } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { collect, constant, spanOf, truthy } from '../builder.ts';
import { MAX_DEPTH } from '../limits.ts';
import { combineTooDeep, lowerExpression } from './context.ts';
import type { Lo } from './context.ts';
import { operatorOf } from './operators.ts';
import { stringValue } from './text.ts';

/** The test that an expression makes. Its operations are in the tests' `pre` lists, not in the current block. */
export function lowerTest(lo: Lo, node: Node): Test {
  const inner = unwrapped(lo, node);
  if (lo.depth >= MAX_DEPTH) {
    let place: Place | undefined;
    const pre = collect(lo, () => void (place = combineTooDeep(lo, inner)));
    return truthy(lo, inner, place!, pre);
  }
  lo.depth++;
  const test = testOf(lo, inner);
  lo.depth--;
  return test;
}

/** An expression without the parentheses and type assertions around it. */
export function unwrapped(lo: Lo, node: Node): Node {
  let it = node;
  while (TRANSPARENT.has(lo.arena.typeName(it))) {
    const inner = innerOf(lo.arena, it);
    if (inner < 0) return it;
    it = inner;
  }
  return it;
}

const TRANSPARENT: ReadonlySet<string> = new Set([
  'parenthesized_expression',
  'non_null_expression',
  'as_expression',
  'satisfies_expression',
]);

function testOf(lo: Lo, node: Node): Test {
  const { arena } = lo;
  const type = arena.typeName(node);
  if (type === 'unary_expression' && operatorOf(lo, node) === '!') {
    const argument = arena.child(node, 'argument');
    if (argument >= 0) return { t: 'not', x: lowerTest(lo, argument), pre: [], ...spanOf(lo, node) };
  }
  if (type === 'binary_expression') {
    const left = arena.child(node, 'left');
    const right = arena.child(node, 'right');
    if (left >= 0 && right >= 0) return binaryTest(lo, node, left, right);
  }
  return truthTest(lo, node);
}

function truthTest(lo: Lo, node: Node): Test {
  const outer = lo.block;
  const pre: Stmt[] = (lo.block = []);
  const place = lowerExpression(lo, node);
  lo.block = outer;
  return truthy(lo, node, place, pre);
}

function binaryTest(lo: Lo, node: Node, left: Node, right: Node): Test {
  const operator = operatorOf(lo, node);
  switch (operator) {
    case '&&':
    case '||':
      return balanced(
        lo,
        operator === '&&' ? 'and' : 'or',
        operandsOf(lo, node, operator).map((it) => lowerTest(lo, it)),
      );
    case '==':
    case '!=':
    case '===':
    case '!==':
      return typeofTest(lo, node, left, right) ?? compared(lo, node, left, right, operator);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'instanceof':
    case 'in':
      return compared(lo, node, left, right, operator);
    default:
      return truthTest(lo, node);
  }
}

/** `typeof x === 'string'`, either way round. */
function typeofTest(lo: Lo, node: Node, left: Node, right: Node): Test | undefined {
  const a = unwrapped(lo, left);
  const b = unwrapped(lo, right);
  const [of, text] = lo.arena.typeName(a) === 'string' ? [b, a] : [a, b];
  if (lo.arena.typeName(text) !== 'string' || lo.arena.typeName(of) !== 'unary_expression') return undefined;
  const argument = lo.arena.child(of, 'argument');
  if (operatorOf(lo, of) !== 'typeof' || argument < 0) return undefined;
  const outer = lo.block;
  const pre: Stmt[] = (lo.block = []);
  const place = lowerExpression(lo, argument);
  lo.block = outer;
  const neg = operatorOf(lo, node).startsWith('!');
  return { t: 'typeof', a: place, type: stringValue(lo.arena, text), neg, pre, ...spanOf(lo, node) };
}

function compared(lo: Lo, node: Node, left: Node, right: Node, operator: string): Test {
  const outer = lo.block;
  const pre: Stmt[] = (lo.block = []);
  const isPrivate = lo.arena.typeName(left) === 'private_property_identifier';
  const a = isPrivate ? constant(lo, left, lo.arena.textOf(left)) : lowerExpression(lo, left);
  const b = lowerExpression(lo, right);
  lo.block = outer;
  const span = spanOf(lo, node);
  switch (operator) {
    case 'in':
      return { t: 'in', a, b, neg: false, pre, ...span };
    case 'instanceof':
      return { t: 'instanceof', a, b, pre, ...span };
    case '==':
    case '===':
      return { t: 'eq', a, b, neg: false, pre, ...span };
    case '!=':
    case '!==':
      return { t: 'eq', a, b, neg: true, pre, ...span };
    default:
      return { t: 'cmp', operator, a, b, pre, ...span };
  }
}

/** The operands of a chain of one short-circuit operator, in order, however long it is. */
export function operandsOf(lo: Lo, node: Node, operator: string): Node[] {
  const { arena } = lo;
  const operands: Node[] = [];
  const open: Node[] = [node];
  while (open.length > 0) {
    const it = open.pop()!;
    const inner = arena.typeName(it) === 'parenthesized_expression' ? unwrapped(lo, it) : it;
    const isLink = arena.typeName(inner) === 'binary_expression' && operatorOf(lo, inner) === operator;
    const left = isLink ? arena.child(inner, 'left') : -1;
    const right = isLink ? arena.child(inner, 'right') : -1;
    if (left < 0 || right < 0) operands.push(it);
    else open.push(right, left);
  }
  return operands;
}

/** A chain of tests as a balanced tree: the operators are associative, and a long chain stays shallow. */
export function balanced(lo: Lo, t: 'and' | 'or', tests: readonly Test[]): Test {
  if (tests.length === 1) return tests[0]!;
  const middle = tests.length >> 1;
  const l = balanced(lo, t, tests.slice(0, middle));
  const r = balanced(lo, t, tests.slice(middle));
  return { t, l, r, pre: [], s: l.s, e: r.e };
}
