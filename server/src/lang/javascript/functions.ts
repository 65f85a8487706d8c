// Lowers one item: parameters and body of a function, the fields of a class initialiser, or a module.
// Everything a function needs of its children is their free names; their bodies are never looked at.

import type { FuncIR, Place } from '../../ir/ir.ts';
import type { Arena, Node } from '../../syntax/arena.ts';
import { innerOf, isError } from '../../syntax/tree.ts';
import {
  addVar,
  below,
  copy,
  declare,
  emit,
  emitAt,
  finish,
  inScope,
  makeBuilder,
  placeOf,
} from '../builder.ts';
import type { Child } from '../builder.ts';
import type { Cut, Item } from '../items.ts';
import { declareTypeParameters, isThisParameter } from './classes.ts';
import { createFunction, lowerExpression, lowerStatement, resolveName } from './context.ts';
import type { Lo, Tables } from './context.ts';
import { hasToken } from './cut.ts';
import { declareVars } from './declarations.ts';
import { lowerKey } from './literals.ts';
import { lowerReturned } from './logical.ts';
import { bindingNames, lowerDefaultValue, lowerPattern } from './patterns.ts';
import { lowerSequenceOf } from './statements.ts';
import { typeOf } from './types.ts';

/** Lowers item `index`; `children` are the functions directly inside it, by their item index. */
export function lowerItem(
  tables: Tables,
  arena: Arena,
  cut: Cut,
  index: number,
  children: ReadonlyMap<number, Child>,
): FuncIR {
  const item = cut.items[index]!;
  const { functions, inits } = childrenByNode(arena, cut, children);
  // Assigned rather than spread: an object made of spread parts is several times slower to read.
  const lo: Lo = Object.assign(makeBuilder(arena, item.kind, item.start), {
    tables,
    owner: cut.owner,
    item: index,
    functions,
    pending: new Set(functions.keys()),
    inits,
    exports: [],
    namespaces: [],
  });
  const root = item.roots[0]!;
  if (item.kind === 'module') lowerModule(lo, item);
  else if (item.kind === 'init') lowerFields(lo, item);
  else lowerFunction(lo, root, item);
  for (const it of lo.pending) createFunction(lo, it, functions.get(it)!);
  const isFunction = item.kind !== 'module' && item.kind !== 'init';
  return finish(lo, {
    name: item.name,
    isAsync: isFunction && hasToken(arena, root, 'async'),
    isGenerator: isFunction && hasToken(arena, root, '*'),
    length: item.end - item.start,
    hasError: item.hasError,
  });
}

function childrenByNode(
  arena: Arena,
  cut: Cut,
  children: ReadonlyMap<number, Child>,
): Pick<Lo, 'functions' | 'inits'> {
  const functions = new Map<Node, Child>();
  const inits = new Map<Node, { instance?: Child; fixed?: Child }>();
  for (const [index, child] of children) {
    const item = cut.items[index]!;
    const root = item.roots[0]!;
    if (item.kind !== 'init') {
      functions.set(root, child);
      continue;
    }
    const body = arena.parent[root]!;
    const entry = inits.get(body) ?? {};
    if (hasToken(arena, root, 'static')) entry.fixed = child;
    else entry.instance = child;
    inits.set(body, entry);
  }
  return { functions, inits };
}

function lowerModule(lo: Lo, item: Item): void {
  const root = item.roots[0]!;
  declareVars(lo, item.vars);
  lowerSequenceOf(lo, lo.arena.namedChildren(root));
  for (const it of lo.exports) {
    const { name, from, module } = it;
    emitAt(lo, it, { op: 'export', name, ...(from && { from }), ...(module !== undefined && { module }) });
  }
}

function lowerFields(lo: Lo, item: Item): void {
  const { arena } = lo;
  declareVars(lo, item.vars);
  for (const it of item.roots) {
    if (arena.typeName(it) === 'class_static_block') {
      const body = arena.child(it, 'body');
      if (body >= 0) lowerStatement(lo, body);
    } else inScope(lo, () => lowerField(lo, it));
  }
}

function lowerField(lo: Lo, node: Node): void {
  const { arena } = lo;
  const named = arena.child(node, 'name');
  const name = named >= 0 ? named : arena.child(node, 'property');
  const value = arena.child(node, 'value');
  const type = typeOf(lo, arena.child(node, 'type'));
  if (name < 0 || (value < 0 && !type)) return;
  const to = below(placeOf(lo, resolveName(lo, 'this')), lowerKey(lo, name));
  if (value >= 0) copy(lo, value, to, lowerExpression(lo, value));
  if (type) emit(lo, name, { op: 'annotate', to, type });
}

function lowerFunction(lo: Lo, node: Node, item: Item): void {
  const { arena } = lo;
  declareTypeParameters(lo, node);
  const list = arena.child(node, 'parameters');
  const single = arena.child(node, 'parameter');
  const nodes =
    list >= 0
      ? arena.namedChildren(list).filter((it) => !isThisParameter(lo, it) && !isError(arena, it))
      : single >= 0
        ? [single]
        : [];
  const params = nodes.map((it) => declareParam(lo, it));
  for (const it of params) takeApart(lo, it);
  declareVars(lo, item.vars);
  const body = arena.child(node, 'body');
  if (body < 0) return;
  if (arena.typeName(body) === 'statement_block') lowerSequenceOf(lo, arena.namedChildren(body));
  else lowerReturned(lo, body);
}

interface ParamParts {
  readonly node: Node;
  readonly place: Place;
  /** The name or pattern without default and rest. */
  readonly target: Node;
  readonly value: Node;
  readonly isProperty: boolean;
}

/** Adds a parameter; what it takes apart follows once all parameters are known. */
function declareParam(lo: Lo, node: Node): ParamParts {
  const { arena } = lo;
  const pattern = arena.child(node, 'pattern');
  const isTyped = pattern >= 0;
  let target = isTyped ? pattern : node;
  let value = isTyped ? arena.child(node, 'value') : -1;
  if (arena.typeName(target) === 'assignment_pattern') {
    value = arena.child(target, 'right');
    target = arena.child(target, 'left');
  }
  let rest = false;
  if (arena.typeName(target) === 'rest_pattern') {
    rest = true;
    const inner = innerOf(arena, target);
    if (inner >= 0) target = inner;
  }
  const isName = arena.typeName(target) === 'identifier';
  const name = isName ? arena.textOf(target) : '';
  const v = addVar(lo, name, 'param');
  if (isName) lo.scopes[0]!.set(name, v);
  const type = isTyped ? typeOf(lo, arena.child(node, 'type')) : undefined;
  lo.params.push({ v, name, ...(rest && { rest }), ...(type && { type }) });
  return { node, place: placeOf(lo, v), target, value, isProperty: isTyped && isParameterProperty(lo, node) };
}

/** Default value, destructuring, and TypeScript's `private x` in a constructor. */
function takeApart(lo: Lo, param: ParamParts): void {
  const { arena } = lo;
  const { node, place, target, value } = param;
  if (value >= 0) lowerDefaultValue(lo, node, place, value);
  const type = arena.typeName(target);
  if (type === 'object_pattern' || type === 'array_pattern') {
    declareBindings(lo, target);
    lowerPattern(lo, target, place);
  }
  if (!param.isProperty || type !== 'identifier') return;
  const to = below(placeOf(lo, resolveName(lo, 'this')), arena.textOf(target));
  copy(lo, target, to, place);
}

function declareBindings(lo: Lo, pattern: Node): void {
  for (const it of bindingNames(lo, pattern)) declare(lo, lo.arena.textOf(it));
}

function isParameterProperty(lo: Lo, node: Node): boolean {
  if (lo.kind !== 'ctor') return false;
  const { arena } = lo;
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    const type = arena.typeName(it);
    if (type === 'accessibility_modifier' || type === 'override_modifier' || type === 'readonly') return true;
  }
  return false;
}
