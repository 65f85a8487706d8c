// Widening: what a function gives that has run several times already is joined with what it gave before, so that it only
// grows and the fixpoint is reached. Without it, functions that call one another can trade two answers for ever.

import type { KindRegistry } from '../base/kindset.ts';
import { type Value, join } from './domain.ts';
import { type Gathered, addInvoke, addUse, addWrite } from './gather.ts';
import { prune } from './heap.ts';
import type { Probe } from './probe.ts';
import type { Ensure, Summary } from './world.ts';

/** What holds of both; gives `old` itself if `next` adds nothing. */
export function widenValue(old: Value, next: Value, kinds: KindRegistry): Value {
  const res = join(old, next, kinds);
  return res === old ? old : prune(res, kinds);
}

/** A summary that promises what both promise and warns of what either warns of. Gives `old` itself if nothing is new. */
export function widenSummary(
  old: Summary,
  next: Summary,
  kinds: KindRegistry,
  probe: Probe | undefined,
): Summary {
  const it: Gathered = {
    kinds,
    env: {},
    probe: probe !== undefined,
    uses: new Map(old.uses.map((x) => [x.key, x])),
    invokes: new Map(old.invokes.map((x) => [x.key, x])),
    writes: new Map(old.writes.map((x) => [x.key, x])),
    partial: false,
  };
  for (const x of next.uses) {
    it.env = { given: x.given };
    addUse(it, x.fact, x.sink);
  }
  for (const x of next.invokes) addInvoke(it, x.origin, x.args);
  for (const x of next.writes) addWrite(it, x.target, x.value);
  const ret = widenValue(old.ret, next.ret, kinds);
  const uses = kept(old.uses, it.uses);
  const invokes = kept(old.invokes, it.invokes);
  const writes = kept(old.writes, it.writes);
  const ensures = agreed(old.ensures, next.ensures, kinds);
  const throws = widenValue(old.throws, next.throws, kinds);
  const ends = old.ends && next.ends;
  return ret === old.ret &&
    throws === old.throws &&
    uses === old.uses &&
    invokes === old.invokes &&
    writes === old.writes &&
    ensures === old.ensures &&
    ends === old.ends
    ? old
    : { ret, throws, uses, invokes, writes, ensures, hasBody: old.hasBody || next.hasBody, ends };
}
/** The items in their order; the old list if it has them all. */
function kept<T extends { readonly key: string }>(
  old: readonly T[],
  now: ReadonlyMap<string, T>,
): readonly T[] {
  if (now.size === old.length && old.every((it) => now.get(it.key) === it)) return old;
  return [...now.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
/** What both say holds, for the kinds that both name. */
function agreed(old: readonly Ensure[], next: readonly Ensure[], kinds: KindRegistry): readonly Ensure[] {
  if (old.length === 0) return old;
  const keyOf = ({ kinds: _, ...about }: Ensure): string => JSON.stringify(about);
  const others = new Map(next.map((it) => [keyOf(it), it.kinds]));
  const res: Ensure[] = [];
  for (const it of old) {
    const safe = kinds.intersect(it.kinds, others.get(keyOf(it)) ?? 0);
    if (safe !== 0) res.push(safe === it.kinds ? it : { ...it, kinds: safe });
  }
  return res.length === old.length && res.every((it, i) => it === old[i]) ? old : res;
}
