// Names that a person would use for functions and classes, and the text of property keys.
// They are found from the syntax around a function, so they are part of the function's hash.

import type { Arena, Node } from '../../syntax/arena.ts';
import { stringValue } from './text.ts';

/** The name of a function: its own, or that of what it is assigned to; '' if there is none. */
export function functionName(arena: Arena, node: Node): string {
  const own = arena.child(node, 'name');
  if (own >= 0) return arena.textOf(own);
  return nameFromContext(arena, node);
}

/** The name of the variable, property or field that an anonymous function or class becomes the value of. */
export function nameFromContext(arena: Arena, node: Node): string {
  let parent = arena.parent[node]!;
  let child = node;
  while (parent >= 0 && WRAPPERS.has(arena.typeName(parent))) {
    child = parent;
    parent = arena.parent[parent]!;
  }
  if (parent < 0) return '';
  switch (arena.typeName(parent)) {
    case 'variable_declarator':
      return simpleName(arena, arena.child(parent, 'name'));
    case 'assignment_expression':
      return arena.child(parent, 'right') === child ? lastName(arena, arena.child(parent, 'left')) : '';
    case 'pair':
      return keyText(arena, arena.child(parent, 'key'));
    case 'field_definition':
    case 'public_field_definition': {
      const key = arena.child(parent, 'name');
      const name = keyText(arena, key >= 0 ? key : arena.child(parent, 'property'));
      // A class inside a field of an anonymous class is named after the field alone.
      const owner = arena.child(arena.parent[arena.parent[parent]!]!, 'name');
      return owner >= 0 ? `${arena.textOf(owner)}.${name}` : name;
    }
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return simpleName(arena, arena.child(parent, 'left'));
    case 'export_statement':
      return 'default';
    default:
      return '';
  }
}

/** Expressions that are the same value as what stands in them. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
]);

/** The name of a class: its own, or that of what it is assigned to. */
export function classNameOf(arena: Arena, node: Node): string {
  const own = arena.child(node, 'name');
  return own >= 0 ? arena.textOf(own) : nameFromContext(arena, node);
}

/** The class body that a method or field stands in, or -1 in an object literal. */
export function ownerClassBody(arena: Arena, member: Node): Node {
  const parent = arena.parent[member]!;
  return arena.typeName(parent) === 'class_body' ? parent : -1;
}

/** The text of a property key: that of the name, of the string, or of a computed key with its brackets. */
export function keyText(arena: Arena, key: Node): string {
  if (key < 0) return '';
  return arena.typeName(key) === 'string' ? stringValue(arena, key) : arena.textOf(key);
}

function simpleName(arena: Arena, node: Node): string {
  if (node < 0) return '';
  const type = arena.typeName(node);
  return type === 'identifier' || type === 'shorthand_property_identifier_pattern' ? arena.textOf(node) : '';
}

function lastName(arena: Arena, node: Node): string {
  if (node < 0) return '';
  const type = arena.typeName(node);
  if (type === 'identifier') return arena.textOf(node);
  if (type === 'member_expression') return arena.textOf(arena.child(node, 'property'));
  if (type !== 'subscript_expression') return '';
  const index = arena.child(node, 'index');
  return index >= 0 && arena.typeName(index) === 'string' ? stringValue(arena, index) : '';
}
