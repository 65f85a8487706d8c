// Which names a JavaScript file uses, so that what a fix writes neither takes a name that is there nor is taken by one.
// A name counts for the whole file, whatever its scope: a fix that would need to know more is not certain.

import type { Arena, Node } from '../../syntax/arena.ts';
import { nodesOf, parentOf, typeOf } from '../fix.ts';
import { SHORTHAND } from './tree.ts';

/** Every node that stands for a variable of this name, declarations too. */
export function namesakes(arena: Arena, name: string): Node[] {
  return nodesOf(arena, 'identifier', 'type_identifier', ...SHORTHAND).filter(
    (it) => arena.textOf(it) === name,
  );
}

/** The first of some names that nothing in the file has, with a number if need be. */
export function freshName(arena: Arena, wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (namesakes(arena, name).length === 0) return name;
  }
}

/** Whether some other declaration than `own` gives this name a meaning, anywhere in the file. */
export function isShadowed(arena: Arena, name: string, own: Node): boolean {
  return namesakes(arena, name).some((it) => it !== own && isDeclaration(arena, it));
}

const DECLARING: ReadonlyMap<string, string> = new Map([
  ['variable_declarator', 'name'],
  ['function_declaration', 'name'],
  ['generator_function_declaration', 'name'],
  ['function_expression', 'name'],
  ['class_declaration', 'name'],
  ['class', 'name'],
  ['arrow_function', 'parameter'],
  ['catch_clause', 'parameter'],
  ['for_in_statement', 'left'],
  ['required_parameter', 'pattern'],
  ['optional_parameter', 'pattern'],
  ['enum_declaration', 'name'],
]);

function isDeclaration(arena: Arena, node: Node): boolean {
  const parent = parentOf(arena, node);
  const type = typeOf(arena, parent);
  if (type === 'formal_parameters' || /_pattern$/.test(type) || /^import_|namespace_import/.test(type))
    return true;
  if (typeOf(arena, node) === 'shorthand_property_identifier_pattern') return true;
  const field = DECLARING.get(type);
  return field !== undefined && arena.child(parent, field) === node;
}
