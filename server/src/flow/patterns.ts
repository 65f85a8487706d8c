// Regular expressions given as text: what models say of `re.fullmatch(pattern, x)` is turned into the notation that
// charset.ts reads.

import type { Const, RegExpText } from '../ir/ir.ts';
import { isRegex } from './domain.ts';

/** Where a function pins its pattern down: at the start of the text, at both ends, or nowhere. */
export type Anchored = 'start' | 'whole';

/** A constant as the pattern that a call makes of it; undefined if it is none. */
export function patternOf(c: Const, anchored: Anchored | undefined): RegExpText | undefined {
  const written = isRegex(c) ? c.regex : typeof c === 'string' ? c : undefined;
  if (written === undefined) return undefined;
  const text = plain(written);
  const flags = isRegex(c) ? c.flags : '';
  const opened = anchored && !text.startsWith('^') ? `^${grouped(text)}` : text;
  const closed = anchored === 'whole' && !opened.endsWith('$') ? `${grouped(opened)}$` : opened;
  return { regex: closed, flags };
}

/** Alternatives are anchored as a whole. */
const grouped = (text: string): string => (text.includes('|') ? `(?:${text})` : text);

/** Notation of other languages for what JavaScript writes differently. */
const plain = (text: string): string =>
  text
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\(\?P<\w+>/g, '(');
