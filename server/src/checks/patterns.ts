// Checks of every regular expression, wherever it is used.

import type { RegExpText, Span } from '../ir/ir.ts';
import type { Hit } from './check.ts';
import { missedScript } from './markup.ts';
import { dottedHost, halfAnchored } from './regex/anchors.ts';
import { LENGTH } from './regex/limits.ts';
import { type Dialect, parsePattern } from './regex/pattern.ts';
import { slowness } from './regex/redos.ts';

/**
 * What is wrong with a pattern in itself; `at` is where it is written. One that only replaces or splits does not decide
 * anything, so what it matches too much is no matter of safety.
 */
export function checkPattern(
  { regex, flags }: RegExpText,
  at: Span,
  dialect: Dialect,
  decides = true,
): Hit[] {
  const hits: Hit[] = [];
  const add = (check: string, detail: string): void => {
    hits.push({ check, s: at.s, e: at.e, name: `/${regex}/`, detail });
  };
  const slow = slowness(regex, flags, dialect);
  if (slow?.how === 'exponential') add('redos-exponential', attackText(slow));
  const found = faultsOf(regex, flags, dialect);
  if (found.script !== undefined) add('script-filter-incomplete', quoted(found.script));
  if (!decides) return hits;
  if (found.half) add('pattern-half-anchored', ANCHORED[found.half]);
  if (found.host !== undefined) add('pattern-host-dot', quoted(found.host));
  return hits;
}

const ANCHORED = {
  start: 'the first alternative',
  end: 'the last alternative',
  outer: 'the first and the last alternative',
};

interface Faults {
  readonly half: keyof typeof ANCHORED | undefined;
  readonly host: string | undefined;
  readonly script: string | undefined;
}
const known = new Map<string, Faults>();
/** Answers kept; typing a pattern makes a new one with every key. */
const KEPT = 4_000;
const NONE: Faults = { half: undefined, host: undefined, script: undefined };

function faultsOf(regex: string, flags: string, dialect: Dialect): Faults {
  if (!/[|.<]/.test(regex) || regex.length > LENGTH) return NONE;
  const key = `${dialect}/${flags}/${regex}`;
  let found = known.get(key);
  if (found) return found;
  if (known.size >= KEPT) known.clear();
  const pattern = parsePattern(regex, flags, dialect);
  found = pattern
    ? { half: halfAnchored(pattern), host: dottedHost(pattern), script: missedScript(regex, flags) }
    : NONE;
  known.set(key, found);
  return found;
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
