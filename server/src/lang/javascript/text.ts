// The values that literals stand for: strings with escapes, numbers in all notations, text between JSX tags.
// Text that no child node covers is taken as it stands, so a grammar that names fewer pieces loses nothing.

import type { Arena, Node } from '../../syntax/arena.ts';

export { keyOfNumber, keyOfText } from '../keys.ts';

/** The value of a string literal or of one without substitutions in backticks. */
export function stringValue(arena: Arena, node: Node): string {
  const start = arena.start[node]! + 1;
  const end = Math.max(arena.end[node]! - 1, start);
  return textBetween(arena, node, start, end);
}

/**
 * The decoded text from `start` to `end` inside `node`: escape sequences and character references among its children
 * are decoded, everything else is copied.
 */
export function textBetween(arena: Arena, node: Node, start: number, end: number): string {
  let text = '';
  let from = start;
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    const at = arena.start[it]!;
    if (at < from || at >= end) continue;
    const type = arena.typeName(it);
    if (type !== 'escape_sequence' && type !== 'html_character_reference') continue;
    text += arena.text.slice(from, at);
    text += type === 'escape_sequence' ? decodeEscape(arena.textOf(it)) : decodeReference(arena.textOf(it));
    from = arena.end[it]!;
  }
  return text === '' ? arena.text.slice(start, end) : text + arena.text.slice(from, end);
}

/** Escapes that a regular expression knows and a string does not. */
const OF_PATTERNS = /^\\[dDwWsSB.[\]{}()*+?^$|]$/;
/** The first escape of a literal whose backslash the text loses although a regular expression would need it. */
export function lostEscape(arena: Arena, node: Node): string | undefined {
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    if (arena.typeName(it) !== 'escape_sequence') continue;
    const text = arena.textOf(it);
    if (OF_PATTERNS.test(text)) return text;
  }
  return undefined;
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** The character that an escape sequence, backslash included, stands for. */
export function decodeEscape(escape: string): string {
  const kind = escape[1] ?? '';
  if (kind === 'u' || kind === 'x') {
    const code = Number.parseInt(escape.replace(/^\\[ux]\{?/, ''), 16);
    return Number.isFinite(code) && code <= 0x10ffff ? String.fromCodePoint(code) : escape.slice(1);
  }
  if (/^[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(escape.slice(1), 8));
  // A backslash before a line end continues the line.
  if (/^[\r\n\u2028\u2029]/.test(kind)) return '';
  return SIMPLE[kind] ?? escape.slice(1);
}

const REFERENCES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

/** The character that an HTML character reference stands for; one we do not know stays as it is written. */
export function decodeReference(reference: string): string {
  const name = reference.slice(1, -1);
  const match = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name);
  if (!match) return REFERENCES[name] ?? reference;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}

/** The value of a numeric literal, also hexadecimal, octal, binary, with separators, and bigint. */
export function numberValue(text: string): number {
  const digits = text.replace(/_/g, '').replace(/n$/, '');
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  return Number(digits);
}

/** Text between JSX tags as it is shown: lines are trimmed and joined by one space, blank ones vanish. */
export function jsxText(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.length - 1;
  return lines
    .map((line, it) => {
      const left = it === 0 ? line : line.trimStart();
      return it === last ? left : left.trimEnd();
    })
    .filter((line) => line !== '')
    .join(' ');
}
