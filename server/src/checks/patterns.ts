// Checks of every regular expression, wherever it is used.

import type { RegExpText, Span } from '../ir/ir.ts';
import type { Hit } from './check.ts';
import type { Dialect } from './regex/pattern.ts';
import { slowness } from './regex/redos.ts';

/** What is wrong with a pattern in itself; `at` is where it is written. */
export function checkPattern({ regex, flags }: RegExpText, at: Span, dialect: Dialect): Hit[] {
  const slow = slowness(regex, flags, dialect);
  if (slow?.how !== 'exponential') return [];
  return [{ check: 'redos-exponential', s: at.s, e: at.e, name: `/${regex}/`, detail: attackText(slow) }];
}

/** How an attack begins and goes on, in words: `after "a", many repetitions of "bc"`. */
export function attackText({ prefix, pump }: { prefix: string; pump: string }): string {
  const many = `many repetitions of ${quoted(pump)}`;
  return prefix === '' ? many : `${quoted(prefix)} and ${many}`;
}
const quoted = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text).replace(
    // Characters that no editor shows are written as escapes.
    /[^\x20-\x7e…]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
