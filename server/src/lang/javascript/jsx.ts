// JSX: an element is a call of the free variable `%jsx` with its tag, its properties and its children.
// An intrinsic tag is a constant string, a component is its place; text children are constant strings.

import type { Arg, Place, RecordOp } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { argOf, constant, emit, emitAt, placeOf, spanOf, temp } from '../builder.ts';
import { lowerExpression, lowerUnknown, resolveName } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { jsxText, keyOfText, textBetween } from './text.ts';

/** Handlers of JSX expressions. */
export const jsx: Readonly<Record<string, ExpressionHandler>> = {
  jsx_element: lowerElement,
  jsx_self_closing_element: (lo, node, into) => element(lo, node, node, [], into),
  jsx_expression: lowerContained,
};

function lowerElement(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const open = arena.child(node, 'open_tag');
  if (open < 0) return lowerUnknown(lo, node, into);
  return element(lo, node, open, childNodes(lo, node, open), into);
}

/** `children` are nodes, or runs of text as first and last node. */
function element(lo: Lo, node: Node, tag: Node, children: readonly ChildRun[], into?: number): Place {
  const args = [tagArgument(lo, tag), propsArgument(lo, tag)];
  for (const it of children) {
    const arg = childArgument(lo, node, it);
    if (arg) args.push(arg);
  }
  const to = placeOf(lo, into ?? temp(lo));
  const callee = placeOf(lo, resolveName(lo, '%jsx'));
  emit(lo, node, { op: 'call', to, callee, calleeSpan: args[0]!, args });
  return to;
}

function tagArgument(lo: Lo, tag: Node): Arg {
  const { arena } = lo;
  const name = arena.child(tag, 'name');
  // A fragment has no name.
  if (name < 0) return argOf(lo, constant(lo, tag, ''), tag);
  const text = arena.textOf(name);
  const isIntrinsic =
    arena.typeName(name) === 'jsx_namespace_name' || (!text.includes('.') && /^[a-z]|-/.test(text));
  return argOf(lo, isIntrinsic ? constant(lo, name, text) : lowerExpression(lo, name), name);
}

function propsArgument(lo: Lo, tag: Node): Arg {
  const { arena } = lo;
  const attributes = arena.children(tag, 'attribute');
  const props = attributes.map((it) => lowerAttribute(lo, it));
  const first = attributes[0];
  const last = attributes[attributes.length - 1];
  const span =
    first === undefined || last === undefined
      ? spanOf(lo, tag)
      : { s: spanOf(lo, first).s, e: spanOf(lo, last).e };
  const place = placeOf(lo, temp(lo));
  emitAt(lo, span, { op: 'record', to: place, props });
  return { place, ...span };
}

function lowerAttribute(lo: Lo, node: Node): RecordOp['props'][number] {
  const { arena } = lo;
  const parts = arena.namedChildren(node);
  if (arena.typeName(node) !== 'jsx_attribute') {
    const inner = innerOf(arena, node);
    const isSpread = inner >= 0 && arena.typeName(inner) === 'spread_element';
    const value = isSpread ? innerOf(arena, inner) : inner;
    const place = value < 0 ? lowerUnknown(lo, node) : lowerExpression(lo, value);
    return { key: null, value: argOf(lo, place, value < 0 ? node : value, true) };
  }
  const [name, value] = parts;
  const key = name === undefined ? null : keyOfText(arena.textOf(name));
  if (value === undefined) return { key, value: argOf(lo, constant(lo, node, true), node) };
  const held = heldBy(lo, value);
  return { key, value: argOf(lo, lowerExpression(lo, held), held) };
}

/** The expression in braces, if there is one: findings belong on it, not on the braces. */
function heldBy(lo: Lo, node: Node): Node {
  if (lo.arena.typeName(node) !== 'jsx_expression') return node;
  const inner = innerOf(lo.arena, node);
  return inner < 0 ? node : inner;
}

function lowerContained(lo: Lo, node: Node, into?: number): Place {
  const inner = innerOf(lo.arena, node);
  if (inner < 0) return constant(lo, node, undefined, into);
  if (lo.arena.typeName(inner) !== 'spread_element') return lowerExpression(lo, inner, into);
  const spread = innerOf(lo.arena, inner);
  return spread < 0 ? lowerUnknown(lo, node, into) : lowerExpression(lo, spread, into);
}

/** A child element or expression, or a run of text and character references. */
interface ChildRun {
  readonly first: Node;
  last: Node;
  readonly isText: boolean;
}

function childNodes(lo: Lo, node: Node, open: Node): ChildRun[] {
  const { arena } = lo;
  const runs: ChildRun[] = [];
  const close = arena.child(node, 'close_tag');
  for (const it of arena.namedChildren(node)) {
    if (it === open || it === close) continue;
    const type = arena.typeName(it);
    const isText = type === 'jsx_text' || type === 'html_character_reference';
    const previous = runs[runs.length - 1];
    if (isText && previous?.isText) previous.last = it;
    else runs.push({ first: it, last: it, isText });
  }
  return runs;
}

function childArgument(lo: Lo, parent: Node, run: ChildRun): Arg | undefined {
  const { arena } = lo;
  if (!run.isText) {
    const held = heldBy(lo, run.first);
    // `{/* a comment */}` is not a child.
    if (held === run.first && arena.typeName(held) === 'jsx_expression') return undefined;
    if (arena.typeName(held) === 'spread_element') {
      return argOf(lo, lowerContained(lo, run.first), held, true);
    }
    return argOf(lo, lowerExpression(lo, held), held);
  }
  const text = jsxText(textBetween(arena, parent, arena.start[run.first]!, arena.end[run.last]!));
  if (text === '') return undefined;
  const span = { s: spanOf(lo, run.first).s, e: spanOf(lo, run.last).e };
  const place = placeOf(lo, temp(lo));
  emitAt(lo, span, { op: 'const', to: place, value: text });
  return { place, ...span };
}
