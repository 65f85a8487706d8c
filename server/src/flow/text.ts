// Text put together from parts: concatenation, formats, joined lists.
// A literal prefix that fixes what follows (scheme and host, say) makes the rest safe for some kinds.

import type { KindRegistry, KindSet } from '../base/kindset.ts';
import type { Span } from '../ir/ir.ts';
import type { FormatPiece } from '../lang/formats.ts';
import { isNumeric } from '../lang/formats.ts';
import { keyOfText } from '../lang/keys.ts';
import {
  type Fact,
  type FieldKey,
  type Value,
  HOLE,
  UNDEFINED_NAME,
  cleanse,
  constant,
  derive,
  isRegex,
  joinFacts,
  stepped,
  value,
} from './domain.ts';
import { type Ctx, member, siteOf } from './ctx.ts';
import { elementFacts } from './summary.ts';
import { NO_APOSTROPHE, NO_QUOTE } from './charset.ts';
import { pattern, reportCheck } from './sinks.ts';
import { TEXT } from './limits.ts';

/** Characters of a constant that is put together here; longer ones are cut. */
const CONSTANT = 4096;

/** Text from literal parts and values in order. With `numeric`, numbers that stand alone are added up. */
export function buildText(ctx: Ctx, parts: readonly (string | Value)[], at: Span, numeric = false): Value {
  let text = '';
  let facts: readonly Fact[] = [];
  let known: string | number | undefined;
  let first = true;
  let whole = true;
  for (const it of parts) {
    if (typeof it === 'string') {
      text += it;
      known = first ? it : `${known ?? ''}${it}`;
    } else {
      const c = it.konst?.c;
      if (it.konst && !isRegex(c) && c !== undefined) {
        if (first) known = typeof c === 'number' ? c : String(c);
        else if (numeric && typeof known === 'number' && typeof c === 'number') known += c;
        else known = `${known ?? ''}${String(c)}`;
        text += String(c);
      } else {
        whole = false;
        const own = derive(elementFacts(ctx.env, it, ctx.kinds), 1, ctx.kinds);
        const inner = it.text ?? HOLE;
        const prefix = text + inner.slice(0, inner.indexOf(HOLE) < 0 ? inner.length : inner.indexOf(HOLE));
        const site = siteOf(ctx, at);
        facts = joinFacts(facts, stepped(prefixSafe(ctx, own, prefix), site, 'put into text'), ctx.kinds);
        text += inner;
      }
    }
    first = false;
  }
  if (whole && known !== undefined)
    return constant(typeof known === 'string' ? known.slice(0, CONSTANT) : known);
  if (ctx.info.natives.textChecks) remarkSql(ctx, text, facts, parts, at);
  return value({ facts, text: text.slice(0, TEXT), proofs: stemOf(parts, text), open: true });
}

/** A text that only an ending was put to (`${file}.gz`): a check of the text that is made later counts for both. */
function stemOf(parts: readonly (string | Value)[], text: string): Value['proofs'] {
  const stem = parts.find((it) => it !== '');
  if (stem === undefined || typeof stem === 'string' || stem.konst || stem.facts.length === 0)
    return undefined;
  const known = stem.text ?? HOLE;
  if (!text.startsWith(known) || !PLAIN_ENDING.test(text.slice(known.length))) return undefined;
  return [{ root: -1, path: [], kinds: 0, whenTrue: true, stem: stem.facts }];
}
/** Stays in the folder where the text before it is: no separator, and no two dots that make a way up. */
const PLAIN_ENDING = /^(?!.*\.\.)[^/\\\uFFFC]*$/;

/** Beginnings of statements of SQL, in forms that prose hardly has. */
const SQL =
  /^\s*(?:select\b.*\bfrom\b|insert\s+into\b|replace\s+into\b|update\b.*\bset\b|delete\s+from\b|with\s+\w+\s+as\s*\(|(?:create|drop|alter|truncate)\s+table\b)/is;
/** SQL that is put together: said once, at the place, unless a flow through it is found to be dangerous. */
function remarkSql(
  ctx: Ctx,
  text: string,
  facts: readonly Fact[],
  parts: readonly (string | Value)[],
  at: Span,
): void {
  const bit = ctx.kinds.bit('sql');
  const given = facts.some((it) => !ctx.kinds.has(it.safe, bit)) || parts.includes(UNDEFINED_NAME);
  const check = given && SQL.test(text) ? ctx.rules.check('sql-text') : undefined;
  if (check) reportCheck(ctx, check, 'SQL', siteOf(ctx, at));
}

function prefixSafe(ctx: Ctx, facts: readonly Fact[], before: string): readonly Fact[] {
  if (facts.length === 0) return facts;
  // Unknown text in front (a base address, a configured folder) is as good as a known one: what follows it is judged.
  // Alone it is taken to be whole, with the slash that ends its host.
  const start = before.startsWith(HOLE) ? `https://host.example${before.slice(1) || '/'}` : before;
  const prefix = start.replaceAll(HOLE, 'x');
  return cleanse(insideQuotes(ctx, facts, before), fixedBy(ctx, prefix), ctx.kinds);
}
/** Kinds for which text that begins like this is safe whatever follows. Asked for the same few beginnings again and again. */
function fixedBy(ctx: Ctx, prefix: string): KindSet {
  let memo = beginnings.get(ctx.kinds);
  if (!memo || memo.size > 5_000) beginnings.set(ctx.kinds, (memo = new Map()));
  let safe = memo.get(prefix);
  if (safe === undefined) {
    const known = prefix !== '' && !prefix.includes(HOLE);
    const names = ctx.rules.kinds
      // Text is never an object with operators of its own; a fixed beginning settles what an address can reach.
      .filter((it) => it.structured || (known && it.safePrefix && pattern(it.safePrefix).test(prefix)))
      .map((it) => it.kind);
    memo.set(prefix, (safe = ctx.kinds.of(names)));
  }
  return safe;
}
const beginnings = new WeakMap<KindRegistry, Map<string, KindSet>>();

/** Languages in which text between quotes is nothing but text, if it holds no such quote. */
const QUOTING = ['sql', 'xpath'];
/** Data without quotes, put between quotes of that sort. */
function insideQuotes(ctx: Ctx, facts: readonly Fact[], before: string): readonly Fact[] {
  const apostrophes = before.split("'").length % 2 === 0;
  const quotes = before.split('"').length % 2 === 0;
  if (apostrophes === quotes) return facts;
  const bit = ctx.kinds.bit(apostrophes ? NO_APOSTROPHE : NO_QUOTE);
  const safe = ctx.kinds.of(QUOTING);
  if (!facts.some((it) => ctx.kinds.has(it.safe, bit))) return facts;
  return facts.map((it) =>
    ctx.kinds.has(it.safe, bit) ? { ...it, safe: ctx.kinds.union(it.safe, safe) } : it,
  );
}

/**
 * A format filled in. `pick` gives the value for a key (or, for a key that is undefined, the next one); where it knows
 * none, any of `all` may stand there.
 */
export function fillFormat(
  ctx: Ctx,
  pieces: readonly FormatPiece[],
  pick: (key: string | undefined) => Value | undefined,
  all: readonly Value[],
  at: Span,
): Value {
  const parts: (string | Value)[] = [];
  for (const it of pieces) {
    if (typeof it === 'string') {
      parts.push(it);
      continue;
    }
    let val = pick(it.key);
    for (const part of val ? (it.path ?? []) : []) val = member(ctx, val!, keyOfText(part) as FieldKey, at);
    if (isNumeric(it.letter)) parts.push(val?.konst ? val : value({ open: true }));
    else if (val) parts.push(val);
    else {
      let facts: readonly Fact[] = [];
      for (const x of all) facts = joinFacts(facts, elementFacts(ctx.env, x, ctx.kinds), ctx.kinds);
      parts.push(value({ facts, open: true }));
    }
  }
  return buildText(ctx, parts, at);
}

/** A path put together from these arguments, with what is known of them; undefined if nothing is. */
export function joinedPath(
  args: readonly { readonly val: Value; readonly spread: boolean }[],
): string | undefined {
  if (args.some((it) => it.spread)) return undefined;
  const parts = args.map(({ val }) => (typeof val.konst?.c === 'string' ? val.konst.c : (val.text ?? HOLE)));
  if (parts.every((it) => it === HOLE)) return undefined;
  return parts
    .filter((it) => it !== '')
    .join('/')
    .replace(/[\\/]+/g, '/')
    .replace(/(^|\/)(?:\.\/)+(?=.)/g, '$1')
    .slice(0, TEXT);
}
/** A value whose text is known: a constant if nothing of it is left open. */
export function withText(val: Value, text: string | undefined): Value {
  if (text === undefined) return val;
  if (!text.includes(HOLE) && val.facts.length === 0) return constant(text);
  return { ...val, text };
}
