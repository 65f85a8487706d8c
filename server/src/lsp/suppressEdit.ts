// Where and how a suppression comment is written: above the line of the finding, in the comment style of that place.
// The tree decides the style, so that nothing is ever inserted into a string, a template or the text of a JSX element.

import type { Arena, Node } from '../syntax/arena.ts';

export interface Insertion {
  /** Offset of the insertion: the start of a line. */
  readonly at: number;
  readonly text: string;
}

const TOKENS = new Set(['template_string', 'string', 'string_fragment', 'comment', 'regex', 'jsx_text']);
const JSX_CHILDREN = new Set(['jsx_element', 'jsx_fragment']);
const JSX_TAGS = new Set(['jsx_opening_element', 'jsx_self_closing_element']);

/**
 * The comment that suppresses `rule` for the finding at offset `at`.
 * An empty reason becomes `<reason>`, a blank to fill in that counts as no reason.
 */
export function suppressionFor(arena: Arena, at: number, rule: string, reason: string): Insertion {
  const { text } = arena;
  const line = anchorLine(arena, lineStart(text, at));
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
  const body = `faultline-ignore: ${rule} -- ${cleanReason(reason) || '<reason>'}`;
  const comment = inStyle(styleAt(arena, line + indent.length), body);
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  return { at: line, text: `${indent}${comment}${newline}` };
}

/** One line that cannot end the comment it stands in. */
export function cleanReason(reason: string): string {
  return reason
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\*\//g, '* /')
    .replace(/-->/g, '-- >')
    .trim()
    .slice(0, 300);
}

/** Moves up while the line begins inside a token that goes over several lines. */
function anchorLine(arena: Arena, start: number): number {
  let line = start;
  for (;;) {
    const offset = line + (/^[ \t]*/.exec(arena.text.slice(line))?.[0].length ?? 0);
    const token = tokenAround(arena, offset);
    if (token < 0) return line;
    const above = lineStart(arena.text, outerStart(arena, token));
    if (above >= line) return line;
    line = above;
  }
}

/** The token in whose middle an offset lies, -1 if it lies between tokens. */
function tokenAround(arena: Arena, offset: number): Node {
  const node = innermost(arena, offset);
  const start = arena.start[node] ?? 0;
  if (!TOKENS.has(arena.typeName(node)) || start >= offset) return -1;
  // White space before an element is text too, but a comment may stand there.
  const blank = arena.typeName(node) === 'jsx_text' && arena.text.slice(start, offset).trim() === '';
  return blank ? -1 : node;
}

/** Text of a JSX element is kept together with its element, a piece of a string with its string. */
function outerStart(arena: Arena, token: Node): number {
  const parent = arena.parent[token] ?? -1;
  const type = arena.typeName(token);
  const whole = parent >= 0 && (type === 'jsx_text' || type === 'string_fragment') ? parent : token;
  return arena.start[whole] ?? 0;
}

function styleAt(arena: Arena, offset: number): 'line' | 'block' | 'jsx' {
  // The outermost node that begins here; its parent is what the comment will stand in.
  let node = innermost(arena, offset);
  while (
    arena.start[node] === offset &&
    (arena.parent[node] ?? -1) > 0 &&
    arena.start[arena.parent[node]!] === offset
  ) {
    node = arena.parent[node]!;
  }
  const parent = arena.start[node] === offset ? (arena.parent[node] ?? -1) : node;
  if (parent < 0) return 'line';
  const closing = /^jsx_closing_element$/.test(arena.typeName(node));
  if (closing || JSX_CHILDREN.has(arena.typeName(parent)) || arena.typeName(node) === 'jsx_text')
    return 'jsx';
  return JSX_TAGS.has(arena.typeName(parent)) ? 'block' : 'line';
}

function inStyle(style: 'line' | 'block' | 'jsx', body: string): string {
  if (style === 'jsx') return `{/* ${body} */}`;
  return style === 'block' ? `/* ${body} */` : `// ${body}`;
}

/** The smallest node that contains the character at an offset. */
function innermost(arena: Arena, offset: number): Node {
  let best = 0;
  for (let node = 0; node < arena.count; node++) {
    const start = arena.start[node] ?? 0;
    if (start > offset) break;
    if ((arena.end[node] ?? 0) > offset) best = node;
  }
  return best;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}
