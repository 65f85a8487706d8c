// Small readings of JavaScript and TypeScript trees: calls, records, and what a constant name stands for.
// Total: odd code gives undefined or -1, never an exception.

import type { Arena, Node } from '../../syntax/arena.ts';
import { replaceNode, type TextChange } from '../edits.ts';
import { endOf, nodesOf, parentOf, startOf, textOf, typeOf } from '../fix.ts';

export interface Call {
  readonly node: Node;
  /** The called expression. */
  readonly callee: Node;
  readonly list: Node;
  readonly args: readonly Node[];
}

/** The call or construction that has `node` as an argument, undefined if it is none. */
export function callOf(arena: Arena, node: Node): Call | undefined {
  const list = parentOf(arena, node);
  return typeOf(arena, list) === 'arguments' ? callAt(arena, parentOf(arena, list)) : undefined;
}

/** A node as a call, undefined if it is none. */
export function callAt(arena: Arena, node: Node): Call | undefined {
  const type = typeOf(arena, node);
  if (type !== 'call_expression' && type !== 'new_expression') return undefined;
  const list = arena.child(node, 'arguments');
  if (typeOf(arena, list) !== 'arguments') return undefined;
  const callee = arena.child(node, type === 'call_expression' ? 'function' : 'constructor');
  return { node, callee, list, args: arena.namedChildren(list) };
}

/** `query` in `db.query` and in `query`; '' for anything else. */
export function calledName(arena: Arena, callee: Node): string {
  const type = typeOf(arena, callee);
  if (type === 'identifier') return arena.textOf(callee);
  return type === 'member_expression' ? textOf(arena, arena.child(callee, 'property')) : '';
}

/** Without parentheses and `as` around it. */
export function unwrap(arena: Arena, node: Node): Node {
  let it = node;
  for (;;) {
    const type = typeOf(arena, it);
    const [inner] = it < 0 ? [] : arena.namedChildren(it);
    if (inner === undefined || !/^(?:parenthesized_expression|as_expression|non_null_expression)$/.test(type))
      return it;
    it = inner;
  }
}

export function isFunction(arena: Arena, node: Node): boolean {
  return /^(?:arrow_function|function_expression|function|function_declaration|method_definition|generator_function(?:_declaration)?)$/.test(
    typeOf(arena, node),
  );
}

/** The function around a node, -1 at the top of the file. */
export function functionAround(arena: Arena, node: Node): Node {
  for (let it = parentOf(arena, node); it >= 0; it = parentOf(arena, it))
    if (isFunction(arena, it)) return it;
  return -1;
}

/** The pairs of a record by their constant keys; undefined if it has spreads or computed keys, which may hide some. */
export function pairsOf(arena: Arena, object: Node): Map<string, Node> | undefined {
  if (typeOf(arena, object) !== 'object') return undefined;
  const pairs = new Map<string, Node>();
  for (const it of arena.namedChildren(object)) {
    const type = typeOf(arena, it);
    if (type === 'shorthand_property_identifier') pairs.set(arena.textOf(it), it);
    else if (type === 'method_definition') pairs.set(textOf(arena, arena.child(it, 'name')), it);
    else if (type === 'pair') {
      const key = keyOf(arena, it);
      if (key === undefined) return undefined;
      pairs.set(key, it);
    } else return undefined;
  }
  return pairs;
}

/** The constant key of a pair. */
export function keyOf(arena: Arena, pair: Node): string | undefined {
  const key = arena.child(pair, 'key');
  const type = typeOf(arena, key);
  if (type === 'property_identifier') return arena.textOf(key);
  return type === 'string' ? textOf(arena, key).slice(1, -1) : undefined;
}

/** Takes an entry out of a record, with the comma beside it; options that are then empty go as a whole. */
export function removeOption(arena: Arena, object: Node, pair: Node): TextChange {
  const items = arena.namedChildren(object);
  const index = items.indexOf(pair);
  const next = items[index + 1];
  const before = items[index - 1];
  if (next !== undefined) return { start: startOf(arena, pair), end: startOf(arena, next), text: '' };
  if (before !== undefined) return { start: endOf(arena, before), end: endOf(arena, pair), text: '' };
  const args = callOf(arena, object)?.args ?? [];
  const previous = args[args.indexOf(object) - 1];
  if (previous === undefined || args.at(-1) !== object) return replaceNode(arena, object, '{}');
  return { start: endOf(arena, previous), end: endOf(arena, object), text: '' };
}

/**
 * The expression a constant name stands for, if the file declares the name once, with this value, and uses it nowhere
 * but at `use`, later in the same block: then changing the value changes nothing else. -1 otherwise.
 */
export function onlyValueOf(arena: Arena, use: Node): Node {
  const declarator = onlyDeclaratorOf(arena, use);
  return declarator < 0 ? -1 : arena.child(declarator, 'value');
}

/** The declaration of a name that is declared once and used at `use` alone, in the block of the declaration; or -1. */
export function onlyDeclaratorOf(arena: Arena, use: Node): Node {
  if (typeOf(arena, use) !== 'identifier') return -1;
  const name = arena.textOf(use);
  const same = nodesOf(arena, 'identifier', ...SHORTHAND).filter((it) => arena.textOf(it) === name);
  if (same.length !== 2 || same[1] !== use) return -1;
  const declarator = parentOf(arena, same[0]!);
  if (typeOf(arena, declarator) !== 'variable_declarator') return -1;
  return arena.child(declarator, 'name') === same[0] && shareBlock(arena, declarator, use) ? declarator : -1;
}

export const SHORTHAND = ['shorthand_property_identifier', 'shorthand_property_identifier_pattern'];

/** Whether `use` lies in a statement of the very block that holds the declaration, not in a function inside it. */
function shareBlock(arena: Arena, declarator: Node, use: Node): boolean {
  const block = parentOf(arena, parentOf(arena, declarator));
  for (let node = use; node >= 0 && block >= 0; node = parentOf(arena, node)) {
    if (parentOf(arena, node) === block) return true;
    if (/function|arrow|method|class/.test(typeOf(arena, node))) return false;
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
    const root = /^[\w$]+/.exec(textOf(arena, target))?.[0];
    if (root === undefined || names.has(root)) return false;
  }
  return true;
}

/** Whether evaluating an expression once more, or never, changes nothing: names, properties, literals and operators. */
export function isPure(arena: Arena, expression: Node): boolean {
  return isSteady(arena, expression, expression);
}
