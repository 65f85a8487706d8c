// The state of one run of one function, and how places are read and written in it.
// Reading a place is where sources appear: a member that models call a source adds its fact, at that very expression.

import type { Seen } from '../checks/view.ts';
import { withSecret } from './secrets.ts';
import type { Try } from './errors.ts';
import type { DynKey, FuncIR, Key, Place, Span } from '../ir/ir.ts';
import { applies, type CallShape } from '../rules/condition.ts';
import type { NodeId, RuleIndex, SourceRole } from '../rules/schema.ts';
import {
  type Cid,
  type Fact,
  type Fid,
  type FieldKey,
  type FnVal,
  type ObjId,
  type Site,
  type Value,
  EMPTY,
  constant,
  fact,
  join,
  sortFacts,
  value,
} from './domain.ts';
import { asProven, forgetElements } from './elements.ts';
import { type Gathered, addWrite } from './gather.ts';
import { anyField, ofBase, prune, readObj, toTree, vivify, writeField, type Env } from './heap.ts';
import { noticeSource } from './notice.ts';
import { isOwnKey } from './own-keys.ts';
import type { SeenSink } from './probe.ts';
import { step } from './via.ts';
import type { FuncInfo, RawFinding, World } from './world.ts';

export interface Ctx extends Gathered {
  readonly world: World;
  readonly rules: RuleIndex;
  readonly info: FuncInfo;
  readonly ir: FuncIR;
  /** This function and those around it: their parameters' facts mean something here. */
  readonly inside: ReadonlySet<Fid>;
  env: Env;
  /** The variables as the function found them. */
  start: readonly Value[];
  /** Variables that functions in use by now have captured: what they hold from here on is seen by others. */
  readonly shown: Set<number>;
  /** By variable: what the functions in it have captured, while nobody has read the variable and can call them. */
  readonly unread: Map<number, readonly (readonly number[])[]>;
  readonly findings: Map<string, RawFinding>;
  /** Calls that checks look at, by operation; see checks.ts. */
  readonly watched: Map<number, Seen>;
  /** Sinks of the kind that a probe asks for. */
  readonly seen: Map<string, SeenSink>;
  /** Functions made by this one. */
  readonly made: Set<Fid>;
  ret: Value;
  /** Safe kinds of parameters at each return, see guards.ts. */
  readonly exits: Exit[];
  ops: number;
  /** Parts of callees' summaries applied so far. */
  applied: number;
  /** The operation just executed never returns. */
  ended: boolean;
  /** The `try` statements around, and what is thrown outside of them. */
  readonly tries: Try[];
  thrown: Value;
  /** Calls being applied, to bound recursion through callbacks. */
  depth: number;
  /** What its parameters are was guessed from their names. */
  guessed: boolean;
}
export interface Exit {
  readonly truth: 'true' | 'false' | 'both';
  readonly always: ReadonlyMap<string, number>;
  readonly whenTrue: ReadonlyMap<string, number>;
  readonly whenFalse: ReadonlyMap<string, number>;
}

export const siteOf = (ctx: Ctx, span: Span): Site => ({ fid: ctx.info.fid, s: span.s, e: span.e });

/** The key a place's path element stands for now. */
export function keyOf(ctx: Ctx, key: Key): FieldKey {
  if (key === null || typeof key === 'string' || typeof key === 'number') return key;
  const konst = readPlace(ctx, key.dyn, { s: 0, e: 0 }).konst;
  if (konst && typeof konst.c === 'string')
    return /^(0|[1-9]\d{0,6})$/.test(konst.c) ? Number(konst.c) : konst.c;
  if (konst && typeof konst.c === 'number') return konst.c;
  return null;
}

export function readPlace(ctx: Ctx, place: Place, at: Span): Value {
  let res = readVar(ctx, place.root);
  for (const [i, it] of place.path.entries()) {
    const key = keyOf(ctx, it);
    res = member(ctx, res, key, at);
    if (key === null && it !== null && typeof it === 'object' && !isOwnKey(ctx.ir, it.dyn, before(place, i)))
      res = chosenBy(ctx, res, it);
  }
  return withSecret(ctx, place, asProven(ctx, place, res), at);
}
const before = (place: Place, at: number): Place => ({ root: place.root, path: place.path.slice(0, at) });
/** `o[k]` with a key from outside may be the prototype of every object. */
export function chosenBy(ctx: Ctx, val: Value, key: DynKey): Value {
  const { facts } = readPlace(ctx, key.dyn, { s: 0, e: 0 });
  if (facts.length === 0) return val;
  return { ...val, chosen: facts, open: true };
}

export function readVar(ctx: Ctx, root: number): Value {
  if (ctx.unread.size > 0) showRead(ctx, root);
  const val = ctx.env.vars[root] ?? EMPTY;
  // Another function may have assigned it since; what it stored is known to the slot only.
  if (!ctx.info.writtenInside.has(root)) return val;
  return join(val, ctx.world.slot(`W${ctx.info.fid}:${root}`), ctx.kinds);
}

/** Reads a member: own fields, else the rest of the same data, else what classes and models say. */
export function member(ctx: Ctx, val: Value, key: FieldKey, at: Span): Value {
  const { kinds } = ctx;
  let res = EMPTY;
  let explicit = false;
  let seen = false;
  for (const id of val.objs) {
    const obj = ctx.env.heap.get(id);
    if (!obj) continue;
    seen = true;
    if (key !== null && obj.fields.has(key)) explicit = true;
    if (obj.isList && key === 'length')
      res = join(res, obj.len === undefined ? ofBase(EMPTY, key, kinds) : constant(obj.len), kinds);
    else res = join(res, readObj(obj, key, kinds), kinds);
  }
  if (val.fields) {
    seen = true;
    if (key === null) res = join(res, anyField(val.fields, kinds), kinds);
    else {
      const known = val.fields.get(key);
      if (known) explicit = true;
      res = join(res, known ?? join(val.fields.get(null) ?? EMPTY, ofBase(val, key, kinds), kinds), kinds);
    }
  }
  if (!seen || val.mixed) {
    if (val.konst && typeof val.konst.c === 'string') {
      if (key === 'length') return constant(val.konst.c.length);
      if (typeof key === 'number' && key < val.konst.c.length) return constant(val.konst.c[key]);
    }
    res = join(res, ofBase(val, key, kinds), kinds);
  }
  if (explicit && !val.mixed && val.objs.length + (val.fields ? 1 : 0) <= 1) return res;
  if (val.nodes.length > 0) {
    const own = memberNodes(ctx, val.nodes, key, at);
    // What models say of a member themselves is more than "part of the same data".
    if (own.facts.length > 0 && !seen) res = EMPTY;
    else if (res.facts.length > 0 && own.nodes.some((it) => ctx.rules.roles(it)?.closed))
      res = { ...res, facts: [] };
    res = join(res, own, kinds);
  }
  if (typeof key === 'string') {
    for (const cid of val.inst) res = join(res, instanceMember(ctx, val, cid, key, at), kinds);
    for (const cid of val.classes) res = join(res, staticMember(ctx, cid, key), kinds);
  } else if (key === null) {
    for (const cid of val.inst) res = join(res, ctx.world.slot(`F${cid}:*`), kinds);
  }
  return res;
}

function memberNodes(ctx: Ctx, nodes: readonly NodeId[], key: FieldKey, at: Span): Value {
  const found: NodeId[] = [];
  for (const node of nodes)
    for (const it of ctx.rules.closure(node)) {
      const next = ctx.rules.member(it, key);
      if (next >= 0 && !found.includes(next)) found.push(next);
      // `import x from 'pkg'` of a package that models describe by its members.
      else if (next < 0 && key === 'default' && !found.includes(it)) found.push(it);
    }
  return found.length === 0 ? EMPTY : nodeValue(ctx, found, at);
}

/** A value at these API nodes; sources among them add their facts here. */
export function nodeValue(ctx: Ctx, nodes: readonly NodeId[], at: Span, call?: CallShape): Value {
  const facts = sourceFacts(ctx, nodes, at, call);
  const text = facts.length > 0 ? sourceText(ctx, nodes) : undefined;
  return value({ nodes: [...nodes].sort((a, b) => a - b), facts, text, open: true });
}
/** What models know of a source's text, if they agree. */
function sourceText(ctx: Ctx, nodes: readonly NodeId[]): string | undefined {
  const texts = new Set<string | undefined>();
  for (const node of nodes)
    for (const it of ctx.rules.closure(node))
      for (const role of ctx.rules.roles(it)?.sources ?? []) texts.add(role.text);
  return texts.size === 1 ? [...texts][0] : undefined;
}
export function sourceFacts(ctx: Ctx, nodes: readonly NodeId[], at: Span, call?: CallShape): readonly Fact[] {
  const facts: Fact[] = [];
  for (const node of nodes)
    for (const it of ctx.rules.closure(node)) {
      const roles = ctx.rules.roles(it);
      for (const role of roles?.sources ?? [])
        if (call ? applies(role, call) : !role.unless || applies({ unless: role.unless }, readerShape(ctx)))
          facts.push(roleFact(ctx, siteOf(ctx, at), role, ''));
    }
  return facts.length === 0 ? facts : sortFacts(facts, ctx.kinds);
}
/** The slot beside those of parameters: what the decorators of a function are called with first. */
const DECORATED = -3;
/** Keeps what a function is decorated with; one of several decorators says nothing for the others. */
export function decoratedWith(ctx: Ctx, fid: Fid, first: Value): void {
  ctx.world.addSlot(`P${fid}:${DECORATED}`, first.konst ? constant(first.konst.c) : value({ open: true }));
}
/** What conditions of sources may ask of the function that reads them: `@0`, what it is decorated with. */
function readerShape(ctx: Ctx): CallShape {
  return {
    count: undefined,
    arg(key) {
      if (key !== '@0') return undefined;
      const c = ctx.world.slot(`P${ctx.info.fid}:${DECORATED}`).konst?.c;
      return typeof c === 'string' ? { shape: 'string', constant: c, field: () => undefined } : undefined;
    },
  };
}
/** The fact of a source that models describe; by a guess about this function it is doubtful. */
export function roleFact(ctx: Ctx, site: Site, role: SourceRole, what: string): Fact {
  const safe = role.clears ? ctx.kinds.of(role.clears) : 0;
  noticeSource(ctx, site, role.kind, role.what ?? what);
  return { ...sourceFact(site, role.kind, role.what ?? what), safe, doubt: ctx.guessed ? 1 : 0 };
}
export function sourceFact(site: Site, kind: string, what: string): Fact {
  return fact({ o: 'source', kind, site, what }, 0, 0, 0, step(undefined, site, 'source'));
}

/** Method, accessor or field of an instance of a class of the program. */
function instanceMember(ctx: Ctx, self: Value, cid: Cid, key: string, at: Span): Value {
  let res = ctx.world.slot(`F${cid}:${key}`);
  for (const it of lineage(ctx, cid)) {
    const found = it.members.get(key);
    if (found) {
      if (found.kind === 'method') return join(res, value({ fns: [{ fid: found.fid }] }), ctx.kinds);
      if (found.kind === 'get') return join(res, getter(ctx, found.fid, self, at), ctx.kinds);
    }
    if (it.cid !== cid) res = join(res, ctx.world.slot(`F${it.cid}:${key}`), ctx.kinds);
    if (it.open) res = join(res, ctx.world.slot(`F${it.cid}:static:${key}`), ctx.kinds);
    const fixed = it.open ? it.members.get(`static:${key}`) : undefined;
    if (fixed) return join(res, value({ fns: [{ fid: fixed.fid }] }), ctx.kinds);
    for (const node of it.superValue.nodes) {
      const inst = ctx.rules.instance(node);
      if (inst >= 0) res = join(res, memberNodes(ctx, [inst], key, at), ctx.kinds);
    }
  }
  return res;
}
/** calls.ts gives the real one; a getter is a call without arguments. */
let getter: (ctx: Ctx, fid: Fid, self: Value, at: Span) => Value = () => EMPTY;
export const setGetter = (it: typeof getter): void => {
  getter = it;
};

const NOWHERE: Span = { s: 0, e: 0 };
function staticMember(ctx: Ctx, cid: Cid, key: string): Value {
  if (key === 'prototype') return value({ inst: [cid] });
  let res = ctx.world.slot(`F${cid}:static:${key}`);
  for (const it of lineage(ctx, cid)) {
    const found = it.members.get(`static:${key}`);
    if (found) return join(res, value({ fns: [{ fid: found.fid }] }), ctx.kinds);
    if (it.cid !== cid) res = join(res, ctx.world.slot(`F${it.cid}:static:${key}`), ctx.kinds);
    const unbound = it.open ? it.members.get(key) : undefined;
    if (unbound?.kind === 'method')
      return join(res, value({ fns: [{ fid: unbound.fid, unbound: true }] }), ctx.kinds);
    for (const node of it.open ? it.superValue.nodes : []) {
      const next = ctx.rules.member(node, key);
      if (next >= 0) res = join(res, nodeValue(ctx, [next], NOWHERE), ctx.kinds);
    }
  }
  return res;
}

/** The class and its known ancestors, nearest first. */
export function* lineage(ctx: Ctx, cid: Cid): Generator<NonNullable<ReturnType<World['klass']>>> {
  const seen = new Set<Cid>();
  const queue = [cid];
  for (let it = queue.shift(); it !== undefined; it = queue.shift()) {
    if (seen.has(it) || seen.size > 16) continue;
    seen.add(it);
    const info = ctx.world.klass(it);
    if (!info) continue;
    yield info;
    queue.push(...info.superValue.classes);
  }
}

/**
 * Gives a value one object that holds all that is known of it, so that a field can be written. A value that is an
 * object on one way only gets a new one: its known fields joined with what they are on the other way.
 */
export function holder(ctx: Ctx, val: Value, id: ObjId, at: Span): Value {
  if (!val.mixed) return vivify(ctx.env, val, id);
  const fields = new Map<FieldKey, Value>();
  for (const own of val.objs)
    for (const key of ctx.env.heap.get(own)?.fields.keys() ?? [])
      if (!fields.has(key)) fields.set(key, member(ctx, val, key, at));
  const base = val.facts.length > 0 ? value({ facts: val.facts, open: true }) : EMPTY;
  ctx.env.heap.set(id, { fields, base, len: undefined, isList: false });
  return { ...val, objs: [id], fields: undefined, konst: undefined, text: undefined, mixed: false };
}

/** Object ids for objects made at `span` to hold a written field, one per depth of the path. Never those of allocations. */
const heldAt = (span: Span, depth: number): ObjId => -(span.s * 16 + depth + 16);

/** Assigns to a place. Assignments to captured and free variables and to `this` reach other functions through slots. */
export function writePlace(ctx: Ctx, place: Place, to: Value, at: Span): void {
  if (place.path.length === 0) {
    writeVar(ctx, place.root, to);
    return;
  }
  if (ctx.env.elements) forgetElements(ctx.env, place.root);
  const keys = place.path.map((it) => keyOf(ctx, it));
  let target = readVar(ctx, place.root);
  const owner = holder(ctx, target, heldAt(at, 0), at);
  if (owner !== target) ctx.env.vars[place.root] = owner;
  target = owner;
  for (let i = 0; i < keys.length - 1; i++) {
    const key = keys[i]!;
    const inner = member(ctx, target, key, at);
    const held = holder(ctx, inner, heldAt(at, i + 1), at);
    if (held !== inner) writeField(ctx.env, target, key, held, ctx.kinds);
    target = held;
  }
  const last = keys.at(-1)!;
  writeField(ctx.env, target, last, to, ctx.kinds);
  publishField(ctx, target, last, to);
  publishWrite(ctx, place.root, keys, to);
}

export function writeVar(ctx: Ctx, root: number, to: Value): void {
  if (ctx.env.elements) forgetElements(ctx.env, root);
  ctx.env.vars[root] = to;
  const kind = ctx.ir.vars[root]?.kind;
  if (kind === 'free') publishWrite(ctx, root, [], to);
  else if (ctx.info.captured.has(root)) publishCell(ctx, root);
}

/**
 * A function was put into this variable. It can be called once the variable is read, and not before: a declaration at
 * the end of a block is made at its beginning and sees what the block has checked until it is used.
 */
export function keepUnread(ctx: Ctx, root: number, captures: readonly number[]): void {
  if (captures.some((it) => ctx.info.captured.has(it) && !ctx.shown.has(it)))
    ctx.unread.set(root, [...(ctx.unread.get(root) ?? []), captures]);
}
function showRead(ctx: Ctx, root: number): void {
  const waiting = ctx.unread.get(root);
  if (!waiting) return;
  ctx.unread.delete(root);
  for (const it of waiting) show(ctx, it);
}
/** At the end of a run: whoever gets these functions from elsewhere calls them after it. */
export function showAll(ctx: Ctx): void {
  for (const root of [...ctx.unread.keys()]) showRead(ctx, root);
}
/** Functions that captured these variables can be called from here on; so can functions which those variables hold. */
export function show(ctx: Ctx, captures: readonly number[]): void {
  for (const root of captures) {
    if (!ctx.info.captured.has(root)) continue;
    ctx.shown.add(root);
    publishCell(ctx, root);
    showRead(ctx, root);
  }
}

/**
 * What nested functions see of a variable of this function: all it holds since one of them could be called. What it
 * held before, and what was not yet checked then, they never see.
 */
export function publishCell(ctx: Ctx, root: number): void {
  if (!ctx.shown.has(root)) return;
  const val = ctx.env.vars[root];
  if (val && val !== EMPTY) ctx.world.addSlot(`C${ctx.info.fid}:${root}`, shared(ctx, val));
}
/** A value other functions may see: no objects of this run, and no facts about this function's own parameters… */
export function shared(ctx: Ctx, val: Value): Value {
  return toTree(ctx.env, val, ctx.kinds);
}
/** … unless the reader is nested in it. */
export function foreign(val: Value, except: ReadonlySet<Fid> | undefined): Value {
  return strip(val, except, new Map());
}
/** Parts of a tree are shared; each is looked at once and stays shared, as the tree would grow beyond all bounds. */
function strip(val: Value, except: ReadonlySet<Fid> | undefined, done: Map<Value, Value>): Value {
  const before = done.get(val);
  if (before) return before;
  const known = (it: Fact): boolean => it.origin.o === 'source' || except?.has(it.origin.fid) === true;
  const facts = val.facts.every(known) ? val.facts : val.facts.filter(known);
  const chosen = val.chosen.every(known) ? val.chosen : val.chosen.filter(known);
  let fields: Map<FieldKey, Value> | undefined;
  for (const [key, it] of val.fields ?? []) {
    const part = strip(it, except, done);
    if (part !== it) (fields ??= new Map(val.fields)).set(key, part);
  }
  const same = facts === val.facts && chosen === val.chosen && !fields;
  const res = same ? val : { ...val, facts, chosen, fields: fields ?? val.fields };
  done.set(val, res);
  return res;
}

/** Sets a field of an object that was made here; its class knows of it. */
export function setField(ctx: Ctx, target: Value, key: FieldKey, to: Value): void {
  writeField(ctx.env, target, key, to, ctx.kinds);
  publishField(ctx, target, key, to);
}

function publishField(ctx: Ctx, target: Value, key: FieldKey, to: Value): void {
  if (target.inst.length === 0 && target.classes.length === 0) return;
  const seen = foreign(prune(shared(ctx, to), ctx.kinds), undefined);
  if (seen === EMPTY) return;
  const name = key === null ? '*' : String(key);
  for (const cid of target.inst) ctx.world.addSlot(`F${cid}:${name}`, seen);
  for (const cid of target.classes) ctx.world.addSlot(`F${cid}:static:${name}`, seen);
}

/** What models keep on a value (`["%type"]`) holds from here on in this function, not for everybody who has the value. */
const isState = (path: readonly FieldKey[]): boolean => String(path.at(-1)).startsWith('%');

/** Writes to free variables, and to fields of parameters and `this`, are part of the summary. */
function publishWrite(ctx: Ctx, root: number, path: readonly FieldKey[], to: Value): void {
  const info = ctx.ir.vars[root];
  if (!info) return;
  if (isState(path)) return;
  if (info.kind === 'free') {
    const link = ctx.info.links.get(root);
    if (link?.l !== 'cell') return;
    const tree = prune(shared(ctx, to), ctx.kinds);
    let outer = foreign(tree, new Set(ctx.info.ancestors));
    for (let i = path.length - 1; i >= 0; i--) outer = value({ fields: new Map([[path[i]!, outer]]) });
    ctx.world.addSlot(`W${link.fid}:${link.v}`, outer);
    // What it is besides its data, the slot tells.
    const { facts, chosen } = tree;
    if (facts.length > 0)
      addWrite(ctx, { t: 'cell', fid: link.fid, v: link.v, path }, value({ facts, chosen, open: true }));
    return;
  }
  if (path.length === 0) return;
  // The variable may hold any parameter's object; what matters is whose data the written object is.
  const held = ctx.env.vars[root];
  const index = info.kind === 'this' ? -1 : ctx.ir.params.findIndex((it) => it.v === root);
  if (index >= 0 || info.kind === 'this') {
    addWrite(ctx, { t: 'param', fid: ctx.info.fid, index, path }, shared(ctx, to));
    return;
  }
  if (!held) return;
  for (const it of held.facts)
    if (it.derived === 0 && it.origin.o === 'param' && it.origin.fid === ctx.info.fid)
      addWrite(
        ctx,
        { t: 'param', fid: it.origin.fid, index: it.origin.index, path: [...it.origin.path, ...path] },
        shared(ctx, to),
      );
}
/** The nodes of a value with everything they also are. */
export function* allNodes(ctx: Ctx, val: Value): Generator<NodeId> {
  for (const node of val.nodes) yield* ctx.rules.closure(node);
}

/** Functions inside a value: itself, and elements of a list of handlers. */
export function functionsIn(ctx: Ctx, val: Value): readonly FnVal[] {
  if (val.fns.length > 0) return val.fns;
  const res: FnVal[] = [];
  for (const id of val.objs) {
    const obj = ctx.env.heap.get(id);
    if (obj?.isList) for (const it of obj.fields.values()) res.push(...it.fns);
  }
  if (val.fields) for (const [key, it] of val.fields) if (typeof key !== 'string') res.push(...it.fns);
  return res;
}
