// Which argument of a call belongs to which parameter: by position, by name, and what is left over for `*rest`.
// Summaries speak of parameters by position, so a call by name is put into that order first.

import type { FuncIR } from '../ir/ir.ts';
import type { CallArg } from './calls.ts';
import type { Ctx } from './ctx.ts';
import { member } from './ctx.ts';
import { type FieldKey, type FnVal, type Value, EMPTY, join, value } from './domain.ts';

/** The arguments in the order of the parameters, and the receiver. Calls that need no order are given back as they are. */
export function bindArgs(
  ctx: Ctx,
  ir: FuncIR,
  fn: FnVal,
  given: readonly CallArg[],
  self: Value,
): { args: readonly CallArg[]; self: Value } {
  let args = given;
  if (fn.unbound && ir.thisVar >= 0 && args[0]?.name === undefined && args.length > 0) {
    self = args[0]!.val;
    args = args.slice(1);
  }
  const { params } = ir;
  const restAt = params.findIndex((it) => it.rest && !it.keywords);
  const isPlain = !args.some((it) => it.name !== undefined || it.spread);
  if (isPlain && (restAt < 0 || restAt === params.length - 1)) return { args, self };
  const plain = spreadOut(
    ctx,
    args.filter((it) => it.name === undefined),
    restAt < 0 ? params.length : restAt,
  );
  const res: (CallArg | undefined)[] = restAt < 0 ? plain.slice(0, params.length) : plain.slice(0, restAt);
  const left = new Map<FieldKey, Value>();
  let site = plain[0]?.site;
  for (const it of args) {
    if (it.name === undefined) continue;
    site ??= it.site;
    if (it.name === '**') {
      // A dictionary of arguments: each parameter that has none yet may get its field.
      params.forEach((param, at) => {
        if (param.rest || res[at]) return;
        const val = member(ctx, it.val, param.name, it.site);
        if (val !== EMPTY) res[at] = { val, place: undefined, site: it.site, spread: false };
      });
      for (const key of fieldsOf(ctx, it.val))
        if (!params.some((param) => param.name === key))
          add(ctx, left, key, member(ctx, it.val, key, it.site));
      if (it.val.facts.length > 0) add(ctx, left, null, value({ facts: it.val.facts, open: true }));
      continue;
    }
    const at = params.findIndex((param) => param.name === it.name && !param.rest);
    if (at < 0) add(ctx, left, it.name, it.val);
    else res[at] = { ...it, name: undefined };
  }
  const keywordsAt = params.findIndex((it) => it.keywords);
  if (site && keywordsAt >= 0 && left.size > 0)
    res[keywordsAt] = { val: value({ fields: left }), place: undefined, site, spread: false };
  if (site && restAt >= 0) {
    const rest = plain.slice(restAt).reduce((acc, it) => join(acc, it.val, ctx.kinds), EMPTY);
    if (rest !== EMPTY)
      res[restAt] = { val: rest, place: undefined, site: plain[restAt]!.site, spread: plain[restAt]!.spread };
  }
  const nothing: CallArg = { val: EMPTY, place: undefined, site: site ?? { s: 0, e: 0 }, spread: false };
  return { args: Array.from(res, (it) => it ?? nothing), self };
}

/** `f(*list)`: each parameter that is left gets its element of the list, and the rest any of them. */
function spreadOut(ctx: Ctx, args: readonly CallArg[], count: number): CallArg[] {
  const at = args.findIndex((it) => it.spread);
  if (at < 0) return [...args];
  const list = args[at]!;
  const res = args.slice(0, at);
  const isOnly = at === args.length - 1;
  const element = (key: FieldKey): CallArg => ({
    val: member(ctx, list.val, key, list.site),
    place: undefined,
    site: list.site,
    spread: false,
  });
  for (let i = at; i < count; i++) res.push(element(isOnly ? i - at : null));
  return [...res, element(null), ...args.slice(at + 1)];
}

function fieldsOf(ctx: Ctx, val: Value): FieldKey[] {
  const keys = new Set<FieldKey>(val.fields?.keys());
  for (const id of val.objs) for (const key of ctx.env.heap.get(id)?.fields.keys() ?? []) keys.add(key);
  return [...keys];
}
function add(ctx: Ctx, to: Map<FieldKey, Value>, key: FieldKey, val: Value): void {
  const old = to.get(key);
  to.set(key, old ? join(old, val, ctx.kinds) : val);
}
