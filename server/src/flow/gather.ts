// What a run gathers for the summary: parameters that reach sinks, that are called or written into, here and in closures.
// Each is kept once per place it means; beyond a limit places are merged towards their parameter, never dropped.

import type { KindRegistry } from '../base/kindset.ts';
import type { Effect } from '../lang/natives.ts';
import { type Fact, type FieldKey, type Value, EMPTY, fact, join, joinFacts } from './domain.ts';
import { bothGiven } from './given.ts';
import { type Env, prune } from './heap.ts';
import { INVOKES, PROBED, USES, WRITES, WRITE_PARTS } from './limits.ts';
import type { Ctx } from './ctx.ts';
import type { Invoke, SinkInfo, Use, Write } from './world.ts';

/** A summary being made, by the keys of its parts. */
export interface Gathered {
  readonly kinds: KindRegistry;
  /** Under which condition its uses happen. */
  env: Pick<Env, 'given'>;
  /** More is kept for a verification. */
  readonly probe: boolean;
  readonly uses: Map<string, Use>;
  readonly invokes: Map<string, Invoke>;
  readonly writes: Map<string, Write>;
  /** Something was left out. */
  partial: boolean;
}

/**
 * A parameter's data reaches a sink. Over the limit it is the whole parameter that reaches it, and over twice the limit
 * the first sink of that kind stands for the others; that is the one merge after which sinks are missing.
 */
export function addUse(ctx: Gathered, it: Fact, sink: SinkInfo): void {
  const at = placeOf(sink);
  const limit = ctx.probe ? USES * PROBED : USES;
  if (joinUse(ctx, it, sink, at, ctx.uses.size < limit) || it.origin.o !== 'param') return;
  const whole = fact({ ...it.origin, path: [] }, 2, it.safe, it.doubt, it.via);
  if (joinUse(ctx, whole, sink, at, ctx.uses.size < 2 * limit)) return;
  ctx.partial = true;
  for (const [key, old] of ctx.uses)
    if (
      old.sink.kind === sink.kind &&
      old.sink.as === sink.as &&
      old.sink.target === sink.target &&
      old.fact.key === whole.key
    ) {
      ctx.uses.set(key, { ...old, given: undefined, fact: joinFacts([old.fact], [whole], ctx.kinds)[0]! });
      return;
    }
  joinUse(ctx, whole, sink, at, true);
}
const placeOf = (sink: SinkInfo): string =>
  `${sink.as ?? ''}${sink.target ? '!' : ''}${sink.kind}@${sink.site.fid}:${sink.site.s}:${sink.site.e}`;
/** False if it would be a new use and there is no room. */
function joinUse(ctx: Gathered, it: Fact, sink: SinkInfo, at: string, room: boolean): boolean {
  const key = `${at}<${it.key}`;
  const old = ctx.uses.get(key);
  if (!old && !room) return false;
  const merged = old ? joinFacts([old.fact], [it], ctx.kinds)[0]! : it;
  const given = old ? bothGiven(old.given, ctx.env.given) : ctx.env.given;
  if (merged !== old?.fact || given !== old.given) ctx.uses.set(key, { key, fact: merged, sink, given });
  return true;
}

/**
 * A parameter, or a member of one, is called. All calls of it are one, their arguments joined by position; members of one
 * parameter over the limit are called as one member that may be any.
 */
export function addInvoke(ctx: Gathered, origin: Invoke['origin'], args: readonly Value[]): void {
  const path = ctx.invokes.size < INVOKES ? origin.path : merge(origin.path, ctx.invokes.size >= 2 * INVOKES);
  const key = `p${origin.fid}:${origin.index}:${textOf(path)}`;
  const old = ctx.invokes.get(key);
  const joined = old ? joinArgs(old.args, args, ctx.kinds) : args;
  if (joined !== old?.args) ctx.invokes.set(key, { key, origin: { ...origin, path }, args: joined });
}
function joinArgs(a: readonly Value[], b: readonly Value[], kinds: KindRegistry): readonly Value[] {
  let same = b.length <= a.length;
  const res: Value[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a[i];
    const y = b[i];
    const joined = x && y ? join(x, y, kinds) : (x ?? y ?? EMPTY);
    if (joined !== x) same = false;
    res.push(joined);
  }
  return same ? a : res;
}

/** A method of lists and texts (`map`, `push`, `trim`): what callers pass hardly ever has a function of its own by that name. */
export function isOrdinary(ctx: Ctx, method: string): boolean {
  const effect = ctx.info.natives.methods.get(method);
  return effect !== undefined && ORDINARY.has(effect.e) && !ctx.rules.isSinkName(method);
}
const ORDINARY: ReadonlySet<Effect['e']> = new Set([
  'text',
  'deep',
  'clean',
  'same',
  'list',
  'each',
  'add',
  'keys',
  'values',
  'pairs',
  'replace',
  'join',
  'call',
  'apply',
  'bind',
]);

/** Data is stored into something from outside. Over the limit what lies under the same first key is one place. */
export function addWrite(ctx: Gathered, target: Write['target'], val: Value): void {
  if (target.path.length > WRITE_DEPTH) return;
  const owner = target.t === 'param' ? `p${target.fid}:${target.index}` : `c${target.fid}:${target.v}`;
  let { path } = target;
  let key = `${owner}:${textOf(path)}`;
  if (ctx.writes.size >= WRITES && !ctx.writes.has(key)) {
    path = merge(path, ctx.writes.size >= 2 * WRITES);
    key = `${owner}:${textOf(path)}`;
  }
  const old = ctx.writes.get(key);
  const joined = old ? join(old.value, val, ctx.kinds) : val;
  if (joined !== old?.value)
    ctx.writes.set(key, { key, target: { ...target, path }, value: prune(joined, ctx.kinds, WRITE_PARTS) });
}
/** Keys of a written path that are told apart; what is written deeper is not seen by callers. */
const WRITE_DEPTH = 4;

/** A shorter path that covers this one; `all`: everything of the parameter is one place. */
function merge(path: readonly FieldKey[], all: boolean): readonly FieldKey[] {
  if (path.length === 0 || (path.length === 1 && !all)) return path;
  return all ? [null] : [path[0]!, null];
}
const textOf = (path: readonly FieldKey[]): string =>
  path.map((it) => (it === null ? '*' : String(it))).join('.');

/** What functions made here do with parameters of this function and those around it, whenever they are called. */
export function adoptMade(ctx: Ctx): void {
  // They may be called at any time, not only where the run ended.
  ctx.env.given = undefined;
  for (const fid of ctx.made) adoptOne(ctx, fid);
}
function adoptOne(ctx: Ctx, fid: number): void {
  const summary = ctx.world.summary(fid);
  if (!summary) return;
  for (const use of summary.uses) {
    const { origin } = use.fact;
    if (origin.o === 'param' && origin.fid !== fid && ctx.inside.has(origin.fid))
      addUse(ctx, use.fact, use.sink);
  }
  for (const it of summary.invokes)
    if (it.origin.fid !== fid && ctx.inside.has(it.origin.fid)) addInvoke(ctx, it.origin, it.args);
  for (const it of summary.writes)
    if (it.target.t === 'param' && it.target.fid !== fid && ctx.inside.has(it.target.fid))
      addWrite(ctx, it.target, it.value);
}
