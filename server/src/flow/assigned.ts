// What an assignment does beside storing: sinks and checks that models know by the member that is written.
// A key that is not written down but computed is dangerous as well where any key is a sink.

import type { Op, Place } from '../ir/ir.ts';
import { type CallShape, applies, holds } from '../rules/condition.ts';
import { type Fact, type FieldKey, type Value, joinFacts, value } from './domain.ts';
import { type Ctx, allNodes, keyOf, readPlace, siteOf } from './ctx.ts';
import { argShape, receiverShape } from './models.ts';
import { noteSink, noteUse, stateOf } from './probe.ts';
import { conventionsOf, standsAt } from './run.ts';
import { isAround, keyedWrite, reach, reportCheck } from './sinks.ts';

/** `element.innerHTML = x`: models say that assigning to this member is a sink. */
export function assignmentSinks(ctx: Ctx, to: Place, val: Value, at: Op): void {
  if (to.path.length === 0) {
    // `location = x`: a global's own sink.
    const link = ctx.ir.vars[to.root]?.kind === 'free' ? ctx.info.links.get(to.root) : undefined;
    const global = link?.l === 'global' ? ctx.rules.root('global') : -1;
    // A variable of a module whose name and file mean something: `DEBUG = True` in Django's settings.
    if (ctx.ir.kind === 'module' && ctx.ir.vars[to.root]?.kind !== 'temp') {
      const nodes = conventionsOf(ctx);
      if (nodes.length > 0) setSinks(ctx, value({ nodes }), ctx.ir.vars[to.root]!.name, val, at);
    }
    if (global < 0 || link?.l !== 'global') return;
    return setSinks(ctx, value({ nodes: [global] }), link.name, val, at);
  }
  const key = keyOf(ctx, to.path.at(-1)!);
  if (key === null) noteUse(ctx, 'lost', '[…] =', val.facts, siteOf(ctx, at));
  const owner = readPlace(ctx, { root: to.root, path: to.path.slice(0, -1) }, at);
  if (key === null) keyedWrite(ctx, owner, siteOf(ctx, at));
  const last = to.path.at(-1)!;
  const keyFacts = typeof last === 'object' && last !== null ? readPlace(ctx, last.dyn, at).facts : [];
  setSinks(ctx, owner, key, val, at, keyFacts);
  setByName(ctx, owner, key, val, at);
}
/** Where any key is a sink, the key that is written is dangerous as well. */
function setSinks(
  ctx: Ctx,
  owner: Value,
  key: FieldKey,
  val: Value,
  at: Op,
  keyFacts: readonly Fact[] = [],
): void {
  for (const node of allNodes(ctx, owner)) {
    const target = ctx.rules.member(node, key);
    if (target < 0) continue;
    standsAt(ctx, val, [target]);
    for (const it of ctx.rules.closure(target))
      for (const role of ctx.rules.roles(it)?.sets ?? []) {
        const shape: CallShape = {
          count: 1,
          arg: (asked) => (asked === 'this' ? receiverShape(ctx, owner) : argShape(ctx, val)),
        };
        const name = ctx.rules.name(it);
        if (!applies(role, shape)) {
          noteSink(ctx, role.kind, name, siteOf(ctx, at), 'idle');
          continue;
        }
        const facts = name.endsWith('.*') ? joinFacts(val.facts, keyFacts, ctx.kinds) : val.facts;
        const unsure = role.unsure !== undefined && holds(role.unsure, shape);
        reach(ctx, role, name, val, facts, siteOf(ctx, at), unsure);
        noteSink(ctx, role.kind, name, siteOf(ctx, at), stateOf(ctx, role.kind, val));
      }
    assignmentChecks(ctx, target, val, at);
  }
}
/** `context.check_hostname = False`: a check of what is assigned. */
function assignmentChecks(ctx: Ctx, target: number, val: Value, at: Op): void {
  for (const it of ctx.rules.closure(target))
    for (const check of ctx.rules.roles(it)?.setChecks ?? []) {
      const shape = { count: 1, arg: () => argShape(ctx, val) };
      const name = ctx.rules.name(it);
      const found = applies(check, shape) && isAround(ctx, check);
      noteSink(ctx, check.id, name, siteOf(ctx, at), found ? 'tainted' : 'idle');
      if (found) reportCheck(ctx, check, name, siteOf(ctx, at));
    }
}
/** `x.innerHTML = …` where nothing is known of x: the property's name says what it is. */
function setByName(ctx: Ctx, owner: Value, key: FieldKey, val: Value, at: Op): void {
  if (owner.nodes.length > 0 || owner.inst.length > 0 || typeof key !== 'string' || val.facts.length === 0)
    return;
  for (const node of ctx.rules.methodsByName(key))
    for (const role of ctx.rules.roles(node)?.sets ?? [])
      if (role.byName) {
        const facts = val.facts.map((it) => (it.doubt >= 1 ? it : { ...it, doubt: 1 as const }));
        reach(ctx, role, ctx.rules.name(node), val, facts, siteOf(ctx, at));
      }
}
