// Type annotations as far as flow can use them: named types, numbers, lists, unions, literals.
// A type name is looked up like any other name, because the class or import it means is a value too.

import type { Place, TypeExpr } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { below, placeOf } from '../builder.ts';
import { MAX_DEPTH } from '../limits.ts';
import { resolveName } from './context.ts';
import type { Lo } from './context.ts';
import { isText, stringValue } from './strings.ts';

const OTHER: TypeExpr = { t: 'prim', name: 'other' };
/** `None`: an object of its own, because a union leaves it out. */
const NONE: TypeExpr = { t: 'prim', name: 'other' };
const PRIMITIVES: Readonly<Record<string, TypeExpr>> = {
  int: { t: 'prim', name: 'number' },
  float: { t: 'prim', name: 'number' },
  complex: { t: 'prim', name: 'number' },
  bool: { t: 'prim', name: 'boolean' },
  str: { t: 'prim', name: 'string' },
  bytes: OTHER,
  object: OTHER,
  None: NONE,
  dict: OTHER,
};
/** Generic types that are collections of their argument. */
const COLLECTIONS: ReadonlySet<string> = new Set(
  'list List set Set frozenset FrozenSet Sequence MutableSequence Iterable Iterator Collection tuple Tuple Generator AsyncIterator AsyncIterable'.split(
    ' ',
  ),
);
/** Generic types whose values are those of their first argument. */
const SAME: ReadonlySet<string> = new Set(
  'Optional Annotated Final Required NotRequired ReadOnly Awaitable Coroutine'.split(' '),
);

/** The type of an annotation; undefined where it says nothing that flow can use. */
export function typeOf(lo: Lo, node: Node): TypeExpr | undefined {
  if (node < 0 || lo.depth >= MAX_DEPTH) return undefined;
  lo.depth++;
  const type = convert(lo, node);
  lo.depth--;
  return type;
}

function convert(lo: Lo, node: Node): TypeExpr | undefined {
  const { arena } = lo;
  const inner = arena.namedChildren(node);
  switch (arena.typeName(node)) {
    case 'type':
    case 'parenthesized_expression':
      return inner[0] === undefined ? undefined : typeOf(lo, inner[0]);
    case 'identifier':
      return named(lo, [arena.textOf(node)]);
    case 'attribute':
    case 'member_type': {
      const path = arena.textOf(node).split('.');
      return path.every((it) => /^[\p{L}\p{N}_]+$/u.test(it)) ? named(lo, path) : undefined;
    }
    case 'string': {
      // A type that is not defined yet is written as text; only a name can be looked up.
      const text = isText(arena, node) ? stringValue(arena, node) : '';
      return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(text) ? named(lo, text.split('.')) : undefined;
    }
    case 'none':
      return NONE;
    case 'union_type':
      return union(inner.map((it) => typeOf(lo, it)));
    case 'binary_operator': {
      const sides = [arena.child(node, 'left'), arena.child(node, 'right')];
      return union(sides.map((it) => typeOf(lo, it)));
    }
    case 'generic_type':
    case 'subscript':
      return generic(lo, node);
    default:
      return undefined;
  }
}

function generic(lo: Lo, node: Node): TypeExpr | undefined {
  const { arena } = lo;
  const [head, ...rest] = arena.namedChildren(node);
  if (head === undefined) return undefined;
  const name = arena.textOf(head).split('.').at(-1)!;
  const args = rest.flatMap((it) =>
    arena.typeName(it) === 'type_parameter' ? arena.namedChildren(it) : [it],
  );
  const types = args.map((it) => typeOf(lo, it));
  if (name === 'Literal') return { t: 'literal' };
  if (name === 'Union') return union(types);
  if (name === 'Optional') return union([types[0], NONE]);
  if (SAME.has(name)) return types[0];
  if (COLLECTIONS.has(name)) return { t: 'array', of: types[0] ?? OTHER };
  if (PRIMITIVES[name] !== undefined || name === 'Dict') return OTHER;
  const base = typeOf(lo, head);
  return base?.t === 'named' ? { ...base, args: types.map((it) => it ?? OTHER) } : base;
}

/** A union in which one type is not known says nothing that excludes anything. */
function union(types: readonly (TypeExpr | undefined)[]): TypeExpr | undefined {
  // `None` beside a type does not change what the other values are.
  const of = types.filter((it) => it !== NONE).map((it) => it ?? OTHER);
  if (of.length === 0) return types.length === 0 ? undefined : OTHER;
  if (of.every((it) => it.t === 'literal')) return { t: 'literal' };
  return of.length === 1 ? of[0] : { t: 'union', of };
}

function named(lo: Lo, path: readonly string[]): TypeExpr {
  const [first, ...rest] = path;
  const primitive = rest.length === 0 ? PRIMITIVES[first!] : undefined;
  if (primitive) return primitive;
  const at = rest.reduce<Place>((place, key) => below(place, key), placeOf(lo, resolveName(lo, first!)));
  return { t: 'named', at };
}
