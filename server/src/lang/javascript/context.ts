// The state of lowering one JavaScript function, and the dispatch by node type that all its parts call back into.
// The handlers are given to it as tables, so that no part has to import every other.

import type { Place, Span } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { ERROR, EXTRA, innerOf, isError, subtreeEnd } from '../../syntax/tree.ts';
import { addVar, argOf, combine, copy, emit, placeOf, resolve, spanOf, temp } from '../builder.ts';
import type { Builder, Child } from '../builder.ts';
import { MAX_DEPTH, MAX_NAMES, STATEMENT_DEPTH } from '../limits.ts';

/**
 * Lowers an expression and gives the place of its value. With `into` the value may be put into that variable, which
 * saves a copy; a handler that ignores it is right too.
 */
export type ExpressionHandler = (lo: Lo, node: Node, into?: number) => Place;
export type StatementHandler = (lo: Lo, node: Node) => void;

/** Handlers by type id of a grammar. */
export interface Tables {
  readonly expressions: readonly (ExpressionHandler | undefined)[];
  readonly statements: readonly (StatementHandler | undefined)[];
  /** Expressions whose value is not wanted. */
  readonly effects: readonly (StatementHandler | undefined)[];
}

/** An export that is emitted when the module body is complete. */
export interface PendingExport extends Span {
  readonly name: string;
  readonly from?: Place;
  readonly module?: string;
}

/** Lowering of one function. */
export interface Lo extends Builder {
  readonly tables: Tables;
  /** Item number of each node, and that of the function itself. */
  readonly owner: Int32Array;
  readonly item: number;
  /** Functions created by this one, by their node. */
  readonly functions: ReadonlyMap<Node, Child>;
  /** Those of them that nothing has created yet: in broken code a function may stand where none is expected. */
  readonly pending: Set<Node>;
  /** Field initialisers by class body. */
  readonly inits: ReadonlyMap<Node, { readonly instance?: Child; readonly fixed?: Child }>;
  /** Exports of a module body, emitted after everything else. */
  readonly exports: PendingExport[];
  /** Namespace objects that exported declarations are stored in, innermost last. */
  readonly namespaces: Place[];
}

/** Lowers an expression; code nested too deeply becomes `combine unknown` of its names. */
export function lowerExpression(lo: Lo, node: Node, into?: number): Place {
  const handler = lo.tables.expressions[lo.arena.type[node]!] ?? lowerUnknown;
  if (lo.depth >= MAX_DEPTH) return combineTooDeep(lo, node, into);
  lo.depth++;
  const place = handler(lo, node, into);
  lo.depth--;
  return place;
}

/** Lowers an expression into a variable. */
export function lowerInto(lo: Lo, node: Node, into: number): Place {
  const to = placeOf(lo, into);
  copy(lo, node, to, lowerExpression(lo, node, into));
  return to;
}

/** Lowers an expression for its effects only: what merely names a place does nothing. */
export function lowerEffect(lo: Lo, node: Node): void {
  const handler = lo.tables.effects[lo.arena.type[node]!];
  if (handler === undefined) {
    lowerExpression(lo, node);
    return;
  }
  if (lo.depth >= MAX_DEPTH) {
    combineTooDeep(lo, node);
    return;
  }
  lo.depth++;
  handler(lo, node);
  lo.depth--;
}

/** Lowers a statement. */
export function lowerStatement(lo: Lo, node: Node): void {
  const handler = lo.tables.statements[lo.arena.type[node]!];
  if (lo.depth >= MAX_DEPTH) {
    combineTooDeep(lo, node);
    return;
  }
  lo.depth += STATEMENT_DEPTH;
  if (handler !== undefined) handler(lo, node);
  else if (lo.arena.isNamed(node)) lowerEffect(lo, node);
  lo.depth -= STATEMENT_DEPTH;
}

/** Syntax without a handler: a value made of the values of its parts. Statements in broken code are lowered too. */
export function lowerUnknown(lo: Lo, node: Node, into?: number): Place {
  const from: Place[] = [];
  for (const it of lo.arena.namedChildren(node)) {
    const type = lo.arena.type[it]!;
    if (lo.tables.statements[type] !== undefined) lowerStatement(lo, it);
    else if (lo.tables.expressions[type] !== undefined || lo.arena.firstChild(it) >= 0) {
      from.push(lowerExpression(lo, it));
    }
  }
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, 'unknown', from);
  return to;
}

/**
 * Code beyond a limit: all names in it as one unknown value, without recursion. Functions in it are created; that the
 * rest was left out is noted.
 */
export function combineTooDeep(lo: Lo, node: Node, into?: number): Place {
  const { arena } = lo;
  lo.truncated = true;
  const from = new Map<number, Place>();
  const end = subtreeEnd(arena, node);
  for (let it = node; it < end; it++) {
    const child = lo.functions.get(it);
    if (child) {
      const place = createFunction(lo, it, child);
      if (from.size < MAX_NAMES) from.set(place.root, place);
      continue;
    }
    if (lo.owner[it] !== lo.item || from.size >= MAX_NAMES) continue;
    const type = arena.typeName(it);
    if (type !== 'identifier' && type !== 'shorthand_property_identifier' && type !== 'this') continue;
    const v = resolveName(lo, arena.textOf(it));
    from.set(v, placeOf(lo, v));
  }
  const to = placeOf(lo, into ?? temp(lo));
  combine(lo, node, to, 'unknown', [...from.values()]);
  return to;
}

/** Emits the closure of a child function. */
export function createFunction(lo: Lo, node: Node, child: Child, into?: number): Place {
  lo.pending.delete(node);
  const to = placeOf(lo, into ?? temp(lo));
  const captures = capturesOf(lo, child);
  const { s, e } = spanOf(lo, node);
  lo.block.push({ op: 'closure', to, fn: child.fn, captures, s, e, id: lo.nextId++ });
  return to;
}

/** This function's variables that a child's free names mean here. */
export function capturesOf(lo: Lo, child: Child): number[] {
  return child.free.map((name) => resolveName(lo, name));
}

/** The variable of a name; `this`, `super` and `arguments` belong to the nearest function that is not an arrow. */
export function resolveName(lo: Lo, name: string): number {
  if (lo.kind !== 'arrow') {
    if (name === 'this') return lo.thisVar >= 0 ? lo.thisVar : (lo.thisVar = addVar(lo, name, 'this'));
    if (name === 'super' && lo.superVar < 0) {
      // What a superclass's method is called on is `this`.
      resolveName(lo, 'this');
      lo.superVar = addVar(lo, name, 'super');
    }
    if (name === 'super') return lo.superVar;
    if (name === 'arguments') return argumentsVar(lo);
  }
  return resolve(lo, name);
}

function argumentsVar(lo: Lo): number {
  const declared = lo.scopes.findLast((scope) => scope.has('arguments'))?.get('arguments');
  if (declared !== undefined) return declared;
  if (lo.kind === 'module' || lo.kind === 'init') return resolve(lo, 'arguments');
  return lo.argumentsVar >= 0 ? lo.argumentsVar : (lo.argumentsVar = addVar(lo, 'arguments', 'arguments'));
}

/** Lowers the elements of a list, arguments or array literal: spread elements are marked, holes are undefined. */
export function lowerElements(lo: Lo, list: Node, holes: boolean): ReturnType<typeof argOf>[] {
  const { arena } = lo;
  const args: ReturnType<typeof argOf>[] = [];
  let filled = false;
  for (let it = arena.firstChild(list); it >= 0; it = arena.next[it]!) {
    if (arena.isNamed(it)) {
      // A piece of broken code is not an argument of its own: it would shift those that follow.
      if (isError(arena, it)) lowerUnknown(lo, it);
      if ((arena.flags[it]! & (EXTRA | ERROR)) !== 0) continue;
      filled = true;
      args.push(lowerElement(lo, it));
    } else if (arena.typeName(it) === ',') {
      if (holes && !filled) {
        const to = placeOf(lo, temp(lo));
        emit(lo, it, { op: 'const', to, value: undefined });
        args.push({ place: to, ...spanOf(lo, it) });
      }
      filled = false;
    }
  }
  return args;
}

function lowerElement(lo: Lo, node: Node): ReturnType<typeof argOf> {
  if (lo.arena.typeName(node) !== 'spread_element') return argOf(lo, lowerExpression(lo, node), node);
  const inner = innerOf(lo.arena, node);
  if (inner < 0) return argOf(lo, lowerUnknown(lo, node), node, true);
  return argOf(lo, lowerExpression(lo, inner), node, true);
}
