// What a comparison that is kept for later (`return list.indexOf(x) > -1`, `const known = a === b`) proves of its operands.
// guards.ts decides the same for a comparison that is tested on the spot; here the answer is a value with proofs.

import type { CombineOp, Const } from '../ir/ir.ts';
import { type Ctx, keyOf } from './ctx.ts';
import { sameFolder } from './guards.ts';
import { type Proof, type Value, isPlain, isRegex, value } from './domain.ts';

/** The value of a comparison, undefined if it proves nothing. */
export function comparison(ctx: Ctx, op: CombineOp, vals: readonly Value[]): Value | undefined {
  const proofs = [...equalTo(ctx, op, vals), ...readFrom(op, vals)];
  return proofs.length > 0 ? value({ open: true, proofs }) : undefined;
}

/** What equals a trusted value, or is a member of a trusted collection, is that value. */
function equalTo(ctx: Ctx, { operator, from }: CombineOp, vals: readonly Value[]): Proof[] {
  const positive = operator === 'in' || operator === '===' || operator === '==';
  if (!positive && operator !== 'not in' && operator !== '!==' && operator !== '!=') return [];
  const [a] = from;
  const trusted = vals[1];
  if (!a || !trusted || vals[0]!.facts.length === 0) return [];
  const isEquality = operator !== 'in' && operator !== 'not in';
  const folder = isEquality ? sameFolder(ctx, vals[0]!, trusted) : 0;
  const kinds = trusted.facts.length === 0 ? ctx.kinds.all : folder;
  const path = a.path.map((it) => keyOf(ctx, it));
  return kinds === 0 ? [] : [{ root: a.root, path, kinds, whenTrue: positive }];
}

/** What the answer of a test proves, once it is compared with a constant: `position > -1`, `found === true`, `!found`. */
function readFrom({ operator }: CombineOp, vals: readonly Value[]): Proof[] {
  const [test, other] = vals;
  if (!test?.proofs || operator === undefined) return [];
  if (operator === '!') return test.proofs.filter(isPlain).map((it) => ({ ...it, whenTrue: !it.whenTrue }));
  if (!other?.konst || isRegex(other.konst.c)) return [];
  const { c } = other.konst;
  return test.proofs.flatMap((it) => {
    const holds = it.position
      ? whenFound(operator, c, it.start === true)
      : isPlain(it)
        ? whenTrue(operator, c)
        : undefined;
    if (holds === undefined) return [];
    const { root, path, kinds } = it;
    return [{ root, path, kinds, whenTrue: holds === it.whenTrue }];
  });
}

/** Whether the comparison holds where something was found (true) or where nothing was (false). */
function whenFound(operator: string, c: Const, atStart: boolean): boolean | undefined {
  if (atStart) {
    if (c !== 0) return undefined;
    return isEqual(operator) ? true : isUnequal(operator) ? false : undefined;
  }
  if (c === -1)
    return operator === '>' || isUnequal(operator)
      ? true
      : isEqual(operator) || operator === '<='
        ? false
        : undefined;
  if (c === 0) return operator === '>=' ? true : operator === '<' ? false : undefined;
  return undefined;
}
/** Whether the comparison holds where the test succeeded (true) or failed (false). */
function whenTrue(operator: string, c: Const): boolean | undefined {
  const expected = typeof c === 'boolean' ? c : c == null ? false : undefined;
  if (expected === undefined) return undefined;
  return isEqual(operator) ? expected : isUnequal(operator) ? !expected : undefined;
}
const isEqual = (operator: string): boolean => operator === '===' || operator === '==';
const isUnequal = (operator: string): boolean => operator === '!==' || operator === '!=';
