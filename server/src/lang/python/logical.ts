// `and` and `or` as values, and what a test leaves behind: an `if`, so that what one side proves holds on the other.
// The value of a decided left side is read off its test: the tested place, or true or false for a comparison.

import type { Place, Test } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { collect, combine, constant, copy, giveBack, placeOf, spanOf, temp } from '../builder.ts';
import { MAX_LOGICAL_NESTING } from '../limits.ts';
import { assignTo } from './context.ts';
import type { Lo } from './context.ts';
import { operatorOf } from './operators.ts';
import { balanced, lowerTest, operandsOf, unwrapped } from './tests.ts';

/** The value of a short-circuit expression. */
export function lowerLogical(lo: Lo, node: Node, into?: number): Place {
  const operator = operatorOf(lo, node);
  const operands = operandsOf(lo, node, operator);
  const to = placeOf(lo, into ?? temp(lo));
  if (operands.length <= MAX_LOGICAL_NESTING) nested(lo, operator === 'or', operands, 0, to);
  else decided(lo, node, operator === 'or', operands, to);
  return to;
}

/** `a or (b or c)`: the rest is decided where `a` did not decide. */
function nested(lo: Lo, truth: boolean, operands: readonly Node[], at: number, to: Place): void {
  const operand = operands[at]!;
  if (at === operands.length - 1) {
    assignTo(lo, to, operand);
    return;
  }
  const test = lowerTest(lo, operand);
  const known = collect(lo, () => copy(lo, operand, to, outcomeOf(lo, operand, test, truth)));
  const rest = collect(lo, () => nested(lo, truth, operands, at + 1, to));
  const span = { s: spanOf(lo, operand).s, e: spanOf(lo, operands[operands.length - 1]!).e };
  lo.block.push({ op: 'if', test, then: truth ? known : rest, else: truth ? rest : known, ...span });
}

/** A long chain: one balanced test decides between the last operand and any of those before it. */
function decided(lo: Lo, node: Node, truth: boolean, operands: readonly Node[], to: Place): void {
  const last = operands[operands.length - 1]!;
  const tests = operands.slice(0, -1).map((it) => lowerTest(lo, it));
  const test = balanced(truth ? 'or' : 'and', tests);
  const known = collect(lo, () => copy(lo, node, to, outcomeOf(lo, node, test, truth)));
  const rest = collect(lo, () => assignTo(lo, to, last));
  lo.block.push({
    op: 'if',
    test,
    then: truth ? known : rest,
    else: truth ? rest : known,
    ...spanOf(lo, node),
  });
}

/** The place that holds the value of a test that came out as `truth`. */
function outcomeOf(lo: Lo, node: Node, test: Test, truth: boolean): Place {
  const places: Place[] = [];
  const isBoolean = outcomes(test, truth, places);
  if (!isBoolean && places.length === 1) return places[0]!;
  if (places.length === 0) return constant(lo, node, truth);
  if (isBoolean) places.push(constant(lo, node, truth));
  const to = placeOf(lo, temp(lo));
  combine(lo, node, to, 'join', places);
  return to;
}

/** Collects the places that may be the value of a test that came out as `truth`; true if it may be a boolean too. */
function outcomes(test: Test, truth: boolean, places: Place[]): boolean {
  switch (test.t) {
    case 'truthy':
      places.push(test.a);
      return false;
    case 'and':
    case 'or': {
      const right = outcomes(test.r, truth, places);
      // A true `and` and a false `or` have the value of their right side.
      if ((test.t === 'and') === truth) return right;
      return outcomes(test.l, truth, places) || right;
    }
    default:
      return true;
  }
}

/** Expressions whose value is the outcome of a test. */
const DECISIONS: ReadonlySet<string> = new Set(['comparison_operator', 'not_operator', 'boolean_operator']);

/** `return a in b`: each outcome is returned on its own, so that callers learn what a true answer proves. */
export function returnDecision(lo: Lo, node: Node): boolean {
  const inner = unwrapped(lo, node);
  if (!DECISIONS.has(lo.arena.typeName(inner))) return false;
  const test = lowerTest(lo, inner);
  const back = (truth: boolean): void => giveBack(lo, node, outcomeOf(lo, node, test, truth));
  const then = collect(lo, () => back(true));
  const other = collect(lo, () => back(false));
  lo.block.push({ op: 'if', test, then, else: other, ...spanOf(lo, node) });
  return true;
}
