// Items: the functions of a file (and its module body) as ranges of the flat tree, each with a hash of its own nodes.
// A nested function is a hole in its parent: the parent's hash knows the hole's extent and the child's shape only.

import type { FuncIR, Span } from '../ir/ir.ts';
import type { Arena, Node } from '../syntax/arena.ts';
import { HAS_ERROR } from '../syntax/tree.ts';
import type { Hashes } from './hash.ts';
import { makeHashes, mix, mixText } from './hash.ts';

/** A function-like part of a file. */
export interface Item {
  readonly kind: FuncIR['kind'];
  readonly name: string;
  /** Index of the enclosing item, -1 for the module. */
  parent: number;
  /** The nodes that make it up: one, or the fields that share an initialiser. */
  readonly roots: Node[];
  start: number;
  end: number;
  /** One of its own nodes is an error. */
  hasError: boolean;
  /** Nodes that declare function-wide variables, found on the way. */
  readonly vars: Node[];
}

/** A file cut into items, in pre-order: parents before children. */
export interface Cut {
  readonly items: readonly Item[];
  /** Item of each node, -1 for nodes without run-time meaning. */
  readonly owner: Int32Array;
  readonly comments: readonly Span[];
  readonly errors: readonly Span[];
}

/** Renumbers items that were found in text order so that each subtree of items is contiguous, parents first. */
export function inPreOrder(found: Item[], owner: Int32Array): Item[] {
  const children: number[][] = found.map(() => []);
  found.forEach((it, index) => {
    if (it.parent >= 0) children[it.parent]!.push(index);
  });
  const order: number[] = [];
  const numbers = new Int32Array(found.length);
  const open = [0];
  while (open.length > 0) {
    const index = open.pop()!;
    numbers[index] = order.length;
    order.push(index);
    for (let it = children[index]!.length - 1; it >= 0; it--) open.push(children[index]![it]!);
  }
  for (const it of found) if (it.parent >= 0) it.parent = numbers[it.parent]!;
  for (let node = 0; node < owner.length; node++) if (owner[node]! >= 0) owner[node] = numbers[owner[node]!]!;
  return order.map((index) => found[index]!);
}

/**
 * Hashes each item's own nodes: type, extent relative to the item, and the text of named leaves. A child leaves its
 * extent in its parent, because the spans of what follows it depend on that.
 */
export function hashItems(arena: Arena, cut: Cut): Hashes {
  const { items, owner } = cut;
  const hashes = makeHashes(items.length);
  items.forEach((it, index) => {
    mixText(hashes, index, it.kind, 0, it.kind.length);
    mixText(hashes, index, it.name, 0, it.name.length);
    if (it.parent < 0) return;
    const base = items[it.parent]!.start;
    for (const root of it.roots) {
      mix(hashes, it.parent, arena.start[root]! - base);
      mix(hashes, it.parent, arena.end[root]! - base);
    }
  });
  const { type, start, end, flags, text, count } = arena;
  const parent = arena.parent;
  for (let node = 0; node < count; node++) {
    const at = owner[node]!;
    if (at < 0) continue;
    const base = items[at]!.start;
    // That an error lies somewhere inside says nothing about the item: it may be in a child.
    mix(hashes, at, (type[node]! << 8) | (flags[node]! & ~HAS_ERROR));
    mix(hashes, at, start[node]! - base);
    mix(hashes, at, end[node]! - base);
    const isLeaf = node + 1 >= count || parent[node + 1] !== node;
    // The text of an anonymous token is its type; that of a comment means nothing.
    if (isLeaf && (flags[node]! & 5) === 1) mixText(hashes, at, text, start[node]!, end[node]!);
  }
  return hashes;
}
