// Functions of the program itself that a project's models speak of (`"%code:lib/html.js".clean()`), and functions known
// by their name alone (`"%named".clean()`). What is taught is put on top of what the engine knows of the call anyway.

import { applies } from '../rules/condition.ts';
import type { NodeId } from '../rules/schema.ts';
import { type Value, join } from './domain.ts';
import { type Ctx, keyOf, nodeValue, siteOf } from './ctx.ts';
import type { Call } from './calls.ts';
import { refine } from './guards.ts';
import { callShape, safeFor, selectArgs } from './models.ts';
import { noticeSafe } from './notice.ts';
import { reach } from './sinks.ts';

/** The rows that hold for a call, by the functions it may run and by the name it is called by. */
export function taughtNodes(ctx: Ctx, call: Call): readonly NodeId[] {
  const { codeFunction, namedFunction } = ctx.rules;
  const found: NodeId[] = [];
  const add = (node: NodeId): void => {
    if (node >= 0 && !found.includes(node)) found.push(node);
  };
  if (codeFunction)
    for (const { fid } of call.callee.fns) {
      const info = ctx.world.func(fid);
      if (info) add(codeFunction(info.uri.replace(/^[a-z]+:\/\//i, ''), info.ir.name));
    }
  if (namedFunction) add(namedFunction(calledName(ctx, call)));
  return found;
}

/** The name that a call is written with: `query` of `db.query(…)`. */
export function calledName(ctx: Ctx, call: Call): string {
  return call.method ?? ctx.ir.vars[call.op.callee.root]?.name ?? '';
}

/** The result of a call once what is taught of it has been taken into account. A barrier never adds anything. */
export function applyTaught(ctx: Ctx, call: Call, nodes: readonly NodeId[], result: Value): Value {
  const shape = callShape(ctx, call);
  const site = siteOf(ctx, call.op);
  let res = result;
  for (const node of nodes) {
    const roles = ctx.rules.roles(node);
    const name = calledName(ctx, call);
    for (const role of roles?.sinks ?? []) {
      if (!applies(role, shape)) continue;
      for (const it of selectArgs(ctx, call, role.sel))
        reach(ctx, role, name, it.val, it.facts, siteOf(ctx, it.site));
    }
    for (const role of roles?.barriers ?? []) {
      if (!applies(role, shape)) continue;
      const kinds = ctx.kinds.of(role.kinds);
      noticeSafe(ctx, site, kinds, name);
      if (role.sel.arg === 'return') res = safeFor(ctx, res, kinds);
      else
        for (const it of selectArgs(ctx, call, role.sel))
          if (it.arg?.place) refine(ctx, it.arg.place, it.path, kinds, it.arg);
    }
    for (const role of roles?.guards ?? []) {
      if (!applies(role, shape)) continue;
      const kinds = ctx.kinds.of(role.kinds);
      for (const it of selectArgs(ctx, call, role.sel)) {
        const place = it.arg?.place;
        if (!place) continue;
        const path = [...place.path.map((key) => keyOf(ctx, key)), ...it.path];
        if (role.throws) refine(ctx, place, it.path, kinds, it.arg!);
        else {
          const proof = { root: place.root, path, kinds, whenTrue: role.accepts };
          res = { ...res, proofs: [...(res.proofs ?? []), proof] };
        }
      }
    }
    const given = ctx.rules.call(node);
    if (given >= 0) res = join(res, nodeValue(ctx, [given], call.op), ctx.kinds);
  }
  return res;
}
