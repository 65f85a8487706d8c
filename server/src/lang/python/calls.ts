// Calls, `await`, `yield`, lambdas, and the expressions that are what stands in them.
// A receiver that is a pure path stays in the callee's place; any other is put into a temporary first.

import type { Arg, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf, isError } from '../../syntax/tree.ts';
import { argOf, call, emit, placeOf, spanOf, temp } from '../builder.ts';
import { SUPER, argWith, createFunction, lowerExpression, lowerUnknown, resolveName } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { hasToken } from './cut.ts';

/** Handlers of calls and of expressions around them. */
export const calls: Readonly<Record<string, ExpressionHandler>> = {
  call: lowerCall,
  await: lowerAwait,
  yield: lowerYield,
  lambda: (lo, node, into) => {
    const child = lo.functions.get(node);
    return child ? createFunction(lo, node, child, into) : lowerUnknown(lo, node, into);
  },
  parenthesized_expression: lowerTransparent,
  as_pattern: lowerTransparent,
  type: lowerTransparent,
};

function lowerCall(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const fn = arena.child(node, 'function');
  const given = arena.child(node, 'arguments');
  if (fn < 0 || given < 0) return lowerUnknown(lo, node, into);
  if (arena.typeName(fn) === 'identifier' && arena.textOf(fn) === 'super') {
    // `super(Base, self)` of Python 2 says what is known anyway.
    return placeOf(lo, resolveName(lo, SUPER));
  }
  const callee = lowerExpression(lo, fn);
  const args =
    arena.typeName(given) === 'generator_expression'
      ? [argOf(lo, lowerExpression(lo, given), given)]
      : argumentsOf(lo, given);
  const to = placeOf(lo, into ?? temp(lo));
  call(lo, node, to, callee, spanOf(lo, fn), args);
  return to;
}

/** The arguments of a call in order: plain, by keyword, and those that are spread from a list or dictionary. */
export function argumentsOf(lo: Lo, list: Node): Arg[] {
  const { arena } = lo;
  const args: Arg[] = [];
  for (const it of arena.namedChildren(list)) {
    // A piece of broken code is not an argument of its own: it would shift those that follow.
    if (isError(arena, it)) {
      lowerUnknown(lo, it);
      continue;
    }
    const type = arena.typeName(it);
    if (type === 'keyword_argument') {
      const name = arena.child(it, 'name');
      const value = arena.child(it, 'value');
      if (name < 0 || value < 0) lowerUnknown(lo, it);
      else args.push(argWith(lo, lowerExpression(lo, value), value, { name: arena.textOf(name) }));
    } else if (type === 'list_splat' || type === 'dictionary_splat') {
      const inner = innerOf(arena, it);
      if (inner < 0) continue;
      const more = type === 'list_splat' ? { spread: true } : { spread: true, name: '**' };
      args.push(argWith(lo, lowerExpression(lo, inner), it, more));
    } else args.push(argOf(lo, lowerExpression(lo, it), it));
  }
  return args;
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
  const inner = innerOf(lo.arena, node);
  const from = inner < 0 ? undefined : lowerExpression(lo, inner);
  const to = placeOf(lo, into ?? temp(lo));
  const delegate = hasToken(lo.arena, node, 'from');
  emit(lo, node, delegate ? { op: 'yield', from, to, delegate } : { op: 'yield', from, to });
  return to;
}

function lowerTransparent(lo: Lo, node: Node, into?: number): Place {
  const inner = innerOf(lo.arena, node);
  return inner < 0 ? lowerUnknown(lo, node, into) : lowerExpression(lo, inner, into);
}
