// Type annotations as far as flow can use them: named types, primitives, arrays, unions, literals.
// A type name is looked up like any other name, because the class or import it means is a value too.

import type { Place, TypeExpr } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { below, placeOf } from '../builder.ts';
import { MAX_DEPTH } from '../limits.ts';
import { resolveName } from './context.ts';
import type { Lo } from './context.ts';

/** The type of an annotation (or of a type itself); undefined where it says nothing that flow can use. */
export function typeOf(lo: Lo, node: Node): TypeExpr | undefined {
  if (node < 0 || lo.depth >= MAX_DEPTH) return undefined;
  lo.depth++;
  const type = convert(lo, node);
  lo.depth--;
  return type;
}

const OTHER: TypeExpr = { t: 'prim', name: 'other' };
const STRING: TypeExpr = { t: 'prim', name: 'string' };
/** Generic types that are arrays of their argument. */
const ARRAYS: ReadonlySet<string> = new Set(['Array', 'ReadonlyArray']);
/** Generic types whose values are those of their first argument, perhaps with fewer or optional members. */
const SAME: ReadonlySet<string> = new Set(['Partial', 'Required', 'Readonly', 'Pick', 'Omit', 'NonNullable']);

function convert(lo: Lo, node: Node): TypeExpr | undefined {
  const { arena } = lo;
  switch (arena.typeName(node)) {
    case 'type_annotation':
    case 'readonly_type':
    case 'parenthesized_type':
    case 'optional_type':
    case 'rest_type':
      return inner(lo, node);
    case 'predefined_type':
      return predefined(arena.textOf(node));
    case 'literal_type':
      return { t: 'literal' };
    case 'template_literal_type':
      return STRING;
    case 'type_identifier':
    case 'identifier':
    case 'nested_type_identifier':
    case 'nested_identifier':
      return { t: 'named', at: typePlace(lo, node) };
    case 'generic_type':
      return generic(lo, node);
    case 'array_type':
      return { t: 'array', of: inner(lo, node) ?? OTHER };
    case 'tuple_type':
      return { t: 'array', of: union(members(lo, node)) ?? OTHER };
    case 'union_type':
    case 'intersection_type':
      return union(members(lo, node));
    case 'function_type':
    case 'constructor_type':
    case 'object_type':
      return OTHER;
    default:
      return undefined;
  }
}

function inner(lo: Lo, node: Node): TypeExpr | undefined {
  const type = lo.arena.namedChildren(node)[0];
  return type === undefined ? undefined : typeOf(lo, type);
}

function predefined(name: string): TypeExpr {
  return { t: 'prim', name: name === 'number' || name === 'string' || name === 'boolean' ? name : 'other' };
}

function generic(lo: Lo, node: Node): TypeExpr | undefined {
  const { arena } = lo;
  const name = arena.child(node, 'name');
  const list = arena.child(node, 'type_arguments');
  if (name < 0) return undefined;
  const args = list < 0 ? [] : arena.namedChildren(list).map((it) => typeOf(lo, it) ?? OTHER);
  const text = arena.textOf(name);
  if (ARRAYS.has(text) && args.length === 1) return { t: 'array', of: args[0]! };
  if (SAME.has(text) && args.length > 0) return args[0];
  return { t: 'named', at: typePlace(lo, name), args };
}

/** Nested unions are nested to the left however many members they have, so they are listed without recursion. */
function members(lo: Lo, node: Node): TypeExpr[] {
  const { arena } = lo;
  const type = arena.type[node]!;
  const found: TypeExpr[] = [];
  const open = [node];
  while (open.length > 0) {
    const it = open.pop()!;
    if (it === node || arena.type[it] === type) open.push(...arena.namedChildren(it).reverse());
    else found.push(typeOf(lo, it) ?? OTHER);
  }
  return found;
}

function union(of: readonly TypeExpr[]): TypeExpr | undefined {
  if (of.length === 0) return undefined;
  if (of.every((it) => it.t === 'literal')) return { t: 'literal' };
  return of.length === 1 ? of[0] : { t: 'union', of };
}

/** The place of a named type: `A` or `a.b.C`. */
function typePlace(lo: Lo, node: Node): Place {
  const { arena } = lo;
  const keys: string[] = [];
  let it = node;
  for (;;) {
    const type = arena.typeName(it);
    const [object, key] =
      type === 'nested_type_identifier'
        ? [arena.child(it, 'module'), arena.child(it, 'name')]
        : type === 'nested_identifier' || type === 'member_expression'
          ? [arena.child(it, 'object'), arena.child(it, 'property')]
          : [-1, -1];
    if (object < 0 || key < 0) break;
    keys.unshift(arena.textOf(key));
    it = object;
  }
  return keys.reduce<Place>(
    (place, key) => below(place, key),
    placeOf(lo, resolveName(lo, arena.textOf(it))),
  );
}

/**
 * The type that an interface or alias stands for: the only one it extends, or the named type it renames, also out of
 * an intersection (`Request & { user: User }`). Undefined if there is none or it is not clear which.
 */
export function aliasPlace(lo: Lo, node: Node): Place | undefined {
  const { arena } = lo;
  if (arena.typeName(node) === 'interface_declaration') {
    const clause = arena.namedChildren(node).find((it) => arena.typeName(it) === 'extends_type_clause');
    const types = clause === undefined ? [] : arena.children(clause, 'type');
    return types.length === 1 ? namedPlace(lo, types[0]!) : undefined;
  }
  const value = arena.child(node, 'value');
  if (value < 0) return undefined;
  if (arena.typeName(value) !== 'intersection_type') return namedPlace(lo, value);
  const named = arena.namedChildren(value).map((it) => namedPlace(lo, it));
  const found = named.filter((it) => it !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

function namedPlace(lo: Lo, node: Node): Place | undefined {
  const type = typeOf(lo, node);
  return type?.t === 'named' ? type.at : undefined;
}
