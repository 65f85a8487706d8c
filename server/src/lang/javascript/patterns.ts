// Destructuring: a pattern becomes copies from sub-places of the value, with an `if` for every default.
// The names of a pattern are declared before it is lowered, so the same code serves declarations and assignments.

import type { Place, RecordOp } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { EXTRA, innerOf } from '../../syntax/tree.ts';
import { argOf, below, collect, constant, copy, emit, placeOf, spanOf, temp } from '../builder.ts';
import { MAX_DEPTH } from '../limits.ts';
import { assignTo, targetOf } from './assign.ts';
import { lowerUnknown, resolveName } from './context.ts';
import type { Lo } from './context.ts';
import { lowerKey } from './literals.ts';
import { keyOfText } from './text.ts';

/** Whether a node is a pattern that takes a value apart. */
export function isPattern(lo: Lo, node: Node): boolean {
  const type = lo.arena.typeName(node);
  return type === 'object_pattern' || type === 'array_pattern';
}

/** The nodes of the names that a binding pattern declares. */
export function bindingNames(lo: Lo, pattern: Node): Node[] {
  const { arena } = lo;
  const names: Node[] = [];
  const open = [pattern];
  while (open.length > 0) {
    const it = open.pop()!;
    switch (arena.typeName(it)) {
      case 'identifier':
      case 'shorthand_property_identifier_pattern':
        names.push(it);
        break;
      case 'pair_pattern':
        open.push(arena.child(it, 'value'));
        break;
      case 'assignment_pattern':
      case 'object_assignment_pattern':
        open.push(arena.child(it, 'left'));
        break;
      case 'object_pattern':
      case 'array_pattern':
      case 'rest_pattern':
        open.push(...arena.namedChildren(it).reverse());
        break;
    }
  }
  return names;
}

/** Gives what `pattern` names its part of `from`. */
export function lowerPattern(lo: Lo, pattern: Node, from: Place): void {
  if (lo.depth >= MAX_DEPTH) {
    lo.truncated = true;
    return;
  }
  lo.depth++;
  const { arena } = lo;
  switch (arena.typeName(pattern)) {
    case 'object_pattern':
      lowerObjectPattern(lo, pattern, from);
      break;
    case 'array_pattern':
      lowerArrayPattern(lo, pattern, from);
      break;
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      lowerDefault(lo, pattern, from);
      break;
    case 'rest_pattern':
      for (const it of arena.namedChildren(pattern)) lowerPattern(lo, it, from);
      break;
    default:
      copy(lo, pattern, targetOf(lo, pattern), from);
  }
  lo.depth--;
}

/** `if (place === undefined) place = value`. */
export function lowerDefaultValue(lo: Lo, node: Node, place: Place, value: Node): void {
  let nothing: Place | undefined;
  const pre = collect(lo, () => void (nothing = constant(lo, value, undefined)));
  const body = collect(lo, () => assignTo(lo, place, value));
  const span = spanOf(lo, node);
  lo.block.push({
    op: 'if',
    test: { t: 'eq', a: place, b: nothing!, neg: false, pre, ...span },
    then: body,
    else: [],
    ...span,
  });
}

/** `left = right` in a pattern. A variable takes the value itself, anything else by way of a temporary. */
function lowerDefault(lo: Lo, node: Node, from: Place): void {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  if (left < 0 || right < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const type = arena.typeName(left);
  const isName = type === 'identifier' || type === 'shorthand_property_identifier_pattern';
  const place = placeOf(lo, isName ? resolveName(lo, arena.textOf(left)) : temp(lo));
  copy(lo, left, place, from);
  lowerDefaultValue(lo, node, place, right);
  if (!isName) lowerPattern(lo, left, place);
}

function lowerObjectPattern(lo: Lo, pattern: Node, from: Place): void {
  const { arena } = lo;
  const taken: Place[] = [];
  for (const it of arena.namedChildren(pattern)) {
    switch (arena.typeName(it)) {
      case 'shorthand_property_identifier_pattern': {
        const part = below(from, keyOfText(arena.textOf(it)));
        taken.push(part);
        lowerPattern(lo, it, part);
        break;
      }
      case 'object_assignment_pattern': {
        const left = arena.child(it, 'left');
        const part = below(from, left < 0 ? null : keyOfText(arena.textOf(left)));
        taken.push(part);
        lowerPattern(lo, it, part);
        break;
      }
      case 'pair_pattern': {
        const part = below(from, lowerKey(lo, arena.child(it, 'key')));
        const value = arena.child(it, 'value');
        taken.push(part);
        if (value >= 0) lowerPattern(lo, value, part);
        break;
      }
      case 'rest_pattern':
        lowerObjectRest(lo, it, from, taken);
        break;
      default:
        lowerUnknown(lo, it);
    }
  }
}

/** `...rest` is a copy of the object without the keys that were taken. */
function lowerObjectRest(lo: Lo, node: Node, from: Place, taken: readonly Place[]): void {
  const rest = placeOf(lo, temp(lo));
  // The name alone is what a reader takes for the value.
  const name = innerOf(lo.arena, node);
  const props: RecordOp['props'] = [{ key: null, value: argOf(lo, from, name < 0 ? node : name, true) }];
  emit(lo, node, { op: 'record', to: rest, props });
  for (const it of taken) {
    const key = it.path[it.path.length - 1]!;
    if (typeof key === 'string' || typeof key === 'number')
      emit(lo, node, { op: 'delete', at: below(rest, key) });
  }
  lowerPattern(lo, node, rest);
}

function lowerArrayPattern(lo: Lo, pattern: Node, from: Place): void {
  const { arena } = lo;
  let index = 0;
  for (let it = arena.firstChild(pattern); it >= 0; it = arena.next[it]!) {
    if (!arena.isNamed(it)) {
      if (arena.typeName(it) === ',') index++;
      continue;
    }
    if ((arena.flags[it]! & EXTRA) !== 0) continue;
    if (arena.typeName(it) === 'rest_pattern') lowerArrayRest(lo, it, from, index);
    else lowerPattern(lo, it, below(from, index));
  }
}

/** `...rest` of an array is what `slice` gives. */
function lowerArrayRest(lo: Lo, node: Node, from: Place, index: number): void {
  const rest = placeOf(lo, temp(lo));
  const args = [argOf(lo, constant(lo, node, index), node)];
  emit(lo, node, { op: 'call', to: rest, callee: below(from, 'slice'), calleeSpan: spanOf(lo, node), args });
  lowerPattern(lo, node, rest);
}
