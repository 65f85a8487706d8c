// Classes: bases, members, decorators, and the class body, which runs where the class stands.
// What the body assigns are fields of the class; functions in it are members and do not see the body's names.

import type { ClassOp, Member, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { below, combine, copy, declare, emit, placeOf, temp } from '../builder.ts';
import { capturesOf, lowerExpression, lowerStatement, resolveName } from './context.ts';
import type { Lo } from './context.ts';
import { classBodyOf, decoratorsOf } from './cut.ts';
import { bindingsIn } from './scope.ts';
import { subtreeEnd } from '../../syntax/tree.ts';

/** A class statement: the class is put into its name. */
export function lowerClass(lo: Lo, node: Node): void {
  const { arena } = lo;
  const name = arena.child(node, 'name');
  const body = arena.child(node, 'body');
  if (name < 0) return;
  const to = placeOf(lo, resolveName(lo, arena.textOf(name)));
  const decorators = decoratorsOf(arena, node).map((it) => lowerExpression(lo, it));
  const base = lowerBases(lo, node);
  const methods = body < 0 ? [] : methodsOf(lo, body);
  const names = body < 0 ? [] : bindingsIn(arena, body).names;
  const own = new Set(methods.map((it) => arena.textOf(arena.child(it, 'name'))));
  const scope = new Map<string, number>();
  lo.scopes.push(scope);
  lo.classScopes.add(scope);
  for (const it of names) if (!own.has(it)) declare(lo, it);
  if (body >= 0) for (const it of arena.namedChildren(body)) lowerMemberStatement(lo, it);
  const members = methods.flatMap((it) => lowerMethod(lo, it));
  lo.scopes.pop();
  const fields = body < 0 ? [] : fieldsOf(lo, body);
  const op: Omit<ClassOp, 'id' | 's' | 'e'> = {
    op: 'class',
    to,
    name: arena.textOf(name),
    members,
    decorators,
    ...(base && { super: base }),
    ...(fields.length > 0 && { fields }),
  };
  emit(lo, node, op);
  for (const it of names) {
    const v = scope.get(it);
    if (v !== undefined) copy(lo, name, below(to, it), placeOf(lo, v));
  }
}

/** The base classes as one value: any of them. Keyword arguments (`metaclass=…`) are none. */
function lowerBases(lo: Lo, node: Node): Place | undefined {
  const { arena } = lo;
  const list = arena.child(node, 'superclasses');
  if (list < 0) return undefined;
  const bases: Place[] = [];
  for (const it of arena.namedChildren(list)) {
    const type = arena.typeName(it);
    if (type === 'keyword_argument' || type === 'dictionary_splat' || type === 'list_splat') continue;
    // `Generic[T]` and `Base[T]` are what is generic.
    const generic = type === 'subscript' ? arena.child(it, 'value') : -1;
    bases.push(lowerExpression(lo, generic >= 0 ? generic : it));
  }
  if (bases.length < 2) return bases[0];
  const to = placeOf(lo, temp(lo));
  combine(lo, list, to, 'join', bases);
  return to;
}

/** The functions of a class body, also those inside its `if` and `try` statements. */
function methodsOf(lo: Lo, body: Node): Node[] {
  const { arena } = lo;
  const found: Node[] = [];
  const end = subtreeEnd(arena, body);
  for (let it = body + 1; it < end; it++) {
    const type = arena.typeName(it);
    if (
      !arena.isNamed(it) ||
      (type !== 'function_definition' && type !== 'class_definition' && type !== 'lambda')
    )
      continue;
    if (type === 'function_definition' && arena.child(it, 'name') >= 0 && classBodyOf(arena, it) === body)
      found.push(it);
    it = subtreeEnd(arena, it) - 1;
  }
  return found;
}

/** Statements of a class body other than its methods. */
function lowerMemberStatement(lo: Lo, node: Node): void {
  const { arena } = lo;
  const inner = arena.typeName(node) === 'decorated_definition' ? arena.child(node, 'definition') : node;
  if (inner >= 0 && arena.typeName(inner) === 'function_definition') return;
  lowerStatement(lo, node);
}

const PROPERTY =
  /^(?:functools\.)?(?:property|cached_property)$|(?:^|\.)(?:cached_property|hybrid_property|abstractproperty)$/;

function lowerMethod(lo: Lo, node: Node): Member[] {
  const { arena } = lo;
  const child = lo.functions.get(node);
  if (!child) return [];
  lo.pending.delete(node);
  const names = decoratorsOf(arena, node);
  const texts = names.map((it) => arena.textOf(it));
  const key = arena.textOf(arena.child(node, 'name'));
  const decorators = names.filter((_, at) => !isLanguage(texts[at]!)).map((it) => lowerExpression(lo, it));
  const kind = texts.some((it) => it.endsWith('.setter') || it.endsWith('.deleter'))
    ? 'set'
    : texts.some((it) => PROPERTY.test(it))
      ? 'get'
      : key === '__init__'
        ? 'ctor'
        : 'method';
  const isStatic =
    texts.includes('staticmethod') || texts.includes('classmethod') || IMPLICIT_CLASS_METHODS.has(key);
  return [
    { key, kind, isStatic, fn: child.fn, captures: capturesOf(lo, child), decorators, paramDecorators: [] },
  ];
}

const IMPLICIT_CLASS_METHODS: ReadonlySet<string> = new Set([
  '__new__',
  '__init_subclass__',
  '__class_getitem__',
]);

/** Decorators that say what kind of member a function is; they do nothing else. */
function isLanguage(text: string): boolean {
  return (
    text === 'staticmethod' ||
    text === 'classmethod' ||
    PROPERTY.test(text) ||
    /\.(?:setter|deleter|getter)$/.test(text)
  );
}

/** Annotated names of a class body in order: the fields of a data class. */
function fieldsOf(lo: Lo, body: Node): string[] {
  const { arena } = lo;
  const found: string[] = [];
  for (const it of arena.namedChildren(body)) {
    if (arena.typeName(it) !== 'expression_statement') continue;
    const inner = arena.namedChildren(it)[0];
    if (inner === undefined || arena.typeName(inner) !== 'assignment') continue;
    const left = arena.child(inner, 'left');
    const type = arena.child(inner, 'type');
    if (left < 0 || type < 0 || arena.typeName(left) !== 'identifier') continue;
    if (!/\bClassVar\b/.test(arena.textOf(type))) found.push(arena.textOf(left));
  }
  return found;
}
