// Strings that Python builds by `+`, as f-strings, by `%` or by `format`, as pieces.
// A piece of `%` and `format` stands where the placeholder is; the arguments that supply the values go separately.

import type { Arena, Node } from '../../syntax/arena.ts';
import type { TextChange } from '../edits.ts';
import { endOf, startOf, textOf, typeOf } from '../fix.ts';
import type { HolePiece, Piece, Removal, TextPiece } from '../pieces.ts';
import { callAt, calledName, unwrap } from './tree.ts';

export interface Built {
  readonly pieces: readonly Piece[];
  /** The edits beside the pieces when these holes are taken out: the arguments of `%` and `format`, the `f` of a string. */
  without(gone: readonly HolePiece[]): TextChange[] | undefined;
}

/** A built string; undefined if the expression is none, or not certainly one. */
export function builtString(arena: Arena, expression: Node): Built | undefined {
  const node = unwrap(arena, expression);
  const built = formatted(arena, node) ?? percent(arena, node) ?? joined(arena, node);
  return built?.pieces.some((it) => it.kind === 'hole') === true ? built : undefined;
}

/** `a + b`, implicit concatenation, f-strings and plain strings. */
function joined(arena: Arena, node: Node): Built | undefined {
  const pieces: Piece[] = [];
  const templates: Node[] = [];
  const add = (it: Node): boolean => {
    const type = typeOf(arena, it);
    if (type === 'concatenated_string') return arena.namedChildren(it).every(add);
    if (type === 'string') {
      const prefix = prefixOf(arena, it);
      if (prefix === undefined) return false;
      if (prefix.includes('f')) templates.push(it);
      pieces.push(...stringPieces(arena, it));
      return true;
    }
    pieces.push({
      kind: 'hole',
      node: it,
      start: startOf(arena, it),
      end: endOf(arena, it),
      inTemplate: false,
    });
    return true;
  };
  if (!operandsOf(arena, node).every(add) || pieces[0]?.kind !== 'text') return undefined;
  const without = (gone: readonly HolePiece[]): TextChange[] => {
    const edits: TextChange[] = [];
    for (const it of templates) {
      const inside = arena.namedChildren(it);
      const holes = inside.filter((one) => typeOf(arena, one) === 'interpolation');
      const stays = holes.some((one) => !gone.some((hole) => hole.start === startOf(arena, one)));
      // Braces that are doubled for the f-string would be two.
      if (stays || /\{\{|\}\}/.test(arena.textOf(it))) continue;
      const at = startOf(arena, it) + (/^\w*/.exec(arena.textOf(it))?.[0].search(/f/i) ?? 0);
      edits.push({ start: at, end: at + 1, text: '' });
    }
    return edits;
  };
  return { pieces, without };
}

function operandsOf(arena: Arena, expression: Node): Node[] {
  const operands: Node[] = [];
  let node = expression;
  while (typeOf(arena, node) === 'binary_operator' && textOf(arena, arena.child(node, 'operator')) === '+') {
    operands.unshift(unwrapString(arena, arena.child(node, 'right')));
    node = arena.child(node, 'left');
  }
  operands.unshift(unwrapString(arena, node));
  return operands;
}

/** Parentheses around a string only serve the line break. */
function unwrapString(arena: Arena, node: Node): Node {
  const inner = unwrap(arena, node);
  return /^(?:string|concatenated_string)$/.test(typeOf(arena, inner)) ? inner : node;
}

/** `f`, `r`, '' in lower case; undefined for bytes and what is not known. */
function prefixOf(arena: Arena, string: Node): string | undefined {
  const prefix = (/^\w*/.exec(arena.textOf(string))?.[0] ?? '').toLowerCase();
  return /^(?:|f|u)$/.test(prefix) ? prefix : undefined;
}

function quoteOf(arena: Arena, string: Node): string {
  return textOf(arena, arena.namedChildren(string).at(-1) ?? -1);
}

function stringPieces(arena: Arena, node: Node): Piece[] {
  const pieces: Piece[] = [];
  const quote = quoteOf(arena, node);
  const [first] = arena.namedChildren(node);
  let from = endOf(arena, first ?? node);
  const text = (end: number): void => {
    pieces.push({ kind: 'text', raw: arena.text.slice(from, end), start: from, end, quote, node });
  };
  for (const it of arena.namedChildren(node)) {
    if (typeOf(arena, it) !== 'interpolation') continue;
    text(startOf(arena, it));
    const value = arena.child(it, 'expression');
    const parts = arena.namedChildren(it);
    pieces.push({
      kind: 'hole',
      // A conversion or format makes another text of the value: such a hole is the whole interpolation.
      node: parts.length === 1 ? (value < 0 ? parts[0]! : value) : it,
      start: startOf(arena, it),
      end: endOf(arena, it),
      inTemplate: true,
    });
    from = endOf(arena, it);
  }
  text(endOf(arena, node) - quote.length);
  return pieces;
}

/** `"… %s …" % value` and `% (a, b)`. */
function percent(arena: Arena, node: Node): Built | undefined {
  if (typeOf(arena, node) !== 'binary_operator' || textOf(arena, arena.child(node, 'operator')) !== '%')
    return undefined;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  const values = typeOf(arena, right) === 'tuple' ? arena.namedChildren(right) : [right];
  if (/^(?:dictionary|list_splat)$/.test(typeOf(arena, right))) return undefined;
  const pieces = withPlaceholders(arena, left, /%(?:%|[sdifr])/g, (mark, index) =>
    mark === '%%' ? undefined : values[index],
  );
  if (pieces === undefined || pieces.some((it) => it.kind === 'text' && it.raw.includes('%')))
    return undefined;
  if (pieces.filter((it) => it.kind === 'hole').length !== values.length) return undefined;
  return {
    pieces,
    without: (gone) =>
      tail(
        arena,
        left,
        node,
        values,
        gone,
        (rest) => ` % (${rest.join(', ')}${rest.length === 1 ? ',' : ''})`,
      ),
  };
}

/** `"… {} …".format(a, b)` with `{}`, `{0}` and `{name}`. */
function formatted(arena: Arena, node: Node): Built | undefined {
  const call = callAt(arena, node);
  if (call === undefined || call.open || calledName(arena, call.callee) !== 'format') return undefined;
  const text = arena.child(call.callee, 'object');
  const used = new Set<Node>();
  const pieces = withPlaceholders(arena, text, /\{(\w*)\}/g, (mark, index) => {
    const key = mark.slice(1, -1);
    const keyword = call.keywords.get(key);
    const value =
      keyword !== undefined ? arena.child(keyword, 'value') : call.args[key === '' ? index : Number(key)];
    if (value === undefined || used.has(value)) return undefined;
    used.add(value);
    return value;
  });
  if (pieces === undefined || used.size !== call.args.length + call.keywords.size) return undefined;
  if (pieces.some((it) => it.kind === 'text' && /[{}]/.test(it.raw))) return undefined;
  const all = [...used];
  // With some arguments left the numbers of the others would change.
  return {
    pieces,
    without: (gone) =>
      gone.length === all.length
        ? [{ start: endOf(arena, text), end: endOf(arena, node), text: '' }]
        : undefined,
  };
}

function tail(
  arena: Arena,
  text: Node,
  whole: Node,
  values: readonly Node[],
  gone: readonly HolePiece[],
  write: (rest: readonly string[]) => string,
): TextChange[] {
  const rest = values.filter((it) => !gone.some((hole) => hole.node === it)).map((it) => arena.textOf(it));
  return [
    { start: endOf(arena, text), end: endOf(arena, whole), text: rest.length === 0 ? '' : write(rest) },
  ];
}

/** The pieces of literal strings in which placeholders stand for values; undefined if some placeholder has none. */
function withPlaceholders(
  arena: Arena,
  text: Node,
  pattern: RegExp,
  valueOf: (mark: string, index: number) => Node | undefined,
): Piece[] | undefined {
  const inner = unwrap(arena, text);
  const strings = typeOf(arena, inner) === 'concatenated_string' ? arena.namedChildren(inner) : [inner];
  const pieces: Piece[] = [];
  let index = 0;
  for (const it of strings) {
    if (typeOf(arena, it) !== 'string' || !/^u?$/.test(prefixOf(arena, it) ?? 'x')) return undefined;
    const quote = quoteOf(arena, it);
    for (const piece of stringPieces(arena, it) as TextPiece[]) {
      let from = 0;
      const add = (end: number): void => {
        const [start, stop] = [piece.start + from, piece.start + end];
        pieces.push({ kind: 'text', raw: piece.raw.slice(from, end), start, end: stop, quote, node: it });
      };
      for (const match of piece.raw.matchAll(pattern)) {
        const node = valueOf(match[0], index);
        if (node === undefined) return undefined;
        index++;
        add(match.index);
        from = match.index + match[0].length;
        const start = piece.start + match.index;
        pieces.push({ kind: 'hole', node, start, end: piece.start + from, inTemplate: true });
      }
      add(piece.raw.length);
    }
  }
  return pieces;
}

/** The edit that replaces a hole by literal text and keeps the neighbours well-formed. */
export function removalEdit(arena: Arena, removal: Removal): TextChange {
  const { hole, before, after, cutBefore, cutAfter, put } = removal;
  const start = before.end - cutBefore;
  if (hole.inTemplate) return { start, end: hole.end + cutAfter, text: put };
  if (after === undefined) return { start, end: hole.end, text: put + before.quote };
  const rest = after.end - after.start - cutAfter;
  const onOneLine = !arena.text.slice(before.end, after.start).includes('\n');
  const plain = [before, after].every((it) => /^["']/.test(arena.textOf(it.node)));
  if (before.quote === after.quote && plain && onOneLine)
    return { start, end: after.start + cutAfter, text: put };
  if (rest === 0) return { start, end: after.end + after.quote.length, text: put + before.quote };
  if (cutAfter > 0) {
    const join = arena.text.slice(hole.end, after.start);
    return { start, end: after.start + cutAfter, text: put + before.quote + join };
  }
  return { start, end: hole.end, text: put + before.quote };
}
