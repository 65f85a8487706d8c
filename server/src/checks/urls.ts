// Checks of comparisons that decide whether an address is trusted: a host that is looked for anywhere in the text, one
// dangerous scheme out of three, and an ending that is compared through a position.

import type { CallOp, Op, Place } from '../ir/ir.ts';
import type { Hit } from './check.ts';
import { hostIn } from './regex/anchors.ts';
import { type Seen, type View, isPattern } from './view.ts';

/** Top-level domains that are no common file endings or words; enough to tell a host from other text. */
const TLD =
  /\.(?:com|net|org|edu|gov|info|io|dev|app|cloud|co\.uk|de|fr|uk|eu|us|ca|jp|cn|ru|local|internal)(?::\d+)?$/i;
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?$/i;
const ADDRESS = /^https?:\/\/[a-z0-9.-]+(?::\d+)?(?:\/|$)/i;

export function checkHosts(view: View): Hit[] {
  const hits: Hit[] = [];
  for (const seen of view.seen.values()) {
    const found = trusted(view, seen);
    if (found)
      hits.push({
        check: 'host-not-whole',
        s: seen.op.s,
        e: seen.op.e,
        name: `String#${seen.method}`,
        detail: JSON.stringify(found),
      });
  }
  return hits;
}

/** The host that a comparison accepts in places where it does not decide. */
function trusted(view: View, seen: Seen): string | undefined {
  const [arg] = seen.args;
  if (typeof arg !== 'string' || seen.list || seen.args.length > 1) return undefined;
  const isHost = HOST.test(arg.replace(/^\./, '').replace(/\/$/, '')) && TLD.test(arg.replace(/\/$/, ''));
  switch (seen.method) {
    case 'includes':
      return isHost || ADDRESS.test(arg) ? arg : undefined;
    case 'indexOf': {
      const use = positionUse(view, seen.op);
      if (use === 'anywhere') return isHost || ADDRESS.test(arg) ? arg : undefined;
      return use === 'start' ? openEnded(arg, isHost) : undefined;
    }
    case 'startsWith':
      return openEnded(arg, isHost);
    case 'endsWith':
      // `evil-example.com` ends with `example.com`.
      return isHost && !arg.startsWith('.') && !arg.includes('/') ? arg : undefined;
    default:
      return undefined;
  }
}
/** `https://example.com` begins `https://example.com.evil.org` too. */
const openEnded = (arg: string, isHost: boolean): string | undefined =>
  (/^https?:\/\/[a-z0-9.-]+(?::\d+)?$/i.test(arg) && TLD.test(arg)) || (isHost && !arg.endsWith('/'))
    ? arg
    : undefined;

/** What a position is compared with: anywhere in the text (`!== -1`, `>= 0`), at its start (`=== 0`), or nothing of these. */
function positionUse(view: View, call: CallOp): 'anywhere' | 'start' | undefined {
  const isCall = (place: Place, at: number): boolean => view.origin(place, at) === call;
  const numbers = (place: Place, at: number): number | undefined => numberOf(view, place, at);
  const judge = (a: Place, b: Place, at: number, operator: string): 'anywhere' | 'start' | undefined => {
    if (!isCall(a, at)) return undefined;
    const n = numbers(b, at);
    if (n === -1) return /^([!=]==?|>)$/.test(operator) ? 'anywhere' : undefined;
    if (n === 0)
      return /^[!=]==?$/.test(operator) ? 'start' : /^(>=|<|>)$/.test(operator) ? 'anywhere' : undefined;
    return undefined;
  };
  for (const op of view.ops)
    if (op.op === 'combine' && op.how === 'compare' && op.from.length === 2) {
      const res = judge(op.from[0]!, op.from[1]!, op.id, op.operator ?? '');
      if (res) return res;
    }
  for (const it of view.tests) {
    if (it.t === 'eq' || it.t === 'cmp') {
      const res = judge(it.a, it.b, LAST, it.t === 'eq' ? '===' : it.operator);
      if (res) return res;
    }
    if (it.t === 'truthy' && isCall(it.a, LAST)) return undefined;
  }
  return undefined;
}
const LAST = Number.MAX_SAFE_INTEGER;
function numberOf(view: View, place: Place, before: number): number | undefined {
  const op = view.origin(place, before);
  if (op?.op === 'const' && typeof op.value === 'number') return op.value;
  if (op?.op === 'combine' && op.operator === '-' && op.from.length === 1) {
    const n = numberOf(view, op.from[0]!, op.id);
    return n === undefined ? undefined : -n;
  }
  return undefined;
}

const SCHEMES = ['javascript', 'data', 'vbscript'] as const;
const COMPARING = new Set([
  'startsWith',
  'includes',
  'indexOf',
  'has',
  'test',
  'exec',
  'match',
  'replace',
  'replaceAll',
]);

/** A function that refuses `javascript:` and lets the other schemes through that run scripts. */
export function checkSchemes(view: View): Hit[] {
  const found = new Set<string>();
  let first: { s: number; e: number } | undefined;
  let colon = false;
  const note = (text: string, at: { s: number; e: number }): void => {
    for (const it of SCHEMES)
      if (new RegExp(`(^|[^a-z])${it}(?![a-z])`, 'i').test(text)) {
        found.add(it);
        if (text.includes(':')) colon = true;
        if (it === 'javascript' && (!first || at.s < first.s)) first = at;
      }
  };
  for (const seen of view.seen.values()) {
    if (!COMPARING.has(seen.method)) continue;
    const at = seen.op;
    for (const it of [seen.recv, ...seen.args.slice(0, 1), ...(seen.list ?? [])]) {
      if (typeof it === 'string' && /^(javascript|data|vbscript):?$/i.test(it)) note(it, at);
      else if (isPattern(it) && /javascript|vbscript|data/i.test(it.regex)) note(it.regex, at);
    }
  }
  const compared = (place: Place, before: number, at: { s: number; e: number }): void => {
    const op = view.origin(place, before);
    if (
      op?.op === 'const' &&
      typeof op.value === 'string' &&
      /^(javascript|data|vbscript):?$/i.test(op.value)
    )
      note(op.value, at);
  };
  for (const it of view.tests) if (it.t === 'eq') for (const side of [it.a, it.b]) compared(side, LAST, it);
  for (const op of view.ops)
    if (op.op === 'combine' && op.how === 'compare') for (const side of op.from) compared(side, op.id, op);
  for (const it of view.cases) compared(it.test, LAST, it.at);
  if (!first || !found.has('javascript')) return [];
  const about = { check: 'scheme-check-incomplete', ...first, name: 'scheme' };
  if (found.size === SCHEMES.length) return [{ ...about, sound: true }];
  // Without the colon the word is a language, unless something is said of schemes.
  if (!colon && !view.ir.vars.some((it) => /scheme|protocol/i.test(it.name))) return [];
  const missing = SCHEMES.filter((it) => !found.has(it)).map((it) => `\`${it}:\``);
  return [{ ...about, detail: missing.join(' and ') }];
}

/** `x.indexOf(y) === x.length - y.length`: both sides are -1 for a text that is one shorter. */
export function checkSuffixes(view: View): Hit[] {
  const hits: Hit[] = [];
  const pairs: { a: Place; b: Place; at: { s: number; e: number }; before: number }[] = [];
  for (const it of view.tests) if (it.t === 'eq') pairs.push({ a: it.a, b: it.b, at: it, before: LAST });
  for (const op of view.ops)
    if (
      op.op === 'combine' &&
      op.how === 'compare' &&
      /^[!=]==?$/.test(op.operator ?? '') &&
      op.from.length === 2
    )
      pairs.push({ a: op.from[0]!, b: op.from[1]!, at: op, before: op.id });
  for (const { a, b, at, before } of pairs) {
    const isSuffix =
      (isPosition(view.origin(a, before)) && isLengthDifference(view, b, before)) ||
      (isPosition(view.origin(b, before)) && isLengthDifference(view, a, before));
    if (isSuffix && !isGuarded(view))
      hits.push({ check: 'suffix-by-position', s: at.s, e: at.e, name: 'String#indexOf' });
  }
  return hits;
}
const isPosition = (op: Op | undefined): boolean =>
  op?.op === 'call' && /^(indexOf|lastIndexOf)$/.test(String(op.callee.path.at(-1)));
const isLength = (place: Place): boolean => place.path.at(-1) === 'length';
function isLengthDifference(view: View, place: Place, before: number): boolean {
  const op = view.origin(place, before);
  if (op?.op !== 'combine' || op.operator !== '-' || op.from.length !== 2) return false;
  const [left, right] = op.from;
  // One character less than the whole: the last character, which an empty text does not have.
  if (numberOf(view, right!, op.id) === 1 && isLengthOf(view, left!, op.id)) return false;
  return isLengthOf(view, left!, op.id) || isLengthDifference(view, left!, op.id);
}
const isLengthOf = (view: View, place: Place, before: number): boolean => {
  if (isLength(place)) return true;
  const op = view.def(place, before);
  return op?.op === 'copy' && isLength(op.from);
};
/** Somewhere the lengths are compared, or the position with -1 or 0 in a way that leaves -1 out. */
function isGuarded(view: View): boolean {
  const leavesOut = (a: Place, b: Place, before: number, operator: string): boolean => {
    if (/^[<>]=?$/.test(operator) && (isLengthOf(view, a, before) || isLengthOf(view, b, before)))
      return true;
    if (/^[<>]=?$/.test(operator) && isLengthDifference(view, a, before) && numberOf(view, b, before) === 0)
      return true;
    if (!isPosition(view.origin(a, before))) return false;
    const n = numberOf(view, b, before);
    if (n === -1) return operator !== '>=' && operator !== '<';
    return n === 0 && /^(>=|<|>)$/.test(operator);
  };
  return (
    view.tests.some((it) => {
      if (it.t === 'eq') return leavesOut(it.a, it.b, LAST, '===');
      return it.t === 'cmp' && leavesOut(it.a, it.b, LAST, it.operator);
    }) ||
    view.ops.some(
      (op) =>
        op.op === 'combine' &&
        op.how === 'compare' &&
        op.from.length === 2 &&
        leavesOut(op.from[0]!, op.from[1]!, op.id, op.operator ?? ''),
    )
  );
}

/** A pattern for an address that is searched for anywhere in a text, where a match decides. */
export function checkSearches(view: View): Hit[] {
  const hits: Hit[] = [];
  for (const seen of view.seen.values()) {
    const pattern = /^(test|exec)$/.test(seen.method)
      ? seen.recv
      : /^match(All)?$/.test(seen.method)
        ? seen.args[0]
        : undefined;
    const text = isPattern(pattern) ? pattern.regex : typeof pattern === 'string' ? pattern : undefined;
    if (text === undefined) continue;
    const host = hostIn(text, isPattern(pattern) ? pattern.flags : '');
    if (host?.problem !== 'unanchored') continue;
    hits.push({
      check: 'pattern-unanchored',
      s: seen.op.s,
      e: seen.op.e,
      name: 'RegExp',
      detail: JSON.stringify(host.host),
    });
  }
  return hits;
}
