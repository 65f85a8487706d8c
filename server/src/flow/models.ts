// A call of something that models describe: sinks, checks, barriers, guards, flows and callbacks by its API nodes.

import { applies, holds, type ArgShape, type CallShape } from '../rules/condition.ts';
import type { KindSet } from '../base/kindset.ts';
import type { Place } from '../ir/ir.ts';
import type { ArgSel, CheckRole, GuardRole, NativeRole, NodeId, Roles } from '../rules/schema.ts';
import { replaceSafe, testSafe } from './charset.ts';
import { checkModelled } from './checks.ts';
import { partOf } from './cuts.ts';
import { patternOf } from './patterns.ts';
import {
  type Fact,
  type FieldKey,
  type Proof,
  type Value,
  EMPTY,
  UNDEFINED_NAME,
  cleanse,
  derive,
  doubtful,
  isRegex,
  join,
  sortFacts,
  stepped,
  value,
} from './domain.ts';
import { deepFacts, readObj, vivify, writeField } from './heap.ts';
import { type Ctx, allNodes, holder, member, nodeValue, readPlace, siteOf, writePlace } from './ctx.ts';
import type { Call, CallArg } from './calls.ts';
import { isNormal, refine } from './guards.ts';
import { noticeSafe } from './notice.ts';
import { nativeMethod } from './native.ts';
import { ablatedResult, markEnding, noteBeside, noteSink, stateOf } from './probe.ts';
import { isAround, reach, reportCheck, pattern } from './sinks.ts';
import { joinedPath, withText } from './text.ts';

export interface ModelResult {
  readonly value: Value;
  /** Models say what the call returns; the default for unknown code does not apply. */
  readonly known: boolean;
}

/** Evaluates everything models say of this call. `byName` restricts it to sinks that may be matched by name. */
export function modelCall(ctx: Ctx, call: Call, nodes: readonly NodeId[], byName = false): ModelResult {
  const shape = callShape(ctx, call);
  let res = EMPTY;
  let known = false;
  const results: NodeId[] = [];
  const proofs: Proof[] = [];
  let joins = false;
  /** What barriers say of a result that other rows make. */
  let late: KindSet = 0;
  for (const node of nodes) {
    const result = ctx.rules.call(node);
    if (result >= 0 && !byName) {
      known = true;
      if (!results.includes(result)) results.push(result);
    }
    const roles = ctx.rules.roles(node);
    if (!roles) continue;
    const name = ctx.rules.name(node);
    for (const role of roles.sinks) {
      if (byName && !role.byName) continue;
      const selected = selectArgs(ctx, call, role.sel);
      if (!applies(role, shape)) {
        for (const it of selected) noteSink(ctx, role.kind, name, siteOf(ctx, it.site), 'idle');
        continue;
      }
      const kind = ctx.rules.kind(role.kind);
      for (const it of selected) {
        if (byName && !(kind?.shape && it.val.text !== undefined && pattern(kind.shape).test(it.val.text)))
          continue;
        const own = kind?.deep ? deepFacts(ctx.env, it.val, ctx.kinds) : it.facts;
        const unsure = role.unsure !== undefined && holds(role.unsure, shape);
        const facts = byName ? doubtful(own, 1) : own;
        reach(ctx, role, name, it.val, facts, siteOf(ctx, it.site), unsure);
        noteSink(ctx, role.kind, name, siteOf(ctx, it.site), stateOf(ctx, role.kind, it.val));
        known = true;
      }
      if (ctx.world.probe?.kind === role.kind)
        noteBeside(
          ctx,
          call,
          name,
          selected.map((it) => siteOf(ctx, it.site)),
        );
    }
    if (byName) continue;
    if (roles.closed || roles.sinks.length > 0) known = true;
    if (roles.closed)
      res = join(res, ablatedResult(ctx, call, `replaced by what ${name}() gives`) ?? EMPTY, ctx.kinds);
    for (const check of roles.checks) {
      const chosen = check.sel ? selectArgs(ctx, call, check.sel)[0] : undefined;
      const at = chosen?.site;
      const given = !check.sel || chosen !== undefined;
      if (
        !given ||
        !applies(check, shape) ||
        !isAround(ctx, check) ||
        isSettled(ctx, check, chosen?.facts ?? [])
      ) {
        noteSink(ctx, check.id, name, siteOf(ctx, at ?? call.op), 'idle');
        continue;
      }
      noteSink(ctx, check.id, name, siteOf(ctx, at ?? call.op), 'tainted');
      reportCheck(ctx, check, name, siteOf(ctx, at ?? call.op));
    }
    for (const role of roles.barriers) {
      if (!applies(role, shape)) continue;
      known = true;
      const kinds = ctx.kinds.of(role.kinds);
      noticeSafe(ctx, siteOf(ctx, call.op), kinds, `${name}()`);
      if (role.sel.arg === 'return' && givesMore(roles, shape)) late = ctx.kinds.union(late, kinds);
      else if (role.sel.arg === 'return') {
        const text = `made safe by ${name}()`;
        const given = callFacts(ctx, call);
        const stepsOn = stepped(given, siteOf(ctx, call.op), text);
        const marked = markEnding(ctx, stepsOn, kinds, siteOf(ctx, call.op), 'sanitised', text);
        const facts = cleanse(marked, kinds, ctx.kinds);
        res = join(res, value({ facts: derive(facts, 1, ctx.kinds), open: true }), ctx.kinds);
      } else
        for (const it of selectArgs(ctx, call, role.sel))
          if (it.arg?.place) refine(ctx, it.arg.place, it.path, kinds, it.arg);
    }
    for (const role of roles.guards) {
      if (!applies(role, shape)) continue;
      known = true;
      const kinds = provenBy(ctx, call, role);
      if (role.pattern)
        checkModelled(
          ctx,
          selectArgs(ctx, call, role.pattern)[0],
          selectArgs(ctx, call, role.sel)[0],
          name,
          flagsOf(ctx, call),
        );
      for (const it of selectArgs(ctx, call, role.sel)) {
        const place = it.arg?.place;
        if (!place) continue;
        if (role.throws) refine(ctx, place, it.path, kinds, it.arg!);
        else proofs.push(proofOf(place.root, [...pathOf(place.path), ...it.path], kinds, role.accepts));
      }
    }
    for (const role of roles.natives) {
      if (!applies(role, shape)) continue;
      const out = nativeLike(ctx, call, role);
      if (out) {
        known = true;
        res = join(res, out, ctx.kinds);
      }
    }
    for (const role of roles.flows) {
      if (!applies(role, shape)) continue;
      if (role.to.arg === 'return') known = true;
      const clears = ctx.kinds.union(
        role.clears ? ctx.kinds.of(role.clears) : 0,
        role.pattern ? replacedBy(ctx, call, role.pattern) : 0,
      );
      for (const it of selectArgs(ctx, call, role.from)) {
        if (role.value && role.from.arg === 'this' && role.to.arg === 'return') shareReceiver(ctx, call);
        let raw = role.value
          ? it.val
          : value({ facts: derive(deepFacts(ctx.env, it.val, ctx.kinds), 1, ctx.kinds), open: true });
        if (role.part) raw = partOf(ctx, raw);
        const text = `through ${name}()`;
        const through = stepped(raw.facts, siteOf(ctx, call.op), text);
        const marked = markEnding(ctx, through, clears, siteOf(ctx, call.op), 'sanitised', text);
        const facts = cleanse(marked, clears, ctx.kinds);
        joins ||= role.joins === true;
        const moved: { -readonly [K in keyof Value]: Value[K] } = { ...raw, facts };
        if (role.decodes) moved.facts = moved.facts.map((x) => ({ ...x, safe: 0 }));
        if (role.view && it.arg?.place) proofs.push(...viewOf(ctx, it.arg.place, it.arg.val));
        if (role.common) proofs.push(...folderOf(ctx, it.val));
        if (role.regex) {
          moved.konst = regexOf(it.val, flagsOf(ctx, call));
          checkModelled(ctx, { val: moved, site: it.site }, undefined, name);
        }
        if (role.pattern)
          checkModelled(ctx, selectArgs(ctx, call, role.pattern)[0], it, name, flagsOf(ctx, call));
        if (role.to.arg === 'return')
          res = join(res, underPath(ctx, moved, keysOf(call, role.to.path)), ctx.kinds);
        else deliver(ctx, call, role.to, role.param, moved, role.value === true);
      }
    }
  }
  if (late !== 0) {
    const text = `made safe by ${call.method ?? ''}()`;
    const facts = markEnding(ctx, res.facts, late, siteOf(ctx, call.op), 'sanitised', text);
    res = safeFor(ctx, { ...res, facts }, late);
  }
  if (joins) res = withText(res, joinedPath(call.args));
  if (results.length > 0) {
    // A compiled pattern is both: what models say of it, and the pattern that its methods read.
    const pattern = res.konst && isRegex(res.konst.c) ? res.konst : undefined;
    const made = join(res, nodeValue(ctx, results, call.op, shape), ctx.kinds);
    res = pattern ? { ...made, konst: pattern } : made;
  }
  // These are parts of one result, not alternatives: what each proves holds.
  if (proofs.length > 0) res = { ...res, proofs, open: true };
  return { value: res, known };
}

/** Whether other rows tell what the result is made of: then a barrier says of that very result that it is safe. */
function givesMore(roles: Roles, shape: CallShape): boolean {
  return (
    roles.natives.some((it) => applies(it, shape)) ||
    roles.flows.some((it) => it.to.arg === 'return' && applies(it, shape))
  );
}

/** Fields deeper than this are seldom read by name. */
const DEPTH = 3;

/** A value and its fields, safe for these kinds; what else is known of it stays. */
export function safeFor(ctx: Ctx, val: Value, kinds: KindSet, depth = 0): Value {
  const fields =
    val.fields && depth < DEPTH
      ? new Map([...val.fields].map(([key, it]) => [key, safeFor(ctx, it, kinds, depth + 1)]))
      : val.fields;
  return value({ ...val, facts: cleanse(val.facts, kinds, ctx.kinds), fields });
}

/** Kinds that a guard proves: those of its row, or what its pattern leaves out. */
function provenBy(ctx: Ctx, call: Call, role: GuardRole): KindSet {
  const kinds = ctx.kinds.of(role.kinds);
  if (!role.pattern) return kinds;
  const c = selectArgs(ctx, call, role.pattern)[0]?.val.konst?.c;
  const pattern = patternOf(c, role.anchored);
  return pattern ? ctx.kinds.intersect(kinds, testSafe(pattern, role.accepts, ctx.kinds)) : 0;
}
/** Kinds made safe by replacing what a pattern matches: `re.sub(pattern, by, text)`. */
function replacedBy(ctx: Ctx, call: Call, sel: ArgSel): KindSet {
  const pattern = patternOf(selectArgs(ctx, call, sel)[0]?.val.konst?.c, undefined);
  const next: ArgSel = { arg: typeof sel.arg === 'number' ? sel.arg + 1 : 0, path: [] };
  const by = selectArgs(ctx, call, next)[0]?.val.konst?.c;
  return pattern ? replaceSafe({ regex: pattern.regex, flags: 'g' }, by, true, ctx.kinds) : 0;
}
/** What is proven of a part of the result is proven of the place it was read out of, while that holds the same data. */
function viewOf(ctx: Ctx, place: Place, val: Value): readonly Proof[] {
  if (place.path.length > 0 || val.facts.length === 0) return [];
  const { facts } = ctx.env.vars[place.root] ?? EMPTY;
  return [{ root: place.root, path: [], kinds: 0, whenTrue: true, view: facts }];
}
function regexOf(val: Value, flags: string): Value['konst'] {
  const c = val.konst?.c;
  return typeof c === 'string' ? { c: { regex: c, flags } } : isRegex(c) ? val.konst : undefined;
}

/** Texts without a way up that lie in the folder which a call gives: what equals it is a folder around them. */
function folderOf(ctx: Ctx, list: Value): readonly Proof[] {
  const kinds = ctx.kinds.of(['path', 'zip-slip']);
  const res: Proof[] = [];
  for (const id of list.objs)
    for (const [, item] of ctx.env.heap.get(id)?.fields ?? []) {
      if (item.facts.length === 0 || !isNormal(ctx, item)) continue;
      const root = ctx.env.vars.findIndex((it) => it.facts === item.facts);
      if (root >= 0) res.push({ root, path: [], kinds, whenTrue: true, head: true });
    }
  return res;
}
/** The letters of the flags that a call is given as constants of the module: `re.compile(text, re.I | re.S)`. */
function flagsOf(ctx: Ctx, call: Call): string {
  const letters = new Set<string>();
  for (const arg of call.args)
    for (const node of arg.val.nodes) {
      const letter = FLAGS[ctx.rules.name(node)];
      if (letter !== undefined) letters.add(letter);
    }
  return [...letters].sort().join('');
}
const FLAGS: Readonly<Record<string, string>> = {
  're.I': 'i',
  're.IGNORECASE': 'i',
  're.S': 's',
  're.DOTALL': 's',
  're.M': 'm',
  're.MULTILINE': 'm',
  're.X': 'x',
  're.VERBOSE': 'x',
};

/** All data that arrives was made safe for the kind whose checked form this is: a quoted command, say. */
function isSettled(ctx: Ctx, check: CheckRole, facts: readonly Fact[]): boolean {
  if (facts.length === 0) return false;
  const kinds = ctx.rules.kinds.filter((it) => it.cwe.some((cwe) => check.cwe.includes(cwe)));
  return kinds.some((it) => facts.every((fact) => ctx.kinds.has(fact.safe, ctx.kinds.bit(it.kind))));
}

const pathOf = (path: readonly unknown[]): FieldKey[] =>
  path.map((it) => (typeof it === 'string' || typeof it === 'number' ? it : null));
const proofOf = (root: number, path: readonly FieldKey[], kinds: number, whenTrue: boolean): Proof => ({
  root,
  path,
  kinds,
  whenTrue,
});

/** A value placed under a path of the result: `to: return.body`. */
function underPath(ctx: Ctx, val: Value, path: readonly FieldKey[]): Value {
  if (path.length === 0) return val;
  let res: Value = { ...val, objs: [], facts: deepFacts(ctx.env, val, ctx.kinds) };
  for (let i = path.length - 1; i >= 0; i--) res = value({ fields: new Map([[path[i]!, res]]) });
  return res;
}

/** Data arrives in an argument's object, in the receiver, or in a parameter of a callback. */
function deliver(
  ctx: Ctx,
  call: Call,
  to: ArgSel,
  param: number | undefined,
  val: Value,
  whole: boolean,
): void {
  if (param !== undefined) {
    for (const it of selectArgs(ctx, call, to))
      if (it.arg) (call.feeds ??= []).push({ arg: it.arg, param, value: val });
    return;
  }
  for (const it of selectArgs(ctx, call, to)) {
    const place = it.arg?.place;
    // The value itself is assigned, as `res.type = 'text/plain'` would be.
    if (whole && place && to.path.length > 0)
      writePlace(ctx, { root: place.root, path: [...place.path, ...it.path] }, val, call.op);
    else if (it.holder) it.holder(val);
  }
}
/** The receiver is given back: it needs an object that both names share, so that what is set on one holds for the other. */
function shareReceiver(ctx: Ctx, call: Call): void {
  const place = call.recvPlace;
  if (!place || place.path.length > 0) return;
  const val = ctx.env.vars[place.root] ?? EMPTY;
  const owner = holder(ctx, val, -(call.op.calleeSpan.s * 16 + 14), call.op);
  if (owner !== val) ctx.env.vars[place.root] = owner;
}
/** `_.map(list, f)` is `list.map(f)`. */
function nativeLike(ctx: Ctx, call: Call, role: NativeRole): Value | undefined {
  const recv = call.args[role.arg];
  if (!recv || recv.spread) return undefined;
  return nativeMethod(ctx, {
    op: call.op,
    callee: EMPTY,
    method: role.method,
    recv: recv.val,
    recvPlace: recv.place,
    args: call.args.filter((it) => it !== recv),
  });
}

interface Selected {
  readonly val: Value;
  readonly facts: readonly Fact[];
  readonly arg: CallArg | undefined;
  readonly site: { readonly s: number; readonly e: number };
  readonly path: readonly FieldKey[];
  /** Adds data to what is selected. */
  readonly holder?: (val: Value) => void;
}

/** The values an argument selector means in this call. Nothing if the argument is not given. */
export function selectArgs(ctx: Ctx, call: Call, sel: ArgSel): Selected[] {
  const at = (arg: CallArg): Selected => {
    let val = arg.spread ? member(ctx, arg.val, null, arg.site) : arg.val;
    let { facts } = val;
    const { site } = arg;
    const path = keysOf(call, sel.path);
    for (const key of path) {
      val = member(ctx, val, key, arg.site);
      ({ facts } = val);
    }
    return { val, facts, arg, site, path, holder: (it) => absorb(ctx, arg, path, it) };
  };
  if (sel.arg === 'this') {
    if (!call.recv) return [];
    // Read again: rows that stand before this one may have changed it.
    const val = call.recvPlace ? readPlace(ctx, call.recvPlace, call.op.calleeSpan) : call.recv;
    return [at({ val, place: call.recvPlace, site: call.op.calleeSpan, spread: false })];
  }
  if (sel.arg === '*') return call.args.map(at);
  if (sel.arg === 'return') return [];
  const placed = positional(call);
  if (typeof sel.arg === 'number') {
    if (sel.arg < 0) {
      const arg = placed.at(sel.arg);
      return arg ? [at(arg)] : [];
    }
    const spread = placed.findIndex((it) => it.spread);
    const arg = spread >= 0 && spread < sel.arg ? placed[spread] : placed[sel.arg];
    return arg ? [at(arg)] : [];
  }
  if ('name' in sel.arg) {
    const { name } = sel.arg;
    const arg = call.args.find((it) => it.name === name);
    return arg ? [at(arg)] : [];
  }
  return placed.slice(sel.arg.from).map(at);
}
/** Arguments given by position; `**` has a name too. */
const positional = (call: Call): readonly CallArg[] =>
  call.args.some((it) => it.name !== undefined) ? call.args.filter((it) => it.name === undefined) : call.args;
/** The keys a path in a row means in this call: numbers are positions, `[(1)]` is what argument 1 is. */
export function keysOf(call: Call | undefined, path: ArgSel['path']): readonly FieldKey[] {
  return path.map((it) => {
    if (typeof it !== 'object' || it === null) return fieldKey(it);
    const konst = call && positional(call)[it.arg]?.val.konst?.c;
    return typeof konst === 'string' || typeof konst === 'number' ? fieldKey(konst) : null;
  });
}
const fieldKey = (key: FieldKey): FieldKey =>
  typeof key === 'string' && /^(0|[1-9]\d{0,6})$/.test(key) ? Number(key) : key;
function absorb(ctx: Ctx, arg: CallArg, path: readonly FieldKey[], val: Value): void {
  if (!arg.place || arg.place.path.length > 0) return;
  const old = ctx.env.vars[arg.place.root] ?? EMPTY;
  if (path.length === 0) {
    ctx.env.vars[arg.place.root] = { ...old, facts: sortFacts([...old.facts, ...val.facts], ctx.kinds) };
    return;
  }
  const owner = vivify(ctx.env, old, -(arg.site.s * 16 + 15));
  ctx.env.vars[arg.place.root] = owner;
  writeField(ctx.env, owner, path[0]!, val, ctx.kinds, true);
}

/** All facts that go into a call, for results made of everything. */
export function callFacts(ctx: Ctx, call: Call): readonly Fact[] {
  let res: readonly Fact[] = [];
  for (const it of call.args) res = sortFacts([...res, ...deepFacts(ctx.env, it.val, ctx.kinds)], ctx.kinds);
  return res;
}

/** The functions given to a known callee get what models say of their parameters. */
export function callbackParams(
  ctx: Ctx,
  nodes: readonly NodeId[],
  index: number,
  argc: number,
  params: number,
): (Value | undefined)[] {
  const res: (Value | undefined)[] = [];
  for (let i = 0; i < params; i++) {
    const found: NodeId[] = [];
    for (const node of nodes)
      for (const it of ctx.rules.callbackParam(node, index, argc, i)) if (!found.includes(it)) found.push(it);
    res.push(found.length > 0 ? value({ nodes: found.sort((a, b) => a - b), open: true }) : undefined);
  }
  return res;
}

/** What conditions of rows ask about the arguments. */
export function callShape(ctx: Ctx, call: Call): CallShape {
  const spread = call.args.some((it) => it.spread);
  return {
    count: spread ? undefined : call.args.length,
    arg(key) {
      if (key === 'this') return call.recv && receiverShape(ctx, call.recv);
      if (typeof key === 'string') {
        const named = call.args.find((it) => it.name === key);
        return named ? argShape(ctx, named.val) : spread ? UNKNOWN : undefined;
      }
      const placed = positional(call);
      const from = placed.findIndex((it) => it.spread);
      if (from >= 0 && from <= (key < 0 ? placed.length : key)) return UNKNOWN;
      const arg = placed.at(key);
      return arg ? argShape(ctx, arg.val) : undefined;
    },
  };
}
/** What was written to the receiver in this function, whatever else it is: a response's content type. */
export function receiverShape(ctx: Ctx, recv: Value): ArgShape {
  const written = (key: string): boolean =>
    recv.fields?.has(key) === true || recv.objs.some((id) => ctx.env.heap.get(id)?.fields.has(key));
  return {
    shape: 'record',
    field: (key) => (written(key) ? argShape(ctx, member(ctx, recv, key, { s: 0, e: 0 })) : undefined),
  };
}
const UNKNOWN: ArgShape = { shape: 'unknown', field: () => UNKNOWN };

export function argShape(ctx: Ctx, val: Value): ArgShape {
  const shape = plainShape(ctx, val);
  return {
    ...shape,
    get given() {
      return val === UNDEFINED_NAME || deepFacts(ctx.env, val, ctx.kinds).length > 0;
    },
    get secret() {
      return deepFacts(ctx.env, val, ctx.kinds).some(isSecret);
    },
    get names() {
      return [...allNodes(ctx, val)].map((it) => ctx.rules.name(it));
    },
  };
}
const isSecret = (it: Fact): boolean => it.origin.o === 'source' && it.origin.kind === 'secret';
function plainShape(ctx: Ctx, val: Value): ArgShape {
  const konst = val.konst;
  if (konst) {
    const { c } = konst;
    if (c === null || c === undefined) return { shape: 'null', constant: null, field: () => undefined };
    if (isRegex(c)) return { shape: 'regexp', field: () => UNKNOWN };
    const shape = typeof c === 'string' ? 'string' : typeof c === 'number' ? 'number' : 'boolean';
    return { shape, constant: c, field: () => UNKNOWN };
  }
  if (val.fns.length > 0 && !val.open) return { shape: 'function', field: () => UNKNOWN };
  const objs = val.objs.map((id) => ctx.env.heap.get(id)).filter((it) => it !== undefined);
  if (objs.length > 0 && objs.every((it) => it.isList)) {
    return {
      shape: 'list',
      field(key) {
        const [list] = objs;
        if (objs.length > 1 || list!.len === undefined || !/^\d+$/.test(key)) return UNKNOWN;
        const item = list!.fields.get(Number(key));
        return item === undefined ? undefined : argShape(ctx, item);
      },
    };
  }
  if (objs.length > 0 && objs.every((it) => !it.isList)) {
    return {
      // Data from outside of which a field was looked at may be a text all the same.
      shape: val.facts.length > 0 ? 'unknown' : 'record',
      field(key) {
        let res = EMPTY;
        for (const it of objs) {
          if (!it.fields.has(key) && it.base === EMPTY && !it.fields.has(null))
            return objs.length === 1 ? undefined : UNKNOWN;
          res = join(res, readObj(it, key, ctx.kinds), ctx.kinds);
        }
        return argShape(ctx, res);
      },
    };
  }
  if (val.text !== undefined) return { shape: 'string', text: val.text, field: () => UNKNOWN };
  return UNKNOWN;
}
