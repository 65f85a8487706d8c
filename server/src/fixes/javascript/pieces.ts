// Strings that JavaScript builds by `+` or as a template, as pieces.
// Without text at the front nothing says that `+` joins strings, so such an expression has no pieces.

import type { Arena, Node } from '../../syntax/arena.ts';
import type { TextChange } from '../edits.ts';
import { endOf, startOf } from '../fix.ts';
import type { Piece, Removal, TextPiece } from '../pieces.ts';
import { unwrap } from './tree.ts';

/**
 * The pieces of a built string in order; undefined if the expression is none, or not certainly one. `startsWithHole`
 * says that the whole is known to be text, so that it may begin with a value.
 */
export function piecesOf(
  arena: Arena,
  expression: Node,
  startsWithHole = false,
): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  const operands = operandsOf(arena, unwrap(arena, expression));
  for (const operand of operands) {
    const type = arena.typeName(operand);
    if (type === 'string') pieces.push(stringPiece(arena, operand));
    else if (type === 'template_string') pieces.push(...templatePieces(arena, operand));
    else
      pieces.push({
        kind: 'hole',
        node: operand,
        start: startOf(arena, operand),
        end: endOf(arena, operand),
        inTemplate: false,
      });
  }
  // Without text at the front it is not certain that `+` joins strings: `a + b + "x"` may add numbers first.
  if (pieces[0]?.kind !== 'text' && !startsWithHole) return undefined;
  if (!pieces.some((it) => it.kind === 'hole') || !pieces.some((it) => it.kind === 'text')) return undefined;
  return pieces;
}

/** The operands of a chain of `+`, left to right. Parentheses within the chain are operands of their own. */
function operandsOf(arena: Arena, expression: Node): Node[] {
  const operands: Node[] = [];
  let node = expression;
  while (
    arena.typeName(node) === 'binary_expression' &&
    arena.textOf(arena.child(node, 'operator')) === '+'
  ) {
    operands.unshift(arena.child(node, 'right'));
    node = arena.child(node, 'left');
  }
  operands.unshift(node);
  return operands;
}

function stringPiece(arena: Arena, node: Node): TextPiece {
  const start = startOf(arena, node) + 1;
  const end = endOf(arena, node) - 1;
  const quote = arena.text[start - 1]!;
  return { kind: 'text', raw: arena.text.slice(start, end), start, end, quote, node };
}

function templatePieces(arena: Arena, node: Node): Piece[] {
  const pieces: Piece[] = [];
  let from = startOf(arena, node) + 1;
  const text = (end: number): void => {
    pieces.push({ kind: 'text', raw: arena.text.slice(from, end), start: from, end, quote: '`', node });
  };
  for (const hole of arena.namedChildren(node)) {
    if (arena.typeName(hole) !== 'template_substitution') continue;
    text(startOf(arena, hole));
    const inner = arena.namedChildren(hole)[0];
    if (inner === undefined) continue;
    pieces.push({
      kind: 'hole',
      node: inner,
      start: startOf(arena, hole),
      end: endOf(arena, hole),
      inTemplate: true,
    });
    from = endOf(arena, hole);
  }
  text(endOf(arena, node) - 1);
  return pieces;
}

/** The edit that replaces a hole by literal text and keeps the neighbours well-formed. */
export function removalEdit(arena: Arena, removal: Removal): TextChange {
  const { hole, before, after, cutBefore, cutAfter, put } = removal;
  const start = before.end - cutBefore;
  if (hole.inTemplate) return { start, end: hole.end + cutAfter, text: put };
  if (after === undefined) return { start, end: hole.end, text: `${put}${before.quote}` };
  const rest = after.end - after.start - cutAfter;
  const onOneLine = !arena.text.slice(before.end, after.start).includes('\n');
  // "a = '" + x + "' and b" becomes "a = ? and b" where that is the same; otherwise the right text stays as it is.
  if (before.quote === after.quote && after.quote !== '`' && onOneLine) {
    return { start, end: after.start + cutAfter, text: put };
  }
  if (rest === 0 && after.quote !== '`') return { start, end: after.end + 1, text: `${put}${before.quote}` };
  if (cutAfter > 0) {
    const join = arena.text.slice(hole.end, after.start);
    return { start, end: after.start + cutAfter, text: `${put}${before.quote}${join}` };
  }
  return { start, end: hole.end, text: `${put}${before.quote}` };
}
