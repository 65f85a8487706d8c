// `||`, `&&` and `??` as values and as statements: an `if`, so that what the left side proves holds on the right.
// The value of a decided left side is read off its test: the tested place, or true or false for a comparison.

import type { Place, Test } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { collect, combine, constant, copy, giveBack, placeOf, spanOf, temp } from '../builder.ts';
import { MAX_LOGICAL_NESTING } from '../limits.ts';
import { assignTo } from './assign.ts';
import { lowerEffect, lowerExpression } from './context.ts';
import type { Lo } from './context.ts';
import { operatorOf } from './operators.ts';
import { balanced, lowerTest, operandsOf, unwrapped } from './tests.ts';

/** The value of a short-circuit expression. */
export function lowerLogical(lo: Lo, node: Node, into?: number): Place {
  const operator = operatorOf(lo, node);
  const operands = operandsOf(lo, node, operator);
  const to = placeOf(lo, into ?? temp(lo));
  if (operands.length <= MAX_LOGICAL_NESTING) nested(lo, operator, operands, 0, to);
  else if (operator === '??') joined(lo, node, operands, to);
  else decided(lo, node, operator, operands, to);
  return to;
}

/** The same as a statement: the last operand is run for its effects. */
export function lowerLogicalEffect(lo: Lo, node: Node): void {
  const operator = operatorOf(lo, node);
  const operands = operandsOf(lo, node, operator);
  const last = operands[operands.length - 1]!;
  const first = operands.slice(0, -1);
  const test =
    operator === '??' && first.length === 1
      ? nullTest(lo, first[0]!)
      : balanced(
          lo,
          operator === '||' ? 'or' : 'and',
          first.map((it) => (operator === '??' ? nullTest(lo, it) : lowerTest(lo, it))),
        );
  const body = collect(lo, () => lowerEffect(lo, last));
  const runsWhenTrue = operator !== '||';
  lo.block.push({
    op: 'if',
    test,
    then: runsWhenTrue ? body : [],
    else: runsWhenTrue ? [] : body,
    ...spanOf(lo, node),
  });
}

/** `a == null` for the left side of `??`. */
export function nullTest(lo: Lo, node: Node): Test & { t: 'eq' } {
  let a: Place | undefined;
  let b: Place | undefined;
  const pre = collect(lo, () => {
    a = lowerExpression(lo, node);
    b = constant(lo, node, null);
  });
  return { t: 'eq', a: a!, b: b!, neg: false, pre, ...spanOf(lo, node) };
}

/** `a || (b || c)`: the rest is decided where `a` did not decide. */
function nested(lo: Lo, operator: string, operands: readonly Node[], at: number, to: Place): void {
  const operand = operands[at]!;
  if (at === operands.length - 1) {
    assignTo(lo, to, operand);
    return;
  }
  const rest = (): void => nested(lo, operator, operands, at + 1, to);
  const span = { s: spanOf(lo, operand).s, e: spanOf(lo, operands[operands.length - 1]!).e };
  if (operator === '??') {
    const test = nullTest(lo, operand);
    const thenBody = collect(lo, rest);
    const elseBody = collect(lo, () => copy(lo, operand, to, test.a));
    lo.block.push({ op: 'if', test, then: thenBody, else: elseBody, ...span });
    return;
  }
  const test = lowerTest(lo, operand);
  const truth = operator === '||';
  const known = (): void => setOutcome(lo, operand, to, test, truth);
  const thenBody = collect(lo, truth ? known : rest);
  const elseBody = collect(lo, truth ? rest : known);
  lo.block.push({ op: 'if', test, then: thenBody, else: elseBody, ...span });
}

/** A long chain: one balanced test decides between the last operand and any of those before it. */
function decided(lo: Lo, node: Node, operator: string, operands: readonly Node[], to: Place): void {
  const last = operands[operands.length - 1]!;
  const tests = operands.slice(0, -1).map((it) => lowerTest(lo, it));
  const truth = operator === '||';
  const test = balanced(lo, truth ? 'or' : 'and', tests);
  const known = (): void => setOutcome(lo, node, to, test, truth);
  const rest = (): void => assignTo(lo, to, last);
  const thenBody = collect(lo, truth ? known : rest);
  const elseBody = collect(lo, truth ? rest : known);
  lo.block.push({ op: 'if', test, then: thenBody, else: elseBody, ...spanOf(lo, node) });
}

/** A long chain of `??`: one of its operands. */
function joined(lo: Lo, node: Node, operands: readonly Node[], to: Place): void {
  const from = operands.map((it) => lowerExpression(lo, it));
  combine(lo, node, to, 'join', from);
}

/** Puts the value that an operand has when its test came out as `truth` into `to`. */
function setOutcome(lo: Lo, node: Node, to: Place, test: Test, truth: boolean): void {
  const places: Place[] = [];
  const isBoolean = outcomes(test, truth, places);
  if (!isBoolean && places.length === 1) {
    copy(lo, node, to, places[0]!);
    return;
  }
  if (places.length === 0) {
    constant(lo, node, truth, to.root);
    return;
  }
  if (isBoolean) places.push(constant(lo, node, truth));
  combine(lo, node, to, 'join', places);
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

const DECIDES: ReadonlySet<string> = new Set(['===', '!==', '==', '!=', 'in']);

/**
 * Returns the value of an expression. A decision (`a && b`, `c ? x : y`, `a === b`) returns on each of its ways, so that
 * the summary knows what holds when the function gave true: `(it) => it.on && it.id === id` proves what `id` is.
 */
export function lowerReturned(lo: Lo, node: Node): void {
  const { arena } = lo;
  const inner = unwrapped(lo, node);
  const type = arena.typeName(inner);
  const span = spanOf(lo, inner);
  const split = (test: Test, yes: () => void, no: () => void): void => {
    const then = collect(lo, yes);
    lo.block.push({ op: 'if', test, then, else: collect(lo, no), ...span });
  };
  const constantly = (value: boolean): void => giveBack(lo, inner, constant(lo, inner, value));
  if (type === 'ternary_expression') {
    const [condition, yes, no] = ['condition', 'consequence', 'alternative'].map((it) =>
      arena.child(inner, it),
    );
    if (condition! >= 0 && yes! >= 0 && no! >= 0) {
      const test = lowerTest(lo, condition!);
      split(
        test,
        () => lowerReturned(lo, yes!),
        () => lowerReturned(lo, no!),
      );
      return;
    }
  }
  const operator = type === 'binary_expression' ? operatorOf(lo, inner) : '';
  if (operator === '&&' || operator === '||') {
    const operands = operandsOf(lo, inner, operator);
    const last = operands.pop()!;
    const truth = operator === '||';
    const test = balanced(
      lo,
      truth ? 'or' : 'and',
      operands.map((it) => lowerTest(lo, it)),
    );
    const known = (): void => {
      // Whatever falsy value it is, it carries no data.
      if (!truth) return constantly(false);
      const to = placeOf(lo, temp(lo));
      setOutcome(lo, inner, to, test, truth);
      giveBack(lo, inner, to);
    };
    const rest = (): void => lowerReturned(lo, last);
    split(test, truth ? known : rest, truth ? rest : known);
    return;
  }
  if (DECIDES.has(operator) || (type === 'unary_expression' && operatorOf(lo, inner) === '!')) {
    split(
      lowerTest(lo, inner),
      () => constantly(true),
      () => constantly(false),
    );
    return;
  }
  giveBack(lo, node, lowerExpression(lo, node));
}
