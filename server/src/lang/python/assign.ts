// Assignments, and the places that names, members and elements are.
// Only `copy` writes below a variable; its span is the assigned value, which is where a finding about it belongs.

import type { Key, Place } from '../../ir/ir.ts';
import { ANY } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { argOf, below, combine, constant, copy, emit, placeOf, temp } from '../builder.ts';
import { keyOfNumber, keyOfText } from '../keys.ts';
import { lowerExpression, lowerInto, lowerUnknown, resolveName } from './context.ts';
import type { ExpressionHandler, Lo, StatementHandler } from './context.ts';
import { operatorOf } from './operators.ts';
import { isText, numberValue, stringValue } from './strings.ts';
import { typeOf } from './types.ts';

/** Handlers of assignment statements. */
export const assignments: Readonly<Record<string, StatementHandler>> = {
  assignment: (lo, node) => void lowerAssignment(lo, node),
  augmented_assignment: (lo, node) => void lowerAugmented(lo, node),
};

/** Handlers of places. */
export const places: Readonly<Record<string, ExpressionHandler>> = {
  identifier: (lo, node) => placeOf(lo, resolveName(lo, lo.arena.textOf(node))),
  dotted_name: lowerDottedName,
  attribute: lowerAttribute,
  subscript: lowerSubscript,
};

function lowerDottedName(lo: Lo, node: Node, into?: number): Place {
  const [first, ...rest] = lo.arena.namedChildren(node);
  if (first === undefined) return lowerUnknown(lo, node, into);
  return rest.reduce((place, it) => below(place, lo.arena.textOf(it)), lowerExpression(lo, first));
}

function lowerAttribute(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const object = arena.child(node, 'object');
  const name = arena.child(node, 'attribute');
  if (object < 0 || name < 0) return lowerUnknown(lo, node, into);
  return below(lowerExpression(lo, object), arena.textOf(name));
}

function lowerSubscript(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const value = arena.child(node, 'value');
  const keys = arena.children(node, 'subscript').filter((it) => arena.isNamed(it));
  if (value < 0 || keys.length === 0) return lowerUnknown(lo, node, into);
  const place = lowerExpression(lo, value);
  if (keys.length > 1) {
    for (const it of keys) lowerExpression(lo, it);
    return below(place, ANY);
  }
  const key = keys[0]!;
  if (arena.typeName(key) !== 'slice') return below(place, keyOf(lo, key));
  const from = [place, ...arena.namedChildren(key).map((it) => lowerExpression(lo, it))];
  const to = placeOf(lo, into ?? temp(lo));
  // The operator tells which of start, stop and step are given: `x[:n]` is `:.`.
  combine(lo, node, to, 'slice', from, sliceShape(lo, key));
  return to;
}

/** `.:.` for start and stop, `:.` for a stop alone, and so on. */
function sliceShape(lo: Lo, slice: Node): string {
  const { arena } = lo;
  let shape = '';
  for (let it = arena.firstChild(slice); it >= 0; it = arena.next[it]!)
    shape += arena.isNamed(it) ? '.' : ':';
  return shape;
}

/** The key that an index or dictionary key stands for: constants are keys themselves, other values are looked up. */
export function keyOf(lo: Lo, node: Node): Key {
  const { arena } = lo;
  switch (arena.typeName(node)) {
    case 'string':
      if (isText(arena, node)) return keyOfText(stringValue(arena, node));
      break;
    case 'integer': {
      const value = numberValue(arena.textOf(node));
      if (Number.isSafeInteger(value)) return keyOfNumber(value);
      break;
    }
    case 'unary_operator':
    case 'slice':
      lowerExpression(lo, node);
      return ANY;
  }
  return { dyn: lowerExpression(lo, node) };
}

/** Assigns `from` to what a target names: a variable, a member, or several of them. */
export function lowerTarget(lo: Lo, target: Node, from: Place): void {
  const { arena } = lo;
  switch (arena.typeName(target)) {
    case 'identifier':
      copy(lo, target, placeOf(lo, resolveName(lo, arena.textOf(target))), from);
      return;
    case 'attribute':
    case 'subscript':
      copy(lo, target, placeBelow(lo, target), from);
      return;
    case 'as_pattern_target':
    case 'parenthesized_expression': {
      const inner = arena.namedChildren(target)[0];
      if (inner !== undefined) lowerTarget(lo, inner, from);
      return;
    }
    case 'list_splat_pattern':
    case 'list_splat': {
      const inner = arena.namedChildren(target)[0];
      if (inner !== undefined) lowerTarget(lo, inner, from);
      return;
    }
    case 'tuple_pattern':
    case 'list_pattern':
    case 'pattern_list':
    case 'tuple':
    case 'list':
    case 'expression_list':
      lowerParts(lo, target, from);
      return;
    default:
      lowerUnknown(lo, target);
  }
}

/** `a, *b, c = from`: elements by position up to the starred name, which takes a slice; those behind it are any. */
function lowerParts(lo: Lo, target: Node, from: Place): void {
  const { arena } = lo;
  let starred = false;
  const parts = arena.namedChildren(target);
  parts.forEach((it, index) => {
    const type = arena.typeName(it);
    if (type === 'list_splat_pattern' || type === 'list_splat') {
      starred = true;
      const behind = parts.length - 1 - index;
      const bounds = [constant(lo, it, index), ...(behind > 0 ? [constant(lo, it, -behind)] : [])];
      const rest = placeOf(lo, temp(lo));
      combine(lo, it, rest, 'slice', [from, ...bounds], behind > 0 ? '.:.' : '.:');
      lowerTarget(lo, it, rest);
    } else lowerTarget(lo, it, below(from, starred ? ANY : index));
  });
}

/** The place of a member or element as a target; a slice means any element. */
function placeBelow(lo: Lo, target: Node): Place {
  const { arena } = lo;
  if (arena.typeName(target) === 'attribute') return lowerExpression(lo, target);
  const value = arena.child(target, 'value');
  const keys = arena.children(target, 'subscript').filter((it) => arena.isNamed(it));
  if (value < 0) return placeOf(lo, temp(lo));
  const place = lowerExpression(lo, value);
  return below(place, keys.length === 1 ? keyOf(lo, keys[0]!) : ANY);
}

/** An assignment; gives the place of the assigned value, which a chain `a = b = c` goes on with. */
function lowerAssignment(lo: Lo, node: Node): Place {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  const type = arena.child(node, 'type');
  if (left < 0) return lowerUnknown(lo, node);
  let value: Place | undefined;
  if (right >= 0) value = assign(lo, left, right);
  const declared = typeOf(lo, type);
  if (declared && (arena.typeName(left) === 'identifier' || arena.typeName(left) === 'attribute')) {
    emit(lo, left, { op: 'annotate', to: lowerExpression(lo, left), type: declared });
  }
  return value ?? placeOf(lo, temp(lo));
}

function assign(lo: Lo, left: Node, right: Node): Place {
  const { arena } = lo;
  const chained = arena.typeName(right) === 'assignment';
  if (arena.typeName(left) === 'identifier' && !chained) {
    return lowerInto(lo, right, resolveName(lo, arena.textOf(left)));
  }
  const type = arena.typeName(left);
  if (!chained && (type === 'attribute' || type === 'subscript')) {
    // The value is computed first; the target's own parts follow.
    const value = lowerExpression(lo, right);
    copy(lo, right, placeBelow(lo, left), value);
    return value;
  }
  let value = chained ? lowerAssignment(lo, right) : lowerExpression(lo, right);
  // `a, b = b, a` reads before it writes; a list literal has been read already.
  if (!chained && value.path.length === 0 && lo.vars[value.root]!.kind !== 'temp') {
    const kept = placeOf(lo, temp(lo));
    copy(lo, right, kept, value);
    value = kept;
  }
  lowerTarget(lo, left, value);
  return value;
}

function lowerAugmented(lo: Lo, node: Node): void {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  if (left < 0 || right < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const operator = operatorOf(lo, node).slice(0, -1);
  const target = placeBelowOrName(lo, left);
  const value = lowerExpression(lo, right);
  const to = target.path.length === 0 ? target : placeOf(lo, temp(lo));
  const parts = [argOf(lo, target, left), argOf(lo, value, right)];
  if (operator === '+') emit(lo, node, { op: 'concat', to, parts, how: 'plus' });
  else if (operator === '%') emit(lo, node, { op: 'concat', to, parts, how: 'percent' });
  else if (operator === '|') combine(lo, node, to, 'join', [target, value]);
  else combine(lo, node, to, 'arith', [target, value], operator);
  if (to !== target) copy(lo, right, target, to);
}

function placeBelowOrName(lo: Lo, node: Node): Place {
  return lo.arena.typeName(node) === 'subscript' ? placeBelow(lo, node) : lowerExpression(lo, node);
}
