// Small readings of syntax trees that the verification needs: what is called, and how often, and which names are used.
// They go by the shape of nodes, so that they hold for every grammar that names its nodes in the usual way.

import { linesOf, offsetAt } from '../base/lines.ts';
import type { Range } from '../engine/engine.ts';
import type { Arena, Node } from '../syntax/arena.ts';

/** What a call, a construction or an assignment to a member is about: the node of the callee or target; -1 for others. */
function targetOf(arena: Arena, node: Node): Node {
  const type = arena.typeName(node);
  if (type === 'call_expression' || type === 'call') return arena.child(node, 'function');
  if (type === 'new_expression') return arena.child(node, 'constructor');
  return /^(augmented_)?assignment/.test(type) ? arena.child(node, 'left') : -1;
}
function lastName(arena: Arena, node: Node): string | undefined {
  return /([\w$]+)$/.exec(
    arena.text.slice(Math.max(arena.start[node]!, arena.end[node]! - 80), arena.end[node]),
  )?.[1];
}

/** How often code calls something, or assigns to a member, by its last name: `exec`, `innerHTML`. */
export function mentions(arena: Arena, name: string): number {
  let count = 0;
  for (let node = 0; node < arena.count; node++) {
    const target = targetOf(arena, node);
    if (target >= 0 && lastName(arena, target) === name) count++;
  }
  return count;
}

/** The last name of what the innermost call (or assignment) around a place is about. */
export function calleeAround(arena: Arena, range: Range): string | undefined {
  const lines = linesOf(arena.text);
  const [start, end] = [offsetAt(lines, range.start), offsetAt(lines, range.end)];
  let best = -1;
  for (let node = 0; node < arena.count && arena.start[node]! <= start; node++)
    if (arena.end[node]! >= end && targetOf(arena, node) >= 0) best = node;
  return best < 0 ? undefined : lastName(arena, targetOf(arena, best));
}

/** How often code calls something whose name is computed: `object[name]()`. */
export function computedCalls(arena: Arena): number {
  let count = 0;
  for (let node = 0; node < arena.count; node++) {
    const isCall = /^(call_expression|call|new_expression)$/.test(arena.typeName(node));
    const target = isCall ? targetOf(arena, node) : -1;
    if (target >= 0 && /^subscript(_expression)?$/.test(arena.typeName(target))) count++;
  }
  return count;
}

/** Whether a name stands in some lines (from 0): as a name, or as a word of a text. */
export function isNamedIn(arena: Arena, from: number, count: number, name: string): boolean {
  const { starts } = linesOf(arena.text);
  const start = starts[from] ?? arena.text.length;
  const end = starts[from + count] ?? arena.text.length;
  for (let node = 0; node < arena.count; node++) {
    if (arena.start[node]! < start || arena.end[node]! > end || arena.firstChild(node) >= 0) continue;
    const type = arena.typeName(node);
    if (!/identifier|string|^this$/.test(type)) continue;
    if (
      arena
        .textOf(node)
        .split(/[^\w$]+/)
        .includes(name)
    )
      return true;
  }
  return false;
}

/** Nodes of a type that lie in some lines (from 0). */
export function countBetween(arena: Arena, from: number, count: number, type: string): number {
  const { starts } = linesOf(arena.text);
  const start = starts[from] ?? arena.text.length;
  const end = starts[from + count] ?? arena.text.length;
  let found = 0;
  for (let node = 0; node < arena.count; node++)
    if (arena.start[node]! >= start && arena.end[node]! <= end && arena.typeName(node) === type) found++;
  return found;
}

/** The names used in some lines (from 0), in order of the text; literals and comments have none. */
export function namesBetween(arena: Arena, from: number, count: number): string[] {
  const { starts } = linesOf(arena.text);
  const start = starts[from] ?? arena.text.length;
  const end = starts[from + count] ?? arena.text.length;
  const res: string[] = [];
  for (let node = 0; node < arena.count; node++) {
    if (arena.start[node]! < start || arena.end[node]! > end || arena.firstChild(node) >= 0) continue;
    if (/identifier|^this$/.test(arena.typeName(node))) res.push(arena.textOf(node));
  }
  return res;
}

/** The text with comments blanked. */
export function codeOf(arena: Arena): string {
  let res = '';
  let at = 0;
  for (let node = 0; node < arena.count; node++) {
    if (!arena.typeName(node).includes('comment') || arena.start[node]! < at) continue;
    res += `${arena.text.slice(at, arena.start[node])} `;
    at = arena.end[node]!;
  }
  return res + arena.text.slice(at);
}
