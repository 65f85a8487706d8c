// Cuts a Python file into items: functions, lambdas, methods and the module body.
// A class body runs where the class stands, so it belongs to the function around it; decorators do too.

import type { FuncIR, Span } from '../../ir/ir.ts';
import type { Arena, Node } from '../../syntax/arena.ts';
import { ERROR, EXTRA, MISSING, typeNamesOf } from '../../syntax/tree.ts';
import { inPreOrder } from '../items.ts';
import type { Cut, Item } from '../items.ts';

/**
 * Cuts the whole tree in one walk. `Item.vars` holds the nodes that decide about a function as a whole: `yield`, and
 * `global` and `nonlocal` statements (those with `global` are noted at the module too, which has to declare the names).
 */
export function cutFile(arena: Arena): Cut {
  const items: Item[] = [];
  const comments: Span[] = [];
  const errors: Span[] = [];
  const owner = new Int32Array(arena.count);
  const { parent, flags, start, end } = arena;
  const visits = visitsOf(arena);
  addItem(arena, items, 'module', '<module>', -1, 0);
  items[0]!.start = 0;
  items[0]!.end = arena.text.length;
  let errorEnd = -1;
  if ((flags[0]! & ERROR) !== 0) {
    items[0]!.hasError = true;
    errors.push({ s: start[0]!, e: end[0]! });
    errorEnd = end[0]!;
  }
  for (let node = 1; node < arena.count; node++) {
    let own = owner[parent[node]!]!;
    const flag = flags[node]!;
    const visit = visits[arena.type[node]!];
    // A keyword is a token of the same name as its node; only the node means something.
    if (visit !== undefined && arena.isNamed(node)) own = visit(arena, items, node, own);
    owner[node] = own;
    if ((flag & (ERROR | MISSING)) !== 0) {
      items[own]!.hasError = true;
      if (start[node]! >= errorEnd) {
        errors.push({ s: start[node]!, e: end[node]! });
        errorEnd = Math.max(end[node]!, start[node]! + 1);
      }
    } else if ((flag & EXTRA) !== 0 && arena.typeName(node) === 'comment') {
      comments.push({ s: start[node]!, e: end[node]! });
    }
  }
  return { items: inPreOrder(items, owner), owner, comments, errors };
}

type Visit = (arena: Arena, items: Item[], node: Node, owner: number) => number;

const visitors: Readonly<Record<string, Visit>> = {
  function_definition: addFunction,
  lambda: (arena, items, node, owner) => addItem(arena, items, 'function', '', owner, node),
  yield: note,
  nonlocal_statement: note,
  global_statement: (arena, items, node, owner) => {
    if (owner !== 0) items[0]!.vars.push(node);
    return note(arena, items, node, owner);
  },
};

const tables = new WeakMap<object, (Visit | undefined)[]>();

function visitsOf(arena: Arena): (Visit | undefined)[] {
  const names = typeNamesOf(arena);
  let table = tables.get(names);
  if (!table)
    tables.set(names, (table = names.map((name) => (name === undefined ? undefined : visitors[name]))));
  return table;
}

function note(_arena: Arena, items: Item[], node: Node, owner: number): number {
  items[owner]!.vars.push(node);
  return owner;
}

function addItem(
  arena: Arena,
  items: Item[],
  kind: FuncIR['kind'],
  name: string,
  parent: number,
  root: Node,
): number {
  items.push({
    kind,
    name,
    parent,
    roots: [root],
    start: arena.start[root]!,
    end: arena.end[root]!,
    hasError: false,
    vars: [],
  });
  return items.length - 1;
}

function addFunction(arena: Arena, items: Item[], node: Node, owner: number): number {
  const named = arena.child(node, 'name');
  const name = named < 0 ? '' : arena.textOf(named);
  const body = classBodyOf(arena, node);
  if (body < 0) return addItem(arena, items, 'function', name, owner, node);
  const owned = arena.child(arena.parent[body]!, 'name');
  const full = owned < 0 ? name : `${arena.textOf(owned)}.${name}`;
  // A static method has no receiver: it is a function that is found in the class.
  const kind = isStatic(arena, node) ? 'function' : name === '__init__' ? 'ctor' : 'method';
  return addItem(arena, items, kind, full, owner, node);
}

/** The class body that a function stands in, also inside its `if` and `try` statements; -1 if it is no method. */
export function classBodyOf(arena: Arena, fn: Node): Node {
  for (let it = arena.parent[fn]!; it >= 0; it = arena.parent[it]!) {
    const type = arena.typeName(it);
    if (type === 'block' && arena.typeName(arena.parent[it]!) === 'class_definition') return it;
    if (type === 'function_definition' || type === 'lambda' || type === 'module') return -1;
  }
  return -1;
}

function isStatic(arena: Arena, fn: Node): boolean {
  return decoratorsOf(arena, fn).some((it) => arena.textOf(it) === 'staticmethod');
}

/** The expressions of the decorators of a function or class, in the order written. */
export function decoratorsOf(arena: Arena, definition: Node): Node[] {
  const outer = arena.parent[definition]!;
  if (outer < 0 || arena.typeName(outer) !== 'decorated_definition') return [];
  const found: Node[] = [];
  for (const it of arena.namedChildren(outer)) {
    if (arena.typeName(it) !== 'decorator') continue;
    const inner = arena.namedChildren(it)[0];
    if (inner !== undefined) found.push(inner);
  }
  return found;
}

/** Whether one of the node's own tokens is this keyword. */
export function hasToken(arena: Arena, node: Node, token: string): boolean {
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    if (!arena.isNamed(it) && arena.typeName(it) === token) return true;
  }
  return false;
}
