// Assignments: to variables, members and patterns, plain, compound and logical.
// Only `copy` writes below a variable; its span is the assigned value, which is where a finding about it belongs.

import type { Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { below, collect, copy, placeOf, spanOf, temp } from '../builder.ts';
import { lowerExpression, lowerInto, lowerUnknown, resolveName } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { lowerIndex } from './literals.ts';
import { nullTest } from './logical.ts';
import { combineAssigned, operatorOf } from './operators.ts';
import { isPattern, lowerPattern } from './patterns.ts';
import { keyOfText } from './text.ts';
import { lowerTest, unwrapped } from './tests.ts';

/** Handlers of assignments. */
export const assignments: Readonly<Record<string, ExpressionHandler>> = {
  assignment_expression: lowerAssignment,
  augmented_assignment_expression: lowerAugmented,
};

/** Handlers of places: names and members. */
export const places: Readonly<Record<string, ExpressionHandler>> = {
  identifier: (lo, node) => placeOf(lo, resolveName(lo, lo.arena.textOf(node))),
  this: (lo) => placeOf(lo, resolveName(lo, 'this')),
  super: (lo) => placeOf(lo, resolveName(lo, 'super')),
  import: (lo) => placeOf(lo, resolveName(lo, 'import')),
  member_expression: lowerMember,
  subscript_expression: lowerSubscript,
  nested_identifier: lowerMember,
  meta_property: lowerMeta,
};

/** Lowers a value to where it belongs. */
export function assignTo(lo: Lo, to: Place, value: Node): void {
  if (to.path.length === 0) lowerInto(lo, value, to.root);
  else copy(lo, value, to, lowerExpression(lo, value));
}

/** The place that an assignment's left side names; something else than a place gives a temporary. */
export function targetOf(lo: Lo, node: Node): Place {
  const target = unwrapped(lo, node);
  switch (lo.arena.typeName(target)) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
    case 'undefined':
      return placeOf(lo, resolveName(lo, lo.arena.textOf(target)));
    case 'member_expression':
    case 'subscript_expression':
      return lowerExpression(lo, target);
    default:
      lowerUnknown(lo, target);
      return placeOf(lo, temp(lo));
  }
}

function lowerMember(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const object = arena.child(node, 'object');
  const property = arena.child(node, 'property');
  if (object < 0 || property < 0) return lowerUnknown(lo, node, into);
  return below(lowerExpression(lo, object), keyOfText(arena.textOf(property)));
}

function lowerSubscript(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const object = arena.child(node, 'object');
  const index = arena.child(node, 'index');
  if (object < 0 || index < 0) return lowerUnknown(lo, node, into);
  const place = lowerExpression(lo, object);
  return below(place, lowerIndex(lo, index));
}

/** `import.meta` is a member of the free variable `import`; `new.target` is nothing that data comes from. */
function lowerMeta(lo: Lo, node: Node, into?: number): Place {
  if (!lo.arena.textOf(node).startsWith('import')) return lowerUnknown(lo, node, into);
  return below(placeOf(lo, resolveName(lo, 'import')), 'meta');
}

function lowerAssignment(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  if (left < 0 || right < 0) return lowerUnknown(lo, node, into);
  const pattern = unwrapped(lo, left);
  if (isPattern(lo, pattern)) {
    // The pattern may assign to the very variable that it takes apart.
    const from = placeOf(lo, temp(lo));
    const value = lowerExpression(lo, right, from.root);
    copy(lo, right, from, value);
    lowerPattern(lo, pattern, from);
    return from;
  }
  const target = targetOf(lo, left);
  if (target.path.length === 0) return lowerInto(lo, right, target.root);
  const value = lowerExpression(lo, right);
  copy(lo, right, target, value);
  return value;
}

function lowerAugmented(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  if (left < 0 || right < 0) return lowerUnknown(lo, node, into);
  const operator = operatorOf(lo, node);
  if (operator === '||=' || operator === '&&=' || operator === '??=') {
    return lowerLogicalAssignment(lo, node, left, right, operator);
  }
  const target = targetOf(lo, left);
  const value = combineAssigned(lo, node, target, right, operator);
  copy(lo, right, target, value);
  return value;
}

function lowerLogicalAssignment(lo: Lo, node: Node, left: Node, right: Node, operator: string): Place {
  const test = operator === '??=' ? nullTest(lo, left) : lowerTest(lo, left);
  let target: Place | undefined;
  const body = collect(lo, () => {
    target = targetOf(lo, left);
    assignTo(lo, target, right);
  });
  const runsWhenTrue = operator !== '||=';
  lo.block.push({
    op: 'if',
    test,
    then: runsWhenTrue ? body : [],
    else: runsWhenTrue ? [] : body,
    ...spanOf(lo, node),
  });
  return target!;
}
