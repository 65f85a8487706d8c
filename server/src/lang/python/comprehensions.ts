// Comprehensions and generator expressions: loops that add to a list or dictionary, in a scope of their own.
// They run where they stand; that a generator runs later makes no difference to what its elements are.

import type { Place } from '../../ir/ir.ts';
import { ANY } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { below, collect, copy, declare, inScope, list, placeOf, record, spanOf, temp } from '../builder.ts';
import { lowerExpression, lowerUnknown } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { keyOf, lowerTarget } from './assign.ts';
import { targetNames } from './scope.ts';
import { lowerTest } from './tests.ts';

/** Handlers of comprehensions. */
export const comprehensions: Readonly<Record<string, ExpressionHandler>> = {
  list_comprehension: lowerComprehension,
  set_comprehension: lowerComprehension,
  generator_expression: lowerComprehension,
  dictionary_comprehension: lowerComprehension,
};

function lowerComprehension(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const body = arena.child(node, 'body');
  const clauses = arena.namedChildren(node).filter((it) => it !== body);
  if (body < 0) return lowerUnknown(lo, node, into);
  // A target of the comprehension may be read inside it, so it is filled apart.
  const made = placeOf(lo, temp(lo));
  if (arena.typeName(node) === 'dictionary_comprehension') record(lo, node, made, []);
  else list(lo, node, made, []);
  lowerClauses(lo, clauses, 0, () => addElement(lo, body, made));
  if (into === undefined) return made;
  copy(lo, node, placeOf(lo, into), made);
  return placeOf(lo, into);
}

function addElement(lo: Lo, body: Node, made: Place): void {
  const { arena } = lo;
  if (arena.typeName(body) === 'pair') {
    const key = arena.child(body, 'key');
    const value = arena.child(body, 'value');
    if (key < 0 || value < 0) return;
    const at = keyOf(lo, key);
    copy(lo, value, below(made, at), lowerExpression(lo, value));
  } else copy(lo, body, below(made, ANY), lowerExpression(lo, body));
}

/** `for` and `if` clauses, each around the ones behind it. */
function lowerClauses(lo: Lo, clauses: readonly Node[], at: number, inner: () => void): void {
  const { arena } = lo;
  const clause = clauses[at];
  if (clause === undefined) {
    inner();
    return;
  }
  const rest = (): void => lowerClauses(lo, clauses, at + 1, inner);
  if (arena.typeName(clause) === 'if_clause') {
    const condition = innerOf(arena, clause);
    if (condition < 0) {
      rest();
      return;
    }
    const test = lowerTest(lo, condition);
    const then = collect(lo, rest);
    lo.block.push({ op: 'if', test, then, else: [], ...spanOf(lo, clause) });
    return;
  }
  const left = arena.child(clause, 'left');
  const right = arena.children(clause, 'right').find((it) => arena.isNamed(it));
  if (left < 0 || right === undefined) {
    lowerUnknown(lo, clause);
    rest();
    return;
  }
  const from = lowerExpression(lo, right);
  inScope(lo, () => {
    for (const it of targetNames(arena, left)) declare(lo, arena.textOf(it));
    const to = placeOf(lo, temp(lo));
    const body = collect(lo, () => {
      lowerTarget(lo, left, to);
      rest();
    });
    lo.block.push({ op: 'loop', each: { to, from, mode: 'iter' }, body, update: [], ...spanOf(lo, clause) });
  });
}
