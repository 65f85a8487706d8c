// Lowers one item: parameters and body of a function, or a module. The receiver of a method is its `this`, so that
// arguments count from the first one that a caller writes.

import type { FuncIR, Place } from '../../ir/ir.ts';
import type { Arena, Node } from '../../syntax/arena.ts';
import { isError } from '../../syntax/tree.ts';
import {
  addVar,
  collect,
  constant,
  copy,
  declare,
  emit,
  emitAt,
  finish,
  giveBack,
  makeBuilder,
  placeOf,
  spanOf,
  temp,
} from '../builder.ts';
import type { Child } from '../builder.ts';
import type { Cut, Item } from '../items.ts';
import { assignTo, createFunction, lowerExpression, lowerStatement, resolveName } from './context.ts';
import type { Lo, Tables } from './context.ts';
import { decoratorsOf, hasToken } from './cut.ts';
import { bindingsIn, targetNames } from './scope.ts';
import { lowerTarget } from './assign.ts';
import { typeOf } from './types.ts';
import { lowerBlock } from './statements.ts';
import { BUILTINS } from './builtins.ts';

/** Lowers item `index`; `children` are the functions directly inside it, by their item index. */
export function lowerItem(
  tables: Tables,
  arena: Arena,
  cut: Cut,
  index: number,
  children: ReadonlyMap<number, Child>,
): FuncIR {
  const item = cut.items[index]!;
  const functions = new Map<Node, Child>();
  for (const [at, child] of children) functions.set(cut.items[at]!.roots[0]!, child);
  const root = item.roots[0]!;
  // Assigned rather than spread: an object made of spread parts is several times slower to read.
  const lo: Lo = Object.assign(makeBuilder(arena, item.kind, item.start), {
    tables,
    owner: cut.owner,
    item: index,
    functions,
    pending: new Set(functions.keys()),
    classScopes: new Set<ReadonlyMap<string, number>>(),
    packages: new Set<number>(),
    loops: [],
    labels: 0,
    starNames: item.kind === 'module' ? starNamesOf(arena, item, index, cut, functions) : [],
  });
  if (item.kind === 'module') lowerModule(lo, item);
  else lowerFunction(lo, root);
  for (const it of lo.pending) createFunction(lo, it, functions.get(it)!);
  return finish(lo, {
    name: item.name,
    isAsync: item.kind !== 'module' && hasToken(arena, root, 'async'),
    isGenerator: item.vars.some((it) => arena.typeName(it) === 'yield'),
    length: item.end - item.start,
    hasError: item.hasError,
  });
}

/** Names used in the module that neither it nor the language defines: what `from m import *` has to bring. */
function starNamesOf(
  arena: Arena,
  item: Item,
  index: number,
  cut: Cut,
  functions: ReadonlyMap<Node, Child>,
): string[] {
  let hasStar = false;
  const used = new Set<string>();
  for (const child of functions.values()) for (const name of child.free) used.add(name);
  for (let it = 1; it < arena.count; it++) {
    if (cut.owner[it] !== index || !arena.isNamed(it)) continue;
    const type = arena.typeName(it);
    if (type === 'wildcard_import') hasStar = true;
    else if (type === 'identifier' && isUse(arena, it)) used.add(arena.textOf(it));
  }
  if (!hasStar) return [];
  const own = new Set(moduleNames(arena, item));
  return [...used].filter((it) => !own.has(it) && !BUILTINS.has(it) && !it.startsWith('%')).sort();
}

/** Whether an identifier is looked up: names of members, keywords and imported modules are not. */
function isUse(arena: Arena, node: Node): boolean {
  const parent = arena.parent[node]!;
  switch (arena.typeName(parent)) {
    case 'attribute':
      return arena.child(parent, 'attribute') !== node;
    case 'keyword_argument':
      return arena.child(parent, 'name') !== node;
    case 'dotted_name':
      return !/import/.test(arena.typeName(arena.parent[parent]!));
    default:
      return true;
  }
}

function moduleNames(arena: Arena, item: Item): string[] {
  const names = new Set(bindingsIn(arena, item.roots[0]!).names);
  for (const it of item.vars) {
    if (arena.typeName(it) !== 'global_statement') continue;
    for (const name of arena.namedChildren(it)) names.add(arena.textOf(name));
  }
  return [...names];
}

function lowerModule(lo: Lo, item: Item): void {
  const { arena } = lo;
  const root = item.roots[0]!;
  const names = [...moduleNames(arena, item), ...lo.starNames];
  for (const it of names) declare(lo, it);
  for (const it of arena.namedChildren(root)) lowerStatement(lo, it);
  const end = { s: item.end - item.start, e: item.end - item.start };
  for (const it of names) emitAt(lo, end, { op: 'export', name: it, from: placeOf(lo, resolveName(lo, it)) });
}

function lowerFunction(lo: Lo, node: Node): void {
  const { arena } = lo;
  const list = arena.child(node, 'parameters');
  const nodes = list < 0 ? [] : arena.namedChildren(list).filter((it) => !isError(arena, it));
  const rest = lo.kind === 'method' || lo.kind === 'ctor' ? takeReceiver(lo, nodes) : nodes;
  const params = rest.map((it) => declareParam(lo, it)).filter((it) => it !== undefined);
  const { names } = bindingsIn(arena, node);
  for (const it of names) declare(lo, it);
  for (const it of params) takeApart(lo, it);
  const body = arena.child(node, 'body');
  if (body < 0) return;
  if (arena.typeName(node) === 'lambda') giveBack(lo, body, lowerExpression(lo, body));
  else lowerBlock(lo, body);
}

/** The first parameter of a method is its receiver, unless it is `*args`. Gives the other parameters. */
function takeReceiver(lo: Lo, nodes: readonly Node[]): readonly Node[] {
  const first = nodes[0];
  const name = first === undefined ? undefined : nameOf(lo.arena, first);
  if (first === undefined || name === undefined || lo.arena.typeName(name) !== 'identifier') return nodes;
  if (restOf(lo.arena, first) !== undefined) return nodes;
  const text = lo.arena.textOf(name);
  lo.thisVar = addVar(lo, text, 'this');
  lo.scopes[0]!.set(text, lo.thisVar);
  return nodes.slice(1);
}

interface ParamParts {
  readonly node: Node;
  readonly v: number;
  /** The name or, in old code, a tuple. */
  readonly target: Node;
  readonly value: Node;
}

function declareParam(lo: Lo, node: Node): ParamParts | undefined {
  const { arena } = lo;
  const target = nameOf(arena, node);
  if (target === undefined) return undefined;
  const isName = arena.typeName(target) === 'identifier';
  const name = isName ? arena.textOf(target) : '';
  const v = addVar(lo, name, 'param');
  if (isName) lo.scopes[0]!.set(name, v);
  const type = typeOf(lo, arena.child(node, 'type'));
  const rest = restOf(arena, node);
  const named = rest === 'keywords' ? { keywords: true } : {};
  lo.params.push({ v, name, ...(rest && { rest: true }), ...named, ...(type && { type }) });
  return { node, v, target, value: arena.child(node, 'value') };
}

/** The node of a parameter's name; undefined for `/` and a bare `*`. */
function nameOf(arena: Arena, node: Node): Node | undefined {
  switch (arena.typeName(node)) {
    case 'identifier':
    case 'tuple_pattern':
      return node;
    case 'default_parameter':
    case 'typed_default_parameter': {
      const name = arena.child(node, 'name');
      return name < 0 ? undefined : name;
    }
    case 'typed_parameter':
    case 'list_splat_pattern':
    case 'dictionary_splat_pattern': {
      const inner = arena.namedChildren(node)[0];
      return inner === undefined ? undefined : nameOf(arena, inner);
    }
    default:
      return undefined;
  }
}

function restOf(arena: Arena, node: Node): 'list' | 'keywords' | undefined {
  const type = arena.typeName(node);
  if (type === 'list_splat_pattern') return 'list';
  if (type === 'dictionary_splat_pattern') return 'keywords';
  const inner = type === 'typed_parameter' ? arena.namedChildren(node)[0] : undefined;
  return inner === undefined ? undefined : restOf(arena, inner);
}

/** The default value, which holds where nothing was passed, and the names of a tuple. */
function takeApart(lo: Lo, { node, v, target, value }: ParamParts): void {
  const { arena } = lo;
  const place = placeOf(lo, v);
  if (value >= 0) {
    let nothing = place;
    const pre = collect(lo, () => void (nothing = constant(lo, value, undefined)));
    const then = collect(lo, () => assignTo(lo, place, value));
    const span = spanOf(lo, node);
    const test = { t: 'eq', a: place, b: nothing, neg: false, pre, ...span } as const;
    lo.block.push({ op: 'if', test, then, else: [], ...span });
  }
  if (arena.typeName(target) !== 'tuple_pattern') return;
  for (const it of targetNames(arena, target)) declare(lo, arena.textOf(it));
  lowerTarget(lo, target, place);
}

/** `route` of `app.route('/')`; empty if the decorator has no name. */
export function decoratorName(arena: Arena, decorator: Node): string {
  const fn = arena.typeName(decorator) === 'call' ? arena.child(decorator, 'function') : decorator;
  if (fn < 0) return '';
  const name = arena.typeName(fn) === 'attribute' ? arena.child(fn, 'attribute') : fn;
  return name >= 0 && arena.typeName(name) === 'identifier' ? arena.textOf(name) : '';
}

/** `def f`: the function, as its decorators leave it, is put into its name. */
export function lowerFunctionStatement(lo: Lo, node: Node): void {
  const { arena } = lo;
  const child = lo.functions.get(node);
  const name = arena.child(node, 'name');
  if (!child || name < 0) return;
  const to = resolveName(lo, arena.textOf(name));
  const decorators = decoratorsOf(arena, node);
  const firsts: (Place | undefined)[] = [];
  const places = decorators.map((it) => {
    const place = lowerExpression(lo, it);
    const call = arena.typeName(it) === 'call' ? lo.block.at(-1) : undefined;
    const [first] = call?.op === 'call' ? call.args : [];
    firsts.push(first && first.name === undefined && !first.spread ? first.place : undefined);
    return place;
  });
  if (decorators.length === 0) {
    createFunction(lo, node, child, to);
    return;
  }
  let made = createFunction(lo, node, child);
  for (let it = decorators.length - 1; it >= 0; it--) {
    const next = placeOf(lo, temp(lo));
    emit(lo, decorators[it]!, {
      op: 'decorate',
      to: next,
      from: made,
      decorator: places[it]!,
      name: decoratorName(arena, decorators[it]!),
      ...(firsts[it] && { first: firsts[it] }),
    });
    made = next;
  }
  copy(lo, name, placeOf(lo, to), made);
}
