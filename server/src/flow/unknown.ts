// A call of something that nobody knows: everything given to it may be in what it returns, and callbacks may get it.
// Unknown is not clean, but it is less certain.

import { type Call, type CallArg, applyFn } from './calls.ts';
import { type Ctx, functionsIn, siteOf } from './ctx.ts';
import { type Value, EMPTY, OPEN, derive, doubtful, joinFacts, sortFacts, stepped, value } from './domain.ts';
import { deepFacts } from './heap.ts';
import { noteLost } from './probe.ts';
import { elementFacts } from './summary.ts';

const LOOKUP = /^(get|find|fetch|load|read|query|list|count|lookup|select|search)(?![a-z])/;

/** Unknown code: everything given to it may be in what it returns; callbacks may get what it was called on. */
export function unknownCall(ctx: Ctx, call: Call): Value {
  noteLost(ctx, call);
  // A record given to unknown code is options: what is inside rarely is what comes back.
  let facts = call.recv ? elementFacts(ctx.env, call.recv, ctx.kinds) : [];
  for (const it of call.args) facts = joinFacts(facts, elementFacts(ctx.env, it.val, ctx.kinds), ctx.kinds);
  // The callee's own data (a tainted function value) says nothing of its result.
  // What is looked up by a key is seldom made of the key.
  const isLookup = call.recv !== undefined && call.recv.facts.length === 0 && LOOKUP.test(call.method ?? '');
  const passed = doubtful(derive(facts, 1, ctx.kinds), isLookup ? 2 : 1);
  for (const arg of call.args) {
    for (const fn of functionsIn(ctx, arg.val)) {
      const params = ctx.world.func(fn.fid)?.ir.params.length ?? 0;
      const others = call.args
        .filter((it) => it !== arg)
        .flatMap((it) => deepFacts(ctx.env, it.val, ctx.kinds));
      const given = doubtful(
        sortFacts([...others, ...(call.recv ? deepFacts(ctx.env, call.recv, ctx.kinds) : [])], ctx.kinds),
        1,
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
  const name = call.method ?? 'a call';
  return value({
    facts: stepped(passed, siteOf(ctx, call.op), `through ${name}(), which is not known`),
    open: true,
  });
}
