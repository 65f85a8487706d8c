// Runs one function over the abstract domain: a recursion over structured statements, one forward pass, all kinds at
// once. It gives the function's summary and the findings that arise in it, and tells the world what others may see.

import type { KindSet } from '../base/kindset.ts';
import type { LoopStmt, Stmt, SwitchStmt, TryStmt, TypeExpr } from '../ir/ir.ts';
import {
  type Fid,
  type Value,
  EMPTY,
  OPEN,
  UNDEFINED_NAME,
  cleanse,
  constant,
  derive,
  fact,
  join,
  value,
} from './domain.ts';
import { applies } from '../rules/condition.ts';
import { type Env, cloneEnv, deepFacts, equalEnv, joinEnv, prune, toTree } from './heap.ts';
import {
  type Ctx,
  foreign,
  member,
  publishCell,
  showAll,
  readPlace,
  readVar,
  roleFact,
  siteOf,
  writePlace,
} from './ctx.ts';
import { passParam } from './calls.ts';
import { checkText } from './checks.ts';
import { provenInRound, wholeRound } from './elements.ts';
import { ensuresOf, exitOf } from './ensures.ts';
import { caught, enterTry, leaveTry, raise } from './errors.ts';
import { markEscaped } from './escapers.ts';
import { branch, refineList } from './guards.ts';
import { adoptMade } from './gather.ts';
import { tellMethods, tellThis } from './prototypes.ts';
import { LOOP_ROUNDS, OPS_PER_RUN, UNDECLARED } from './limits.ts';
import { argShape, keysOf } from './models.ts';
import { type SeenSink, noteSink, stateOf } from './probe.ts';
import { reach } from './sinks.ts';
import { paramOrigin } from './summary.ts';
import { execOp, ofType } from './transfer.ts';
import { trialSide } from './trials.ts';
import type { FuncInfo, RawFinding, Summary, World } from './world.ts';

export interface RunResult {
  readonly summary: Summary;
  readonly findings: readonly RawFinding[];
  /** For a probe: see probe.ts. */
  readonly seen: readonly SeenSink[];
  /** A limit was met: what was found is right, more may be there. */
  readonly partial: boolean;
  readonly ops: number;
}

interface Frame {
  readonly label: string | undefined;
  readonly breakable: boolean;
  readonly loop: boolean;
  broke: Env | undefined;
  continued: Env | undefined;
}
const frames = new WeakMap<Ctx, Frame[]>();

/** Analyses one function in the given world. */
export function runFunction(world: World, info: FuncInfo): RunResult {
  const { ir } = info;
  const ctx: Ctx = {
    world,
    kinds: world.kinds,
    probe: world.probe !== undefined,
    rules: world.rules,
    info,
    ir,
    inside: new Set<Fid>([info.fid, ...info.ancestors]),
    env: { vars: ir.vars.map(() => EMPTY), heap: new Map() },
    start: [],
    shown: new Set(),
    unread: new Map(),
    uses: new Map(),
    invokes: new Map(),
    writes: new Map(),
    findings: new Map(),
    watched: new Map(),
    seen: new Map(),
    made: new Set(),
    ret: EMPTY,
    exits: [],
    ops: 0,
    applied: 0,
    partial: false,
    ended: false,
    tries: [],
    thrown: EMPTY,
    depth: 0,
    guessed: false,
  };
  frames.set(ctx, []);
  enter(ctx);
  ctx.start = ctx.env.vars.slice();
  const alive = runBlock(ctx, ir.body);
  checkText(ctx);
  if (alive) {
    ctx.exits.push(exitOf(ctx, constant(undefined)));
    if (ctx.ret !== EMPTY) ctx.ret = { ...ctx.ret, open: true, konst: undefined };
  }
  showAll(ctx);
  // What was assigned is seen already; an object may have been written to since.
  for (const root of info.captured) if ((ctx.env.vars[root]?.objs.length ?? 0) > 0) publishCell(ctx, root);
  if (ir.kind === 'module' || exportsHere(ctx)) publishModule(ctx);
  tellMethods(ctx);
  adoptMade(ctx);
  markEscaped(ctx);
  const summary: Summary = {
    ret: prune(ctx.ret, ctx.kinds),
    uses: [...ctx.uses.values()].sort(byKey),
    invokes: [...ctx.invokes.values()].sort(byKey),
    writes: [...ctx.writes.values()].sort(byKey),
    ensures: ensuresOf(ctx, ctx.exits),
    hasBody: true,
    throws: prune(ctx.thrown, ctx.kinds),
    ends: !alive && ctx.exits.length === 0 && !ir.isGenerator && !ir.isAsync,
  };
  const findings = [...ctx.findings.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, it]) => it);
  return { summary, findings, seen: [...ctx.seen.values()], partial: ctx.partial, ops: ctx.ops };
}
const byKey = (a: { key: string }, b: { key: string }): number =>
  a.key < b.key ? -1 : a.key > b.key ? 1 : 0;

/** Parameters hold symbolic facts, what callers are known to pass, and sources where a framework or a user calls. */
function enter(ctx: Ctx): void {
  const { info, ir, world } = ctx;
  // A function may export too: `(function (factory) { module.exports = factory(); })(…)`.
  if (ir.kind === 'module' || exportsHere(ctx)) {
    ctx.env.heap.set(MODULE, {
      fields: new Map([['exports', value({ objs: [EXPORTS], open: true })]]),
      base: EMPTY,
      len: undefined,
      isList: false,
    });
    // What other functions of the file export is known to this one by the name it has there.
    const fields = ir.kind === 'module' ? new Map() : new Map(world.exports(info.uri).fields);
    ctx.env.heap.set(EXPORTS, { fields, base: EMPTY, len: undefined, isList: false });
  }
  // Types of parameters are named by variables of the module, so those come first.
  ir.vars.forEach((it, root) => {
    if (it.kind === 'free') ctx.env.vars[root] = freeValue(ctx, root);
  });
  const guesses = guessParams(ctx);
  ir.params.forEach((param, index) => {
    const origin = paramOrigin(info.fid, index);
    let val = value({ facts: [fact(origin, 0, 0, 0)], open: true });
    const known = world.slot(`P${info.fid}:${index}`);
    if (known !== EMPTY) val = join(val, known, ctx.kinds);
    else if (guesses[index]) val = join(val, guesses[index], ctx.kinds);
    const typed = param.type ? ofType(ctx, param.type, { s: 0, e: 0 }) : EMPTY;
    if (typed === 'clean') val = OPEN;
    else if (typed !== EMPTY) val = join(val, typed, ctx.kinds);
    // A model may say that what arrives here is itself a source (`req` of a raw handler, an event's data).
    if (val.nodes.length > 0) val = withSources(ctx, val, index);
    if (ctx.info.natives.textChecks && isText(param.type))
      val = { ...val, facts: cleanse(val.facts, textSafe(ctx), ctx.kinds) };
    ctx.env.vars[param.v] = val;
  });
  if (ir.thisVar >= 0) {
    const known = world.slot(`P${info.fid}:-1`);
    ctx.env.vars[ir.thisVar] = join(
      value({ facts: [fact(paramOrigin(info.fid, -1), 0, 0, 0)], open: true }),
      known,
      ctx.kinds,
    );
  }
  ir.vars.forEach((it, root) => {
    if (it.kind === 'arguments') ctx.env.vars[root] = argumentsValue(ctx);
    if (it.kind === 'super') ctx.env.vars[root] = superView(ctx);
  });
}
/** Declared to be text or nothing: frameworks that fill parameters in by their types give nothing else. */
const isText = (type: TypeExpr | undefined): boolean =>
  type?.t === 'prim'
    ? type.name === 'string'
    : type?.t === 'union' && type.of.some(isText) && type.of.every(isPrim);
const isPrim = (type: TypeExpr): boolean => type.t === 'prim' || type.t === 'literal';
/** Kinds to which only objects do harm. */
const textSafe = (ctx: Ctx): KindSet =>
  ctx.kinds.of(ctx.rules.kinds.filter((it) => it.structured).map((it) => it.kind));
/** `(req, res)` handed to something nobody knows: most likely a handler, and said to be no more than that. */
function guessParams(ctx: Ctx): readonly Value[] {
  const { ir, info, world } = ctx;
  if (ir.params.length === 0 || ir.kind === 'ctor') return [];
  if (ir.params.some((_, i) => world.slot(`P${info.fid}:${i}`).nodes.length > 0)) return [];
  const nodes = ctx.rules.namedParams?.(ir.params.map((it) => it.name)) ?? [];
  if (nodes.length === 0) return [];
  ctx.guessed = true;
  return ir.params.map((_, i) => {
    const found = nodes.map((it) => ctx.rules.param?.(it, i) ?? -1).filter((it) => it >= 0);
    return found.length > 0 ? value({ nodes: found.sort((a, b) => a - b), open: true }) : EMPTY;
  });
}
function withSources(ctx: Ctx, val: Value, index: number): Value {
  const name = ctx.ir.params[index]?.name ?? '';
  let res = val;
  for (const node of val.nodes)
    for (const it of ctx.rules.closure(node))
      for (const role of ctx.rules.roles(it)?.sources ?? []) {
        const at = { fid: ctx.info.fid, s: 0, e: 0 };
        res = join(res, value({ facts: [roleFact(ctx, at, role, name)] }), ctx.kinds);
      }
  return res;
}

/** The receiver as its superclass sees it. */
function superView(ctx: Ctx): Value {
  const self = ctx.env.vars[ctx.ir.thisVar] ?? EMPTY;
  const parentsOf = (ids: readonly number[]): Value =>
    ids.reduce((acc, cid) => join(acc, ctx.world.klass(cid)?.superValue ?? EMPTY, ctx.kinds), EMPTY);
  const parents = parentsOf(self.inst);
  const nodes = parents.nodes.map((it) => ctx.rules.instance(it)).filter((it) => it >= 0);
  const { classes } = parentsOf(self.classes);
  return { ...self, inst: parents.classes, classes, nodes: nodes.sort((a, b) => a - b), open: true };
}

function argumentsValue(ctx: Ctx): Value {
  const fields = new Map<string | number | null, Value>();
  ctx.ir.params.forEach((param, i) => fields.set(i, ctx.env.vars[param.v] ?? OPEN));
  // Some more than are declared: functions that read `arguments` often declare none.
  let any = EMPTY;
  for (let i = 0; i < ctx.ir.params.length + UNDECLARED; i++) {
    const origin = paramOrigin(ctx.info.fid, i);
    const own = fields.get(i) ?? value({ facts: [fact(origin, 0, 0, 0)], open: true });
    fields.set(i, own);
    any = join(any, own, ctx.kinds);
  }
  fields.set(null, any);
  return value({ fields, open: true });
}

/** A variable of an enclosing function as the slots know it, or a global. */
function freeValue(ctx: Ctx, root: number): Value {
  const link = ctx.info.links.get(root);
  if (!link) return OPEN;
  if (link.l === 'cell') {
    const seen = join(
      ctx.world.slot(`C${link.fid}:${link.v}`),
      ctx.world.slot(`W${link.fid}:${link.v}`),
      ctx.kinds,
    );
    return seen;
  }
  const global = ctx.rules.root('global');
  const special = ctx.info.natives.globals.get(link.name);
  switch (special) {
    case 'undefined':
      return constant(undefined);
    case 'module':
      return value({ objs: [MODULE], open: true });
    case 'exports':
      return value({ objs: [EXPORTS], open: true });
    case 'global': {
      const own = global < 0 ? -1 : ctx.rules.member(global, link.name);
      return global < 0
        ? OPEN
        : value({ nodes: own >= 0 ? [own, global].sort((a, b) => a - b) : [global], open: true });
    }
    case 'jsx': {
      const factory = ctx.rules.root('%jsx');
      return factory >= 0 ? value({ nodes: [factory], open: true }) : OPEN;
    }
    case undefined: {
      const node = global < 0 ? -1 : ctx.rules.member(global, link.name);
      if (node < 0) return packageByName(ctx, link.name) ?? UNDEFINED_NAME;
      return member(ctx, value({ nodes: [global], open: true }), link.name, { s: 0, e: 0 });
    }
    default:
      return special satisfies never;
  }
}
/** A name that nothing defines and that a package has: its import is not written yet. */
function packageByName(ctx: Ctx, name: string): Value | undefined {
  const root = ctx.info.natives.openClasses ? ctx.rules.root(name) : -1;
  return root < 0 ? undefined : value({ nodes: [root], open: true });
}
const MODULE = -1;
const EXPORTS = -2;

function exportsHere(ctx: Ctx): boolean {
  for (const link of ctx.info.links.values()) {
    if (link.l !== 'global') continue;
    const special = ctx.info.natives.globals.get(link.name);
    if (special === 'module' || special === 'exports') return true;
  }
  return false;
}
function publishModule(ctx: Ctx): void {
  const holder = ctx.env.heap.get(MODULE);
  const exported = holder?.fields.get('exports');
  let res = EMPTY;
  if (exported) res = join(res, toTree(ctx.env, exported, ctx.kinds), ctx.kinds);
  const own = ctx.env.heap.get(EXPORTS);
  if (own && own.fields.size > 0)
    res = join(res, toTree(ctx.env, value({ objs: [EXPORTS] }), ctx.kinds), ctx.kinds);
  if (res === EMPTY) return;
  if (ctx.ir.kind !== 'module') {
    const before = ctx.world.exports(ctx.info.uri).fields;
    const fields = new Map([...(res.fields ?? [])].filter(([key, it]) => before?.get(key) !== it));
    res = foreign({ ...res, fields }, undefined);
    if (res.fns.length === 0 && res.classes.length === 0 && (res.fields?.size ?? 0) === 0) return;
  }
  ctx.world.addExports(res);
  tellThis(ctx, res);
  for (const [key, it] of res.fields ?? []) if (typeof key === 'string') exportedByConvention(ctx, key, it);
  exportedByConvention(ctx, 'default', res);
}
/** Frameworks find handlers by file and export name: their parameters are what the convention says. */
export function exportedByConvention(ctx: Ctx, name: string, val: Value): void {
  if (val.fns.length === 0) return;
  const nodes = conventionsOf(ctx);
  for (const node of nodes) standsAt(ctx, val, [ctx.rules.member(node, name)]);
}
/** What the exports of this file are because of where it lies. */
export const conventionsOf = (ctx: Ctx): readonly number[] =>
  ctx.rules.fileExports?.(ctx.info.uri.replace(/^[a-z]+:\/\//i, '')) ?? [];
/** The slot beside those of parameters: the API nodes that say where the function's result goes. */
const RESULT = -2;
/** What a function returns reaches the sinks that models name at these nodes. */
export function returnsTo(ctx: Ctx, fid: Fid, nodes: readonly number[]): void {
  const found = [...new Set(nodes.filter((it) => it >= 0))].sort((a, b) => a - b);
  if (found.length > 0) passParam(ctx, fid, RESULT, value({ nodes: found, open: true }));
}
function resultSinks(ctx: Ctx, val: Value, at: Stmt): void {
  const { nodes } = ctx.world.slot(`P${ctx.info.fid}:${RESULT}`);
  for (const node of nodes)
    for (const it of ctx.rules.closure(node))
      for (const role of ctx.rules.roles(it)?.results ?? []) {
        const picked = keysOf(undefined, role.sel.path).reduce((acc, key) => member(ctx, acc, key, at), val);
        const shape = { count: undefined, arg: () => argShape(ctx, picked) };
        const name = ctx.rules.name(it);
        if (!applies(role, shape)) {
          noteSink(ctx, role.kind, name, siteOf(ctx, at), 'idle');
          continue;
        }
        const isDeep = ctx.rules.kind(role.kind)?.deep === true;
        const facts = isDeep ? deepFacts(ctx.env, picked, ctx.kinds) : picked.facts;
        reach(ctx, role, name, picked, facts, siteOf(ctx, at));
        noteSink(ctx, role.kind, name, siteOf(ctx, at), stateOf(ctx, role.kind, picked));
      }
}
/** A function that stands at these nodes is called with what models say of its parameters. */
export function standsAt(ctx: Ctx, val: Value, nodes: readonly number[]): void {
  for (const fn of val.fns) {
    returnsTo(
      ctx,
      fn.fid,
      nodes.map((it) => ctx.rules.result?.(it) ?? -1),
    );
    const count = ctx.world.func(fn.fid)?.ir.params.length ?? 0;
    for (let i = 0; i < count; i++) {
      const found = nodes
        .flatMap((it) => (it < 0 ? [] : [ctx.rules.param?.(it, i) ?? -1]))
        .filter((it) => it >= 0);
      if (found.length > 0)
        passParam(ctx, fn.fid, i, value({ nodes: [...new Set(found)].sort((a, b) => a - b), open: true }));
    }
  }
}

/** Runs statements in order; false if the end cannot be reached. */
export function runBlock(ctx: Ctx, stmts: readonly Stmt[]): boolean {
  for (const it of stmts) if (!runStmt(ctx, it)) return false;
  return true;
}

function runStmt(ctx: Ctx, stmt: Stmt): boolean {
  if (ctx.ops > OPS_PER_RUN) {
    ctx.partial = true;
    return true;
  }
  switch (stmt.op) {
    case 'if': {
      const { yes, no } = branch(ctx, stmt.test);
      const trial = trialSide(ctx.ir, stmt.test);
      if (yes && trial === 'yes') yes.trial = true;
      if (no && trial === 'no') no.trial = true;
      let after: Env | undefined;
      if (yes) {
        ctx.env = yes;
        if (runBlock(ctx, stmt.then)) after = ctx.env;
      }
      if (no) {
        ctx.env = no;
        if (runBlock(ctx, stmt.else)) after = after ? joinEnv(after, ctx.env, ctx.kinds) : ctx.env;
      }
      if (!after) return false;
      ctx.env = after;
      return true;
    }
    case 'loop':
      return runLoop(ctx, stmt);
    case 'switch':
      return runSwitch(ctx, stmt);
    case 'try':
      return runTry(ctx, stmt);
    case 'block': {
      const frame = push(ctx, stmt.label, false, false);
      const alive = runBlock(ctx, stmt.body);
      return leave(ctx, frame, alive);
    }
    case 'jump':
      jump(ctx, stmt.kind, stmt.label);
      return false;
    case 'return': {
      let val = stmt.from ? readPlace(ctx, stmt.from, stmt) : constant(undefined);
      ctx.exits.push(exitOf(ctx, val));
      resultSinks(ctx, val, stmt);
      val = toTree(ctx.env, val, ctx.kinds);
      ctx.ret = ctx.exits.length === 1 && ctx.ret === EMPTY ? val : join(ctx.ret, val, ctx.kinds);
      ctx.ops++;
      return false;
    }
    case 'throw': {
      raise(ctx, stmt.from ? readPlace(ctx, stmt.from, stmt) : EMPTY);
      return false;
    }
    default:
      ctx.ops++;
      execOp(ctx, stmt);
      if (!ctx.ended) return true;
      // `abort(404)`: what follows never runs.
      ctx.ended = false;
      raise(ctx, EMPTY);
      return false;
  }
}
function push(ctx: Ctx, label: string | undefined, breakable: boolean, loop: boolean): Frame {
  const frame: Frame = { label, breakable, loop, broke: undefined, continued: undefined };
  frames.get(ctx)!.push(frame);
  return frame;
}
/** Joins the states that broke out with the one that fell out of the end. */
function leave(ctx: Ctx, frame: Frame, alive: boolean): boolean {
  frames.get(ctx)!.pop();
  if (frame.broke) ctx.env = alive ? joinEnv(frame.broke, ctx.env, ctx.kinds) : frame.broke;
  return alive || frame.broke !== undefined;
}
function jump(ctx: Ctx, kind: 'break' | 'continue', label: string | undefined): void {
  const stack = frames.get(ctx)!;
  for (let i = stack.length - 1; i >= 0; i--) {
    const it = stack[i]!;
    if (label !== undefined ? it.label !== label : kind === 'continue' ? !it.loop : !it.breakable) continue;
    const state = cloneEnv(ctx.env);
    if (kind === 'break') it.broke = it.broke ? joinEnv(it.broke, state, ctx.kinds) : state;
    else it.continued = it.continued ? joinEnv(it.continued, state, ctx.kinds) : state;
    return;
  }
}

function runLoop(ctx: Ctx, stmt: LoopStmt): boolean {
  let head = ctx.env;
  let out: Env | undefined;
  const loops = frames.get(ctx)!;
  const whole = wholeRound(ctx, stmt);
  let proven = 0;
  for (let round = 0; round < LOOP_ROUNDS; round++) {
    ctx.env = cloneEnv(head);
    const frame = push(ctx, stmt.label, true, true);
    if (stmt.each) {
      // The loop may end before any round.
      frame.broke = cloneEnv(ctx.env);
      const from = readPlace(ctx, stmt.each.from, stmt);
      const byKey = stmt.each.mode === 'in' || (stmt.each.mode === 'iter' && isRecord(ctx, from));
      const val = byKey ? keyValue(ctx, from) : member(ctx, from, null, stmt);
      writePlace(ctx, stmt.each.to, val === EMPTY ? OPEN : val, stmt);
    }
    let alive = runBlock(ctx, stmt.body);
    if (frame.continued) {
      ctx.env = alive ? joinEnv(ctx.env, frame.continued, ctx.kinds) : frame.continued;
      alive = true;
    }
    if (alive && whole) proven = provenInRound(ctx, whole, stmt);
    if (alive) alive = runBlock(ctx, stmt.update);
    loops.pop();
    if (frame.broke) out = out ? joinEnv(out, frame.broke, ctx.kinds) : frame.broke;
    if (!alive) break;
    const next = joinEnv(head, ctx.env, ctx.kinds);
    if (next === head || equalEnv(next, head)) break;
    head = next;
  }
  if (!out) return false;
  ctx.env = out;
  if (whole) refineList(ctx, whole.list.root, whole.list.path, proven, stmt);
  return true;
}
/** A dictionary of the function: going through it gives its keys. */
const isRecord = (ctx: Ctx, val: Value): boolean =>
  val.objs.length > 0 &&
  val.inst.length === 0 &&
  val.nodes.length === 0 &&
  val.objs.every((id) => ctx.env.heap.get(id)?.isList === false);
/** `for (k in o)`: keys of request data come from the requester. */
function keyValue(ctx: Ctx, from: Value): Value {
  return from.objs.length > 0 ? OPEN : value({ facts: derive(from.facts, 1, ctx.kinds), open: true });
}

function runSwitch(ctx: Ctx, stmt: SwitchStmt): boolean {
  const on = readPlace(ctx, stmt.on, stmt);
  const frame = push(ctx, stmt.label, true, false);
  let through: Env | undefined;
  let open = true;
  let start = ctx.env;
  // `default` runs when no other case matched, wherever it stands; its state is the one before the cases.
  for (const it of stmt.cases) {
    let enter: Env | undefined;
    if (it.test && open) {
      ctx.env = cloneEnv(start);
      runBlock(ctx, it.pre);
      const val = readPlace(ctx, it.test, stmt);
      const both = on.konst && val.konst && typeof on.konst.c !== 'object' && typeof val.konst.c !== 'object';
      if (both && on.konst!.c !== val.konst!.c) enter = undefined;
      else {
        const test = { t: 'eq', a: stmt.on, b: it.test, neg: false, pre: [], s: stmt.s, e: stmt.e } as const;
        const sides = branch(ctx, test);
        enter = sides.yes;
        if (sides.no) start = sides.no;
        if (both) open = false;
      }
    } else if (!it.test && open && !certain(ctx, stmt, on)) enter = cloneEnv(start);
    if (through) enter = enter ? joinEnv(through, enter, ctx.kinds) : through;
    through = undefined;
    if (!enter) continue;
    ctx.env = enter;
    if (runBlock(ctx, it.body)) through = ctx.env;
  }
  const hasDefault = stmt.cases.some((it) => !it.test);
  let end = through;
  if (!hasDefault && open) end = end ? joinEnv(end, start, ctx.kinds) : start;
  if (end) ctx.env = end;
  return leave(ctx, frame, end !== undefined);
}
/** A constant selector that some case equals: `default` is never taken. */
function certain(ctx: Ctx, stmt: SwitchStmt, on: Value): boolean {
  if (!on.konst) return false;
  return stmt.cases.some((it) => {
    if (!it.test) return false;
    const val = it.test.path.length === 0 ? readVar(ctx, it.test.root) : EMPTY;
    return val.konst !== undefined && val.konst.c === on.konst!.c;
  });
}

function runTry(ctx: Ctx, stmt: TryStmt): boolean {
  const top = enterTry(ctx, stmt);
  // Any operation may throw, so the handler may see the state after each statement.
  let seen: Env = cloneEnv(ctx.env);
  let alive = true;
  for (const it of stmt.body) {
    alive = runStmt(ctx, it);
    if (!alive) break;
    if (stmt.catches.length > 0) seen = joinEnv(seen, ctx.env, ctx.kinds);
  }
  leaveTry(ctx, top, stmt);
  if (alive) ctx.env = cloneEnv(ctx.env);
  let after = alive ? ctx.env : undefined;
  const thrown = top.env ? joinEnv(seen, top.env, ctx.kinds) : seen;
  for (const it of stmt.catches) {
    ctx.env = cloneEnv(thrown);
    caught(ctx, top, it, stmt);
    if (runBlock(ctx, it.body)) after = after ? joinEnv(after, ctx.env, ctx.kinds) : ctx.env;
  }
  if (stmt.finally.length > 0) {
    ctx.env = after ?? cloneEnv(thrown);
    const ended = runBlock(ctx, stmt.finally);
    return after !== undefined && ended;
  }
  if (!after) return false;
  ctx.env = after;
  return true;
}
