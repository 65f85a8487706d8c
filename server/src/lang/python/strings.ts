// The values that string and number literals stand for, and whether a string is constant.
// Text that no child node covers is taken as it stands, so a grammar that names fewer pieces loses nothing.

import type { Arena, Node } from '../../syntax/arena.ts';

/** Whether a string literal is constant text: no f-string with substitutions. */
export function isText(arena: Arena, node: Node): boolean {
  return !arena.namedChildren(node).some((it) => arena.typeName(it) === 'interpolation');
}

/** The value of a string literal without substitutions. */
export function stringValue(arena: Arena, node: Node): string {
  let text = '';
  const raw = isRaw(arena, node);
  for (const it of arena.namedChildren(node)) {
    if (arena.typeName(it) === 'string_content') text += contentValue(arena, it, raw);
  }
  return text;
}

/** Whether escapes of a string literal mean themselves: `r'…'`. */
export function isRaw(arena: Arena, node: Node): boolean {
  const first = arena.firstChild(node);
  return first >= 0 && arena.typeName(first) === 'string_start' && /r/i.test(arena.textOf(first));
}

/** The text of one piece of a string, escapes decoded. */
export function contentValue(arena: Arena, node: Node, raw: boolean): string {
  let text = '';
  let from = arena.start[node]!;
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    const type = arena.typeName(it);
    if (type !== 'escape_sequence' && type !== 'escape_interpolation') continue;
    text += arena.text.slice(from, arena.start[it]);
    const escape = arena.textOf(it);
    text += type === 'escape_interpolation' ? escape[0]! : raw ? escape : decodeEscape(escape);
    from = arena.end[it]!;
  }
  return text + arena.text.slice(from, arena.end[node]);
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The character that an escape sequence, backslash included, stands for. An unknown one stays as it is written. */
export function decodeEscape(escape: string): string {
  const kind = escape[1] ?? '';
  if (kind === 'x' || kind === 'u' || kind === 'U') {
    const code = Number.parseInt(escape.slice(2), 16);
    return Number.isFinite(code) && code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  }
  if (/^[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(escape.slice(1), 8));
  // A backslash before a line end continues the line.
  if (/^[\r\n]/.test(kind)) return '';
  // A named character (`\N{…}`) is some character that is not looked up here.
  if (kind === 'N') return '\uFFFD';
  return SIMPLE[kind] ?? escape;
}

/** The value of a numeric literal; NaN for imaginary numbers. */
export function numberValue(text: string): number {
  const digits = text.replace(/_/g, '').replace(/[lL]$/, '');
  if (/[jJ]$/.test(digits)) return Number.NaN;
  // Octal numbers of Python 2.
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  return Number(digits);
}
