// Calls of code that nobody knows: what was given may come back, with less confidence.
// Two sorts are told by their names, since every program has them: look-ups, and what fills templates.

import { applies } from '../rules/condition.ts';
import { type Call, type CallArg, applyFn } from './calls.ts';
import { type Ctx, functionsIn, siteOf } from './ctx.ts';
import {
  type Fact,
  type Value,
  EMPTY,
  OPEN,
  cleanse,
  derive,
  doubtful,
  joinFacts,
  sortFacts,
  stepped,
  value,
} from './domain.ts';
import { deepFacts } from './heap.ts';
import { callShape, selectArgs } from './models.ts';
import { noteLost } from './probe.ts';
import { reach } from './sinks.ts';
import { elementFacts } from './summary.ts';

/** Names of unknown functions whose answers are not made of what they are given, though chosen by it. */
const LOOKUP = /^(h?m?get(all)?|find|fetch|load|read|query|list|count|lookup|select|search)(?![a-z])/;
/** Names of unknown functions that fill a template: what stands between its marks was escaped, or is another's business. */
const RENDER = /^render(?![a-z])/;

/** Unknown code: everything given to it may be in what it returns; callbacks may get what it was called on. */
export function unknownCall(ctx: Ctx, call: Call): Value {
  noteLost(ctx, call);
  namedSinks(ctx, call);
  // A record given to unknown code is options: what is inside rarely is what comes back.
  let facts = call.recv ? elementFacts(ctx.env, call.recv, ctx.kinds) : [];
  for (const it of call.args) facts = joinFacts(facts, elementFacts(ctx.env, it.val, ctx.kinds), ctx.kinds);
  // The callee's own data (a tainted function value) says nothing of its result.
  const name = call.method ?? 'a call';
  const isLookup = call.recv !== undefined && call.recv.facts.length === 0 && LOOKUP.test(name);
  const safe = RENDER.test(name) ? ctx.kinds.of(['html']) : 0;
  const through = (of: readonly Fact[]): readonly Fact[] =>
    isLookup ? [] : cleanse(doubtful(of, 1), safe, ctx.kinds);
  for (const arg of call.args) {
    for (const fn of functionsIn(ctx, arg.val)) {
      const params = ctx.world.func(fn.fid)?.ir.params.length ?? 0;
      const others = call.args
        .filter((it) => it !== arg)
        .flatMap((it) => deepFacts(ctx.env, it.val, ctx.kinds));
      const given = through(
        sortFacts([...others, ...(call.recv ? deepFacts(ctx.env, call.recv, ctx.kinds) : [])], ctx.kinds),
      );
      const val = given.length > 0 ? value({ facts: given, open: true }) : OPEN;
      const args: CallArg[] = Array.from({ length: params }, () => ({
        val,
        place: undefined,
        site: arg.site,
        spread: false,
      }));
      applyFn(ctx, fn, args, fn.self ?? EMPTY, call);
    }
  }
  return value({
    facts: stepped(
      through(derive(facts, 1, ctx.kinds)),
      siteOf(ctx, call.op),
      `through ${name}(), which is not known`,
    ),
    open: true,
  });
}

/** Sinks that models know by the name of a function alone. */
function namedSinks(ctx: Ctx, call: Call): void {
  if (call.recv !== undefined) return;
  const name = ctx.ir.vars[call.op.callee.root]?.name ?? '';
  const root = ctx.rules.root('%unknown');
  const node = root < 0 || name === '' ? -1 : ctx.rules.member(root, name);
  if (node < 0) return;
  const shape = callShape(ctx, call);
  for (const role of ctx.rules.roles(node)?.sinks ?? [])
    if (applies(role, shape))
      for (const it of selectArgs(ctx, call, role.sel))
        reach(ctx, role, name, it.val, it.facts, siteOf(ctx, it.site), true);
}
