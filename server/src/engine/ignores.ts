// Finds the suppression comments of a file and the code each of them stands for.
// What a comment covers is decided on the tree, so that a formatter that breaks a call over lines does not undo it.

import { type Lines, linesOf, positionAt } from '../base/lines.ts';
import type { Span } from '../ir/ir.ts';
import type { Arena, Node } from '../syntax/arena.ts';
import type { IgnoreComment, Position, Range } from './engine.ts';

/** Nested bodies that a comment above the outer statement must not silence wholesale. */
const BODIES = new Set([
  'statement_block',
  'class_body',
  'class_static_block',
  'switch_body',
  'block',
  'suite',
]);

/**
 * The comments among `comments` (absolute spans) that mention `faultline-ignore`, with what they cover.
 * Never throws; a comment that nothing follows covers nothing.
 */
export function ignoresOf(arena: Arena, comments: readonly Span[]): IgnoreComment[] {
  const found = comments.filter((it) => arena.text.slice(it.s, it.e).includes('faultline-ignore'));
  if (found.length === 0) return [];
  const lines = linesOf(arena.text);
  const at = (offset: number): Position => positionAt(lines, offset);
  const all = [...comments].sort((a, b) => a.s - b.s);
  return found.map((it) => ({
    text: arena.text.slice(it.s, it.e),
    range: { start: at(it.s), end: at(it.e) },
    covers: coveredBy(arena, all, it, lines, at),
  }));
}

function coveredBy(
  arena: Arena,
  comments: readonly Span[],
  it: Span,
  lines: Lines,
  at: (offset: number) => Position,
): Range[] {
  const line = at(it.s).line;
  const before = arena.text.slice(lines.starts[line] ?? 0, it.s).trim();
  // `{` alone is how a comment between JSX elements is written: {/* … */}.
  if (before !== '' && before !== '{') return [wholeLines(line, at(it.e).line)];
  const node = codeAfter(arena, comments, it);
  if (node < 0) return [];
  const first = at(arena.start[node] ?? 0).line;
  const pieces = withoutBodies(arena, statementAt(arena, node));
  return [wholeLines(first, first), ...pieces.map((piece) => ({ start: at(piece.s), end: at(piece.e) }))];
}

/** The first token of code after a comment, -1 if a blank line or the end of the file comes first. */
function codeAfter(arena: Arena, comments: readonly Span[], it: Span): Node {
  let offset = it.e;
  for (let newlines = 0; offset < arena.text.length;) {
    const skipped = comments.find((other) => other.s === offset);
    if (skipped !== undefined) {
      offset = skipped.e;
      newlines = 0;
      continue;
    }
    const char = arena.text[offset] ?? '';
    if (char === '\n' && ++newlines > 1) return -1;
    // A closing brace right after a block comment ends the JSX container that holds it.
    if (!/\s/.test(char) && !(char === '}' && newlines === 0)) break;
    offset++;
  }
  return leafAt(arena, offset);
}

function leafAt(arena: Arena, offset: number): Node {
  let best = -1;
  for (let node = 0; node < arena.count; node++) {
    const start = arena.start[node] ?? 0;
    if (start > offset) break;
    if (start === offset && (arena.end[node] ?? 0) > offset) best = node;
  }
  return best;
}

/** The outermost node that starts where `leaf` starts and is not a whole body or file. */
function statementAt(arena: Arena, leaf: Node): Node {
  let node = leaf;
  for (;;) {
    const parent = arena.parent[node] ?? -1;
    if (parent <= 0 || arena.start[parent] !== arena.start[leaf] || BODIES.has(arena.typeName(parent)))
      return node;
    node = parent;
  }
}

function withoutBodies(arena: Arena, node: Node): Span[] {
  const end = arena.end[node] ?? 0;
  const pieces: Span[] = [];
  let from = arena.start[node] ?? 0;
  for (let it = node + 1; it < arena.count && (arena.start[it] ?? 0) < end; it++) {
    const start = arena.start[it] ?? 0;
    if (start < from || !BODIES.has(arena.typeName(it))) continue;
    if (start > from) pieces.push({ s: from, e: start });
    from = arena.end[it] ?? end;
  }
  if (from < end) pieces.push({ s: from, e: end });
  return pieces;
}

/** A range over whole lines, ends included. */
function wholeLines(first: number, last: number): Range {
  return { start: { line: first, character: 0 }, end: { line: last + 1, character: 0 } };
}
