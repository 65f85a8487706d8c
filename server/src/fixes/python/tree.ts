// Small readings of Python trees: calls, keyword arguments, and what a name stands for.
// Total: odd code gives undefined or -1, never an exception.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, type TextChange } from '../edits.ts';
import { endOf, nodesOf, parentOf, startOf, textOf, typeOf } from '../fix.ts';

export interface Call {
  readonly node: Node;
  /** The called expression: `cursor.execute`. */
  readonly callee: Node;
  readonly list: Node;
  /** Positional arguments. */
  readonly args: readonly Node[];
  /** `keyword_argument` nodes by name. */
  readonly keywords: ReadonlyMap<string, Node>;
  /** It has `*args` or `**kwargs`, so what is passed is not all written here. */
  readonly open: boolean;
}

/** A node as a call, undefined if it is none. */
export function callAt(arena: Arena, node: Node): Call | undefined {
  if (typeOf(arena, node) !== 'call') return undefined;
  const list = arena.child(node, 'arguments');
  if (typeOf(arena, list) !== 'argument_list') return undefined;
  const all = arena.namedChildren(list);
  const args = all.filter(
    (it) => !/^(?:keyword_argument|list_splat|dictionary_splat)$/.test(typeOf(arena, it)),
  );
  const keywords = new Map<string, Node>();
  for (const it of all) {
    if (typeOf(arena, it) === 'keyword_argument') keywords.set(textOf(arena, arena.child(it, 'name')), it);
  }
  const open = args.length + keywords.size < all.length;
  return { node, callee: arena.child(node, 'function'), list, args, keywords, open };
}

/** The call that has `node` as an argument, by position or by keyword; or the call itself. */
export function callOf(arena: Arena, node: Node): Call | undefined {
  let list = parentOf(arena, node);
  if (typeOf(arena, list) === 'keyword_argument') list = parentOf(arena, list);
  return typeOf(arena, list) === 'argument_list' ? callAt(arena, parentOf(arena, list)) : undefined;
}

/** The call that a finding is about: its node, or the one that has it as an argument. */
export function callAround(arena: Arena, node: Node): Call | undefined {
  return callAt(arena, node) ?? callOf(arena, node);
}

/** `execute` in `cursor.execute` and in `execute`; '' for anything else. */
export function calledName(arena: Arena, callee: Node): string {
  if (typeOf(arena, callee) === 'identifier') return arena.textOf(callee);
  return typeOf(arena, callee) === 'attribute' ? textOf(arena, arena.child(callee, 'attribute')) : '';
}

export function unwrap(arena: Arena, node: Node): Node {
  let it = node;
  while (typeOf(arena, it) === 'parenthesized_expression') {
    const [inner] = arena.namedChildren(it);
    if (inner === undefined) break;
    it = inner;
  }
  return it;
}

/** Adds an argument at the end of a call. */
export function addArgument(arena: Arena, call: Call, text: string): TextChange {
  const last = arena.namedChildren(call.list).at(-1);
  return last === undefined
    ? insertAt(startOf(arena, call.list) + 1, text)
    : insertAt(endOf(arena, last), `, ${text}`);
}

/** Takes an argument out of a call, with the comma beside it. */
export function removeArgument(arena: Arena, call: Call, argument: Node): TextChange {
  const all = arena.namedChildren(call.list);
  const index = all.indexOf(argument);
  const next = all[index + 1];
  const before = all[index - 1];
  if (before !== undefined) return { start: endOf(arena, before), end: endOf(arena, argument), text: '' };
  if (next !== undefined) return { start: startOf(arena, argument), end: startOf(arena, next), text: '' };
  return { start: startOf(arena, argument), end: endOf(arena, argument), text: '' };
}

/** Every identifier that stands for a variable of this name; attributes and keywords are none. */
export function namesakes(arena: Arena, name: string): Node[] {
  return nodesOf(arena, 'identifier').filter((it) => {
    if (arena.textOf(it) !== name) return false;
    const parent = parentOf(arena, it);
    const type = typeOf(arena, parent);
    if (type === 'attribute') return arena.child(parent, 'object') === it;
    return type !== 'keyword_argument' || arena.child(parent, 'value') === it;
  });
}

/**
 * The assigned value of a name that the function assigns once and uses at `use` alone: changing it changes nothing else.
 * -1 otherwise.
 */
export function onlyValueOf(arena: Arena, use: Node): Node {
  if (typeOf(arena, use) !== 'identifier') return -1;
  const around = functionAround(arena, use);
  const same = namesakes(arena, arena.textOf(use)).filter((it) => functionAround(arena, it) === around);
  if (same.length !== 2 || same[1] !== use) return -1;
  const assignment = parentOf(arena, same[0]!);
  if (typeOf(arena, assignment) !== 'assignment' || arena.child(assignment, 'left') !== same[0]) return -1;
  const block = parentOf(arena, parentOf(arena, assignment));
  for (let it = use; it >= 0; it = parentOf(arena, it)) {
    if (parentOf(arena, it) === block) return arena.child(assignment, 'right');
    if (typeOf(arena, it) === 'function_definition') return -1;
  }
  return -1;
}

export function functionAround(arena: Arena, node: Node): Node {
  for (let it = parentOf(arena, node); it >= 0; it = parentOf(arena, it))
    if (/^(?:function_definition|lambda)$/.test(typeOf(arena, it))) return it;
  return -1;
}

/** Whether evaluating an expression again, later in its function, gives the same: nothing is called or assigned. */
export function isSteady(arena: Arena, expression: Node, later: Node): boolean {
  const names = new Set<string>();
  const end = endOf(arena, expression);
  for (let it = expression; it < arena.count && startOf(arena, it) < end; it++) {
    const type = typeOf(arena, it);
    if (/^(?:call|await|yield|named_expression|lambda)$/.test(type)) return false;
    if (type === 'identifier') names.add(arena.textOf(it));
  }
  for (let it = expression; it < later; it++) {
    if (
      !/^(?:assignment|augmented_assignment|for_statement|named_expression|delete_statement)$/.test(
        typeOf(arena, it),
      )
    )
      continue;
    const target = arena.child(it, 'left');
    const root = /^\w+/.exec(textOf(arena, target))?.[0];
    if (root === undefined || names.has(root)) return false;
  }
  return true;
}
