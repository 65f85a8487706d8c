// What is proven of elements of a list one at a time: `if (keys[i] === bad) return` holds for this position until the
// list or the position is assigned, and after a loop over all positions that nothing else leaves it holds for the list.

import type { KindSet } from '../base/kindset.ts';
import type { Key, LoopStmt, Place, Span, Stmt } from '../ir/ir.ts';
import { type Ctx, member, readPlace } from './ctx.ts';
import { type Fact, type FieldKey, type Value, EMPTY, cleanse, newlySafe } from './domain.ts';
import type { Env } from './heap.ts';

/** The element of a list at the position that a variable holds. */
interface Element {
  readonly list: List;
  readonly position: number;
}
/** A place whose keys are all known or any. */
interface List {
  readonly root: number;
  readonly path: readonly FieldKey[];
}
const isPlain = (path: readonly Key[]): path is readonly FieldKey[] =>
  path.every((it) => it === null || typeof it !== 'object');

function elementAt(place: Place): Element | undefined {
  const last = place.path.at(-1);
  if (last === null || last === undefined || typeof last !== 'object' || last.dyn.path.length > 0)
    return undefined;
  const path = place.path.slice(0, -1);
  return isPlain(path) ? { list: { root: place.root, path }, position: last.dyn.root } : undefined;
}
const keyFor = ({ list, position }: Element): string => `${list.root}.${list.path.join('.')}[${position}]`;

/** The element at this place is safe for these kinds from here on. Places that are no elements are left alone. */
export function proveElement(ctx: Ctx, place: Place, kinds: KindSet): void {
  const element = elementAt(place);
  if (!element) return;
  const key = keyFor(element);
  const old = ctx.env.elements?.find((it) => it.key === key);
  const now = {
    key,
    list: element.list.root,
    position: element.position,
    kinds: ctx.kinds.union(old?.kinds ?? 0, kinds),
  };
  ctx.env.elements = [...(ctx.env.elements ?? []).filter((it) => it !== old), now];
}
/** What a place holds, given what is proven of it as an element. */
export function asProven(ctx: Ctx, place: Place, val: Value): Value {
  if (!ctx.env.elements || val.facts.length === 0) return val;
  const element = elementAt(place);
  const key = element && keyFor(element);
  const found = ctx.env.elements.find((it) => it.key === key);
  if (!found) return val;
  const facts = cleanse(val.facts, found.kinds, ctx.kinds);
  return facts === val.facts ? val : { ...val, facts };
}
/** A variable is assigned: what was proven through it holds no more. */
export function forgetElements(env: Env, root: number): void {
  if (env.elements?.some((it) => it.list === root || it.position === root))
    env.elements = env.elements.filter((it) => it.list !== root && it.position !== root);
}

/** A loop that meets every element of a list, unless the function is left from it. */
interface Round {
  readonly list: List;
  /** The variable that counts; undefined where the loop itself takes the elements. */
  readonly position: number | undefined;
  /** Variables that hold the element of the round. */
  readonly holders: readonly number[];
}
const rounds = new WeakMap<LoopStmt, Round | 'none'>();

/** What a loop goes over from beginning to end; undefined if it may stop early or is another kind of loop. */
export function wholeRound(ctx: Ctx, stmt: LoopStmt): Round | undefined {
  let found = rounds.get(stmt);
  if (found === undefined) rounds.set(stmt, (found = readRound(stmt) ?? 'none'));
  if (found === 'none') return undefined;
  // It counts from the first position.
  const { position } = found;
  return position === undefined || ctx.env.vars[position]?.konst?.c === 0 ? found : undefined;
}
function readRound(stmt: LoopStmt): Round | undefined {
  if (stmt.each) {
    const { to, from, mode } = stmt.each;
    const { root, path } = from;
    if (mode === 'in' || to.path.length > 0 || !isPlain(path) || leavesEarly(stmt.body)) return undefined;
    return { list: { root, path }, position: undefined, holders: [to.root] };
  }
  const [first, ...rest] = stmt.body;
  if (first?.op !== 'if' || first.test.t !== 'cmp' || first.test.operator !== '<') return undefined;
  const { a, b } = first.test;
  const [exit] = first.else;
  if (first.then.length > 0 || exit?.op !== 'jump' || a.path.length > 0 || b.path.at(-1) !== 'length')
    return undefined;
  const path = b.path.slice(0, -1);
  if (!isPlain(path) || leavesEarly(rest)) return undefined;
  const list = { root: b.root, path };
  const holders: number[] = [];
  for (const it of rest) {
    const element = it.op === 'copy' && it.to.path.length === 0 ? elementAt(it.from) : undefined;
    if (element && it.op === 'copy' && keyFor(element) === keyFor({ list, position: a.root }))
      holders.push(it.to.root);
  }
  return { list, position: a.root, holders };
}
/** Whether a `break` may leave the loop that this is the body of. */
function leavesEarly(body: readonly Stmt[], nested = false): boolean {
  return body.some((it) => {
    switch (it.op) {
      case 'jump':
        return it.label !== undefined || (it.kind === 'break' && !nested);
      case 'if':
        return leavesEarly(it.then, nested) || leavesEarly(it.else, nested);
      case 'loop':
        return leavesEarly(it.body, true);
      case 'switch':
        return it.cases.some((x) => leavesEarly(x.body, true));
      case 'try':
        return (
          leavesEarly(it.body, nested) ||
          it.catches.some((x) => leavesEarly(x.body, nested)) ||
          leavesEarly(it.finally, nested)
        );
      case 'block':
        return leavesEarly(it.body, nested);
      default:
        return false;
    }
  });
}

/** What holds at the end of a round of the element it was about. */
export function provenInRound(ctx: Ctx, round: Round, at: Span): KindSet {
  const start = member(ctx, readPlace(ctx, round.list, at), null, at).facts;
  let res = 0;
  for (const it of round.holders) {
    const now = ctx.env.vars[it]?.facts ?? [];
    // The data must be the same.
    if (now.length === start.length) res = ctx.kinds.union(res, newlySafe(start, now, ctx.kinds));
  }
  if (round.position === undefined) return res;
  const key = keyFor({ list: round.list, position: round.position });
  return ctx.kinds.union(res, ctx.env.elements?.find((it) => it.key === key)?.kinds ?? 0);
}
/** All elements of a list are safe for these kinds from here on. */
export function refineElements(
  ctx: Ctx,
  list: List,
  kinds: KindSet,
  at: Span,
  proven: (facts: readonly Fact[]) => readonly Fact[],
): void {
  if (kinds === 0) return;
  const val = readPlace(ctx, list, at);
  const safe = (it: Value): Value => ({ ...it, facts: proven(it.facts) });
  for (const id of val.objs) {
    const obj = ctx.env.heap.get(id);
    if (!obj) continue;
    // A parameter that was looked into is an object too, of which nobody knows that it is a list.
    const isElement = (key: FieldKey): boolean => obj.isList || typeof key !== 'string';
    const fields = new Map<FieldKey, Value>(
      [...obj.fields].map(([key, it]) => [key, isElement(key) ? safe(it) : it]),
    );
    ctx.env.heap.set(id, { ...obj, fields, base: safe(obj.base) });
  }
  if (list.path.length > 0) return;
  const own = ctx.env.vars[list.root] ?? EMPTY;
  const fields = own.fields && new Map([...own.fields].map(([key, it]) => [key, safe(it)]));
  ctx.env.vars[list.root] = { ...own, facts: proven(own.facts), fields };
}
