// Event emitters: what is emitted arrives at the functions that listen to that event on the same emitter. An emitter is
// told from others by its class, or by the place where it was made; its listeners stand in a slot like its fields do.

import type { Call } from './calls.ts';
import { invokeValue } from './calls.ts';
import { type Ctx, foreign, functionsIn, shared } from './ctx.ts';
import { type Value, value } from './domain.ts';

const LISTENS: ReadonlySet<string> = new Set([
  'on',
  'once',
  'addListener',
  'prependListener',
  'prependOnceListener',
]);
/** The slot of an emitter's listeners: to one event, to events whose names are not known, or to any. */
const slotOf = (emitter: number, event: string): string => `F${emitter}:%on:${event}`;
const UNKNOWN = '[*]';
const ANY = '*';

/** Remembers the listeners that a call adds to an emitter, and calls those that an emitted event reaches. */
export function emitterCall(ctx: Ctx, call: Call): void {
  const { recv, method, args, callee } = call;
  if (!recv || recv.inst.length === 0 || method === undefined || callee.fns.length > 0) return;
  const emits = method === 'emit';
  if (!emits && !LISTENS.has(method)) return;
  const [name, ...given] = args;
  if (!name || name.spread) return;
  const c = name.val.konst?.c;
  const event = typeof c === 'string' ? c : undefined;
  for (const emitter of recv.inst) {
    if (emits) {
      for (const it of event === undefined ? [ANY] : [event, UNKNOWN])
        invokeValue(ctx, ctx.world.slot(slotOf(emitter, it)), given, call);
      continue;
    }
    const fns = given[0] ? functionsIn(ctx, given[0].val) : [];
    if (fns.length === 0) continue;
    const listeners = foreign(shared(ctx, value({ fns })), undefined);
    ctx.world.addSlot(slotOf(emitter, event ?? UNKNOWN), listeners);
    ctx.world.addSlot(slotOf(emitter, ANY), listeners);
  }
}

/** A new emitter of a package: it is told from others by this operation. */
export function asEmitter(ctx: Ctx, call: Call, made: Value): Value {
  if (!call.op.isNew || made.inst.length > 0 || made.nodes.length === 0) return made;
  const kind = ctx.rules.root('%emitter');
  if (kind < 0 || !made.nodes.some((it) => ctx.rules.closure(it).includes(ctx.rules.call(kind)))) return made;
  return { ...made, inst: [ctx.info.instanceId(call.op.id)] };
}
