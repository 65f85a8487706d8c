// Under which conditions on a function's own parameters something in it happens: `if (stats) open(file)`. A summary keeps
// them, and a call that is known not to meet them (`f(file, null)`) is not a way there.

import type { Const, Place } from '../ir/ir.ts';
import type { CallArg } from './calls.ts';
import type { Ctx } from './ctx.ts';
import { type Value, isRegex } from './domain.ts';
import { truth } from './guards.ts';

/** What a branch that was taken says of a parameter: its truth, or that it is a constant (`is: true`) or is not it. */
export type Given =
  | { readonly key: string; readonly index: number; readonly truthy: boolean }
  | { readonly key: string; readonly index: number; readonly c: Const; readonly is: boolean };

/** Conditions kept for one way; more of them make no call more exact. */
const LIMIT = 8;

/** From here on (in this branch) the place is truthy or falsy. */
export function assumeTruth(ctx: Ctx, place: Place, truthy: boolean): void {
  const index = untouched(ctx, place);
  if (index >= 0) add(ctx, { key: `${index}${truthy}`, index, truthy });
}
/** From here on the place is this constant, or is anything else. */
export function assumeEqual(ctx: Ctx, place: Place, c: Const, is: boolean): void {
  const index = isRegex(c) ? -1 : untouched(ctx, place);
  if (index >= 0) add(ctx, { key: `${index}${is}${typeof c}${String(c)}`, index, c, is });
}
function add(ctx: Ctx, it: Given): void {
  const given = ctx.env.given ?? [];
  if (given.length < LIMIT && !given.some((x) => x.key === it.key)) ctx.env.given = [...given, it];
}
/** The parameter that a place is, if it always holds what the caller gave; -1 otherwise. */
function untouched(ctx: Ctx, place: Place): number {
  const { root, path } = place;
  if (path.length > 0 || ctx.info.writtenInside.has(root) || ctx.info.assigned.has(root)) return -1;
  return ctx.ir.params.findIndex((it) => it.v === root && !it.rest && !it.keywords);
}

/** What holds on both of two ways. */
export function bothGiven(a: readonly Given[] | undefined, b: readonly Given[] | undefined): typeof a {
  if (a === b || !a || !b) return a === b ? a : undefined;
  const res = a.filter((it) => b.some((x) => x.key === it.key));
  return res.length === 0 ? undefined : res.length === a.length ? a : res;
}

/** Whether a call with these arguments (in the parameters' order) certainly does not meet the conditions. */
export function isExcluded(ctx: Ctx, given: readonly Given[] | undefined, args: readonly CallArg[]): boolean {
  if (!given || args.some((it) => it.spread)) return false;
  return given.some((it) => {
    const arg = args[it.index];
    return arg ? contradicts(ctx, it, arg.val) : it.index >= args.length && !absentMeets(it);
  });
}
function contradicts(ctx: Ctx, it: Given, val: Value): boolean {
  if ('truthy' in it) {
    const known = truth(ctx, val);
    return known !== undefined && known !== it.truthy;
  }
  if (!val.konst || isRegex(val.konst.c)) return false;
  const { c } = val.konst;
  const same = c === it.c || (c == null && it.c == null);
  return same !== it.is;
}
const absentMeets = (it: Given): boolean => ('truthy' in it ? !it.truthy : (it.c == null) === it.is);
