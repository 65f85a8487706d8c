// Classes: heritage, members, decorators. Methods and field initialisers are functions of their own.
// Decorators and computed keys run when the class is defined, so they are lowered in the function around it.

import type { ClassOp, Member, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { addVar, declare, emit, inScope, placeOf, temp } from '../builder.ts';
import type { Child } from '../builder.ts';
import { capturesOf, lowerExpression, resolveName } from './context.ts';
import type { Lo } from './context.ts';
import { hasToken } from './cut.ts';
import { accessorOf, lowerKey } from './literals.ts';
import { classNameOf } from './names.ts';

/** The keys of the initialiser members. No property of a program is called so. */
const INSTANCE_KEY = '<init>';
const STATIC_KEY = '<static>';

/** A class declaration: the class is put into its declared variable. */
export function lowerClassDeclaration(lo: Lo, node: Node): void {
  const name = lo.arena.child(node, 'name');
  const to = name >= 0 ? resolveName(lo, lo.arena.textOf(name)) : temp(lo);
  inScope(lo, () => lowerClass(lo, node, to));
}

/** A class expression. A name of its own means the class inside it only. */
export function lowerClassExpression(lo: Lo, node: Node, into?: number): Place {
  const name = lo.arena.child(node, 'name');
  return inScope(lo, () => {
    let to = into ?? -1;
    if (name >= 0) {
      const text = lo.arena.textOf(name);
      to = addVar(lo, text, 'local');
      lo.scopes[lo.scopes.length - 1]!.set(text, to);
    } else if (to < 0) to = temp(lo);
    return lowerClass(lo, node, to);
  });
}

function lowerClass(lo: Lo, node: Node, to: number): Place {
  const { arena } = lo;
  declareTypeParameters(lo, node);
  const decorators = [...decoratorsOf(lo, exportOf(lo, node)), ...decoratorsOf(lo, node)];
  const parent = heritageOf(lo, node);
  const base = parent < 0 ? undefined : lowerExpression(lo, parent);
  const body = arena.child(node, 'body');
  const members = body < 0 ? [] : lowerMembers(lo, body);
  const place = placeOf(lo, to);
  const name = classNameOf(arena, node);
  const op: Omit<ClassOp, 'id' | 's' | 'e'> = { op: 'class', to: place, name, members, decorators };
  emit(lo, node, base ? { ...op, super: base } : op);
  return place;
}

/** Type parameters hide outer names, and no value has their type. */
export function declareTypeParameters(lo: Lo, node: Node): void {
  const list = lo.arena.child(node, 'type_parameters');
  if (list < 0) return;
  for (const it of lo.arena.namedChildren(list)) {
    const name = lo.arena.child(it, 'name');
    if (name >= 0) declare(lo, lo.arena.textOf(name));
  }
}

/** `@d export class` has its decorators on the export. */
function exportOf(lo: Lo, node: Node): Node {
  const parent = lo.arena.parent[node]!;
  return parent >= 0 && lo.arena.typeName(parent) === 'export_statement' ? parent : -1;
}

function decoratorsOf(lo: Lo, node: Node): Place[] {
  if (node < 0) return [];
  return lo.arena.children(node, 'decorator').map((it) => lowerDecorator(lo, it));
}

function lowerDecorator(lo: Lo, node: Node): Place {
  const inner = innerOf(lo.arena, node);
  return inner < 0 ? placeOf(lo, temp(lo)) : lowerExpression(lo, inner);
}

/** The expression that a class extends, -1 if none. */
function heritageOf(lo: Lo, node: Node): Node {
  const { arena } = lo;
  const heritage = arena.namedChildren(node).find((it) => arena.typeName(it) === 'class_heritage');
  if (heritage === undefined) return -1;
  for (const it of arena.namedChildren(heritage)) {
    const type = arena.typeName(it);
    if (type === 'implements_clause') continue;
    return type === 'extends_clause' ? arena.child(it, 'value') : it;
  }
  return -1;
}

function lowerMembers(lo: Lo, body: Node): Member[] {
  const { arena } = lo;
  const members: Member[] = [];
  // TypeScript's grammar puts a method's decorators before it, JavaScript's inside it.
  let before: Place[] = [];
  for (const it of arena.namedChildren(body)) {
    switch (arena.typeName(it)) {
      case 'decorator':
        before.push(lowerDecorator(lo, it));
        continue;
      case 'method_definition': {
        const member = lowerMethod(lo, it, before);
        if (member) members.push(member);
        break;
      }
      case 'field_definition':
      case 'public_field_definition':
        decoratorsOf(lo, it);
        break;
    }
    before = [];
  }
  const inits = lo.inits.get(body);
  if (inits?.instance) members.push(initMember(lo, INSTANCE_KEY, inits.instance, false));
  if (inits?.fixed) members.push(initMember(lo, STATIC_KEY, inits.fixed, true));
  return members;
}

function initMember(lo: Lo, key: string, child: Child, isStatic: boolean): Member {
  const captures = capturesOf(lo, child);
  return { key, kind: 'init', isStatic, fn: child.fn, captures, decorators: [], paramDecorators: [] };
}

function lowerMethod(lo: Lo, node: Node, before: readonly Place[]): Member | undefined {
  const child = lo.functions.get(node);
  if (!child) return undefined;
  lo.pending.delete(node);
  const decorators = [...before, ...decoratorsOf(lo, node)];
  const key = lowerKey(lo, lo.arena.child(node, 'name'));
  const isStatic = hasToken(lo.arena, node, 'static');
  const isCtor = key === 'constructor' && !isStatic;
  return {
    key,
    kind: isCtor ? 'ctor' : (accessorOf(lo, node) ?? 'method'),
    isStatic,
    fn: child.fn,
    captures: capturesOf(lo, child),
    decorators,
    paramDecorators: paramDecoratorsOf(lo, node),
  };
}

function paramDecoratorsOf(lo: Lo, method: Node): Member['paramDecorators'] {
  const { arena } = lo;
  const list = arena.child(method, 'parameters');
  if (list < 0) return [];
  const params = arena.namedChildren(list).filter((it) => !isThisParameter(lo, it));
  return params.flatMap((it, param) => decoratorsOf(lo, it).map((at) => ({ param, at })));
}

/** TypeScript's `this: T` declares the type of `this`; it is not a parameter. */
export function isThisParameter(lo: Lo, node: Node): boolean {
  const pattern = lo.arena.child(node, 'pattern');
  return pattern >= 0 && lo.arena.typeName(pattern) === 'this';
}
