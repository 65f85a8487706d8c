// What the solver's slots hold, and when two of those are the same: the equality that ends a fixpoint.
// A slot's first letter tells its kind; see the table in ARCHITECTURE.md.

import type { KindRegistry } from '../base/kindset.ts';
import { type Value, equal, sameFacts } from '../flow/domain.ts';
import type { ClassInfo, FuncInfo, Invoke, Summary, Use, Write } from '../flow/world.ts';
import type { Probe } from '../flow/probe.ts';
import { widenSummary, widenValue } from '../flow/widen.ts';
import type { Target } from '../names/modules.ts';

/** What a slot holds: a joined value, or one giver's summary, class or resolution. */
export type Held = Value | Summary | ClassInfo | Target | string | undefined;
/** Slots that join what several functions give. */
export const isValueSlot = (name: string): boolean => 'PCWFE'.includes(name[0]!);

/** What callers see of a function besides its summary. */
export function signature(info: FuncInfo | undefined): string | undefined {
  if (!info) return undefined;
  const { ir } = info;
  const params = ir.params.map((it) => `${it.name}${it.rest ? '*' : ''}`).join();
  return `${ir.kind} ${ir.name}(${params})${ir.isGenerator ? '*' : ''} ${info.ancestors.join()}`;
}

/** Whether two things that a slot may hold are the same to whoever reads it. */
export function sameHeld(name: string, a: Held, b: Held): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  switch (name[0]) {
    case 'S':
      return sameSummary(a as Summary, b as Summary);
    case 'K':
      return sameClass(a as ClassInfo, b as ClassInfo);
    case 'X':
      return false;
    case 'R':
      return sameTarget(a as Target, b as Target);
    default:
      return equal(a as Value, b as Value);
  }
}
function sameSummary(a: Summary, b: Summary): boolean {
  return (
    equal(a.ret, b.ret) &&
    equal(a.throws, b.throws) &&
    sameList(a.uses, b.uses, sameUse) &&
    sameList(a.invokes, b.invokes, sameInvoke) &&
    sameList(a.writes, b.writes, sameWrite) &&
    a.ends === b.ends &&
    sameList(a.ensures, b.ensures, (x, y) => JSON.stringify(x) === JSON.stringify(y))
  );
}
const sameList = <T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean =>
  a === b || (a.length === b.length && a.every((it, i) => same(it, b[i]!)));
const sameUse = (a: Use, b: Use): boolean =>
  a === b ||
  (a.key === b.key &&
    sameFacts([a.fact], [b.fact]) &&
    a.sink.name === b.sink.name &&
    a.sink.fix === b.sink.fix &&
    a.sink.unsure === b.sink.unsure &&
    sameGiven(a.given, b.given) &&
    a.sink.detail === b.sink.detail);
const sameGiven = (a: Use['given'], b: Use['given']): boolean =>
  a === b || (a?.length === b?.length && a?.every((it, i) => it.key === b![i]!.key) === true);
const sameInvoke = (a: Invoke, b: Invoke): boolean =>
  a === b || (a.key === b.key && sameList(a.args, b.args, equal));
const sameWrite = (a: Write, b: Write): boolean => a === b || (a.key === b.key && equal(a.value, b.value));
function sameClass(a: ClassInfo, b: ClassInfo): boolean {
  if (
    a.cid !== b.cid ||
    a.ctor !== b.ctor ||
    a.members.size !== b.members.size ||
    !equal(a.superValue, b.superValue)
  )
    return false;
  if (a.inits.join() !== b.inits.join() || a.staticInits.join() !== b.staticInits.join()) return false;
  for (const [key, it] of a.members) {
    const other = b.members.get(key);
    if (!other || other.fid !== it.fid || other.kind !== it.kind) return false;
  }
  return true;
}
const sameTarget = (a: Target, b: Target): boolean =>
  a.r === b.r &&
  (a.r !== 'file' || a.uri === (b as typeof a).uri) &&
  (a.r !== 'package' || a.name === (b as typeof a).name);

/** What a function gives, by slot. */
export type Gifts = ReadonlyMap<string, Held>;

/** Joins what a function gave with what it gives now; see flow/widen.ts. Gives `old` itself if nothing is new. */
export function widened(old: Gifts, next: Gifts, kinds: KindRegistry, probe: Probe | undefined): Gifts {
  let res: Map<string, Held> | undefined;
  for (const [name, val] of next) {
    const before = old.get(name);
    let now = val;
    if (before && isValueSlot(name)) now = widenValue(before as Value, val as Value, kinds);
    else if (before && name[0] === 'S') now = widenSummary(before as Summary, val as Summary, kinds, probe);
    if (now !== before) (res ??= new Map(old)).set(name, now);
  }
  return res ?? old;
}
