// Applying a summary at a call: the callee's parameters are replaced by what this call passes.
// Nothing here runs code; it is substitution over facts and values.

import type { KindRegistry } from '../base/kindset.ts';
import {
  type Bind,
  type Derived,
  type Doubt,
  type Fact,
  type FieldKey,
  type Fid,
  type FnVal,
  type Origin,
  type Site,
  type Value,
  EMPTY,
  refact,
  join,
  joinFacts,
  sortFacts,
  value,
  withFact,
} from './domain.ts';
import { anyField, deepFacts, ofBase, readObj, trim, type Env } from './heap.ts';
import { BIND_DEPTH, PASSED, REMEMBERED, SUBSTITUTED, TREE_DEPTH } from './limits.ts';
import { chain, step } from './via.ts';
import type { FuncInfo, Summary } from './world.ts';

/** What a call binds the callee's origins to. */
export interface Binder {
  readonly env: Env;
  readonly kinds: KindRegistry;
  readonly callee: FuncInfo;
  readonly args: readonly Value[];
  readonly self: Value;
  readonly bind: Bind | undefined;
  /** Whether a function is nested in the callee: only then do the callee's arguments matter to it. */
  readonly nested: (fid: Fid) => boolean;
  /** The arguments as functions made inside remember them, once they are asked for. */
  readonly remembered: {
    parts?: number;
    call?: { readonly args: readonly Value[]; readonly self: Value };
    under?: Map<string, readonly Fact[]>;
    /** Values of the summary, which share their parts, and what they are at this call. */
    values?: Map<Value, Value>;
  };
  /** Facts of these functions' parameters stay as they are: we are inside them. */
  readonly inside: ReadonlySet<Fid>;
  readonly site: Site;
  /** `passed to find()`. */
  readonly label: string;
}

export const NO_SUMMARY: Summary = {
  ret: EMPTY,
  uses: [],
  invokes: [],
  writes: [],
  ensures: [],
  throws: EMPTY,
  hasBody: false,
  ends: false,
};

/** The value a parameter origin stands for at this call, or undefined if nothing is known of it. */
export function bound(binder: Binder, fid: Fid, index: number): Value | undefined {
  if (fid === binder.callee.fid) return argument(binder, index);
  for (let bind = binder.bind; bind; bind = bind.outer) {
    if (bind.fid === fid) return index < 0 ? bind.self : bind.args[index];
  }
  return undefined;
}
function argument(binder: Binder, index: number): Value | undefined {
  if (index < 0) return binder.self;
  const param = binder.callee.ir.params[index];
  if (param?.rest && !param.keywords) {
    const fields = new Map<FieldKey, Value>();
    // Parameters behind it are given by name and have places of their own.
    const end = index === binder.callee.ir.params.length - 1 ? undefined : index + 1;
    binder.args.slice(index, end).forEach((it, i) => fields.set(i, it));
    return value({ fields });
  }
  return binder.args[index];
}

/** Reads a path of a value without API nodes: fields written by hand, or part of the same data. */
export function readPath(env: Env, val: Value, path: readonly FieldKey[], kinds: KindRegistry): Value {
  let res = val;
  for (const key of path) {
    let next = EMPTY;
    let found = false;
    for (const id of res.objs) {
      const obj = env.heap.get(id);
      if (!obj) continue;
      next = join(next, readObj(obj, key, kinds), kinds);
      found = true;
    }
    if (res.fields) {
      const known = key === null ? undefined : (res.fields.get(key) ?? res.fields.get(null));
      if (key === null) next = join(next, anyField(res.fields, kinds), kinds);
      next = join(next, known ?? ofBase(res, key, kinds), kinds);
      found = true;
    }
    if (!found) next = ofBase(res, key, kinds);
    res = next;
  }
  return res;
}

/** Replaces the callee's parameters in facts. */
export function substFacts(binder: Binder, facts: readonly Fact[]): readonly Fact[] {
  const { kinds } = binder;
  const res: Fact[] = [];
  for (const it of facts) {
    if (it.origin.o === 'source') {
      res.push(it);
      continue;
    }
    const actual = bound(binder, it.origin.fid, it.origin.index);
    if (actual === undefined) {
      if (it.origin.fid !== binder.callee.fid && binder.inside.has(it.origin.fid)) res.push(it);
      continue;
    }
    for (const x of factsUnder(binder, actual, it)) res.push(carry(x, it, binder));
  }
  return res.length === 0 ? res : sortFacts(res, kinds);
}
/** What the part of an argument that a fact of the callee means brings along. Many facts of a summary mean the same part. */
function factsUnder(binder: Binder, actual: Value, it: Fact): readonly Fact[] {
  const { kinds, env, remembered } = binder;
  const known = remembered.under?.get(it.key);
  if (known) return known;
  const path = it.origin.o === 'param' ? it.origin.path : [];
  const at = readPath(env, actual, path, kinds);
  // Text made from a value shows what a list holds; only JSON-like steps show what a record holds.
  const under =
    it.derived === 2 ? deepFacts(env, at, kinds) : it.derived === 1 ? elementFacts(env, at, kinds) : at.facts;
  (remembered.under ??= new Map()).set(it.key, under);
  return under;
}
/** Facts of a value and, for lists, of their elements. */
export function elementFacts(env: Env, val: Value, kinds: KindRegistry): readonly Fact[] {
  let res = val.facts;
  for (const id of val.objs)
    for (const [key, it] of env.heap.get(id)?.fields ?? [])
      if (typeof key !== 'string') res = joinFacts(res, it.facts, kinds);
  if (val.fields)
    for (const [key, it] of val.fields) if (typeof key !== 'string') res = joinFacts(res, it.facts, kinds);
  return res;
}

/** The keys that chose what a parameter is at this call, for a use that writes to it. */
export function chosenFacts(binder: Binder, it: Fact): readonly Fact[] {
  if (it.origin.o !== 'param') return [];
  const actual = bound(binder, it.origin.fid, it.origin.index);
  if (!actual) return [];
  const at = readPath(binder.env, actual, it.origin.path, binder.kinds);
  return at.chosen.map((x) => carry(x, it, binder));
}

/** The caller's fact after it went through the callee as `inner` describes. */
export function carry(outer: Fact, inner: Fact, binder: Binder): Fact {
  return through(withFact(outer, { via: step(outer.via, binder.site, binder.label) }), inner, binder.kinds);
}
/** A fact that went on as another one describes. */
export function through(outer: Fact, inner: Fact, kinds: Pick<KindRegistry, 'union'>): Fact {
  return refact(
    outer,
    Math.max(outer.derived, inner.derived) as Derived,
    kinds.union(outer.safe, inner.safe),
    Math.max(outer.doubt, inner.doubt) as Doubt,
    chain(outer.via, inner.via),
  );
}
/** Replaces the callee's parameters in a value and everything inside it. */
export function substValue(binder: Binder, val: Value): Value {
  return trim(subst(binder, val, TREE_DEPTH), binder.kinds);
}
function subst(binder: Binder, val: Value, depth: number): Value {
  if (val === EMPTY) return val;
  const { kinds } = binder;
  if (!isSymbolic(val)) return val;
  const done = binder.remembered.values?.get(val);
  if (done) return done;
  const res = substParts(binder, val, depth, kinds);
  (binder.remembered.values ??= new Map()).set(val, res);
  return res;
}
function substParts(binder: Binder, val: Value, depth: number, kinds: KindRegistry): Value {
  let res: Value = {
    ...val,
    facts: substFacts(binder, val.facts),
    chosen: substFacts(binder, val.chosen),
    fields: undefined,
    fns: bindFns(binder, val.fns),
  };
  const work = binder.remembered;
  if ((work.parts = (work.parts ?? 0) + 1) > SUBSTITUTED) return res;
  let passed = 0;
  for (const it of val.facts) {
    if (it.derived !== 0 || it.origin.o !== 'param' || passed > PASSED) continue;
    const actual = bound(binder, it.origin.fid, it.origin.index);
    if (!actual) continue;
    // The value itself is passed through: its identity, functions and fields come along.
    const at = readPath(binder.env, actual, it.origin.path, kinds);
    passed++;
    res = join(res, { ...at, facts: [], proofs: undefined }, kinds);
  }
  if (val.fields && depth > 0) {
    const fields = new Map<FieldKey, Value>();
    for (const [key, it] of val.fields) fields.set(key, subst(binder, it, depth - 1));
    res = join(res, { ...EMPTY, fields }, kinds);
  }
  return res;
}

/** Whether anything in a value depends on the call that made it. Values are immutable, so the answer is kept. */
function isSymbolic(val: Value): boolean {
  if (val.fns.length > 0 || val.facts.some((it) => it.origin.o === 'param')) return true;
  if (val.chosen.some((it) => it.origin.o === 'param')) return true;
  if (!val.fields) return false;
  let res = symbolic.get(val);
  if (res === undefined) {
    res = false;
    for (const it of val.fields.values()) if (isSymbolic(it)) res = true;
    symbolic.set(val, res);
  }
  return res;
}
const symbolic = new WeakMap<Value, boolean>();

/** Functions created by the callee remember what it was called with. */
function bindFns(binder: Binder, fns: readonly FnVal[]): readonly FnVal[] {
  if (fns.length === 0 || !fns.some((it) => binder.nested(it.fid))) return fns;
  return fns.map((it) => {
    if (!binder.nested(it.fid)) return it;
    if (it.bind && it.bind.fid === binder.callee.fid) return it;
    const depth = (it.bind?.depth ?? 0) + 1;
    if (depth > BIND_DEPTH) return it;
    const outer = it.bind;
    const { args, self } = (binder.remembered.call ??= {
      args: binder.args.map((x) => shallow(treeOf(binder, x))),
      self: bare(binder.self),
    });
    return { ...it, bind: { fid: binder.callee.fid, args, self, outer, depth } };
  });
}
/** An argument as a function made inside remembers it: its own fields, and functions in it without their own memories. */
function shallow(val: Value, depth = 1): Value {
  if (val.fns.length === 0 && !val.fields && val.objs.length === 0 && !val.proofs) return val;
  const fns = val.fns.map((it) => (it.bind || it.self ? { fid: it.fid } : it));
  let fields = depth === 0 || (val.fields?.size ?? 0) > REMEMBERED ? undefined : val.fields;
  if (fields) fields = new Map([...fields].map(([key, it]) => [key, shallow(it, depth - 1)]));
  return { ...val, fns, fields, objs: [], proofs: undefined };
}
/** What a value is, without what is in it. */
export const bare = (val: Value): Value => ({
  ...val,
  fns: [],
  fields: undefined,
  objs: [],
  proofs: undefined,
  konst: undefined,
  text: undefined,
});
const treeOf = (binder: Binder, val: Value): Value => {
  if (val.objs.length === 0) return val;
  let fields: Map<FieldKey, Value> | undefined;
  for (const id of val.objs) {
    const obj = binder.env.heap.get(id);
    if (!obj) continue;
    for (const [key, it] of obj.fields) {
      const part: Value =
        it.objs.length > 0 ? { ...it, facts: deepFacts(binder.env, it, binder.kinds), objs: [] } : it;
      const old = (fields ??= new Map()).get(key);
      fields.set(key, old ? join(old, part, binder.kinds) : part);
    }
  }
  return { ...val, objs: [], fields: fields ?? val.fields };
};

export const paramOrigin = (fid: Fid, index: number): Origin => ({ o: 'param', fid, index, path: [] });
