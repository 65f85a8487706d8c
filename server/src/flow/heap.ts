// The state of a run: variables, and objects with identity, so that aliases and closures agree.
// Objects are immutable records replaced in a map; an allocation site is one object, joined when it runs again.

import type { KindRegistry, KindSet } from '../base/kindset.ts';
import {
  type Bind,
  type Fact,
  type FieldKey,
  type ObjId,
  type Value,
  EMPTY,
  OPEN,
  equal,
  fact,
  join,
  joinFacts,
  sortFacts,
  value,
} from './domain.ts';
import { type Given, bothGiven } from './given.ts';
import { ELEMENTS, FIELDS, PATH_DEPTH, TREE_DEPTH, TREE_PARTS } from './limits.ts';

export interface Obj {
  readonly fields: ReadonlyMap<FieldKey, Value>;
  /** What a field that is not in `fields` derives from: a parameter, request data. EMPTY for a fresh object. */
  readonly base: Value;
  /** Length of a list built here, while it is known. */
  readonly len: number | undefined;
  readonly isList: boolean;
}

export interface Env {
  vars: Value[];
  heap: Map<ObjId, Obj>;
  /** What is known to equal a parameter here; absent where nothing is. */
  equals?: readonly Equation[];
  /** What is proven of elements by their position; absent where nothing is. See elements.ts. */
  elements?: readonly ProvenElement[];
  /** What runs here runs in tests and development only; see trials.ts. */
  trial?: boolean;
  /** What the branches taken to here say of parameters; absent where nothing is known. */
  given?: readonly Given[] | undefined;
}
/** The element of a list (below the variable `list`) at the position in a variable is safe for these kinds. */
export interface ProvenElement {
  readonly key: string;
  readonly list: number;
  readonly position: number;
  readonly kinds: KindSet;
}
/** This place holds the very value of parameter `index` (or of a path below it), as a comparison found. */
export interface Equation {
  readonly key: string;
  readonly root: number;
  readonly path: readonly FieldKey[];
  readonly index: number;
  readonly of: readonly FieldKey[];
}

export const cloneEnv = (env: Env): Env => ({
  vars: env.vars.slice(),
  heap: new Map(env.heap),
  equals: env.equals,
  elements: env.elements,
  trial: env.trial,
  given: env.given,
});

/** The state after two ways meet. Mutates neither; returns `a` itself if `b` adds nothing. */
export function joinEnv(a: Env, b: Env, kinds: KindRegistry): Env {
  if (a === b) return a;
  let vars: Value[] | undefined;
  for (let i = 0; i < a.vars.length; i++) {
    const x = a.vars[i]!;
    const y = b.vars[i]!;
    if (x === y) continue;
    const res = join(x, y, kinds);
    if (res !== x) (vars ??= a.vars.slice())[i] = res;
  }
  let heap: Map<ObjId, Obj> | undefined;
  for (const [id, y] of b.heap) {
    const x = a.heap.get(id);
    if (x === y) continue;
    const res = x ? joinObj(x, y, kinds) : y;
    if (res !== x) (heap ??= new Map(a.heap)).set(id, res);
  }
  const equals =
    a.equals === b.equals ? a.equals : a.equals?.filter((it) => b.equals?.some((x) => x.key === it.key));
  const elements = joinElements(a.elements, b.elements, kinds);
  const trial = a.trial && b.trial;
  const given = bothGiven(a.given, b.given);
  const isSame =
    equals?.length === a.equals?.length && elements === a.elements && trial === a.trial && given === a.given;
  if (!vars && !heap && isSame) return a;
  return { vars: vars ?? a.vars, heap: heap ?? a.heap, equals, elements, trial, given };
}
/** What both ways have proven. */
function joinElements(a: Env['elements'], b: Env['elements'], kinds: KindRegistry): Env['elements'] {
  if (a === b || !a) return a;
  const res = a.flatMap((it) => {
    const both = kinds.intersect(it.kinds, b?.find((x) => x.key === it.key)?.kinds ?? 0);
    return both === it.kinds ? [it] : both === 0 ? [] : [{ ...it, kinds: both }];
  });
  return res.length === a.length && res.every((it, i) => it === a[i]) ? a : res;
}

export function equalEnv(a: Env, b: Env): boolean {
  if (a === b) return true;
  for (let i = 0; i < a.vars.length; i++) if (!equal(a.vars[i]!, b.vars[i]!)) return false;
  if (a.heap.size !== b.heap.size) return false;
  for (const [id, x] of a.heap) {
    const y = b.heap.get(id);
    if (!y) return false;
    if (x !== y && !equalObj(x, y)) return false;
  }
  return true;
}
function equalObj(x: Obj, y: Obj): boolean {
  if (x.len !== y.len || x.fields.size !== y.fields.size || !equal(x.base, y.base)) return false;
  for (const [key, val] of x.fields) {
    const other = y.fields.get(key);
    if (!other || !equal(val, other)) return false;
  }
  return true;
}

export function joinObj(x: Obj, y: Obj, kinds: KindRegistry): Obj {
  const base = join(x.base, y.base, kinds);
  const len = x.len === y.len ? x.len : undefined;
  const fields = new Map<FieldKey, Value>();
  for (const [key, val] of x.fields) {
    const other = y.fields.get(key);
    fields.set(key, join(val, other ?? missing(y, key, kinds), kinds));
  }
  for (const [key, val] of y.fields)
    if (!x.fields.has(key)) fields.set(key, join(val, missing(x, key, kinds), kinds));
  const res: Obj = {
    fields: fields.size > FIELDS ? mergeAll(fields, kinds) : fields,
    base,
    len,
    isList: x.isList && y.isList,
  };
  return equalObj(x, res) ? x : res;
}
const missing = (obj: Obj, key: FieldKey, kinds: KindRegistry): Value =>
  obj.base === EMPTY
    ? key === null
      ? EMPTY
      : (obj.fields.get(null) ?? EMPTY)
    : ofBase(obj.base, key, kinds);

function mergeAll(fields: ReadonlyMap<FieldKey, Value>, kinds: KindRegistry): Map<FieldKey, Value> {
  let all = EMPTY;
  for (const it of fields.values()) all = join(all, it, kinds);
  return new Map([[null, all]]);
}

/** What a field of a value is when nobody wrote it: part of the same data. API nodes are the caller's business. */
export function ofBase(base: Value, key: FieldKey, kinds: KindRegistry): Value {
  if (base.facts.length === 0 || key === 'length' || key === 'byteLength') return OPEN;
  // Guards tell copies of one value by the identity of its facts: the same part is a copy, any two elements are not.
  if (key === null) return value({ facts: fieldFacts(base.facts, key, kinds), open: true });
  let parts = partsOf.get(base.facts);
  if (!parts) partsOf.set(base.facts, (parts = new Map()));
  let res = parts.get(key);
  if (!res) parts.set(key, (res = value({ facts: fieldFacts(base.facts, key, kinds), open: true })));
  return res;
}
const partsOf = new WeakMap<readonly Fact[], Map<FieldKey, Value>>();

function fieldFacts(facts: readonly Fact[], key: FieldKey, kinds: KindRegistry): readonly Fact[] {
  if (facts.every((it) => it.derived > 0 || it.origin.o === 'source')) return facts.slice();
  return sortFacts(
    facts.map((it) => fieldFact(it, key)),
    kinds,
  );
}
function fieldFact(it: Fact, key: FieldKey): Fact {
  const { origin } = it;
  if (it.derived > 0 || origin.o === 'source') return it;
  // A key met again is a step down a list or a tree: what hangs below it is one.
  const again = typeof key === 'string' ? origin.path.indexOf(key) : -1;
  if (again >= 0)
    return fact({ ...origin, path: origin.path.slice(0, again + 1) }, 2, it.safe, it.doubt, it.via);
  if (origin.path.length >= PATH_DEPTH) return fact(origin, 2, it.safe, it.doubt, it.via);
  return fact({ ...origin, path: [...origin.path, key] }, 0, it.safe, it.doubt, it.via);
}

/** Fields of one object for a key, without what its value's classes and API nodes add. */
export function readObj(obj: Obj, key: FieldKey, kinds: KindRegistry): Value {
  if (key === null) {
    const own = anyField(obj.fields, kinds);
    return obj.base === EMPTY ? own : join(ofBase(obj.base, null, kinds), own, kinds);
  }
  const known = obj.fields.get(key);
  if (known) return known;
  const any = obj.fields.get(null);
  const rest = obj.base === EMPTY ? EMPTY : ofBase(obj.base, key, kinds);
  return any ? join(any, rest, kinds) : rest;
}

/** Any of these fields. */
export function anyField(fields: ReadonlyMap<FieldKey, Value>, kinds: KindRegistry): Value {
  if (fields.size <= 1) return fields.values().next().value ?? EMPTY;
  let res = anyOf.get(fields);
  if (!res) {
    res = EMPTY;
    for (const it of fields.values()) res = join(res, it, kinds);
    anyOf.set(fields, res);
  }
  // As in `ofBase`: two elements are no copies of one another.
  return res.facts.length > 0 ? { ...res, facts: res.facts.slice() } : res;
}
const anyOf = new WeakMap<ReadonlyMap<FieldKey, Value>, Value>();

/** Gives the value an object of its own if it has none, so that a field can be written. */
export function vivify(env: Env, val: Value, id: ObjId): Value {
  if (val.objs.length > 0) return val;
  const base = val.facts.length > 0 ? { ...val, fields: undefined, objs: [], proofs: undefined } : EMPTY;
  env.heap.set(id, { fields: val.fields ?? new Map(), base, len: undefined, isList: false });
  return { ...val, objs: [id], fields: undefined, konst: undefined, text: undefined };
}

/** Writes a field of an object: replaces it if the object is the only one meant, else joins. */
export function writeField(
  env: Env,
  val: Value,
  key: FieldKey,
  to: Value,
  kinds: KindRegistry,
  weak = false,
): void {
  const strong = val.objs.length === 1 && !weak;
  for (const id of val.objs) {
    const obj = env.heap.get(id);
    if (!obj) continue;
    const fields = new Map(obj.fields);
    let len = obj.len;
    if (key === null) {
      for (const [k, it] of fields) if (k !== null) fields.set(k, join(it, to, kinds));
      fields.set(null, join(fields.get(null) ?? EMPTY, to, kinds));
      len = undefined;
    } else {
      fields.set(key, strong ? to : join(obj.fields.get(key) ?? missing(obj, key, kinds), to, kinds));
      if (typeof key === 'number' && len !== undefined) len = Math.max(len, key + 1);
    }
    env.heap.set(id, { ...obj, fields: fields.size > FIELDS ? mergeAll(fields, kinds) : fields, len });
  }
}

export function allocate(env: Env, id: ObjId, obj: Obj, kinds: KindRegistry): ObjId {
  const old = env.heap.get(id);
  env.heap.set(id, old ? joinObj(old, obj, kinds) : obj);
  return id;
}

/** A fresh list value. Lists longer than the limit are read as one element. */
export function listValue(
  env: Env,
  id: ObjId,
  items: readonly Value[],
  rest: Value | undefined,
  kinds: KindRegistry,
): Value {
  const fields = new Map<FieldKey, Value>();
  let len: number | undefined = items.length;
  if (items.length > ELEMENTS) {
    let all = EMPTY;
    for (const it of items) all = join(all, it, kinds);
    fields.set(null, all);
    len = undefined;
  } else items.forEach((it, i) => fields.set(i, it));
  if (rest) {
    fields.set(null, join(fields.get(null) ?? EMPTY, rest, kinds));
    len = undefined;
  }
  allocate(env, id, { fields, base: EMPTY, len, isList: true }, kinds);
  return value({ objs: [id] });
}

/** The value as a tree without objects, to cross a function's border. Deep and cyclic parts are merged. */
export function toTree(env: Env, val: Value, kinds: KindRegistry): Value {
  return tree(env, val, kinds, TREE_DEPTH, new Map());
}
/** `made` holds the fields of objects met before: an object reached twice is converted once. */
function tree(
  env: Env,
  val: Value,
  kinds: KindRegistry,
  depth: number,
  made: Map<ObjId, ReadonlyMap<FieldKey, Value>>,
): Value {
  if (val.objs.length === 0) return trim(val.proofs ? { ...val, proofs: undefined } : val, kinds, depth);
  let fields: Map<FieldKey, Value> | undefined = val.fields ? new Map(val.fields) : undefined;
  let { facts } = val;
  for (const id of val.objs) {
    const obj = env.heap.get(id);
    if (!obj) continue;
    let own = made.get(id);
    if (!own) {
      if (depth === 0) {
        for (const it of obj.fields.values()) facts = joinFacts(facts, it.facts, kinds);
        continue;
      }
      // Set before its parts are made: a cycle ends at what is not there yet.
      made.set(id, (own = new Map<FieldKey, Value>()));
      for (const [key, it] of obj.fields)
        (own as Map<FieldKey, Value>).set(key, tree(env, it, kinds, depth - 1, made));
    }
    if (!fields) {
      fields = new Map(own);
      continue;
    }
    for (const [key, part] of own) {
      const old = fields.get(key);
      fields.set(key, old ? join(old, part, kinds) : part);
    }
  }
  return {
    ...val,
    facts,
    objs: [],
    fields: fields && fields.size > 0 ? fields : val.fields,
    proofs: undefined,
  };
}

/** A tree of at most this height; what hangs lower is kept by its facts alone. */
export function trim(val: Value, kinds: KindRegistry, depth: number = TREE_DEPTH): Value {
  if (!val.fields || height(val) <= depth) return val;
  if (depth === 0) return { ...val, facts: deepFacts(NO_ENV, val, kinds), fields: undefined, open: true };
  const fields = new Map<FieldKey, Value>();
  for (const [key, it] of val.fields) fields.set(key, trim(it, kinds, depth - 1));
  return { ...val, fields };
}
const heights = new WeakMap<Value, number>();
function height(val: Value): number {
  if (!val.fields) return 0;
  let res = heights.get(val);
  if (res === undefined) {
    res = 0;
    for (const it of val.fields.values()) res = Math.max(res, 1 + height(it));
    heights.set(val, res);
  }
  return res;
}

/** Facts of trees; they are immutable and asked for again and again. */
const treeFacts = new WeakMap<Value, readonly Fact[]>();

/** All facts of a value and everything inside it. */
export function deepFacts(env: Env, val: Value, kinds: KindRegistry): readonly Fact[] {
  return everyFact(env, val, kinds, TREE_DEPTH, new Set());
}
function everyFact(
  env: Env,
  val: Value,
  kinds: KindRegistry,
  depth: number,
  seen: Set<ObjId>,
): readonly Fact[] {
  let res = val.facts;
  if (depth === 0) return res;
  if (val.objs.length === 0) {
    if (!val.fields) return res;
    const known = treeFacts.get(val);
    if (known) return known;
    for (const it of val.fields.values())
      res = joinFacts(res, everyFact(env, it, kinds, TREE_DEPTH, seen), kinds);
    treeFacts.set(val, res);
    return res;
  }
  if (val.fields)
    for (const it of val.fields.values())
      res = joinFacts(res, everyFact(env, it, kinds, depth - 1, seen), kinds);
  for (const id of val.objs) {
    const obj = env.heap.get(id);
    if (!obj || seen.has(id)) continue;
    seen.add(id);
    res = joinFacts(res, obj.base.facts, kinds);
    for (const it of obj.fields.values())
      res = joinFacts(res, everyFact(env, it, kinds, depth - 1, seen), kinds);
  }
  return res;
}

/** A value small enough to be kept for others: the parts nearest the top, what is left out by its facts alone. */
export function prune(val: Value, kinds: KindRegistry, parts = TREE_PARTS): Value {
  if (!val.fields && !val.fns.some((it) => it.bind)) return val;
  const known = pruned.get(val);
  if (known && known.parts <= parts) return known.value;
  const budget = { left: parts };
  const res = cut(val, budget, kinds, 0);
  const out = budget.left > 0 ? val : res;
  pruned.set(val, { value: out, parts });
  pruned.set(out, { value: out, parts });
  return out;
}
const pruned = new WeakMap<Value, { readonly value: Value; readonly parts: number }>();

function cut(val: Value, budget: { left: number }, kinds: KindRegistry, depth: number): Value {
  // What a module exports by name costs nothing while it is plain; data, and everything further down, does.
  if (depth > 1 || val.facts.length > 0 || val.fields) budget.left--;
  let { fns } = val;
  if (fns.some((it) => it.bind)) {
    fns = fns.map((it) => {
      if (!it.bind) return it;
      for (let bind: Bind | undefined = it.bind; bind; bind = bind.outer)
        for (const x of bind.args) budget.left -= 1 + (x.fields?.size ?? 0);
      return budget.left > 0 ? it : { fid: it.fid };
    });
  }
  if (!val.fields) return { ...val, fns };
  if (budget.left <= 0)
    return { ...val, fns, facts: deepFacts(NO_ENV, val, kinds), fields: undefined, open: true };
  const fields = new Map<FieldKey, Value>();
  let { facts } = val;
  const keys = [...val.fields.keys()].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  for (const key of keys) {
    const it = val.fields.get(key)!;
    if (budget.left > 0) fields.set(key, cut(it, budget, kinds, depth + 1));
    else facts = joinFacts(facts, deepFacts(NO_ENV, it, kinds), kinds);
  }
  return { ...val, fns, facts, fields, open: true };
}
const NO_ENV: Env = { vars: [], heap: new Map() };
