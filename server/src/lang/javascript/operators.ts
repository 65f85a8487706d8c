// Operators: binary chains, unary, update and conditional expressions, and the short-circuit ones as values.
// A left-associative chain is walked, not recursed into, and a chain of `+` becomes one `concat` with many parts.

import type { Arg, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { argOf, collect, combine, constant, copy, emit, placeOf, spanOf, temp } from '../builder.ts';
import { lowerEffect, lowerExpression, lowerUnknown } from './context.ts';
import type { ExpressionHandler, Lo, StatementHandler } from './context.ts';
import { lowerLogical, lowerLogicalEffect } from './logical.ts';
import { assignTo, targetOf } from './assign.ts';
import { numberValue, stringValue } from './text.ts';
import { lowerTest } from './tests.ts';

/** Handlers of operator expressions. */
export const operators: Readonly<Record<string, ExpressionHandler>> = {
  binary_expression: lowerBinary,
  unary_expression: lowerUnary,
  update_expression: lowerUpdate,
  ternary_expression: lowerTernary,
  sequence_expression: lowerSequence,
};

/** Handlers of the same for their effects only. */
export const operatorEffects: Readonly<Record<string, StatementHandler>> = {
  binary_expression: lowerBinaryEffect,
  unary_expression: lowerUnaryEffect,
  update_expression: (lo, node) => void updateInPlace(lo, node),
  ternary_expression: lowerTernaryEffect,
  sequence_expression: lowerSequenceEffect,
};

const COMPARISONS: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '===',
  '!==',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'instanceof',
]);
const ARITHMETIC: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '<<', '>>', '>>>', '&', '|', '^']);
const LOGICAL: ReadonlySet<string> = new Set(['&&', '||', '??']);

/** The operator's text of a binary, unary or assignment expression. */
export function operatorOf(lo: Lo, node: Node): string {
  const operator = lo.arena.child(node, 'operator');
  return operator < 0 ? '' : lo.arena.typeName(operator);
}

function lowerBinary(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  if (LOGICAL.has(operatorOf(lo, node))) return lowerLogical(lo, node, into);
  // Down the left spine to the first operand; then up again, one operator at a time.
  const spine: Node[] = [];
  let first = node;
  while (isChainLink(lo, first)) {
    spine.push(first);
    first = arena.child(first, 'left');
    while (isPlusInside(lo, first)) first = arena.namedChildren(first)[0]!;
  }
  let value: Arg | undefined;
  let sum: Sum | undefined;
  for (let it = spine.length - 1; it >= 0; it--) {
    const link = spine[it]!;
    const operator = operatorOf(lo, link);
    const right = arena.child(link, 'right');
    const target = it === 0 ? into : undefined;
    if (operator === '+') {
      sum ??= value ? sumOfValue(value, link) : sumOf(lo, first);
      addOperand(lo, sum, right);
      sum.last = link;
      if (it > 0 && operatorOf(lo, spine[it - 1]!) === '+') continue;
      value = argOf(lo, finishSum(lo, sum, target), link);
      sum = undefined;
      continue;
    }
    const left: Place = value ? value.place : lowerOperand(lo, first);
    const from = [left, lowerOperand(lo, right)];
    const to = placeOf(lo, target ?? temp(lo));
    combine(lo, link, to, COMPARISONS.has(operator) ? 'compare' : 'arith', from, operator);
    value = argOf(lo, to, link);
  }
  return value ? value.place : lowerUnknown(lo, node, into);
}

function isChainLink(lo: Lo, node: Node): boolean {
  return (
    lo.arena.typeName(node) === 'binary_expression' &&
    !LOGICAL.has(operatorOf(lo, node)) &&
    lo.arena.child(node, 'left') >= 0 &&
    lo.arena.child(node, 'right') >= 0
  );
}

/** `(a + b) + c` is the same as `a + b + c`. */
function isPlusInside(lo: Lo, node: Node): boolean {
  if (lo.arena.typeName(node) !== 'parenthesized_expression') return false;
  const inner = lo.arena.namedChildren(node);
  if (inner.length !== 1) return false;
  const type = lo.arena.typeName(inner[0]!);
  return (
    type === 'parenthesized_expression' || (isChainLink(lo, inner[0]!) && operatorOf(lo, inner[0]!) === '+')
  );
}

/** `#x in o` has a private name for its left operand. */
function lowerOperand(lo: Lo, node: Node): Place {
  if (lo.arena.typeName(node) === 'private_property_identifier')
    return constant(lo, node, lo.arena.textOf(node));
  return lowerExpression(lo, node);
}

/** Operands of a chain of `+`. Text is put together as far as it is known to be text. */
interface Sum {
  readonly parts: (string | Arg)[];
  numeric: boolean;
  last: Node;
}

function sumOf(lo: Lo, first: Node): Sum {
  const sum: Sum = { parts: [], numeric: true, last: first };
  addOperand(lo, sum, first);
  return sum;
}

/** A chain that goes on with `+` after an arithmetic operator: `a * b + c`. */
function sumOfValue(value: Arg, last: Node): Sum {
  return { parts: [value], numeric: true, last };
}

function addOperand(lo: Lo, sum: Sum, node: Node): void {
  const { parts } = sum;
  if (lo.arena.typeName(node) !== 'string') {
    if (!isNumeric(lo, node)) sum.numeric = false;
    parts.push(argOf(lo, lowerExpression(lo, node), node));
    return;
  }
  sum.numeric = false;
  const text = stringValue(lo.arena, node);
  const previous = parts[parts.length - 1];
  if (typeof previous === 'string') parts[parts.length - 1] = previous + text;
  else parts.push(text);
}

function finishSum(lo: Lo, sum: Sum, into: number | undefined): Place {
  const { parts, last } = sum;
  if (parts.length === 1 && typeof parts[0] === 'string') return constant(lo, last, parts[0], into);
  const to = placeOf(lo, into ?? temp(lo));
  if (!sum.numeric) {
    emit(lo, last, { op: 'concat', to, parts, how: 'plus' });
    return to;
  }
  const from = parts.filter((it) => typeof it !== 'string').map((it) => it.place);
  combine(lo, last, to, 'arith', from, '+');
  return to;
}

function lowerBinaryEffect(lo: Lo, node: Node): void {
  if (LOGICAL.has(operatorOf(lo, node))) lowerLogicalEffect(lo, node);
  else lowerBinary(lo, node);
}

function lowerUnary(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const argument = arena.child(node, 'argument');
  const operator = operatorOf(lo, node);
  if (argument < 0) return lowerUnknown(lo, node, into);
  switch (operator) {
    case '-':
      if (arena.typeName(argument) === 'number') {
        return constant(lo, node, -numberValue(arena.textOf(argument)), into);
      }
      return unary(lo, node, 'arith', argument, operator, into);
    case '+':
    case '~':
      return unary(lo, node, 'arith', argument, operator, into);
    case '!':
    case 'typeof':
      return unary(lo, node, 'compare', argument, operator, into);
    case 'void':
      lowerEffect(lo, argument);
      return constant(lo, node, undefined, into);
    case 'delete':
      lowerUnaryEffect(lo, node);
      return constant(lo, node, true, into);
    default:
      return lowerUnknown(lo, node, into);
  }
}

function unary(
  lo: Lo,
  node: Node,
  how: 'arith' | 'compare',
  argument: Node,
  operator: string,
  into?: number,
): Place {
  const from = [lowerExpression(lo, argument)];
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, how, from, operator);
  return to;
}

function lowerUnaryEffect(lo: Lo, node: Node): void {
  const argument = lo.arena.child(node, 'argument');
  if (argument < 0) lowerUnknown(lo, node);
  else if (operatorOf(lo, node) === 'delete')
    emit(lo, node, { op: 'delete', at: lowerExpression(lo, argument) });
  else lowerEffect(lo, argument);
}

function lowerUpdate(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const argument = arena.child(node, 'argument');
  const isPrefix = argument < 0 || arena.start[argument]! > arena.start[node]!;
  if (isPrefix) return updateInPlace(lo, node).after;
  const { before } = updateInPlace(lo, node, into ?? temp(lo));
  return before;
}

/** `x++`: with `keep` the old value (a number) is put there first. */
function updateInPlace(lo: Lo, node: Node, keep?: number): { before: Place; after: Place } {
  const { arena } = lo;
  const argument = arena.child(node, 'argument');
  if (argument < 0) {
    const place = lowerUnknown(lo, node);
    return { before: place, after: place };
  }
  const target = targetOf(lo, argument);
  let before = target;
  if (keep !== undefined) {
    before = placeOf(lo, keep);
    combine(lo, node, before, 'arith', [target], '+');
  }
  const one = constant(lo, node, 1);
  const operator = operatorOf(lo, node) === '--' ? '-' : '+';
  const inVar = target.path.length === 0;
  const to = inVar ? target : placeOf(lo, temp(lo));
  combine(lo, node, to, 'arith', [before, one], operator);
  if (!inVar) copy(lo, node, target, to);
  return { before, after: to };
}

function lowerTernary(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const condition = arena.child(node, 'condition');
  const consequence = arena.child(node, 'consequence');
  const alternative = arena.child(node, 'alternative');
  if (condition < 0 || consequence < 0 || alternative < 0) return lowerUnknown(lo, node, into);
  const to = placeOf(lo, into ?? temp(lo));
  const test = lowerTest(lo, condition);
  const thenBody = collect(lo, () => assignTo(lo, to, consequence));
  const elseBody = collect(lo, () => assignTo(lo, to, alternative));
  lo.block.push({ op: 'if', test, then: thenBody, else: elseBody, ...spanOf(lo, node) });
  return to;
}

function lowerTernaryEffect(lo: Lo, node: Node): void {
  const { arena } = lo;
  const condition = arena.child(node, 'condition');
  const consequence = arena.child(node, 'consequence');
  const alternative = arena.child(node, 'alternative');
  if (condition < 0 || consequence < 0 || alternative < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const test = lowerTest(lo, condition);
  const thenBody = collect(lo, () => lowerEffect(lo, consequence));
  const elseBody = collect(lo, () => lowerEffect(lo, alternative));
  lo.block.push({ op: 'if', test, then: thenBody, else: elseBody, ...spanOf(lo, node) });
}

function lowerSequence(lo: Lo, node: Node, into?: number): Place {
  const parts = sequenceParts(lo, node);
  for (const it of parts.slice(0, -1)) lowerEffect(lo, it);
  const last = parts[parts.length - 1];
  return last === undefined ? lowerUnknown(lo, node, into) : lowerExpression(lo, last, into);
}

function lowerSequenceEffect(lo: Lo, node: Node): void {
  for (const it of sequenceParts(lo, node)) lowerEffect(lo, it);
}

/** The expressions between commas. Grammars may nest them to the right; they are listed flat. */
function sequenceParts(lo: Lo, node: Node): Node[] {
  const parts: Node[] = [];
  let rest: Node | undefined = node;
  while (rest !== undefined) {
    const inner: Node[] = lo.arena.namedChildren(rest);
    rest = undefined;
    for (const it of inner) {
      const isTail = it === inner[inner.length - 1] && lo.arena.typeName(it) === 'sequence_expression';
      if (isTail) rest = it;
      else parts.push(it);
    }
  }
  return parts;
}

/** Whether an expression is a number whatever its operands are: a literal, or arithmetic other than `+`. */
function isNumeric(lo: Lo, node: Node): boolean {
  const { arena } = lo;
  let it = node;
  while (arena.typeName(it) === 'parenthesized_expression') {
    const inner = innerOf(arena, it);
    if (inner < 0) return false;
    it = inner;
  }
  switch (arena.typeName(it)) {
    case 'number':
    case 'update_expression':
      return true;
    case 'unary_expression':
      return ['-', '+', '~'].includes(operatorOf(lo, it));
    case 'binary_expression':
      return ARITHMETIC.has(operatorOf(lo, it));
    default:
      return false;
  }
}

/** `target op= right`: the combined value is in the target if that is a variable, otherwise in a temporary. */
export function combineAssigned(lo: Lo, node: Node, target: Place, right: Node, operator: string): Place {
  const to = (): Place => (target.path.length === 0 ? target : placeOf(lo, temp(lo)));
  if (operator !== '+=') {
    const from = [target, lowerExpression(lo, right)];
    const result = to();
    combine(lo, node, result, 'arith', from, operator.slice(0, -1));
    return result;
  }
  const left = argOf(lo, target, lo.arena.child(node, 'left'));
  const isText = lo.arena.typeName(right) === 'string';
  const part = isText ? stringValue(lo.arena, right) : argOf(lo, lowerExpression(lo, right), right);
  const result = to();
  emit(lo, node, { op: 'concat', to: result, parts: [left, part], how: 'plus' });
  return result;
}
