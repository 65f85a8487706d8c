// Operators: text building by `+` and `%`, arithmetic, comparisons, conditional expressions and the walrus.
// A left-associative chain is walked, not recursed into, and a chain of `+` becomes one `concat` with many parts.

import type { Arg, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { argOf, collect, combine, constant, placeOf, spanOf, temp } from '../builder.ts';
import { assignTo, lowerExpression, lowerInto, lowerUnknown, resolveName } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { addString, lowerElements, textOf } from './literals.ts';
import { lowerLogical } from './logical.ts';
import { isNumeric, percentPieces } from '../formats.ts';
import type { FormatPiece } from '../formats.ts';
import { isText, numberValue, stringValue } from './strings.ts';
import { comparisonsOf, lowerTest } from './tests.ts';

/** Handlers of operator expressions. */
export const operators: Readonly<Record<string, ExpressionHandler>> = {
  binary_operator: lowerBinary,
  unary_operator: lowerUnary,
  not_operator: lowerNot,
  boolean_operator: lowerLogical,
  comparison_operator: lowerComparison,
  conditional_expression: lowerConditional,
  named_expression: lowerNamed,
};

/** The text of an operator. */
export function operatorOf(lo: Lo, node: Node): string {
  const operator = lo.arena.child(node, 'operator');
  return operator < 0 ? '' : lo.arena.typeName(operator);
}

const isString = (lo: Lo, node: Node): boolean =>
  lo.arena.typeName(node) === 'string' || lo.arena.typeName(node) === 'concatenated_string';

function isChainLink(lo: Lo, node: Node): boolean {
  return (
    lo.arena.typeName(node) === 'binary_operator' &&
    lo.arena.child(node, 'left') >= 0 &&
    lo.arena.child(node, 'right') >= 0
  );
}

function lowerBinary(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  // Down the left spine to the first operand; then up again, one operator at a time.
  const spine: Node[] = [];
  let first = node;
  while (isChainLink(lo, first)) {
    spine.push(first);
    first = arena.child(first, 'left');
    while (isPlusInside(lo, first)) first = arena.namedChildren(first)[0]!;
  }
  let value: Arg | undefined;
  let sum: (string | Arg)[] | undefined;
  for (let it = spine.length - 1; it >= 0; it--) {
    const link = spine[it]!;
    const operator = operatorOf(lo, link);
    const right = arena.child(link, 'right');
    const target = it === 0 ? into : undefined;
    if (operator === '+') {
      if (sum === undefined) {
        sum = value ? [value] : [];
        if (!value) addOperand(lo, first, sum);
      }
      addOperand(lo, right, sum);
      if (it > 0 && operatorOf(lo, spine[it - 1]!) === '+') continue;
      value = argOf(lo, textOf(lo, link, sum, 'plus', target), link);
      sum = undefined;
      continue;
    }
    if (operator === '%' && value === undefined && isString(lo, first)) {
      value = argOf(lo, lowerPercent(lo, link, first, right, target), link);
      continue;
    }
    const left = value?.place ?? lowerExpression(lo, first);
    value = argOf(lo, binary(lo, link, operator, left, first, right, target), link);
  }
  return value ? value.place : lowerUnknown(lo, node, into);
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

function addOperand(lo: Lo, node: Node, parts: (string | Arg)[]): void {
  if (isString(lo, node)) addString(lo, node, parts);
  else parts.push(argOf(lo, lowerExpression(lo, node), node));
}

function binary(
  lo: Lo,
  link: Node,
  operator: string,
  left: Place,
  leftNode: Node,
  right: Node,
  into: number | undefined,
): Place {
  if (operator === '%') {
    const parts = [argOf(lo, left, leftNode), ...percentValues(lo, right)];
    return textOf(lo, link, parts, 'percent', into);
  }
  const from = [left, lowerExpression(lo, right)];
  const to = placeOf(lo, into ?? temp(lo));
  // The union of sets or dictionaries is either of them; of numbers it is harmless as well.
  if (operator === '|') combine(lo, link, to, 'join', from);
  else combine(lo, link, to, 'arith', from, operator);
  return to;
}

/** The values behind `%`: those of a tuple one by one, any other as it is. */
function percentValues(lo: Lo, node: Node): Arg[] {
  if (lo.arena.typeName(node) === 'tuple') return lowerElements(lo, node);
  return [argOf(lo, lowerExpression(lo, node), node)];
}

/** `'…%s…' % values` with a literal format: text and values in order, as far as they can be told apart. */
function lowerPercent(lo: Lo, node: Node, format: Node, right: Node, into?: number): Place {
  const { arena } = lo;
  const plain = arena.typeName(format) === 'string' && isText(arena, format);
  const parts: (string | Arg)[] = [];
  addString(lo, format, parts);
  const text = parts.every((it) => typeof it === 'string') ? parts.join('') : undefined;
  const pieces = text === undefined ? undefined : percentPieces(text);
  const byKey = arena.typeName(right) === 'dictionary' ? dictionaryValues(lo, right) : undefined;
  if (byKey && pieces) {
    const filled = pieces.map((it) =>
      typeof it === 'string' ? it : numberOr(lo, it, byKey.get(it.key ?? '')),
    );
    if (filled.every((it) => it !== undefined)) return textOf(lo, node, filled, 'template', into);
  }
  if (byKey) {
    const from = [...byKey.values()];
    return textOf(lo, node, [...parts, ...from], 'template', into);
  }
  const values = percentValues(lo, right);
  const slots = pieces?.filter((it) => typeof it !== 'string') ?? [];
  const fits = slots.length === values.length && !values.some((it) => it.spread);
  // One value that is not a literal tuple may itself be a tuple of several.
  if (pieces && fits && !slots.some((it) => it.key !== undefined)) {
    let next = 0;
    const filled = pieces.map((it) => (typeof it === 'string' ? it : numberOr(lo, it, values[next++])!));
    return textOf(lo, node, filled, 'template', into);
  }
  const head = plain ? argOf(lo, constant(lo, format, stringValue(arena, format)), format) : undefined;
  return textOf(lo, node, [...(head ? [head] : parts), ...values], 'percent', into);
}

function dictionaryValues(lo: Lo, node: Node): Map<string, Arg> {
  const { arena } = lo;
  const found = new Map<string, Arg>();
  arena.namedChildren(node).forEach((it, index) => {
    const key = arena.child(it, 'key');
    const value = arena.child(it, 'value');
    if (key < 0 || value < 0) {
      found.set(`%${index}`, argOf(lo, lowerExpression(lo, it), it));
      return;
    }
    const name =
      arena.typeName(key) === 'string' && isText(arena, key) ? stringValue(arena, key) : `%${index}`;
    found.set(name, argOf(lo, lowerExpression(lo, value), value));
  });
  return found;
}

/** A conversion such as `%d` takes numbers only, so what it shows is a number. */
function numberOr(lo: Lo, piece: Exclude<FormatPiece, string>, value: Arg | undefined): Arg | undefined {
  if (value === undefined || !isNumeric(piece.letter)) return value;
  const to = placeOf(lo, temp(lo));
  lo.block.push({
    op: 'combine',
    to,
    how: 'arith',
    from: [value.place],
    operator: '+',
    s: value.s,
    e: value.e,
    id: lo.nextId++,
  });
  return { ...value, place: to };
}

function lowerUnary(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const argument = arena.child(node, 'argument');
  if (argument < 0) return lowerUnknown(lo, node, into);
  const operator = operatorOf(lo, node);
  const type = arena.typeName(argument);
  if (operator === '-' && (type === 'integer' || type === 'float')) {
    const value = numberValue(arena.textOf(argument));
    if (Number.isFinite(value)) return constant(lo, node, -value, into);
  }
  const from = [lowerExpression(lo, argument)];
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, 'arith', from, operator);
  return to;
}

function lowerNot(lo: Lo, node: Node, into?: number): Place {
  const argument = lo.arena.child(node, 'argument');
  if (argument < 0) return lowerUnknown(lo, node, into);
  const from = [lowerExpression(lo, argument)];
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, 'compare', from, '!');
  return to;
}

/** The names that constant folding knows comparisons by. */
const FOLDED: Readonly<Record<string, string>> = {
  '==': '===',
  is: '===',
  '!=': '!==',
  '<>': '!==',
  'is not': '!==',
};

function lowerComparison(lo: Lo, node: Node, into?: number): Place {
  const links = comparisonsOf(lo, node);
  if (links.length === 0) return lowerUnknown(lo, node, into);
  const places = links.map(({ operator, left, right }, index) => {
    const from = [lowerExpression(lo, left), lowerExpression(lo, right)];
    const to = placeOf(lo, links.length === 1 && index === 0 ? (into ?? temp(lo)) : temp(lo));
    combine(lo, node, to, 'compare', from, FOLDED[operator] ?? operator);
    return to;
  });
  if (places.length === 1) return places[0]!;
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, 'compare', places, 'and');
  return to;
}

function lowerConditional(lo: Lo, node: Node, into?: number): Place {
  const [consequence, condition, alternative] = lo.arena.namedChildren(node);
  if (consequence === undefined || condition === undefined || alternative === undefined)
    return lowerUnknown(lo, node, into);
  const to = placeOf(lo, into ?? temp(lo));
  const test = lowerTest(lo, condition);
  const then = collect(lo, () => assignTo(lo, to, consequence));
  const other = collect(lo, () => assignTo(lo, to, alternative));
  lo.block.push({ op: 'if', test, then, else: other, ...spanOf(lo, node) });
  return to;
}

/** `(x := value)`. */
function lowerNamed(lo: Lo, node: Node, into?: number): Place {
  const name = lo.arena.child(node, 'name');
  const value = lo.arena.child(node, 'value');
  if (name < 0 || value < 0) return lowerUnknown(lo, node, into);
  return lowerInto(lo, value, resolveName(lo, lo.arena.textOf(name)));
}
