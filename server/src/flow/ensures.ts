// What holds when a function returns: which parameters and captured variables it has proven safe, always or depending on
// its result. A run notes it at each exit, the summary keeps what all exits agree on, and a call reads it back.

import type { Span } from '../ir/ir.ts';
import { type FieldKey, type Proof, type Value, EMPTY, isPlain, newlySafe } from './domain.ts';
import { type Ctx, type Exit, keyOf, readVar } from './ctx.ts';
import type { CallArg } from './calls.ts';
import { sharesOrigin, truth } from './guards.ts';
import { elementFacts, readPath } from './summary.ts';
import type { Ensure, Summary } from './world.ts';

/** What an entry of an exit is about, as the key of a map. */
type About = Pick<Ensure, 'index' | 'cell' | 'path' | 'given' | 'owner'>;
const keyFor = (about: About): string => JSON.stringify(about);

/** What is known to be safe of this function's parameters, and of variables around it, where it returns. */
export function exitOf(ctx: Ctx, ret: Value): Exit {
  const always = new Map<string, number>();
  ctx.ir.params.forEach((param, index) => {
    const val = ctx.env.vars[param.v] ?? EMPTY;
    note(ctx, always, index, [], val);
    for (const id of val.objs)
      for (const [key, it] of ctx.env.heap.get(id)?.fields ?? []) note(ctx, always, index, [key], it);
  });
  for (const [root, link] of ctx.info.links) {
    if (link.l !== 'cell') continue;
    const kinds = provenHere(ctx, root);
    if (kinds !== 0)
      always.set(keyFor({ index: CAPTURED, cell: { fid: link.fid, v: link.v }, path: [] }), kinds);
  }
  for (const it of ctx.env.equals ?? []) {
    const about = aboutRoot(ctx, it.root, it.path);
    if (about) always.set(keyFor({ ...about, given: { index: it.index, path: it.of } }), ctx.kinds.all);
  }
  const whenTrue = new Map(always);
  const whenFalse = new Map(always);
  for (const it of ret.proofs ?? []) {
    const about = aboutRoot(ctx, it.root, it.path);
    if (!about || !isPlain(it)) continue;
    const map = it.whenTrue ? whenTrue : whenFalse;
    const key = keyFor(it.owner === undefined ? about : { ...about, owner: it.owner });
    map.set(key, ctx.kinds.union(map.get(key) ?? 0, it.kinds));
  }
  const known = truth(ctx, ret);
  return { truth: known === undefined ? 'both' : known ? 'true' : 'false', always, whenTrue, whenFalse };
}
/** Index of an entry about a captured variable: no parameter has it. */
const CAPTURED = -2;

/** Kinds that a captured variable has been made safe for since the function began. */
function provenHere(ctx: Ctx, root: number): number {
  const now = ctx.env.vars[root] ?? EMPTY;
  const start = ctx.start[root] ?? EMPTY;
  return now === start ? 0 : newlySafe(start.facts, now.facts, ctx.kinds);
}
function note(
  ctx: Ctx,
  into: Map<string, number>,
  index: number,
  path: readonly FieldKey[],
  val: Value,
): void {
  for (const it of val.facts) {
    if (
      it.origin.o !== 'param' ||
      it.derived !== 0 ||
      it.origin.fid !== ctx.info.fid ||
      it.origin.index !== index
    )
      continue;
    if (
      it.origin.path.length === path.length &&
      it.origin.path.every((k, i) => k === path[i]) &&
      it.safe !== 0
    )
      into.set(keyFor({ index, path }), it.safe);
  }
}
/** The parameter or captured variable that a variable holds: itself, or a local that was copied from it. */
function aboutRoot(ctx: Ctx, root: number, path: readonly FieldKey[]): About | undefined {
  const index = ctx.ir.params.findIndex((it) => it.v === root);
  if (index >= 0) return { index, path };
  const link = ctx.info.links.get(root);
  if (link?.l === 'cell') return { index: CAPTURED, cell: { fid: link.fid, v: link.v }, path };
  for (const it of ctx.env.vars[root]?.facts ?? [])
    if (
      it.origin.o === 'param' &&
      it.derived === 0 &&
      it.origin.fid === ctx.info.fid &&
      it.origin.path.length === 0
    )
      return { index: it.origin.index, path };
  return undefined;
}

/** Joins all exits: what holds at every return that may give true (or false, or at all). */
export function ensuresOf(ctx: Ctx, exits: readonly Exit[]): Ensure[] {
  const res: Ensure[] = [];
  const meetAll = (maps: readonly ReadonlyMap<string, number>[], when: Ensure['when']): void => {
    const [first, ...rest] = maps;
    if (!first) return;
    for (const [key, kinds] of first) {
      let safe = kinds;
      for (const it of rest) safe = ctx.kinds.intersect(safe, it.get(key) ?? 0);
      if (safe !== 0) res.push({ ...(JSON.parse(key) as About), kinds: safe, when });
    }
  };
  meetAll(
    exits.map((it) => it.always),
    'always',
  );
  const truthy = exits.filter((it) => it.truth !== 'false');
  const falsy = exits.filter((it) => it.truth !== 'true');
  if (truthy.length > 0 && falsy.length > 0) {
    meetAll(
      truthy.map((it) => it.whenTrue),
      'true',
    );
    meetAll(
      falsy.map((it) => it.whenFalse),
      'false',
    );
  }
  return res;
}

/** What the summary of what is called at `site` ensures, told of the places of this function that the call is about. */
export function ensured(
  ctx: Ctx,
  summary: Summary,
  args: readonly CallArg[],
  site: Span,
): (Pick<Proof, 'root' | 'path' | 'kinds'> & Pick<Ensure, 'when'> & { site: Span })[] {
  return summary.ensures.flatMap((it) => {
    if (it.given) {
      const other = args[it.given.index]?.val;
      if (!other) return [];
      const part = readPath(ctx.env, other, it.given.path, ctx.kinds);
      if (elementFacts(ctx.env, part, ctx.kinds).length > 0) return [];
    }
    if (it.owner !== undefined) {
      const owner = args[it.owner]?.val.facts ?? [];
      if (args[it.index]?.val.facts.some((x) => sharesOrigin(x, owner))) return [];
    }
    const { kinds, when } = it;
    if (it.cell) {
      const root = rootOf(ctx, it.cell);
      return root < 0 || readVar(ctx, root).facts.length === 0
        ? []
        : [{ root, path: it.path, kinds, when, site }];
    }
    const arg = args[it.index];
    if (!arg?.place) return [];
    const path = [...arg.place.path.map((k) => keyOf(ctx, k)), ...it.path];
    return [{ root: arg.place.root, path, kinds, when, site: arg.site }];
  });
}
/** The variable of this function that is this captured variable, -1 if it is none. */
function rootOf(ctx: Ctx, cell: NonNullable<Ensure['cell']>): number {
  if (cell.fid === ctx.info.fid) return cell.v;
  for (const [root, link] of ctx.info.links)
    if (link.l === 'cell' && link.fid === cell.fid && link.v === cell.v) return root;
  return -1;
}
