// What a deterministic fix is, and the small reading of syntax trees that fixes share.
// A fix gives edits only when it is certain of what the code means; whether it helps is decided by analysing the result.

import type { Arena, Node } from '../syntax/arena.ts';

/** A replacement in the text, offsets in UTF-16 code units. Edits of one fix do not overlap. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextChange[];
  /** Nothing but the flaw changes: may be offered as the preferred fix. */
  readonly preferred: boolean;
}
export interface FixTarget {
  readonly arena: Arena;
  /** The argument at the sink, or the smallest node that has its range. */
  readonly node: Node;
  readonly rule: string;
  /** The sink as models name it: `mysql2.Connection#query`. */
  readonly sink: string;
}
/** Gives a fix if it is certain, undefined otherwise; never throws for odd code. */
export type Fixer = (target: FixTarget) => Fix | undefined;

export interface Call {
  readonly node: Node;
  /** The called expression. */
  readonly callee: Node;
  readonly list: Node;
  readonly args: readonly Node[];
}

/** The node with exactly this range: the outermost, -1 if there is none. */
export function nodeAt(arena: Arena, start: number, end: number): Node {
  for (let node = 0; node < arena.count && (arena.start[node] ?? 0) <= start; node++) {
    if (arena.start[node] === start && arena.end[node] === end && arena.isNamed(node)) return node;
  }
  return -1;
}

/** The call that has `node` as an argument, undefined if it is none. */
export function callOf(arena: Arena, node: Node): Call | undefined {
  const list = arena.parent[node] ?? -1;
  if (list < 0 || arena.typeName(list) !== 'arguments') return undefined;
  const call = arena.parent[list] ?? -1;
  if (call < 0 || arena.typeName(call) !== 'call_expression') return undefined;
  return { node: call, callee: arena.child(call, 'function'), list, args: arena.namedChildren(list) };
}

/** `query` in `db.query` and in `query`; undefined for anything else. */
export function calledName(arena: Arena, callee: Node): string | undefined {
  const type = callee < 0 ? '' : arena.typeName(callee);
  if (type === 'identifier') return arena.textOf(callee);
  return type === 'member_expression' ? arena.textOf(arena.child(callee, 'property')) : undefined;
}

/** Without parentheses around it. */
export function unwrap(arena: Arena, node: Node): Node {
  let it = node;
  while (arena.typeName(it) === 'parenthesized_expression' && arena.namedChildren(it).length === 1) {
    it = arena.namedChildren(it)[0]!;
  }
  return it;
}

export function startOf(arena: Arena, node: Node): number {
  return arena.start[node] ?? 0;
}

export function endOf(arena: Arena, node: Node): number {
  return arena.end[node] ?? 0;
}

/** All nodes of a type, in source order. */
export function nodesOf(arena: Arena, type: string): Node[] {
  const found: Node[] = [];
  for (let node = 0; node < arena.count; node++) if (arena.typeName(node) === type) found.push(node);
  return found;
}

/**
 * The expression a constant name stands for, if the file declares the name once, with this value, and uses it nowhere
 * but at `use`, later in the same block: then changing the value changes nothing else. -1 otherwise.
 */
export function onlyValueOf(arena: Arena, use: Node): Node {
  if (arena.typeName(use) !== 'identifier') return -1;
  const name = arena.textOf(use);
  const same = nodesOf(arena, 'identifier').filter((it) => arena.textOf(it) === name);
  const shorthand = [
    ...nodesOf(arena, 'shorthand_property_identifier'),
    ...nodesOf(arena, 'shorthand_property_identifier_pattern'),
  ];
  if (same.length !== 2 || shorthand.some((it) => arena.textOf(it) === name)) return -1;
  const declarator = arena.parent[same[0]!] ?? -1;
  if (declarator < 0 || arena.typeName(declarator) !== 'variable_declarator') return -1;
  if (arena.child(declarator, 'name') !== same[0] || !shareBlock(arena, declarator, use)) return -1;
  return arena.child(declarator, 'value');
}

/** Whether `use` lies in a statement of the very block that holds the declaration, not in a function inside it. */
function shareBlock(arena: Arena, declarator: Node, use: Node): boolean {
  const block = arena.parent[arena.parent[declarator] ?? -1] ?? -1;
  for (let node = use; node >= 0 && block >= 0; node = arena.parent[node] ?? -1) {
    if (arena.parent[node] === block) return true;
    if (/function|arrow|method|class/.test(arena.typeName(node))) return false;
  }
  return false;
}

/**
 * Whether an expression has the same value at `later`: it only reads names and properties, and nothing between assigns
 * to a name it reads.
 */
export function isSteady(arena: Arena, expression: Node, later: Node): boolean {
  const end = endOf(arena, expression);
  const names = new Set<string>();
  for (let node = expression; node < arena.count && startOf(arena, node) < end; node++) {
    const type = arena.typeName(node);
    if (/call_expression|new_expression|await|yield|update_expression|assignment/.test(type)) return false;
    if (type === 'identifier') names.add(arena.textOf(node));
  }
  for (let node = expression; node < later; node++) {
    if (!/assignment_expression|update_expression/.test(arena.typeName(node))) continue;
    const target = arena.child(node, arena.typeName(node) === 'update_expression' ? 'argument' : 'left');
    const root = /^[\w$]+/.exec(target < 0 ? '' : arena.textOf(target))?.[0];
    if (root === undefined || names.has(root)) return false;
  }
  return true;
}
