// Methods that are put on a prototype, or beside each other into what a file exports: each is called on an object that
// has the others. Told to the functions' slots at the end of a run, so that `this.other()` is a call of a known function.

import type { FuncIR, Place } from '../ir/ir.ts';
import { eachStatement } from '../ir/walk.ts';
import { type FieldKey, type Value, EMPTY, value } from './domain.ts';
import { type Ctx, foreign, member, readPlace, shared } from './ctx.ts';
import { METHODS } from './limits.ts';

const NOWHERE = { s: 0, e: 0 };

/** Tells the methods of every prototype that this function fills what their `this` has. */
export function tellMethods(ctx: Ctx): void {
  for (const owner of ownersIn(ctx.ir))
    tellThis(ctx, member(ctx, readPlace(ctx, owner, NOWHERE), 'prototype', NOWHERE));
}

/** Tells the functions that are fields of one object: `this` of each is that object. */
export function tellThis(ctx: Ctx, object: Value): void {
  const methods = new Map<FieldKey, Value>();
  for (const [key, it] of shared(ctx, object).fields ?? []) {
    if (key === null || it.fns.length === 0 || methods.size >= METHODS) continue;
    methods.set(key, value({ fns: it.fns.map((fn) => ({ fid: fn.fid })) }));
  }
  if (methods.size < 2) return;
  const self = foreign(value({ fields: methods, open: true }), undefined);
  if (self === EMPTY) return;
  for (const it of methods.values()) for (const fn of it.fns) ctx.world.addSlot(`P${fn.fid}:-1`, self);
}

const known = new WeakMap<FuncIR, readonly Place[]>();
/** What stands before `.prototype` in a function, each once. */
function ownersIn(ir: FuncIR): readonly Place[] {
  let owners = known.get(ir);
  if (owners) return owners;
  const found = new Map<string, Place>();
  const see = (place: Place | undefined): void => {
    const at = place?.path.indexOf('prototype') ?? -1;
    if (!place || at < 0) return;
    const path = place.path.slice(0, at);
    if (path.every((it) => typeof it === 'string'))
      found.set(`${place.root}.${path.join('.')}`, { root: place.root, path });
  };
  eachStatement(ir.body, (stmt) => {
    if ('to' in stmt) see(stmt.to);
    // `const proto = F.prototype; proto.m = …`
    if (stmt.op === 'copy') see(stmt.from);
  });
  known.set(ir, (owners = [...found.values()]));
  return owners;
}
