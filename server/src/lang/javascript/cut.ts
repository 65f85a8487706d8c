// Cuts a JavaScript or TypeScript file into items: functions, methods, class initialisers and the module body.
// What a class evaluates when it is defined (decorators, computed keys) belongs to the function around the class.

import type { FuncIR, Span } from '../../ir/ir.ts';
import type { Arena, Node } from '../../syntax/arena.ts';
import { ERROR, EXTRA, MISSING, typeNamesOf } from '../../syntax/tree.ts';
import { inPreOrder } from '../items.ts';
import type { Cut, Item } from '../items.ts';
import { functionName, keyText, classNameOf, ownerClassBody } from './names.ts';

type Visit = (cutting: Cutting, node: Node, owner: number) => number;

interface Cutting {
  readonly arena: Arena;
  readonly items: Item[];
  readonly comments: Span[];
  readonly errors: Span[];
  /** Class body and static or not, to its initialiser item. */
  readonly inits: Map<string, number>;
}

/** Cuts the whole tree in one walk. */
export function cutFile(arena: Arena): Cut {
  const cutting: Cutting = { arena, items: [], comments: [], errors: [], inits: new Map() };
  const owner = new Int32Array(arena.count);
  const { parent, flags } = arena;
  addItem(cutting, 'module', '<module>', -1, 0);
  cutting.items[0]!.start = 0;
  cutting.items[0]!.end = arena.text.length;
  const visits = visitsOf(arena);
  let errorEnd = noteBrokenRoot(cutting);
  for (let node = 1; node < arena.count; node++) {
    let own = owner[parent[node]!]!;
    const visit = visits[arena.type[node]!];
    if (visit !== undefined && own >= 0) own = visit(cutting, node, own);
    owner[node] = own;
    const flag = flags[node]!;
    if ((flag & (ERROR | MISSING)) !== 0) {
      if (own >= 0) cutting.items[own]!.hasError = true;
      // Only the top-most error of several nested ones is listed; a missing token has no width of its own.
      if (arena.start[node]! >= errorEnd) {
        cutting.errors.push({ s: arena.start[node]!, e: arena.end[node]! });
        errorEnd = Math.max(arena.end[node]!, arena.start[node]! + 1);
      }
    } else if ((flag & EXTRA) !== 0 && isComment(arena, node)) {
      cutting.comments.push({ s: arena.start[node]!, e: arena.end[node]! });
    }
  }
  const items = inPreOrder(cutting.items, owner);
  return { items, owner, comments: cutting.comments, errors: cutting.errors };
}

/** A file that is broken altogether has an ERROR node for its root. Gives where the listed error ends. */
function noteBrokenRoot(cutting: Cutting): number {
  const { arena } = cutting;
  if ((arena.flags[0]! & ERROR) === 0) return -1;
  cutting.items[0]!.hasError = true;
  cutting.errors.push({ s: arena.start[0]!, e: arena.end[0]! });
  return arena.end[0]!;
}

function isComment(arena: Arena, node: Node): boolean {
  const type = arena.typeName(node);
  return type === 'comment' || type === 'html_comment';
}

/** What to do at which type of node. Each gives the item that the node belongs to. */
const visitors: Readonly<Record<string, Visit>> = {
  function_declaration: (c, node, owner) => addFunction(c, node, owner, 'function'),
  generator_function_declaration: (c, node, owner) => addFunction(c, node, owner, 'function'),
  function_expression: (c, node, owner) => addFunction(c, node, owner, 'function'),
  generator_function: (c, node, owner) => addFunction(c, node, owner, 'function'),
  arrow_function: (c, node, owner) => addFunction(c, node, owner, 'arrow'),
  method_definition: addMethod,
  field_definition: addField,
  public_field_definition: addField,
  class_static_block: addField,
  decorator: ownerOfDecorator,
  computed_property_name: ownerOfKey,
  // Declarations without code: nothing happens at run time.
  ambient_declaration: () => -1,
  variable_declaration: noteVar,
  for_in_statement: noteVar,
};

/** The table by type id, made once for each grammar. */
const tables = new WeakMap<object, (Visit | undefined)[]>();

function visitsOf(arena: Arena): (Visit | undefined)[] {
  const names = typeNamesOf(arena);
  let table = tables.get(names);
  if (!table)
    tables.set(names, (table = names.map((name) => (name === undefined ? undefined : visitors[name]))));
  return table;
}

function addItem(c: Cutting, kind: FuncIR['kind'], name: string, parent: number, root: Node): number {
  const { start, end } = c.arena;
  c.items.push({
    kind,
    name,
    parent,
    roots: [root],
    start: start[root]!,
    end: end[root]!,
    hasError: false,
    vars: [],
  });
  return c.items.length - 1;
}

function addFunction(c: Cutting, node: Node, owner: number, kind: 'function' | 'arrow'): number {
  return addItem(c, kind, functionName(c.arena, node), owner, node);
}

function addMethod(c: Cutting, node: Node, owner: number): number {
  const { arena } = c;
  const key = keyText(arena, arena.child(node, 'name'));
  const body = ownerClassBody(arena, node);
  if (body < 0) return addItem(c, 'method', key, owner, node);
  const name = `${classNameOf(arena, arena.parent[body]!)}.${key}`;
  const isCtor = key === 'constructor' && !hasToken(arena, node, 'static');
  return addItem(c, isCtor ? 'ctor' : 'method', name, owner, node);
}

/** In broken code a field may stand outside of any class; it is then no more than the expressions in it. */
function addField(c: Cutting, node: Node, owner: number): number {
  return ownerClassBody(c.arena, node) < 0
    ? owner
    : addInit(c, node, owner, hasToken(c.arena, node, 'static'));
}

/** Fields of a class share one initialiser, its static fields and blocks another. */
function addInit(c: Cutting, node: Node, owner: number, isStatic: boolean): number {
  const body = c.arena.parent[node]!;
  const key = `${body}${isStatic ? 's' : 'i'}`;
  const known = c.inits.get(key);
  if (known !== undefined) {
    const item = c.items[known]!;
    item.roots.push(node);
    item.end = c.arena.end[node]!;
    return known;
  }
  const name = `${classNameOf(c.arena, c.arena.parent[body]!)}.${isStatic ? '<static>' : '<init>'}`;
  const index = addItem(c, 'init', name, owner, node);
  c.inits.set(key, index);
  return index;
}

function ownerOfDecorator(c: Cutting, node: Node, owner: number): number {
  switch (c.arena.typeName(c.arena.parent[node]!)) {
    case 'method_definition':
    case 'field_definition':
    case 'public_field_definition':
    case 'required_parameter':
    case 'optional_parameter':
      return Math.max(c.items[owner]!.parent, 0);
    default:
      return owner;
  }
}

function ownerOfKey(c: Cutting, node: Node, owner: number): number {
  const isMethod = c.arena.typeName(c.arena.parent[node]!) === 'method_definition';
  return isMethod ? c.items[owner]!.parent : owner;
}

function noteVar(c: Cutting, node: Node, owner: number): number {
  c.items[owner]!.vars.push(node);
  return owner;
}

/** Whether one of the node's own tokens is this keyword. */
export function hasToken(arena: Arena, node: Node, token: string): boolean {
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    if (!arena.isNamed(it) && arena.typeName(it) === token) return true;
  }
  return false;
}
