// Calls: what may run, with what, and what comes back. Functions of the program by their summaries, libraries by their
// models, the language's own methods by their effects; what is left is unknown and passes taint on with less confidence.

import type { CallOp, Place, Span } from '../ir/ir.ts';
import { type Fid, type FnVal, type Value, EMPTY, OPEN, join, stepped, value } from './domain.ts';
import { deepFacts, writeField } from './heap.ts';
import {
  type Ctx,
  allNodes,
  chosenBy,
  functionsIn,
  holder,
  keyOf,
  lineage,
  member,
  readPlace,
  readVar,
  setGetter,
  shared,
  siteOf,
  writeVar,
} from './ctx.ts';
import { builtPattern, checkGiven, checkPassed, noteCall } from './checks.ts';
import { secretResult } from './secrets.ts';
import { ensured } from './ensures.ts';
import { noteThrown } from './errors.ts';
import { asEmitter, emitterCall } from './events.ts';
import { refineKeys } from './guards.ts';
import { bindArgs } from './bind.ts';
import { isExcluded } from './given.ts';
import { addInvoke, addWrite, isOrdinary } from './gather.ts';
import { moduleCall } from './modules.ts';
import { returnsTo, standsAt } from './run.ts';
import { construct, constructFn, superConstruct } from './construct.ts';
import { callbackParams, modelCall } from './models.ts';
import { enteredValue, nativeCall } from './native.ts';
import { noticeCall } from './notice.ts';
import { chosenCall, meet } from './sinks.ts';
import { applyTaught, calledName, taughtNodes } from './taught.ts';
import { unknownCall } from './unknown.ts';
import { APPLIED_PER_RUN, PASSED_FIELDS, PROBED } from './limits.ts';
import { type Binder, NO_SUMMARY, bound, chosenFacts, readPath, substFacts, substValue } from './summary.ts';
import type { Write } from './world.ts';

export interface CallArg {
  readonly val: Value;
  readonly place: Place | undefined;
  readonly site: Span;
  readonly spread: boolean;
  readonly name?: string;
}
export interface Call {
  readonly op: CallOp;
  readonly callee: Value;
  /** Last key of a method call. */
  readonly method: string | undefined;
  readonly recv: Value | undefined;
  readonly recvPlace: Place | undefined;
  readonly args: readonly CallArg[];
  /** Data that models deliver to parameters of callbacks given to this call. */
  feeds?: { readonly arg: CallArg; readonly param: number; readonly value: Value }[];
}

/** Levels of calls applied inside one another (callbacks of callbacks); deeper ones are unknown. */
const APPLY_DEPTH = 3;

/** Executes a call operation and gives its result. */
export function evalCall(ctx: Ctx, op: CallOp): Value {
  const call = prepare(ctx, op);
  noteCall(ctx, call);
  if (ctx.info.natives.prototypes) chosenCall(ctx, call.callee, siteOf(ctx, op.calleeSpan));
  checkGiven(ctx, call.args);
  const special = moduleCall(ctx, call) ?? builtPattern(ctx, call);
  if (special) return special;
  return secretResult(ctx, call, asEmitter(ctx, call, invoke(ctx, call)));
}

function prepare(ctx: Ctx, op: CallOp): Call {
  const { path, root } = op.callee;
  let recv: Value | undefined;
  let recvPlace: Place | undefined;
  let callee: Value;
  let method: string | undefined;
  if (path.length > 0) {
    recvPlace = { root, path: path.slice(0, -1) };
    recv = readPlace(ctx, recvPlace, op.calleeSpan);
    const last = path.at(-1)!;
    const key = keyOf(ctx, last);
    method = typeof key === 'string' ? key : undefined;
    callee = member(ctx, recv, key, op.calleeSpan);
    if (key === null && typeof last === 'object' && last !== null) callee = chosenBy(ctx, callee, last);
  } else {
    callee = ctx.ir.vars[root]?.kind === 'super' ? superClass(ctx) : readVar(ctx, root);
  }
  const args: CallArg[] = [];
  for (const it of op.args) {
    const val = readPlace(ctx, it.place, it);
    const list = it.spread ? knownList(ctx, val) : undefined;
    if (list) for (const x of list) args.push({ val: x, place: undefined, site: it, spread: false });
    else args.push({ val, place: it.place, site: it, spread: it.spread === true, name: it.name });
  }
  return { op, callee, method, recv, recvPlace, args };
}
function knownList(ctx: Ctx, val: Value): Value[] | undefined {
  const obj = val.objs.length === 1 ? ctx.env.heap.get(val.objs[0]!) : undefined;
  if (!obj?.isList || obj.len === undefined) return undefined;
  return Array.from({ length: obj.len }, (_, i) => obj.fields.get(i) ?? OPEN);
}
function superClass(ctx: Ctx): Value {
  for (const cid of readVar(ctx, ctx.ir.thisVar).inst) {
    const info = ctx.world.klass(cid);
    if (info) return info.superValue;
  }
  return OPEN;
}

/** Everything a callee value may run, joined. */
export function invoke(ctx: Ctx, call: Call): Value {
  const entered = enteredValue(ctx, call);
  if (entered) return entered;
  const res = outcome(ctx, call);
  const taught = taughtNodes(ctx, call);
  return taught.length === 0 ? res : applyTaught(ctx, call, taught, res);
}
function outcome(ctx: Ctx, call: Call): Value {
  let res = EMPTY;
  let known = false;
  emitterCall(ctx, call);
  // A class called without `new` is a function of the old style, or Python's way to make an instance.
  const isSuper = call.recv === undefined && ctx.ir.vars[call.op.callee.root]?.kind === 'super';
  for (const cid of call.callee.classes) {
    const make = isSuper && ctx.ir.thisVar >= 0 ? superConstruct : construct;
    res = join(res, make(ctx, call, cid), ctx.kinds);
    known = true;
  }
  // Python's objects that are called like functions.
  for (const cid of call.callee.inst) {
    const found = [...lineage(ctx, cid)].map((it) => it.members.get('__call__')).find((it) => it);
    const out = found && applyFn(ctx, { fid: found.fid }, call.args, call.callee, call, '__call__');
    if (out) {
      res = join(res, out, ctx.kinds);
      known = true;
    }
  }
  for (const fn of call.callee.fns) {
    const out = call.op.isNew
      ? constructFn(ctx, call, fn)
      : applyFn(ctx, fn, call.args, selfOf(ctx, call, fn), call, call.method);
    if (out) {
      res = join(res, out, ctx.kinds);
      known = true;
    }
  }
  ctx.ended = neverReturns(ctx, call);
  recordInvoke(ctx, call);
  const nodes = [...allNodes(ctx, call.callee)];
  if (ctx.world.notice) {
    const functions = call.callee.fns.map((it) => it.fid);
    noticeCall(ctx, siteOf(ctx, call.op), calledName(ctx, call), nodes, functions);
  }
  if (nodes.length > 0) {
    const out = modelCall(ctx, call, nodes);
    res = join(res, out.value, ctx.kinds);
    known ||= out.known;
    if (callbacks(ctx, call, nodes)) known ||= out.known;
    if (!out.known) known = false;
  }
  if (known) return orOpen(res);
  const native = nativeCall(ctx, call);
  if (native) return orOpen(join(res, native, ctx.kinds));
  if (call.method !== undefined && call.callee.nodes.length === 0) {
    const named = ctx.rules.methodsByName(call.method);
    if (named.length > 0 && untyped(call)) {
      const out = modelCall(ctx, call, named, true);
      if (out.known) return orOpen(join(res, OPEN, ctx.kinds));
    }
  }
  return orOpen(join(res, unknownCall(ctx, call), ctx.kinds));
}
/** Whether a call is of one function or API only, and that never returns. */
function neverReturns(ctx: Ctx, { callee }: Call): boolean {
  const [fn, ...others] = callee.fns;
  if (others.length > 0 || callee.classes.length > 0 || callee.inst.length > 0) return false;
  if (fn) return callee.nodes.length === 0 && !callee.open && ctx.world.summary(fn.fid)?.ends === true;
  return callee.nodes.length > 0 && callee.nodes.every((it) => endsAt(ctx, it));
}
const endsAt = (ctx: Ctx, node: number): boolean =>
  ctx.rules.closure(node).some((it) => ctx.rules.roles(it)?.ends === true);

/** The receiver is nothing the engine knows: then a method's name says something. */
const untyped = (call: Call): boolean =>
  call.recv !== undefined &&
  call.recv.nodes.length === 0 &&
  call.recv.inst.length === 0 &&
  call.recv.konst === undefined;

/** Nothing known of a result is a clean value of unknown content. */
const orOpen = (res: Value): Value => (res === EMPTY ? OPEN : res);

function selfOf(ctx: Ctx, call: Call, fn: FnVal): Value {
  if (fn.self) return fn.self;
  // A superclass's method runs on the very object, with the methods that its own class overrides.
  if (ctx.ir.vars[call.op.callee.root]?.kind === 'super' && ctx.ir.thisVar >= 0)
    return readVar(ctx, ctx.ir.thisVar);
  return call.recv ?? EMPTY;
}

/** Applies a function's summary; undefined if nothing is known of it (no body). */
export function applyFn(
  ctx: Ctx,
  fn: FnVal,
  given: readonly CallArg[],
  self: Value,
  call: Call,
  method?: string,
): Value | undefined {
  let args = given;
  const callee = ctx.world.func(fn.fid);
  if (!callee) return undefined;
  ({ args, self } = bindArgs(ctx, callee.ir, fn, given, self));
  if (ctx.depth === 0) checkPassed(ctx, callee.ir, args);
  passParams(ctx, fn.fid, callee.ir.params.length, args, self);
  if (ctx.depth >= APPLY_DEPTH) return OPEN;
  const summary = ctx.world.summary(fn.fid) ?? NO_SUMMARY;
  ctx.applied += 1 + summary.uses.length + summary.writes.length + summary.invokes.length;
  if (ctx.applied > (ctx.world.probe ? APPLIED_PER_RUN * PROBED : APPLIED_PER_RUN)) {
    ctx.partial = true;
    return OPEN;
  }
  const name = callee.ir.name || method || 'a function';
  const binder: Binder = {
    env: ctx.env,
    kinds: ctx.kinds,
    callee,
    args: args.map((it) => (it.spread ? member(ctx, it.val, null, it.site) : it.val)),
    self,
    bind: fn.bind,
    nested: (id) => ctx.world.func(id)?.ancestors.includes(fn.fid) === true,
    remembered: {},
    inside: ctx.inside,
    site: siteOf(ctx, call.op),
    label: `passed to ${name}()`,
  };
  ctx.depth++;
  for (const use of summary.uses) {
    if (isExcluded(ctx, use.given, args)) continue;
    // Uses of enclosing functions' parameters were taken over where the closure was created, unless it left that call.
    if (
      use.fact.origin.o === 'param' &&
      use.fact.origin.fid !== fn.fid &&
      !bound(binder, use.fact.origin.fid, use.fact.origin.index)
    )
      continue;
    const here = siteBinder(binder, use.fact, args, ctx);
    for (const it of substFacts(here, [use.fact])) meet(ctx, it, use.sink);
    if (use.sink.target)
      for (const it of chosenFacts(here, use.fact)) meet(ctx, it, { ...use.sink, target: undefined });
  }
  for (const it of summary.writes) applyWrite(ctx, binder, it, args, self);
  for (const it of summary.invokes) {
    const base = bound(binder, it.origin.fid, it.origin.index);
    if (!base) continue;
    const target = readPath(ctx.env, base, it.origin.path, ctx.kinds);
    if (target.fns.length === 0 && target.nodes.length === 0 && target.facts.length === 0) continue;
    // What a parameter is at this call is known inside as well, and what the callee itself gave it was seen there.
    const seen = target.nodes.length > 0 && target.fns.length === 0;
    const inner: CallArg[] = it.args.map((x) => ({
      val: substValue(binder, seen ? withoutSources(x) : x),
      place: undefined,
      site: call.op,
      spread: false,
    }));
    invokeValue(ctx, target, inner, call);
  }
  if (summary.throws !== EMPTY) noteThrown(ctx, substValue(binder, summary.throws));
  const known = ensured(ctx, summary, args, call.op);
  for (const it of known) if (it.when === 'always') refineKeys(ctx, it.root, it.path, it.kinds, it.site);
  let ret = substValue(binder, summary.ret);
  const proofs = known
    .filter((it) => it.when !== 'always')
    .map(({ root, path, kinds, when }) => ({ root, path, kinds, whenTrue: when === 'true' }));
  if (proofs.length > 0) ret = { ...(ret === EMPTY ? OPEN : ret), proofs };
  ctx.depth--;
  ret = { ...ret, facts: stepped(ret.facts, siteOf(ctx, call.op), `returned by ${name}()`) };
  return callee.ir.isGenerator ? value({ fields: new Map([[null, ret]]), open: true }) : ret;
}
const withoutSources = (val: Value): Value =>
  val.facts.some((it) => it.origin.o === 'source')
    ? { ...val, facts: val.facts.filter((it) => it.origin.o !== 'source') }
    : val;
/** The step "passed to f()" is shown at the argument that carried the data. */
function siteBinder(
  binder: Binder,
  it: { origin: { o: string } },
  args: readonly CallArg[],
  ctx: Ctx,
): Binder {
  const origin = it.origin as { o: string; fid?: Fid; index?: number };
  const arg =
    origin.fid === binder.callee.fid && origin.index !== undefined && origin.index >= 0
      ? args[origin.index]
      : undefined;
  return arg ? { ...binder, site: siteOf(ctx, arg.site) } : binder;
}

/** What callers pass decides what a parameter *is* (API nodes, functions, classes); taint goes by summaries instead. */
function passParams(ctx: Ctx, fid: Fid, count: number, args: readonly CallArg[], self: Value): void {
  for (let i = 0; i < args.length && i < Math.max(count, 1); i++) {
    const arg = args[i]!;
    if (arg.spread) break;
    // Taint goes by summaries: a helper that one caller gives request data is not a source for the others.
    passParam(ctx, fid, i, arg.val, false);
  }
  if (self.inst.length > 0 || self.nodes.length > 0) passParam(ctx, fid, -1, self);
}
/** `sources`: models say that what arrives here comes from outside, so the parameter is a source itself. */
export function passParam(ctx: Ctx, fid: Fid, index: number, val: Value, sources = true): void {
  const kind = staticPart(ctx, val, 1, sources);
  if (kind !== EMPTY) ctx.world.addSlot(`P${fid}:${index}`, kind);
}
function staticPart(ctx: Ctx, val: Value, depth = 1, sources = false): Value {
  const nodes = sources ? val.nodes : val.nodes.filter((it) => !isSource(ctx, it));
  const fns = val.fns.length === 0 ? val.fns : val.fns.map((it) => ({ fid: it.fid }));
  let fields: Map<string | number | null, Value> | undefined;
  if (depth > 0) {
    const add = (key: string | number | null, it: Value): void => {
      const part = staticPart(ctx, it, depth - 1, sources);
      if (part === EMPTY) return;
      const old = (fields ??= new Map()).get(key);
      fields.set(key, old ? join(old, part, ctx.kinds) : part);
    };
    for (const id of val.objs) {
      const own = ctx.env.heap.get(id)?.fields;
      if (own && own.size <= PASSED_FIELDS) for (const [key, it] of own) add(key, it);
    }
    if (val.fields && val.fields.size <= PASSED_FIELDS) for (const [key, it] of val.fields) add(key, it);
  }
  if (nodes.length === 0 && fns.length === 0 && val.classes.length === 0 && val.inst.length === 0 && !fields)
    return EMPTY;
  return value({ nodes, fns, classes: val.classes, inst: val.inst, fields, open: true });
}
const isSource = (ctx: Ctx, node: number): boolean =>
  ctx.rules.closure(node).some((it) => (ctx.rules.roles(it)?.sources.length ?? 0) > 0);

function applyWrite(
  ctx: Ctx,
  binder: Binder,
  { target, value: written }: Write,
  args: readonly CallArg[],
  self: Value,
): void {
  if (target.t === 'cell') {
    if (!ctx.inside.has(target.fid)) return;
    const val = toWrite(binder, written);
    if (!val) return;
    if (target.fid === ctx.info.fid) mergeInto(ctx, { root: target.v, path: [] }, target.path, val);
    else addWrite(ctx, target, shared(ctx, val));
    return;
  }
  if (target.fid !== binder.callee.fid) {
    if (bound(binder, target.fid, target.index) || !ctx.inside.has(target.fid)) return;
    const val = toWrite(binder, written);
    if (val) addWrite(ctx, target, shared(ctx, val));
    return;
  }
  const arg = target.index < 0 ? undefined : args[target.index];
  const base = target.index < 0 ? self : arg?.val;
  if (!base) return;
  const val = toWrite(binder, written);
  if (!val) return;
  if (base.objs.length > 0 || !arg?.place) {
    writeInto(ctx, base, target.path, val);
    if (base.facts.length > 0) forward(ctx, base, target.path, val);
    return;
  }
  mergeInto(ctx, arg.place, target.path, val);
  forward(ctx, base, target.path, val);
}
/** What is written at this call; undefined if it adds nothing to what is there. */
function toWrite(binder: Binder, written: Value): Value | undefined {
  const val = substValue(binder, written);
  return val.facts.length === 0 && !val.fields && val.nodes.length === 0 && val.fns.length === 0
    ? undefined
    : val;
}
/** A write into something that is itself a parameter's: the caller's caller must hear of it. */
function forward(ctx: Ctx, base: Value, path: readonly (string | number | null)[], val: Value): void {
  let told: Value | undefined;
  for (const it of base.facts)
    if (it.origin.o === 'param' && it.derived === 0 && ctx.inside.has(it.origin.fid))
      addWrite(
        ctx,
        { t: 'param', fid: it.origin.fid, index: it.origin.index, path: [...it.origin.path, ...path] },
        (told ??= shared(ctx, val)),
      );
}
function writeInto(ctx: Ctx, base: Value, path: readonly (string | number | null)[], val: Value): void {
  let target = base;
  for (let i = 0; i < path.length - 1; i++) {
    target = member(ctx, target, path[i]!, { s: 0, e: 0 });
    if (target.objs.length === 0) return;
  }
  if (path.length > 0) writeField(ctx.env, target, path.at(-1)!, val, ctx.kinds, true);
  for (const cid of target.inst) {
    const facts = val.facts.filter((it) => it.origin.o === 'source');
    if (facts.length > 0 && path.length > 0)
      ctx.world.addSlot(`F${cid}:${path.at(-1) ?? '*'}`, value({ facts }));
  }
}
const NOWHERE: Span = { s: 0, e: 0 };

/** Joins a value into a place (or a path below it) of this function. */
function mergeInto(ctx: Ctx, place: Place, path: readonly (string | number | null)[], val: Value): void {
  const keys = [...place.path.map((it) => keyOf(ctx, it)), ...path];
  const old = readVar(ctx, place.root);
  if (keys.length === 0) {
    writeVar(ctx, place.root, join(old, val, ctx.kinds));
    return;
  }
  const id = -(place.root * 64 + 7) - 100_000_000;
  const owner = holder(ctx, old, id, NOWHERE);
  if (owner !== old) ctx.env.vars[place.root] = owner;
  let target = owner;
  for (let i = 0; i < keys.length - 1; i++) {
    const inner = member(ctx, target, keys[i]!, { s: 0, e: 0 });
    const held = holder(ctx, inner, id - i - 1, NOWHERE);
    if (held !== inner) writeField(ctx.env, target, keys[i]!, held, ctx.kinds);
    target = held;
  }
  writeField(ctx.env, target, keys.at(-1)!, val, ctx.kinds, true);
}

/** Calls any value with these arguments: callbacks, and parameters called as functions. */
export function invokeValue(ctx: Ctx, target: Value, args: readonly CallArg[], call: Call): Value {
  let res = EMPTY;
  for (const fn of target.fns)
    res = join(res, applyFn(ctx, fn, args, fn.self ?? EMPTY, call) ?? EMPTY, ctx.kinds);
  const inner: Call = {
    ...call,
    callee: target,
    args,
    recv: undefined,
    recvPlace: undefined,
    method: undefined,
    feeds: undefined,
  };
  recordInvoke(ctx, inner);
  const nodes = [...allNodes(ctx, target)];
  if (nodes.length > 0) res = join(res, modelCall(ctx, inner, nodes).value, ctx.kinds);
  return res;
}

/** A parameter (of this function or one around it) is called: callers know what it is. */
function recordInvoke(ctx: Ctx, call: Call): void {
  if (call.method !== undefined && isOrdinary(ctx, call.method)) return;
  for (const it of call.callee.facts) {
    if (it.derived !== 0 || it.origin.o !== 'param' || !ctx.inside.has(it.origin.fid)) continue;
    addInvoke(
      ctx,
      it.origin,
      call.args.map((x) => tree(ctx, x.val)),
    );
  }
}
const tree = (ctx: Ctx, val: Value): Value => {
  const plain = val.objs.length === 0 && !val.fields && !val.proofs;
  return plain ? val : { ...staticPart(ctx, val), facts: deepFacts(ctx.env, val, ctx.kinds) };
};

/** Runs the functions given to a modelled call. Says whether any was given. */
function callbacks(ctx: Ctx, call: Call, nodes: readonly number[]): boolean {
  let any = false;
  call.args.forEach((arg, index) => {
    const places = nodes.flatMap((it) => ctx.rules.argument?.(it, index, call.args.length) ?? []);
    for (const fn of functionsIn(ctx, arg.val)) {
      any = true;
      const params = ctx.world.func(fn.fid)?.ir.params.length ?? 0;
      const typed = callbackParams(ctx, nodes, index, call.args.length, params);
      const feeds = call.feeds?.filter((it) => it.arg === arg) ?? [];
      const args: CallArg[] = Array.from({ length: params }, (_, i) => {
        let val = typed[i] ?? OPEN;
        for (const it of feeds) if (it.param === i) val = join(val, it.value, ctx.kinds);
        return { val, place: undefined, site: arg.site, spread: false };
      });
      typed.forEach((it, i) => it && passParam(ctx, fn.fid, i, it));
      returnsTo(
        ctx,
        fn.fid,
        places.map((it) => ctx.rules.result?.(it) ?? -1),
      );
      applyFn(ctx, fn, args, fn.self ?? EMPTY, call);
    }
    if (places.length > 0) optionFunctions(ctx, arg.val, places, 4);
  });
  return any;
}
/** Functions in the fields of an options record: `route({ handler(req) {} })`. */
function optionFunctions(ctx: Ctx, val: Value, nodes: readonly number[], depth: number): void {
  standsAt(ctx, val, nodes);
  if (depth === 0) return;
  const below = (key: string | number | null, it: Value): void => {
    const next = nodes.flatMap((node) => ctx.rules.closure(node)).map((node) => ctx.rules.member(node, key));
    const found = next.filter((node) => node >= 0);
    if (found.length > 0) optionFunctions(ctx, it, found, depth - 1);
  };
  for (const id of val.objs) for (const [key, it] of ctx.env.heap.get(id)?.fields ?? []) below(key, it);
  for (const [key, it] of val.fields ?? []) below(key, it);
  // An object of a class of the program: its methods are the functions.
  for (const cid of val.inst)
    for (const info of lineage(ctx, cid))
      for (const [name, it] of info.members)
        if (it.kind === 'method') below(name, value({ fns: [{ fid: it.fid }] }));
}

setGetter((ctx, fid, self, at) => {
  const op: CallOp = {
    op: 'call',
    id: 0,
    s: at.s,
    e: at.e,
    to: { root: 0, path: [] },
    callee: { root: 0, path: [] },
    calleeSpan: at,
    args: [],
  };
  const call: Call = { op, callee: EMPTY, method: undefined, recv: self, recvPlace: undefined, args: [] };
  return applyFn(ctx, { fid }, [], self, call) ?? OPEN;
});
