// The state of lowering one Python function, and the dispatch by node type that all its parts call back into.
// The handlers are given to it as tables, so that no part has to import every other.

import type { Arg, Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { subtreeEnd } from '../../syntax/tree.ts';
import { addVar, combine, copy, placeOf, resolve, resolveFree, spanOf, temp } from '../builder.ts';
import type { Builder, Child } from '../builder.ts';
import { MAX_DEPTH, MAX_NAMES, STATEMENT_DEPTH } from '../limits.ts';

/** Lowers an expression and gives the place of its value, which may be put into `into`. */
export type ExpressionHandler = (lo: Lo, node: Node, into?: number) => Place;
export type StatementHandler = (lo: Lo, node: Node) => void;

/** Handlers by type id of the grammar. */
export interface Tables {
  readonly expressions: readonly (ExpressionHandler | undefined)[];
  readonly statements: readonly (StatementHandler | undefined)[];
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
  /** Scopes of class bodies: functions inside do not see them. */
  readonly classScopes: Set<ReadonlyMap<string, number>>;
  /** Names bound by `import a.b`, which a second such statement adds to. */
  readonly packages: Set<number>;
  /** What `break` leaves: the label of a loop with an `else`, or nothing. Innermost last. */
  readonly loops: (string | undefined)[];
  /** Labels given so far. */
  labels: number;
  /** Names that `from m import *` may bind. */
  readonly starNames: readonly string[];
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

/** Lowers a value to where it belongs. */
export function assignTo(lo: Lo, to: Place, value: Node): void {
  if (to.path.length === 0) lowerInto(lo, value, to.root);
  else copy(lo, value, to, lowerExpression(lo, value));
}

/** Lowers a statement; an expression stands for its effects. */
export function lowerStatement(lo: Lo, node: Node): void {
  const handler = lo.tables.statements[lo.arena.type[node]!];
  if (lo.depth >= MAX_DEPTH) {
    combineTooDeep(lo, node);
    return;
  }
  lo.depth += STATEMENT_DEPTH;
  if (handler !== undefined) handler(lo, node);
  else if (lo.arena.isNamed(node)) lowerExpression(lo, node);
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
    if (child && lo.pending.has(it)) {
      const place = createFunction(lo, it, child);
      if (from.size < MAX_NAMES) from.set(place.root, place);
      continue;
    }
    if (lo.owner[it] !== lo.item || from.size >= MAX_NAMES || arena.typeName(it) !== 'identifier') continue;
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

/** This function's variables that a child's free names mean here: those of class bodies are not seen. */
export function capturesOf(lo: Lo, child: Child): number[] {
  return child.free.map((name) => {
    if (name === SUPER) return resolveName(lo, name);
    for (let it = lo.scopes.length - 1; it >= 0; it--) {
      const scope = lo.scopes[it]!;
      const v = lo.classScopes.has(scope) ? undefined : scope.get(name);
      if (v !== undefined) return v;
    }
    return resolveFree(lo, name);
  });
}

/** The name of the variable that `super()` stands for; no name of a program is spelled so. */
export const SUPER = '%super';

/** The variable of a name; `super()` belongs to the nearest method. */
export function resolveName(lo: Lo, name: string): number {
  if (name === SUPER && (lo.kind === 'method' || lo.kind === 'ctor')) {
    return lo.superVar >= 0 ? lo.superVar : (lo.superVar = addVar(lo, 'super', 'super'));
  }
  return resolve(lo, name);
}

/** Spread, keyword or plain argument with the span of its node. */
export function argWith(lo: Lo, place: Place, node: Node, more: Pick<Arg, 'spread' | 'name'>): Arg {
  return { place, ...spanOf(lo, node), ...more };
}
