// Calls, `new`, tagged templates, `await`, `yield`, and the expressions that are what stands in them.
// A receiver that is a pure path stays in the callee's place; any other is put into a temporary first.

import type { Arg, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { argOf, call, constant, emit, list, placeOf, spanOf, temp } from '../builder.ts';
import { createFunction, lowerElements, lowerExpression, lowerUnknown } from './context.ts';
import type { ExpressionHandler, Lo, StatementHandler } from './context.ts';
import { lowerClassExpression } from './classes.ts';
import { lowerNamedFunction } from './declarations.ts';
import { templateParts } from './literals.ts';
import { unwrapped } from './tests.ts';

/** Handlers of calls and of expressions around them. */
export const calls: Readonly<Record<string, ExpressionHandler>> = {
  call_expression: lowerCall,
  new_expression: lowerNew,
  await_expression: lowerAwait,
  yield_expression: lowerYield,
  arrow_function: lowerFunction,
  function_expression: lowerFunction,
  generator_function: lowerFunction,
  class: (lo, node, into) => lowerClassExpression(lo, node, into),
  parenthesized_expression: lowerTransparent,
  as_expression: lowerTransparent,
  satisfies_expression: lowerTransparent,
  non_null_expression: lowerTransparent,
  instantiation_expression: lowerTransparent,
  type_assertion: (lo, node, into) => {
    const inner = lo.arena.namedChildren(node)[1];
    return inner === undefined ? lowerUnknown(lo, node, into) : lowerExpression(lo, inner, into);
  },
};

/** Handlers for effects only: naming a place does nothing, but what a member is taken from may be a call. */
export const callEffects: Readonly<Record<string, StatementHandler>> = {
  yield_expression: (lo, node) => void lowerYield(lo, node),
};

function lowerCall(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const fn = arena.child(node, 'function');
  const given = arena.child(node, 'arguments');
  if (fn < 0 || given < 0) return lowerUnknown(lo, node, into);
  const callee = lowerExpression(lo, fn);
  const calleeSpan = spanOf(lo, fn);
  if (arena.typeName(given) === 'template_string') {
    const args = tagArguments(lo, given);
    const to = placeOf(lo, into ?? temp(lo));
    emit(lo, node, { op: 'call', to, callee, calleeSpan, args, tag: true });
    return to;
  }
  const args = lowerElements(lo, given, false);
  const to = placeOf(lo, into ?? temp(lo));
  call(lo, node, to, callee, calleeSpan, args);
  return to;
}

/** The arguments of a tagged template: the list of its literal parts, then the substituted values. */
function tagArguments(lo: Lo, template: Node): Arg[] {
  const { texts, values } = templateParts(lo, template);
  const items = texts.map((text) => argOf(lo, constant(lo, template, text), template));
  const strings = placeOf(lo, temp(lo));
  list(lo, template, strings, items);
  return [argOf(lo, strings, template), ...values];
}

function lowerNew(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const fn = arena.child(node, 'constructor');
  if (fn < 0) return lowerUnknown(lo, node, into);
  const callee = lowerExpression(lo, fn);
  const given = arena.child(node, 'arguments');
  const args = given < 0 ? [] : lowerElements(lo, given, false);
  const to = placeOf(lo, into ?? temp(lo));
  emit(lo, node, { op: 'call', to, callee, calleeSpan: spanOf(lo, fn), args, isNew: true });
  return to;
}

function lowerAwait(lo: Lo, node: Node, into?: number): Place {
  const inner = innerOf(lo.arena, node);
  if (inner < 0) return lowerUnknown(lo, node, into);
  const from = lowerExpression(lo, inner);
  const to = placeOf(lo, into ?? temp(lo));
  emit(lo, node, { op: 'await', from, to });
  return to;
}

function lowerYield(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const inner = innerOf(arena, node);
  const from = inner < 0 ? undefined : lowerExpression(lo, inner);
  const to = placeOf(lo, into ?? temp(lo));
  let delegate = false;
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    if (arena.typeName(it) === '*') delegate = true;
  }
  emit(lo, node, delegate ? { op: 'yield', from, to, delegate } : { op: 'yield', from, to });
  return to;
}

function lowerFunction(lo: Lo, node: Node, into?: number): Place {
  const child = lo.functions.get(node);
  if (!child) return lowerUnknown(lo, node, into);
  const name = lo.arena.child(node, 'name');
  if (name >= 0) return lowerNamedFunction(lo, node, child, lo.arena.textOf(name));
  return createFunction(lo, node, child, into);
}

function lowerTransparent(lo: Lo, node: Node, into?: number): Place {
  const inner = unwrapped(lo, node);
  const target = inner === node ? innerOf(lo.arena, node) : inner;
  return target < 0 ? lowerUnknown(lo, node, into) : lowerExpression(lo, target, into);
}
