// What a verification asks of a run beside its findings: how a flow ended, and whether it comes back when what ended it
// is not believed. Without a probe nothing here does anything, so results of an ordinary run cannot depend on it.

import type { KindSet } from '../base/kindset.ts';
import type { Span } from '../ir/ir.ts';
import { type Fact, type Site, type Value, derive, joinFacts, value, withFact } from './domain.ts';
import { deepFacts } from './heap.ts';
import { type Ctx, siteOf } from './ctx.ts';
import type { Call } from './calls.ts';
import { meet } from './sinks.ts';
import { type Ending, endedAt } from './via.ts';

/** A question about one kind (or check). */
export interface Probe {
  readonly kind: string;
  /** What makes data safe for the kind is noted as a step of the path and not believed. */
  readonly ablate: boolean;
}

/** A sink (or a checked call) that a run came by, whether or not anything dangerous reached it. */
export interface SeenSink {
  readonly name: string;
  readonly site: Site;
  /** `idle`: the conditions under which it is dangerous do not hold. */
  readonly state: 'tainted' | 'constant' | 'clean' | 'idle';
}

/** Notes a sink of the kind that is asked for. In a loop the worst state counts. */
export function noteSink(ctx: Ctx, kind: string, name: string, site: Site, state: SeenSink['state']): void {
  if (ctx.world.probe?.kind !== kind) return;
  const key = `${site.fid}:${site.s}:${site.e}:${name}`;
  const old = ctx.seen.get(key);
  if (!old || RANK.indexOf(state) < RANK.indexOf(old.state)) ctx.seen.set(key, { name, site, state });
}
const RANK: readonly SeenSink['state'][] = ['tainted', 'clean', 'constant', 'idle'];

/** The state of a sink whose argument is this value. */
export function stateOf(ctx: Ctx, kind: string, val: Value): SeenSink['state'] {
  const bit = ctx.kinds.bit(kind);
  if (val.facts.some((it) => !ctx.kinds.has(it.safe, bit))) return 'tainted';
  return val.konst !== undefined ? 'constant' : 'clean';
}

/** Whether data that was made safe for the kind of this sink is to be reported all the same. */
export const isAblated = (ctx: Ctx, kind: string): boolean =>
  ctx.world.probe?.ablate === true && ctx.world.probe.kind === kind;

/** In an ablated run: the facts with a step that says what would have ended the flow here. */
export function markEnding(
  ctx: Ctx,
  facts: readonly Fact[],
  kinds: KindSet,
  site: Site,
  ending: Ending,
  text: string,
): readonly Fact[] {
  const { probe } = ctx.world;
  if (probe?.ablate !== true || !ctx.kinds.has(kinds, ctx.kinds.bit(probe.kind))) return facts;
  return facts.map((it) => withFact(it, { via: endedAt(it.via, site, text, ending) }));
}
/** In an ablated run: the data that a call would not have given back (a number, a digest), safe for every other kind. */
export function ablatedResult(ctx: Ctx, call: Call, text: string): Value | undefined {
  const parts = call.recv ? [call.recv] : [];
  for (const it of call.args) parts.push(it.val);
  return ablatedNumber(ctx, parts, call.op, text);
}
/** The same for arithmetic. */
export function ablatedNumber(
  ctx: Ctx,
  parts: readonly Value[],
  at: Span,
  text = 'made a number',
): Value | undefined {
  if (ctx.world.probe?.ablate !== true) return undefined;
  let facts: readonly Fact[] = [];
  for (const it of parts) facts = joinFacts(facts, deepFacts(ctx.env, it, ctx.kinds), ctx.kinds);
  if (facts.length === 0) return undefined;
  const safe = derive(facts, 1, ctx.kinds).map((it) => withFact(it, { safe: ctx.kinds.all }));
  return value({
    facts: markEnding(ctx, safe, ctx.kinds.all, siteOf(ctx, at), 'sanitised', text),
    open: true,
  });
}

/**
 * Dangerous data goes where nothing is known of what becomes of it (`lost`), or into another argument of a sink, where
 * it is a value and not code (`beside`).
 */
export function noteUse(
  ctx: Ctx,
  as: 'lost' | 'beside',
  name: string,
  facts: readonly Fact[],
  site: Site,
): void {
  const { probe } = ctx.world;
  if (!probe || probe.ablate) return;
  for (const it of facts) meet(ctx, it, { kind: probe.kind, site, name, as });
}

/** Notes what an unknown call is given. */
export function noteLost(ctx: Ctx, call: Call): void {
  if (!ctx.world.probe || ctx.world.probe.ablate) return;
  const name = call.method ?? '';
  for (const it of call.args) {
    const facts = deepFacts(ctx.env, it.val, ctx.kinds);
    noteUse(ctx, 'lost', name, facts, siteOf(ctx, call.op.calleeSpan));
  }
}

/** Notes what a sink's call is given in its other arguments. */
export function noteBeside(ctx: Ctx, call: Call, name: string, dangerous: readonly Site[]): void {
  if (!ctx.world.probe || ctx.world.probe.ablate) return;
  for (const it of call.args) {
    if (dangerous.some((x) => x.s === it.site.s && x.e === it.site.e)) continue;
    const facts = deepFacts(ctx.env, it.val, ctx.kinds);
    noteUse(ctx, 'beside', name, facts, siteOf(ctx, it.site));
  }
}
