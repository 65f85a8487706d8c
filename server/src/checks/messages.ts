// Handlers of messages from other windows: any page may send one, so a handler must look who did.

import type { FuncIR, Place, Stmt } from '../ir/ir.ts';
import { eachStatement, eachTest } from '../ir/walk.ts';
import type { Hit } from './check.ts';

/** What is read of the event: its data, its sender, or the event itself given to somebody else. */
interface Uses {
  data: boolean;
  sender: boolean;
  given: boolean;
}

/** A handler whose first parameter is a message's event, and which uses its data without asking where it comes from. */
export function checkMessageHandler(ir: FuncIR): Hit | undefined {
  const param = ir.params[0]?.v;
  if (param === undefined) return undefined;
  const uses: Uses = { data: false, sender: false, given: false };
  let first = ir.length;
  const see = (place: Place): void => {
    if (place.root !== param) return;
    const [key] = place.path;
    if (key === 'data') uses.data = true;
    else if (key === 'origin' || key === 'source') uses.sender = true;
    else if (key === undefined || typeof key !== 'string') uses.given = true;
  };
  eachStatement(ir.body, (stmt) => {
    if (stmt.s > 0) first = Math.min(first, stmt.s);
    placesOf(stmt).forEach(see);
  });
  // The header of the function, up to its first statement, is the place.
  return uses.data && !uses.sender && !uses.given
    ? { check: 'message-origin-unchecked', s: 0, e: Math.max(first, 1), name: ir.name || 'onmessage' }
    : undefined;
}

/** The places that a statement reads, those in its conditions included. */
function placesOf(stmt: Stmt): Place[] {
  switch (stmt.op) {
    case 'if': {
      const found: Place[] = [];
      eachTest(stmt.test, (it) => {
        if ('a' in it) found.push(it.a);
        if ('b' in it) found.push(it.b);
      });
      return found;
    }
    case 'loop':
      return stmt.each ? [stmt.each.from] : [];
    case 'switch':
      return [stmt.on];
    case 'copy':
    case 'await':
      return [stmt.from];
    case 'combine':
      return [...stmt.from];
    case 'concat':
      return stmt.parts.flatMap((it) => (typeof it === 'string' ? [] : [it.place]));
    case 'list':
      return stmt.items.map((it) => it.place);
    case 'record':
      return stmt.props.map((it) => it.value.place);
    case 'call':
      return [stmt.callee, ...stmt.args.map((it) => it.place)];
    case 'return':
    case 'throw':
    case 'yield':
      return stmt.from ? [stmt.from] : [];
    default:
      return [];
  }
}
