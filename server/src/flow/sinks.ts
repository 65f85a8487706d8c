// Where tainted data meets a dangerous place: a source gives a finding, a parameter gives a use for the summary.
// One entry per sink and kind; the joined fact keeps the best path.

import type { FuncIR, Key } from '../ir/ir.ts';
import { eachStatement } from '../ir/walk.ts';
import { isNear } from '../rules/condition.ts';
import type { CheckRole, SinkRole } from '../rules/schema.ts';
import { type Fact, type Site, type Value, HOLE, doubtful, joinFacts } from './domain.ts';
import { addUse } from './gather.ts';
import { NEAR_TEXT } from './limits.ts';
import type { Ctx } from './ctx.ts';
import { noticeSink } from './notice.ts';
import { isAblated, markEnding } from './probe.ts';
import type { SinkInfo } from './world.ts';

const patterns = new Map<string, RegExp>();
/** Compiled once per text; the texts come from kind files, so their number is bounded. */
export function pattern(text: string): RegExp {
  let res = patterns.get(text);
  if (!res) patterns.set(text, (res = new RegExp(text, 'iu')));
  return res;
}

/** Reports or remembers every fact of `val` that is dangerous for this sink; `unsure`: it may be no sink. */
export function reach(
  ctx: Ctx,
  role: SinkRole,
  name: string,
  val: Value,
  facts: readonly Fact[],
  site: Site,
  unsure = false,
): void {
  noticeSink(ctx, role.kind, name, val, facts, site);
  if (facts.length === 0) return;
  const kind = ctx.rules.kind(role.kind);
  if (!kind) return;
  // A secret of a test is none.
  if (ctx.env.trial && kind.from.every((it) => it === 'secret')) return;
  const sink: SinkInfo = { kind: role.kind, site, name, fix: role.fix, ...(unsure && { unsure }) };
  if (val.text !== undefined && kind.safePrefix && val.text.includes(HOLE)) {
    const prefix = val.text.slice(0, val.text.indexOf(HOLE));
    if (prefix !== '' && pattern(kind.safePrefix).test(prefix)) {
      if (!isAblated(ctx, kind.kind)) return;
      facts = markEnding(ctx, facts, ctx.kinds.all, site, 'anchored', 'follows a fixed beginning');
    }
  }
  for (const it of unsure ? doubtful(facts, 1) : facts) meet(ctx, it, sink);
}

/** One fact at one sink. */
export function meet(ctx: Ctx, it: Fact, sink: SinkInfo): void {
  const kind = ctx.rules.kind(sink.kind);
  const bit = ctx.kinds.bit(sink.kind);
  if (!kind || (ctx.kinds.has(it.safe, bit) && !isAblated(ctx, sink.kind))) return;
  // Nobody knows that this is a sink, nor that this is a caller's data: a finding must not rest on two guesses.
  if (sink.unsure && it.doubt >= 2) return;
  const at = `${sink.as ?? ''}${sink.kind}@${sink.site.fid}:${sink.site.s}:${sink.site.e}`;
  if (it.origin.o === 'source') {
    if (sink.target) return;
    if (!kind.from.includes(it.origin.kind) || (kind.certain && it.doubt > 0)) return;
    const key = `${at}<${it.key}`;
    const old = ctx.findings.get(key);
    const merged = old?.fact ? joinFacts([old.fact], [it], ctx.kinds)[0]! : it;
    ctx.findings.set(key, { kind: sink.kind, sink, fact: merged, doubt: merged.doubt });
    return;
  }
  addUse(ctx, it, sink);
}

/** Names and texts of a function, for checks that ask what it is about. */
const surroundings = new WeakMap<FuncIR, readonly string[]>();
function around(ir: FuncIR): readonly string[] {
  let found = surroundings.get(ir);
  if (found) return found;
  const words = new Set<string>([ir.name]);
  for (const it of ir.vars) if (it.kind !== 'temp') words.add(it.name);
  eachStatement(ir.body, (stmt) => {
    if (stmt.op === 'const' && typeof stmt.value === 'string') words.add(stmt.value.slice(0, NEAR_TEXT));
    if (stmt.op === 'concat')
      for (const it of stmt.parts) if (typeof it === 'string') words.add(it.slice(0, NEAR_TEXT));
    if (stmt.op === 'call') addKeys(stmt.callee.path, words);
    if ('to' in stmt) addKeys(stmt.to.path, words);
    if ('from' in stmt && stmt.op === 'copy') addKeys(stmt.from.path, words);
  });
  surroundings.set(ir, (found = [...words]));
  return found;
}
function addKeys(path: readonly Key[], into: Set<string>): void {
  for (const it of path) if (typeof it === 'string') into.add(it);
}
/** Whether the function speaks of what the check is about; a check without `near` is about everything. */
export const isAround = (ctx: Ctx, check: CheckRole): boolean =>
  (check.near === undefined || isNear(check.near, around(ctx.ir))) &&
  (check.without === undefined || !isNear(check.without, around(ctx.ir)));

export function reportCheck(ctx: Ctx, check: CheckRole, name: string, site: Site): void {
  const sink: SinkInfo = { kind: check.id, site, name, fix: check.fix };
  ctx.findings.set(`${check.id}@${site.fid}:${site.s}:${site.e}`, {
    kind: check.id,
    sink,
    fact: undefined,
    doubt: 0,
    check,
  });
}

/** `o[k]()`: a name from outside picks what is called. Where errors are handled, a wrong name is. */
export function chosenCall(ctx: Ctx, callee: Value, site: Site): void {
  if (ctx.tries.some((it) => it.handled)) return;
  for (const it of callee.chosen) meet(ctx, it, { kind: 'dynamic-call', site, name: 'this call' });
}

/** `o[k] = v` where `o` itself was chosen by a key: a write to a prototype. Whether a parameter was, callers know. */
export function keyedWrite(ctx: Ctx, target: Value, site: Site): void {
  const sink = { kind: 'prototype-key', site, name: 'this assignment' };
  for (const it of target.chosen) meet(ctx, it, sink);
  for (const it of target.facts)
    if (it.origin.o === 'param' && it.origin.index >= 0 && it.derived === 0)
      meet(ctx, it, { ...sink, target: true });
}
