// What a predicate proves of the elements that it lets through: `names.find((it) => KNOWN.includes(it))`.
// The other direction, what an element that was accepted proves of what it was compared with, is a guard (guards.ts).

import type { KindSet } from '../base/kindset.ts';
import type { Span } from '../ir/ir.ts';
import { type Ctx, functionsIn, member } from './ctx.ts';
import { type FieldKey, type Value, cleanse } from './domain.ts';

/**
 * The element after every function of `predicate` has accepted it.
 * @param index the parameter of the predicate that is given the element
 */
export function accepted(ctx: Ctx, predicate: Value, elem: Value, index: number, at: Span): Value {
  const fns = functionsIn(ctx, predicate);
  if (fns.length === 0 || predicate.nodes.length > 0) return elem;
  let proven: ReadonlyMap<string, Proven> | undefined;
  for (const fn of fns) {
    const own = provenBy(ctx, fn.fid, index);
    proven = proven ? both(ctx, proven, own) : own;
  }
  let res = elem;
  for (const { path, kinds } of proven?.values() ?? []) res = refined(ctx, res, path, kinds, at);
  return res;
}
interface Proven {
  readonly path: readonly FieldKey[];
  readonly kinds: KindSet;
}

function provenBy(ctx: Ctx, fid: number, index: number): ReadonlyMap<string, Proven> {
  const res = new Map<string, Proven>();
  for (const it of ctx.world.summary(fid)?.ensures ?? []) {
    if (it.index !== index || it.given || it.when === 'false') continue;
    const key = JSON.stringify(it.path);
    const kinds = ctx.kinds.union(res.get(key)?.kinds ?? 0, it.kinds);
    res.set(key, { path: it.path, kinds });
  }
  return res;
}
function both(
  ctx: Ctx,
  a: ReadonlyMap<string, Proven>,
  b: ReadonlyMap<string, Proven>,
): ReadonlyMap<string, Proven> {
  const res = new Map<string, Proven>();
  for (const [key, it] of a) {
    const kinds = ctx.kinds.intersect(it.kinds, b.get(key)?.kinds ?? 0);
    if (kinds !== 0) res.set(key, { ...it, kinds });
  }
  return res;
}
/** A field of an object of this run stays as it is: the same object is in the list that was searched. */
function refined(ctx: Ctx, elem: Value, path: readonly FieldKey[], kinds: KindSet, at: Span): Value {
  const safe = (val: Value): Value => {
    const facts = cleanse(val.facts, kinds, ctx.kinds);
    return facts === val.facts ? val : { ...val, facts };
  };
  if (path.length === 0) return safe(elem);
  const [key] = path;
  if (path.length > 1 || key === undefined || key === null || elem.objs.length > 0) return elem;
  const part = safe(member(ctx, elem, key, at));
  return { ...elem, fields: new Map([...(elem.fields ?? []), [key, part]]) };
}
