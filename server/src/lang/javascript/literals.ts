// Literals: constants, templates, arrays and objects.
// A template is one `concat`; an object is one `record` whose methods and accessors are closures.

import type { Arg, Key, Place, RecordOp } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { argOf, constant, emit, list, placeOf, record, temp } from '../builder.ts';
import { createFunction, lowerElements, lowerExpression, lowerUnknown, resolveName } from './context.ts';
import type { ExpressionHandler, Lo } from './context.ts';
import { hasToken } from './cut.ts';
import { keyOfNumber, keyOfText, lostEscape, numberValue, stringValue, textBetween } from './text.ts';

/** Handlers of literal expressions. */
export const literals: Readonly<Record<string, ExpressionHandler>> = {
  string: (lo, node, into) =>
    constant(lo, node, stringValue(lo.arena, node), into, lostEscape(lo.arena, node)),
  number: (lo, node, into) => constant(lo, node, numberValue(lo.arena.textOf(node)), into),
  true: (lo, node, into) => constant(lo, node, true, into),
  false: (lo, node, into) => constant(lo, node, false, into),
  null: (lo, node, into) => constant(lo, node, null, into),
  undefined: (lo, node, into) => constant(lo, node, undefined, into),
  regex: lowerRegex,
  template_string: lowerTemplate,
  array: lowerArray,
  object: lowerObject,
};

function lowerRegex(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  const pattern = arena.child(node, 'pattern');
  const flags = arena.child(node, 'flags');
  const value = {
    regex: pattern < 0 ? '' : arena.textOf(pattern),
    flags: flags < 0 ? '' : arena.textOf(flags),
  };
  return constant(lo, node, value, into);
}

/** The pieces of a template in turn: text (decoded) before each substitution, the substitutions, text at the end. */
export function templateParts(lo: Lo, node: Node): { texts: string[]; values: Arg[] } {
  const { arena } = lo;
  const texts: string[] = [];
  const values: Arg[] = [];
  let from = arena.start[node]! + 1;
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    if (arena.typeName(it) !== 'template_substitution') continue;
    texts.push(textBetween(arena, node, from, arena.start[it]!));
    from = arena.end[it]!;
    const inner = innerOf(arena, it);
    const value = inner < 0 ? it : inner;
    values.push(argOf(lo, lowerExpression(lo, value), value));
  }
  texts.push(textBetween(arena, node, from, Math.max(arena.end[node]! - 1, from)));
  return { texts, values };
}

function lowerTemplate(lo: Lo, node: Node, into?: number): Place {
  const { texts, values } = templateParts(lo, node);
  if (values.length === 0) return constant(lo, node, texts[0]!, into, lostEscape(lo.arena, node));
  const parts: (string | Arg)[] = [];
  texts.forEach((text, it) => {
    if (text !== '') parts.push(text);
    if (it < values.length) parts.push(values[it]!);
  });
  const to = placeOf(lo, into ?? temp(lo));
  emit(lo, node, { op: 'concat', to, parts, how: 'template' });
  return to;
}

function lowerArray(lo: Lo, node: Node, into?: number): Place {
  const items = lowerElements(lo, node, true);
  const to = placeOf(lo, into ?? temp(lo));
  list(lo, node, to, items);
  return to;
}

type Prop = RecordOp['props'][number];

function lowerObject(lo: Lo, node: Node, into?: number): Place {
  const props: Prop[] = [];
  for (const it of lo.arena.namedChildren(node)) {
    const prop = lowerProp(lo, it);
    if (prop) props.push(prop);
  }
  const to = placeOf(lo, into ?? temp(lo));
  record(lo, node, to, props);
  return to;
}

function lowerProp(lo: Lo, node: Node): Prop | undefined {
  const { arena } = lo;
  switch (arena.typeName(node)) {
    case 'pair': {
      const key = lowerKey(lo, arena.child(node, 'key'));
      const value = arena.child(node, 'value');
      return { key, value: argOf(lo, lowerExpression(lo, value), value) };
    }
    case 'shorthand_property_identifier': {
      const name = arena.textOf(node);
      return { key: keyOfText(name), value: argOf(lo, placeOf(lo, resolveName(lo, name)), node) };
    }
    case 'spread_element': {
      const inner = innerOf(arena, node);
      const place = inner < 0 ? lowerUnknown(lo, node) : lowerExpression(lo, inner);
      return { key: null, value: argOf(lo, place, node, true) };
    }
    case 'method_definition': {
      const key = lowerKey(lo, arena.child(node, 'name'));
      const child = lo.functions.get(node);
      const value = argOf(lo, child ? createFunction(lo, node, child) : lowerUnknown(lo, node), node);
      const accessor = accessorOf(lo, node);
      return accessor ? { key, value, accessor } : { key, value };
    }
    default: {
      // Broken code between the braces: the object may hold whatever stands there, under any key.
      return { key: null, value: argOf(lo, lowerExpression(lo, node), node) };
    }
  }
}

/** Whether a method is a getter or a setter. */
export function accessorOf(lo: Lo, method: Node): 'get' | 'set' | undefined {
  if (hasToken(lo.arena, method, 'get')) return 'get';
  return hasToken(lo.arena, method, 'set') ? 'set' : undefined;
}

/** The key that a property name stands for; a computed one is evaluated. */
export function lowerKey(lo: Lo, node: Node): Key {
  if (node < 0) return null;
  const { arena } = lo;
  switch (arena.typeName(node)) {
    case 'string':
      return keyOfText(stringValue(arena, node));
    case 'number':
      return keyOfNumber(numberValue(arena.textOf(node)));
    case 'computed_property_name': {
      const inner = innerOf(arena, node);
      return inner < 0 ? null : lowerIndex(lo, inner);
    }
    default:
      return keyOfText(arena.textOf(node));
  }
}

/** The key that an expression in brackets stands for: literals are keys themselves. */
export function lowerIndex(lo: Lo, node: Node): Key {
  const { arena } = lo;
  switch (arena.typeName(node)) {
    case 'string':
      return keyOfText(stringValue(arena, node));
    case 'number':
      return keyOfNumber(numberValue(arena.textOf(node)));
    case 'template_string':
      if (arena.namedChildren(node).every((it) => arena.typeName(it) !== 'template_substitution')) {
        return keyOfText(stringValue(arena, node));
      }
      return { dyn: lowerExpression(lo, node) };
    default:
      return { dyn: lowerExpression(lo, node) };
  }
}
