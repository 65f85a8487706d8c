// Places that tell where data comes from: the host of an address, the sender of a message. Whoever compares them with
// something trusted has checked the address or the message.

import type { Place, Span } from '../ir/ir.ts';
import { type Ctx, readPlace } from './ctx.ts';
import type { Value } from './domain.ts';

/** The address whose host this place is, if it is one: `url` for `url.hostname`. */
export function addressOf(place: Place): Place | undefined {
  const last = place.path.at(-1);
  const isHost = last === 'hostname' || last === 'host' || last === 'origin' || last === 'netloc';
  return isHost ? { root: place.root, path: place.path.slice(0, -1) } : undefined;
}

/** The data of the message whose sender this place is: `event.data` for `event.origin`. */
export function messageOf(ctx: Ctx, place: Place, at: Span): Place | undefined {
  if (place.path.at(-1) !== 'origin') return undefined;
  const path = place.path.slice(0, -1);
  return isMessageEvent(ctx, readPlace(ctx, { root: place.root, path }, at))
    ? { root: place.root, path: [...path, 'data'] }
    : undefined;
}

/** The places of models at which the events of messages arrive. */
const MESSAGES = /^(?:global\.)?(?:addEventListener\(1\)<0>|onmessage<0>|MessageEvent)$/;
/** Whether models say that a value is the event of a message from another window. */
export const isMessageEvent = (ctx: Ctx, { nodes }: Pick<Value, 'nodes'>): boolean =>
  nodes.some((it) => MESSAGES.test(ctx.rules.name(it)));
