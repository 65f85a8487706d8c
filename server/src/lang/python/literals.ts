// Literals: numbers, strings and f-strings, lists, tuples, sets and dictionaries.
// An f-string is text put together from parts, so what stands in it stays visible to rules that look at text.

import type { Arg, ConcatOp, Place, RecordOp } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { isError } from '../../syntax/tree.ts';
import { argOf, combine, constant, emit, list, placeOf, record, temp } from '../builder.ts';
import { argWith, lowerExpression, lowerUnknown } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { keyOf } from './assign.ts';
import { isNumeric } from '../formats.ts';
import { contentValue, isRaw, isText, numberValue, stringValue } from './strings.ts';

/** Handlers of literals. */
export const literals: Readonly<Record<string, ExpressionHandler>> = {
  integer: lowerNumber,
  float: lowerNumber,
  true: (lo, node, into) => constant(lo, node, true, into),
  false: (lo, node, into) => constant(lo, node, false, into),
  none: (lo, node, into) => constant(lo, node, null, into),
  ellipsis: (lo, node, into) => constant(lo, node, undefined, into),
  string: lowerString,
  concatenated_string: lowerString,
  list: lowerList,
  tuple: lowerList,
  set: lowerList,
  expression_list: lowerList,
  pattern_list: lowerList,
  tuple_pattern: lowerList,
  list_pattern: lowerList,
  dictionary: lowerDictionary,
};

function lowerNumber(lo: Lo, node: Node, into?: number): Place {
  const value = numberValue(lo.arena.textOf(node));
  if (Number.isFinite(value)) return constant(lo, node, value, into);
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, 'arith', []);
  return to;
}

function lowerString(lo: Lo, node: Node, into?: number): Place {
  const parts: (string | Arg)[] = [];
  addString(lo, node, parts);
  return textOf(lo, node, parts, 'template', into);
}

/** Text from parts; neighbouring literal parts are one, and text without other parts is a constant. */
export function textOf(
  lo: Lo,
  node: Node,
  parts: readonly (string | Arg)[],
  how: ConcatOp['how'],
  into?: number,
): Place {
  const joined: (string | Arg)[] = [];
  for (const it of parts) {
    const last = joined.at(-1);
    if (typeof it === 'string' && typeof last === 'string') joined[joined.length - 1] = last + it;
    else if (it !== '') joined.push(it);
  }
  if (joined.length === 0) return constant(lo, node, '', into);
  if (joined.length === 1 && typeof joined[0] === 'string') return constant(lo, node, joined[0], into);
  const to = placeOf(lo, into ?? temp(lo));
  emit(lo, node, { op: 'concat', to, parts: joined, how });
  return to;
}

/** Adds the parts of a string literal, of one with substitutions, or of several side by side. */
export function addString(lo: Lo, node: Node, parts: (string | Arg)[]): void {
  const { arena } = lo;
  if (arena.typeName(node) === 'concatenated_string') {
    for (const it of arena.namedChildren(node)) addString(lo, it, parts);
    return;
  }
  if (isText(arena, node)) {
    parts.push(stringValue(arena, node));
    return;
  }
  const raw = isRaw(arena, node);
  for (const it of arena.namedChildren(node)) {
    const type = arena.typeName(it);
    if (type === 'string_content') parts.push(contentValue(arena, it, raw));
    else if (type === 'interpolation') addSubstitution(lo, it, parts);
    else if (isError(arena, it)) lowerUnknown(lo, it);
  }
}

function addSubstitution(lo: Lo, node: Node, parts: (string | Arg)[]): void {
  const { arena } = lo;
  const expression = arena.child(node, 'expression');
  if (expression < 0) return;
  // `{x = }` shows the text of the expression too.
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    if (!arena.isNamed(it) && arena.typeName(it) === '=') parts.push(`${arena.textOf(expression)}=`);
  }
  const place = lowerExpression(lo, expression);
  const specification = arena.child(node, 'format_specifier');
  if (specification < 0) {
    parts.push(argOf(lo, place, expression));
    return;
  }
  const inner = arena.namedChildren(specification).map((it) => lowerExpression(lo, substituted(lo, it)));
  const letter = arena.textOf(specification).slice(-1);
  if (inner.length === 0 && isNumeric(letter)) {
    const number = placeOf(lo, temp(lo));
    combine(lo, node, number, 'arith', [place], '+');
    parts.push(argOf(lo, number, expression));
    return;
  }
  parts.push(argOf(lo, place, expression));
}

/** The expression of a substitution inside a format specification. */
function substituted(lo: Lo, node: Node): Node {
  const inner = lo.arena.child(node, 'expression');
  return inner < 0 ? node : inner;
}

/** The elements of a list, tuple or set; starred ones are marked. */
export function lowerElements(lo: Lo, node: Node): Arg[] {
  const { arena } = lo;
  const items: Arg[] = [];
  for (const it of arena.namedChildren(node)) {
    if (isError(arena, it)) {
      lowerUnknown(lo, it);
      continue;
    }
    const type = arena.typeName(it);
    const inner =
      type === 'list_splat' || type === 'list_splat_pattern' ? arena.namedChildren(it)[0] : undefined;
    if (inner !== undefined) items.push(argWith(lo, lowerExpression(lo, inner), it, { spread: true }));
    else items.push(argOf(lo, lowerExpression(lo, it), it));
  }
  return items;
}

function lowerList(lo: Lo, node: Node, into?: number): Place {
  const items = lowerElements(lo, node);
  const to = placeOf(lo, into ?? temp(lo));
  list(lo, node, to, items);
  return to;
}

function lowerDictionary(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const props: RecordOp['props'][number][] = [];
  for (const it of arena.namedChildren(node)) {
    const type = arena.typeName(it);
    if (type === 'dictionary_splat') {
      const inner = arena.namedChildren(it)[0];
      if (inner === undefined) continue;
      props.push({ key: null, value: argWith(lo, lowerExpression(lo, inner), it, { spread: true }) });
      continue;
    }
    const key = arena.child(it, 'key');
    const value = arena.child(it, 'value');
    if (type !== 'pair' || key < 0 || value < 0) {
      lowerUnknown(lo, it);
      continue;
    }
    const at = keyOf(lo, key);
    props.push({ key: at, value: argOf(lo, lowerExpression(lo, value), value) });
  }
  const to = placeOf(lo, into ?? temp(lo));
  record(lo, node, to, props);
  return to;
}
