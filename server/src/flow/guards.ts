// Conditions: which branch can be taken, and what is proven of values on each side.
// A proof only ever adds to the kinds a fact is safe for, so a guard can remove findings and never add one.

import type { KindSet } from '../base/kindset.ts';
import type { Place, Span, Test } from '../ir/ir.ts';
import {
  type Fact,
  type FieldKey,
  type Proof,
  type Value,
  EMPTY,
  cleanse,
  isPlain,
  isRegex,
} from './domain.ts';
import { cloneEnv, joinEnv, writeField, type Env } from './heap.ts';
import { type Ctx, functionsIn, holder, keyOf, member, readPlace, siteOf, writeVar } from './ctx.ts';
import { noticeSafe } from './notice.ts';
import { markEnding } from './probe.ts';
import type { Call, CallArg } from './calls.ts';
import { proveElement, refineElements } from './elements.ts';
import { ensured } from './ensures.ts';
import { assumeEqual, assumeTruth } from './given.ts';
import { runBlock } from './run.ts';
import { elementFacts } from './summary.ts';
import { NO_APOSTROPHE, NO_QUOTE, testSafe } from './charset.ts';
import { knownItems } from './collections.ts';
import { addressOf, messageOf } from './origins.ts';
import { QUOTED, closeQuotes, quoteState } from './quoted.ts';
import { pattern } from './sinks.ts';

export interface Branches {
  readonly yes: Env | undefined;
  readonly no: Env | undefined;
}

/** Evaluates a condition in ctx.env and gives the state on each side; undefined for a side that is never taken. */
export function branch(ctx: Ctx, test: Test): Branches {
  if (!runBlock(ctx, test.pre)) return { yes: undefined, no: undefined };
  switch (test.t) {
    case 'not': {
      const { yes, no } = branch(ctx, test.x);
      return { yes: no, no: yes };
    }
    case 'and': {
      const left = branch(ctx, test.l);
      if (!left.yes) return left;
      ctx.env = left.yes;
      const right = branch(ctx, test.r);
      return { yes: right.yes, no: either(ctx, left.no, right.no) };
    }
    case 'or': {
      const left = branch(ctx, test.l);
      if (!left.no) return left;
      ctx.env = left.no;
      const right = branch(ctx, test.r);
      return { yes: either(ctx, left.yes, right.yes), no: right.no };
    }
    case 'truthy': {
      const val = readPlace(ctx, test.a, test);
      const known = truth(ctx, val);
      return split(ctx, known, (yes) => {
        prove(ctx, val.proofs, yes, test);
        assumeTruth(ctx, test.a, yes);
        if (!yes) refine(ctx, test.a, [], ctx.kinds.all, test);
      });
    }
    case 'eq':
      return equality(ctx, test.a, test.b, test.neg, test);
    case 'typeof': {
      const val = readPlace(ctx, test.a, test);
      const isClean = ['number', 'boolean', 'undefined', 'function', 'symbol', 'bigint'].includes(test.type);
      const known = typeKnown(val, test.type);
      const { yes, no } = split(ctx, known, (same) => {
        if (same && isClean) refine(ctx, test.a, [], ctx.kinds.all, test);
        // What is certainly a function and was picked by a name may be called.
        if (same && test.type === 'function' && test.a.path.length === 0 && val.chosen.length > 0)
          writeVar(ctx, test.a.root, { ...readPlace(ctx, test.a, test), chosen: [] });
        if (same && test.type === 'string') refine(ctx, test.a, [], ctx.kinds.of(['nosql']), test);
      });
      return test.neg ? { yes: no, no: yes } : { yes, no };
    }
    case 'in': {
      const holder = readPlace(ctx, test.b, test);
      const needle = readPlace(ctx, test.a, test);
      const { yes, no } = split(ctx, contains(ctx, holder, needle), (inside) => {
        if (inside && holder.facts.length === 0) {
          refine(ctx, test.a, [], ctx.kinds.all, test);
          refineOrigin(ctx, test.a, test);
        }
        if (inside) return;
        refine(ctx, test.b, [], excluded(ctx, needle), test);
        const state = quoteState('inside', needle.konst?.c, ctx.kinds);
        for (const it of holder.proofs ?? []) if (it.inner) refineKeys(ctx, it.root, it.path, state, test);
      });
      return test.neg ? { yes: no, no: yes } : { yes, no };
    }
    case 'cmp':
      return compare(ctx, test);
    case 'instanceof': {
      readPlace(ctx, test.a, test);
      return split(ctx, undefined, () => undefined);
    }
    default:
      return test satisfies never;
  }
}

const either = (ctx: Ctx, a: Env | undefined, b: Env | undefined): Env | undefined =>
  a && b ? joinEnv(a, b, ctx.kinds) : (a ?? b);

/** Runs `on` for each side that can be taken, each in a state of its own. */
function split(ctx: Ctx, known: boolean | undefined, on: (yes: boolean) => void): Branches {
  const start = ctx.env;
  const side = (yes: boolean): Env | undefined => {
    if (known !== undefined && known !== yes) return undefined;
    ctx.env = cloneEnv(start);
    on(yes);
    return ctx.env;
  };
  const yes = side(true);
  const no = side(false);
  ctx.env = start;
  return { yes, no };
}

/** Whether a constant is in a text, or in a list of constants. */
function contains(ctx: Ctx, holder: Value, needle: Value): boolean | undefined {
  if (!needle.konst || isRegex(needle.konst.c)) return undefined;
  const { c } = needle.konst;
  if (typeof holder.konst?.c === 'string')
    return typeof c === 'string' ? holder.konst.c.includes(c) : undefined;
  const items = knownItems(ctx, holder);
  if (!items) return undefined;
  if (items.some((it) => it.konst && it.konst.c === c)) return true;
  return items.every((it) => it.konst !== undefined) ? false : undefined;
}

/** Whether a value is certainly truthy or falsy. */
export function truth(ctx: Ctx, val: Value): boolean | undefined {
  if (val.konst) return isRegex(val.konst.c) ? true : Boolean(val.konst.c);
  if (val.open || val.facts.length > 0 || val.proofs) return undefined;
  if (val.fns.length > 0 || val.classes.length > 0) return true;
  if (val.objs.length > 0 && val.objs.every((id) => ctx.env.heap.get(id)?.base === EMPTY)) return true;
  return undefined;
}
function typeKnown(val: Value, type: string): boolean | undefined {
  if (!val.konst || isRegex(val.konst.c)) return undefined;
  const c = val.konst.c;
  return (c === null ? 'object' : typeof c) === type;
}

function equality(ctx: Ctx, a: Place, b: Place, neg: boolean, at: Span): Branches {
  const x = readPlace(ctx, a, at);
  const y = readPlace(ctx, b, at);
  let known: boolean | undefined;
  if (x.konst && y.konst && !isRegex(x.konst.c) && !isRegex(y.konst.c)) {
    // `null == undefined`; everything else is compared as written.
    known = x.konst.c === y.konst.c || (x.konst.c == null && y.konst.c == null);
  }
  const { yes, no } = split(ctx, known, (same) => {
    if (y.konst) assumeEqual(ctx, a, y.konst.c, same);
    if (same) {
      // What equals a trusted value is that value.
      if (y.facts.length === 0 && x.facts.length > 0) {
        // `__proto__` is what it must not be.
        const isPrototype = y.konst?.c === '__proto__';
        refine(ctx, a, [], isPrototype ? butKeys(ctx) : ctx.kinds.all, at);
        refineOrigin(ctx, a, at);
      }
      if (x.facts.length === 0 && y.facts.length > 0) refine(ctx, b, [], ctx.kinds.all, at);
      if (x.facts.length > 0 && y.facts.length > 0) {
        equate(ctx, a, y);
        equate(ctx, b, x);
        refine(ctx, a, [], sameFolder(ctx, x, y), at);
        refine(ctx, b, [], sameFolder(ctx, y, x), at);
      }
      if (y.konst && typeof y.konst.c === 'boolean') prove(ctx, x.proofs, y.konst.c, at);
    } else if (y.konst?.c === '__proto__') refine(ctx, a, [], ctx.kinds.of(KEY_KINDS), at);
    else if (y.konst && typeof y.konst.c === 'boolean') prove(ctx, x.proofs, !y.konst.c, at);
    // `path.indexOf(root) === 0`
    if (same && y.konst?.c === 0)
      for (const it of x.proofs ?? []) if (it.start) refineKeys(ctx, it.root, it.path, it.kinds, at);
    // `path.slice(0, root.length) === root`
    if (same && isTrusted(y))
      for (const it of x.proofs ?? []) if (it.head) refineKeys(ctx, it.root, it.path, it.kinds, at);
    // `list.indexOf(x) !== -1`, `x.match(re) !== null`
    if (y.konst?.c === -1) provePosition(ctx, x.proofs, !same, at);
    if (y.konst && y.konst.c == null) prove(ctx, x.proofs, !same, at);
    if (same && (y.konst?.c === null || y.konst?.c === undefined) && y.konst)
      refine(ctx, a, [], ctx.kinds.all, at);
  });
  return neg ? { yes: no, no: yes } : { yes, no };
}

/** Remembers that a place equals a parameter of this function: callers know whether what they pass is clean. */
function equate(ctx: Ctx, place: Place, other: Value): void {
  const [it] = other.facts;
  if (other.facts.length !== 1 || it?.origin.o !== 'param' || it.derived !== 0) return;
  if (it.origin.fid !== ctx.info.fid || it.origin.index < 0) return;
  const path = place.path.map((x) => keyOf(ctx, x));
  const about = { root: place.root, path, index: it.origin.index, of: it.origin.path };
  const key = JSON.stringify(about);
  if (ctx.env.equals?.some((x) => x.key === key)) return;
  ctx.env.equals = [...(ctx.env.equals ?? []), { key, ...about }];
}

function compare(ctx: Ctx, test: Extract<Test, { t: 'cmp' }>): Branches {
  const x = readPlace(ctx, test.a, test);
  const y = readPlace(ctx, test.b, test);
  let known: boolean | undefined;
  if (typeof x.konst?.c === 'number' && typeof y.konst?.c === 'number') {
    const [l, r] = [x.konst.c, y.konst.c];
    known =
      test.operator === '<'
        ? l < r
        : test.operator === '<='
          ? l <= r
          : test.operator === '>'
            ? l > r
            : l >= r;
  }
  return split(ctx, known, (yes) => {
    const { operator } = test;
    if (y.konst?.c === -1 && operator === '>') provePosition(ctx, x.proofs, yes, test);
    if (y.konst?.c === 0 && operator === '>=') provePosition(ctx, x.proofs, yes, test);
    if (y.konst?.c === 0 && operator === '<') provePosition(ctx, x.proofs, !yes, test);
  });
}

function prove(ctx: Ctx, proofs: readonly Proof[] | undefined, truthy: boolean, at: Span): void {
  for (const it of proofs ?? [])
    if (isPlain(it) && it.whenTrue === truthy)
      (it.elements ? refineList : refineKeys)(ctx, it.root, it.path, it.kinds, at);
}
function provePosition(ctx: Ctx, proofs: readonly Proof[] | undefined, found: boolean, at: Span): void {
  for (const it of proofs ?? [])
    if (it.position && !it.start && it.whenTrue === found)
      (it.elements ? refineList : refineKeys)(ctx, it.root, it.path, it.kinds, at);
}

/** The data at this place (and at variables that hold the very same value) is safe for these kinds from here on. */
export function refine(
  ctx: Ctx,
  place: Place,
  more: readonly FieldKey[],
  kinds: KindSet,
  at: Span | CallArg,
): void {
  const span = 'site' in at ? at.site : at;
  if (ctx.world.notice && readPlace(ctx, place, span).facts.length > 0)
    noticeSafe(ctx, siteOf(ctx, span), kinds, '');
  refineKeys(ctx, place.root, [...place.path.map((it) => keyOf(ctx, it)), ...more], kinds, span);
  if (more.length === 0) proveElement(ctx, place, kinds);
}
/** All elements of a list are safe for these kinds: a loop has met each, or a predicate has been asked about each. */
export function refineList(
  ctx: Ctx,
  root: number,
  path: readonly FieldKey[],
  kinds: KindSet,
  span: Span,
): void {
  refineElements(ctx, { root, path }, kinds, span, (facts) => provenFacts(ctx, facts, kinds, span));
}
/** A place was compared with something trusted: if it tells where data comes from, that data is checked. */
function refineOrigin(ctx: Ctx, place: Place, at: Span): void {
  const address = addressOf(place);
  if (address) refineAddress(ctx, address, at);
  const message = messageOf(ctx, place, at);
  if (message) refine(ctx, message, [], ctx.kinds.all, at);
}
/** The address whose host is known, and the text that it was read out of. */
function refineAddress(ctx: Ctx, address: Place, at: Span): void {
  const kinds = ctx.kinds.of(HOST_KINDS);
  const { proofs } = readPlace(ctx, address, at);
  refine(ctx, address, [], kinds, at);
  for (const from of viewed(ctx, proofs)) refine(ctx, { root: from, path: [] }, [], kinds, at);
}
/** Variables that a value was read out of, while they hold what they held then: refining one may change another. */
function* viewed(ctx: Ctx, proofs: readonly Proof[] | undefined): Generator<number> {
  for (const it of proofs ?? []) if (it.view && it.view === ctx.env.vars[it.root]?.facts) yield it.root;
}
export function refineKeys(
  ctx: Ctx,
  root: number,
  path: readonly FieldKey[],
  kinds: KindSet,
  span: Span,
): void {
  if (kinds === 0) return;
  const before = ctx.env.vars[root] ?? EMPTY;
  if (path.length === 0) {
    const after = safeValue(ctx, before, kinds, span);
    if (after === before) return;
    // Copies hold the same facts: `const name = id; if (valid(id)) use(name)`.
    for (let i = 0; i < ctx.env.vars.length; i++) {
      const it = ctx.env.vars[i]!;
      if (it.facts.length > 0 && it.facts === before.facts)
        ctx.env.vars[i] = { ...safeValue(ctx, it, kinds, span), proofs: it.proofs };
      else if (it.proofs?.some((x) => x.stem === before.facts))
        ctx.env.vars[i] = safeValue(ctx, it, folderKinds(ctx, kinds), span);
    }
    ctx.env.vars[root] = after;
    // A joined path that stays inside was made of parts that do not lead out.
    for (const from of viewed(ctx, before.proofs)) refineKeys(ctx, from, [], folderKinds(ctx, kinds), span);
    return;
  }
  const at: Span = { s: 0, e: 0 };
  const id = -(root * 64 + 3) - 200_000_000;
  const owner = holder(ctx, before, id, at);
  if (owner !== before) ctx.env.vars[root] = owner;
  let target = owner;
  for (let i = 0; i < path.length - 1; i++) {
    const inner = member(ctx, target, path[i]!, at);
    const held = holder(ctx, inner, id - i - 1, at);
    if (held !== inner) writeField(ctx.env, target, path[i]!, held, ctx.kinds);
    target = held;
  }
  const key = path.at(-1)!;
  const old = member(ctx, target, key, at);
  // What is proven of the name of an archive's entry is proven of the entry.
  const entry =
    path.length === 1 &&
    isNameOf(key) &&
    before.nodes.length > 0 &&
    ctx.kinds.intersect(kinds, ctx.kinds.of(FOLDER_KINDS));
  if (entry) ctx.env.vars[root] = safeValue(ctx, ctx.env.vars[root] ?? EMPTY, entry, span);
  // The source of this very read was only looked at: a later read finds the refined field.
  if (old.facts.length > 0)
    writeField(ctx.env, target, key, { ...safeValue(ctx, old, kinds, span), nodes: old.nodes }, ctx.kinds);
  for (let i = 0; i < ctx.env.vars.length; i++) {
    const it = ctx.env.vars[i]!;
    if (it.facts.length > 0 && it.facts === old.facts) ctx.env.vars[i] = safeValue(ctx, it, kinds, span);
  }
}
const provenFacts = (ctx: Ctx, facts: readonly Fact[], kinds: KindSet, span: Span): readonly Fact[] =>
  cleanse(markEnding(ctx, facts, kinds, siteOf(ctx, span), 'guarded', 'checked here'), kinds, ctx.kinds);
function safeValue(ctx: Ctx, val: Value, kinds: KindSet, span: Span): Value {
  const proven = (facts: readonly Fact[]): readonly Fact[] => provenFacts(ctx, facts, kinds, span);
  const facts = closeQuotes(proven(val.facts), ctx.kinds);
  if (val.objs.length > 0 && kinds !== 0) {
    for (const id of val.objs) {
      const obj = ctx.env.heap.get(id);
      if (!obj || obj.base.facts.length === 0) continue;
      ctx.env.heap.set(id, {
        ...obj,
        base: { ...obj.base, facts: proven(obj.base.facts) },
      });
    }
  }
  return facts === val.facts ? val : { ...val, facts };
}

/** What the result of a built-in test proves of its operands: allow-lists, regular expressions, prefixes. */
export function nativeProofs(ctx: Ctx, call: Call): readonly Proof[] | undefined {
  const guard = call.method === undefined ? undefined : ctx.info.natives.guards.get(call.method);
  if (!guard) return undefined;
  const arg = call.args[0];
  const res: Proof[] = [];
  const about = (
    place: Place | undefined,
    kinds: KindSet,
    whenTrue: boolean,
    position = false,
    start = false,
  ): void => {
    if (!place || kinds === 0) return;
    const path = place.path.map((it) => keyOf(ctx, it));
    res.push({ root: place.root, path, kinds, whenTrue, position, start });
  };
  const isOwnOf = (key: CallArg, owner: Value): void => {
    if (!key.place || key.val.facts.some((it) => sharesOrigin(it, owner.facts))) return;
    const path = key.place.path.map((it) => keyOf(ctx, it));
    const kinds = ctx.kinds.of(KEY_KINDS);
    res.push({ root: key.place.root, path, kinds, whenTrue: true, owner: paramOf(ctx, owner) });
  };
  const recv = call.recv ?? EMPTY;
  switch (guard) {
    case 'contains':
    case 'position': {
      const position = guard === 'position';
      // A trusted collection contains the value, or the value contains a constant it should not.
      if (arg && elementFacts(ctx.env, recv, ctx.kinds).every((it) => isOwn(ctx, it))) {
        about(arg.place, ctx.kinds.all, true, position);
        about(arg.place && addressOf(arg.place), ctx.kinds.of(HOST_KINDS), true, position);
        about(arg.place && messageOf(ctx, arg.place, call.op), ctx.kinds.all, true, position);
      } else if (arg) about(call.recvPlace, excluded(ctx, arg.val), false, position);
      if (arg && listsPrototype(ctx, recv)) about(arg.place, ctx.kinds.of(KEY_KINDS), false, position);
      // The object's own property, which no prototype is; `source.hasOwnProperty(key)` says nothing of the target.
      if (arg && call.method === 'hasOwnProperty') isOwnOf(arg, recv);
      // `path.search(/\.\./)`
      const re = position ? arg?.val.konst?.c : undefined;
      if (re !== undefined && isRegex(re)) {
        about(call.recvPlace, testSafe(re, true, ctx.kinds), true, true);
        about(call.recvPlace, testSafe(re, false, ctx.kinds), false, true);
      } else if (position) about(call.recvPlace, prefixProof(ctx, recv, arg), true, true, true);
      break;
    }
    case 'owns': {
      // `Object.hasOwn(table, key)`
      const [of, key] = call.args;
      if (!of || !key) break;
      if (elementFacts(ctx.env, of.val, ctx.kinds).length === 0) about(key.place, ctx.kinds.all, true);
      else isOwnOf(key, of.val);
      break;
    }
    case 'satisfied':
    case 'satisfied-position':
    case 'all-satisfied': {
      const fns = arg ? functionsIn(ctx, arg.val) : [];
      const summary = fns.length === 1 ? ctx.world.summary(fns[0]!.fid) : undefined;
      if (!summary) break;
      // `parts.some((it) => it === bad)`: if none is accepted, all are what the predicate refuses.
      const all = guard === 'all-satisfied';
      const position = guard === 'satisfied-position';
      const list = call.recvPlace && {
        root: call.recvPlace.root,
        path: call.recvPlace.path.map((it) => keyOf(ctx, it)),
      };
      for (const it of list ? summary.ensures : [])
        if (it.index === 0 && !it.given && it.path.length === 0 && it.when !== (all ? 'false' : 'true'))
          res.push({ ...list!, kinds: it.kinds, whenTrue: all, position, start: false, elements: true });
      if (all) break;
      // `list.some((it) => it === x)`: what the predicate proves when it accepts an element of this list.
      const elem = member(ctx, recv, null, call.op);
      const given = { val: elem, place: undefined, site: call.op, spread: false };
      for (const it of ensured(ctx, summary, [given], call.op))
        if (it.when !== 'false') res.push({ ...it, whenTrue: true, position, start: false });
      break;
    }
    case 'matches': {
      // `/re/.test(x)`
      const re = recv.konst?.c;
      if (arg && re !== undefined) {
        about(arg.place, testSafe(re, true, ctx.kinds), true);
        about(arg.place, testSafe(re, false, ctx.kinds), false);
      }
      break;
    }
    case 'matched': {
      // `x.match(/re/)`
      const re = arg?.val.konst?.c;
      if (re !== undefined) {
        about(call.recvPlace, testSafe(re, true, ctx.kinds), true);
        about(call.recvPlace, testSafe(re, false, ctx.kinds), false);
      }
      break;
    }
    case 'head': {
      if (arg?.val.konst?.c !== 0 || call.args.length < 2 || !call.recvPlace || !isNormal(ctx, recv)) break;
      const path = call.recvPlace.path.map((it) => keyOf(ctx, it));
      const kinds = ctx.kinds.of(FOLDER_KINDS);
      res.push({ root: call.recvPlace.root, path, kinds, whenTrue: true, head: true });
      break;
    }
    case 'prefix': {
      const begins = quoteState('begins', arg?.val.konst?.c, ctx.kinds);
      about(call.recvPlace, ctx.kinds.union(prefixProof(ctx, recv, arg), begins), true);
      break;
    }
    case 'suffix':
      about(call.recvPlace, quoteState('ends', arg?.val.konst?.c, ctx.kinds), true);
      break;
    case 'letters':
      about(call.recvPlace, testSafe(LETTERS, true, ctx.kinds), true);
      break;
    default:
      guard satisfies never;
  }
  return res.length > 0 ? res : undefined;
}
const LETTERS = { regex: '^[A-Za-z0-9_]*$', flags: '' };
/** A key that is not `__proto__` leads to no prototype (functions, where `constructor` leads, are seldom merged into). */
const butKeys = (ctx: Ctx): KindSet => ctx.kinds.without(ctx.kinds.all, ctx.kinds.of(KEY_KINDS));
const KEY_KINDS = ['prototype-key', 'prototype-pollution'];
/** A parsed address whose host is known cannot lead anywhere else. */
const HOST_KINDS = ['ssrf', 'redirect'];
/** A list of forbidden keys with `__proto__` in it. */
function listsPrototype(ctx: Ctx, list: Value): boolean {
  const has = (fields: ReadonlyMap<FieldKey, Value> | undefined): boolean =>
    fields !== undefined && [...fields.values()].some((it) => it.konst?.c === '__proto__');
  return has(list.fields) || list.objs.some((id) => has(ctx.env.heap.get(id)?.fields));
}
/** What an instance was made of, as its own method sees it: data that came with a request is there by name of its source. */
const isOwn = (ctx: Ctx, { origin }: Fact): boolean =>
  origin.o === 'param' && origin.index === -1 && ctx.inside.has(origin.fid);
/** The parameter of this function that a value is, if it is one. */
function paramOf(ctx: Ctx, { facts }: Value): number | undefined {
  const [it] = facts;
  if (facts.length !== 1 || it?.origin.o !== 'param' || it.origin.fid !== ctx.info.fid) return undefined;
  return it.derived === 0 && it.origin.path.length === 0 && it.origin.index >= 0
    ? it.origin.index
    : undefined;
}
/** Whether a fact is of the same data as some of the others: `key` of `for (key in source)` and `source`. */
export const sharesOrigin = (it: Fact, others: readonly Fact[]): boolean =>
  others.some((x) =>
    x.origin.o === 'param' && it.origin.o === 'param'
      ? x.origin.fid === it.origin.fid && x.origin.index === it.origin.index
      : x.key === it.key,
  );

/** What is proven of a value that starts with this argument. */
function prefixProof(ctx: Ctx, recv: Value, arg: CallArg | undefined): KindSet {
  // The prefix is trusted unless it is known to come from a requester; a folder named on the command line is fine.
  if (!arg || !isTrusted(arg.val)) return 0;
  const { text } = arg.val;
  const names = ctx.rules.kinds
    .filter((it) => it.safePrefix && text !== undefined && pattern(it.safePrefix).test(text))
    .map((it) => it.kind);
  return ctx.kinds.of(isNormal(ctx, recv) ? [...names, ...FOLDER_KINDS] : names);
}
const FOLDER_KINDS = ['path', 'zip-slip'];
/** What is proven of a path that equals this one: the folder of the caller is as good as one that is written here. */
export const sameFolder = (ctx: Ctx, val: Value, other: Value): KindSet =>
  isTrusted(other) && isNormal(ctx, val) ? ctx.kinds.of(FOLDER_KINDS) : 0;
const folderKinds = (ctx: Ctx, kinds: KindSet): KindSet =>
  ctx.kinds.intersect(kinds, ctx.kinds.of(FOLDER_KINDS));
const isNameOf = (key: FieldKey): boolean => key === 'name' || key === 'path' || key === 'filename';
const isTrusted = (val: Value): boolean =>
  !val.facts.some((it) => it.origin.o === 'source' && it.origin.kind === 'remote');
/** `..` has been resolved: what starts with a folder's name lies inside. */
export function isNormal(ctx: Ctx, val: Value): boolean {
  const bit = ctx.kinds.bit(NORMALIZED);
  return val.facts.length > 0 && val.facts.every((it) => ctx.kinds.has(it.safe, bit));
}
/** What text is safe for that does not hold this: no way up, no end of a quoted text. */
function excluded(ctx: Ctx, needle: Value): KindSet {
  switch (needle.konst?.c) {
    case '..':
    case '../':
    case '/':
      return ctx.kinds.of(['path', 'zip-slip']);
    case '__proto__':
      return ctx.kinds.of(KEY_KINDS);
    case "'":
      return ctx.kinds.of([NO_APOSTROPHE]);
    case '"':
      return ctx.kinds.of([NO_QUOTE]);
    default:
      return 0;
  }
}
/** Not an attack but a state: the path has no `..` left (path.resolve, realpath); see `clears` in models. */
export const NORMALIZED = '%normalized';
/** What facts can be safe for beside kinds. */
export const STATES: readonly string[] = [NORMALIZED, NO_APOSTROPHE, NO_QUOTE, ...QUOTED];
