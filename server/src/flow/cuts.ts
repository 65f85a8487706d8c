// Parts cut out of a text: `x.slice(1)`, `x.split('?')`. What is known of the beginning of a text goes with the part that
// has this beginning; of the other parts it says nothing.

import { type Value, HOLE, constant, derive, value } from './domain.ts';
import type { Call } from './calls.ts';
import type { Ctx } from './ctx.ts';
import { ELEMENTS } from './limits.ts';

/** Methods that give a part of a text. */
const CUTS: ReadonlySet<string> = new Set([
  'split',
  'match',
  'matchAll',
  'exec',
  'substring',
  'substr',
  'slice',
  'replace',
]);
/** Of these those whose first argument is where the part begins. */
const FROM: ReadonlySet<string> = new Set(['substring', 'substr', 'slice']);

/**
 * The call as it is about a part: a part of an address is not the address, so that the whole leads nowhere else says
 * nothing of it. The same call if it does not cut, or within the beginning that is known.
 */
export function cutting(ctx: Ctx, call: Call): Call {
  if (call.method === undefined || !CUTS.has(call.method) || swaps(call)) return call;
  if (textBehindCut(call) !== undefined || wholeStart(call) === 0 || hasFirstPiece(call)) return call;
  if (call.method !== 'exec') return { ...call, recv: call.recv && partOf(ctx, call.recv) };
  return { ...call, args: call.args.map((it) => ({ ...it, val: partOf(ctx, it.val) })) };
}
/** `x.replace('a/', 'b/')`, `x.replace(/^%40/, '@')`: text is put in the place of text, the rest stays where it is. */
function swaps(call: Call): boolean {
  if (call.method !== 'replace') return false;
  const [pattern, by] = call.args.map((it) => it.val.konst?.c);
  return typeof by === 'string' && (typeof pattern === 'string' || (by !== '' && !by.includes('$')));
}
/** What was said of a whole address is not known of a part of it. */
export function partOf(ctx: Ctx, val: Value): Value {
  if (val.facts.length === 0 || val.objs.length > 0) return val;
  const kinds = ctx.kinds.of(['redirect', 'ssrf', 'script-url']);
  const facts = val.facts.map((it) =>
    it.safe === 0 || it.safe === ctx.kinds.all ? it : { ...it, safe: ctx.kinds.without(it.safe, kinds) },
  );
  return { ...val, facts };
}

function wholeStart(call: Call): number | undefined {
  const from = FROM.has(call.method ?? '') ? call.args[0]?.val.konst?.c : undefined;
  return typeof from === 'number' && from >= 0 ? from : undefined;
}
/** What is known of the text behind a cut that lies within its known beginning; undefined for any other call. */
export function textBehindCut(call: Call): string | undefined {
  const from = wholeStart(call);
  const text = call.recv?.text;
  if (from === undefined || text === undefined || call.recv?.konst) return undefined;
  return from <= text.indexOf(HOLE) ? text.slice(from) : undefined;
}

/** `x.split('?')` where x has a known beginning that does not hold the separator. */
function hasFirstPiece({ method, recv, args }: Call): boolean {
  const separator = args[0]?.val.konst?.c;
  if (method !== 'split' || typeof separator !== 'string' || separator === '') return false;
  if (recv?.text === undefined || recv.konst || recv.objs.length > 0) return false;
  return !startOf(recv.text).includes(separator);
}
const startOf = (text: string): string => text.slice(0, Math.max(text.indexOf(HOLE), 0));

/**
 * The pieces of a text at a separator that is known: of a constant all of them, of a text with a known beginning the
 * first, which has the same beginning, and any other. Undefined for any other call.
 */
export function splitPieces(
  ctx: Ctx,
  call: Call,
): { readonly first: readonly Value[]; readonly rest: Value | undefined } | undefined {
  const { recv } = call;
  const whole = recv?.konst?.c;
  const [separator, ...others] = call.args.map((it) => it.val.konst?.c);
  if (call.method === 'split' && typeof whole === 'string' && typeof separator === 'string') {
    const all = others.length === 0 ? whole.split(separator) : [];
    return all.length > 0 && all.length <= ELEMENTS
      ? { first: all.map(constant), rest: undefined }
      : undefined;
  }
  if (!hasFirstPiece(call) || recv?.text === undefined) return undefined;
  const facts = derive(recv.facts, 1, ctx.kinds);
  const rest = partOf(ctx, value({ facts, open: true }));
  return { first: [value({ facts, text: startOf(recv.text) + HOLE, open: true })], rest };
}
