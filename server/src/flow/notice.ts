// What a run came by, told to whoever asks "what do you see here?": sources, sinks, what makes safe, and every call.
// Only an explanation sets a listener; without one nothing here does anything, so results cannot depend on it.

import type { KindSet } from '../base/kindset.ts';
import type { NodeId } from '../rules/schema.ts';
import type { Fact, Fid, Site, Value } from './domain.ts';
import type { Ctx } from './ctx.ts';

export type Noticed =
  | { readonly n: 'source'; readonly site: Site; readonly kind: string; readonly what: string }
  | {
      readonly n: 'sink';
      readonly site: Site;
      readonly kind: string;
      readonly name: string;
      /** What arrives: something from a source or a parameter (perhaps made safe for this kind), or neither. */
      readonly state: 'tainted' | 'safe' | 'parameter' | 'clean' | 'constant';
    }
  | { readonly n: 'safe'; readonly site: Site; readonly kinds: readonly string[]; readonly by: string }
  | {
      readonly n: 'call';
      readonly site: Site;
      /** As written: `db.query`'s last part, `query`. */
      readonly name: string;
      /** The callee as models name it. */
      readonly models: readonly string[];
      /** Functions of the program that it may run. */
      readonly functions: readonly Fid[];
    };

/** A source is read. */
export function noticeSource(ctx: Ctx, site: Site, kind: string, what: string): void {
  ctx.world.notice?.({ n: 'source', site, kind, what });
}

/** A sink is reached by a value whose dangerous facts are these. */
export function noticeSink(
  ctx: Ctx,
  kind: string,
  name: string,
  val: Value,
  facts: readonly Fact[],
  site: Site,
): void {
  if (!ctx.world.notice) return;
  const bit = ctx.kinds.bit(kind);
  const from = ctx.rules.kind(kind)?.from ?? [];
  const dangerous = facts.filter((it) => it.origin.o !== 'source' || from.includes(it.origin.kind));
  const open = dangerous.filter((it) => !ctx.kinds.has(it.safe, bit));
  const state = open.some((it) => it.origin.o === 'source')
    ? 'tainted'
    : open.length > 0
      ? 'parameter'
      : dangerous.length > 0
        ? 'safe'
        : val.konst !== undefined
          ? 'constant'
          : 'clean';
  ctx.world.notice({ n: 'sink', site, kind, name, state });
}

/** A value is made safe for some kinds. */
export function noticeSafe(ctx: Ctx, site: Site, kinds: KindSet, by: string): void {
  if (!ctx.world.notice || kinds === 0) return;
  const names =
    kinds === ctx.kinds.all
      ? ['*']
      : ctx.rules.kinds.map((it) => it.kind).filter((it) => ctx.kinds.has(kinds, ctx.kinds.bit(it)));
  ctx.world.notice({ n: 'safe', site, kinds: names, by });
}

/** A call is made. */
export function noticeCall(
  ctx: Ctx,
  site: Site,
  name: string,
  nodes: readonly NodeId[],
  functions: readonly Fid[],
): void {
  ctx.world.notice?.({ n: 'call', site, name, models: nodes.map((it) => ctx.rules.name(it)), functions });
}
