// What `new` does: an instance of a class of the program, or the object that a constructor function fills.
// The arguments go to the constructor by its summary; what it writes to `this` stands in the fresh object.

import { type Call, applyFn } from './calls.ts';
import { type Ctx, lineage, member, readVar, setField } from './ctx.ts';
import { type Fid, type FnVal, type Value, EMPTY, join, value } from './domain.ts';
import { allocate, writeField } from './heap.ts';

/** `new C(…)` of a class of the program. */
export function construct(ctx: Ctx, call: Call, cid: number): Value {
  const id = allocate(
    ctx.env,
    call.op.id * 8 + 1,
    { fields: new Map(), base: EMPTY, len: undefined, isList: false },
    ctx.kinds,
  );
  const supers: number[] = [];
  let self = value({ objs: [id], inst: [cid] });
  const ctor = initialise(ctx, call, cid, self);
  for (const info of lineage(ctx, cid))
    for (const node of info.superValue.nodes) {
      const inst = ctx.rules.instance(node);
      if (inst >= 0) supers.push(inst);
    }
  if (supers.length > 0) self = { ...self, nodes: supers.sort((a, b) => a - b) };
  if (ctor !== undefined) applyFn(ctx, { fid: ctor }, call.args, self, call, 'constructor');
  else declaredFields(ctx, call, cid, self);
  return self;
}
/** Fields that stand in the classes get their values; gives the constructor, which may be a superclass's. */
function initialise(ctx: Ctx, call: Call, cid: number, self: Value): Fid | undefined {
  let ctor: Fid | undefined;
  for (const info of lineage(ctx, cid)) {
    for (const init of info.inits) applyFn(ctx, { fid: init }, [], self, call);
    ctor ??= info.ctor;
  }
  return ctor;
}
/** `super(…)`: the superclass's constructor fills the object that is being made. */
export function superConstruct(ctx: Ctx, call: Call, cid: number): Value {
  const self = readVar(ctx, ctx.ir.thisVar);
  const ctor = initialise(ctx, call, cid, self);
  if (ctor !== undefined) applyFn(ctx, { fid: ctor }, call.args, self, call, 'constructor');
  return self;
}
/** A data class: its constructor puts the arguments into the declared fields, those of the superclass first. */
function declaredFields(ctx: Ctx, call: Call, cid: number, self: Value): void {
  const names = [...lineage(ctx, cid)].reverse().flatMap((it) => it.fields);
  let next = 0;
  for (const arg of call.args) {
    const name = arg.name ?? names[next++];
    if (arg.spread || name === undefined) continue;
    if (names.includes(name)) setField(ctx, self, name, arg.val);
  }
}

/** `new F(…)` of a constructor function: its writes to `this` fill a fresh object; methods are on its prototype. */
export function constructFn(ctx: Ctx, call: Call, fn: FnVal): Value {
  const proto =
    call.callee.objs.length > 0 || call.callee.fields
      ? member(ctx, call.callee, 'prototype', call.op)
      : EMPTY;
  const base = allocate(
    ctx.env,
    call.op.id * 8 + 1,
    { fields: new Map(proto.fields ?? []), base: EMPTY, len: undefined, isList: false },
    ctx.kinds,
  );
  for (const id of proto.objs)
    for (const [key, it] of ctx.env.heap.get(id)?.fields ?? [])
      writeField(ctx.env, value({ objs: [base] }), key, it, ctx.kinds, true);
  const self = value({ objs: [base], open: true });
  const out = applyFn(ctx, fn, call.args, self, call, 'constructor');
  return out && (out.fns.length > 0 || out.fields) ? join(self, out, ctx.kinds) : self;
}
