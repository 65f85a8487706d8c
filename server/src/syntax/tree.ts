// The flat tree: the implementation of Arena over typed arrays, and the name tables of a grammar.
// Names of a grammar are interned once, so comparing two type names is comparing two pointers.

import type { Arena, Node } from './arena.ts';

/** Flag bits of Arena.flags. */
export const NAMED = 1;
export const MISSING = 2;
export const EXTRA = 4;
export const ERROR = 8;
export const HAS_ERROR = 16;

/** Type id that tree-sitter gives to ERROR nodes in every grammar. */
export const ERROR_TYPE = 65535;

/** The names behind the numbers of a grammar. */
export interface Names {
  /** Node type by id; undefined for ids that never occur on a visible node. */
  readonly types: readonly (string | undefined)[];
  /** Field name by id, from 1. */
  readonly fields: readonly (string | undefined)[];
  readonly fieldIds: ReadonlyMap<string, number>;
}

/** Interned name tables from what the grammar declares (null and undefined both mean "no name"). */
export function nameTables(
  types: readonly (string | null | undefined)[],
  fields: readonly (string | null | undefined)[],
): Names {
  const interned = fields.map(intern);
  const fieldIds = new Map<string, number>();
  interned.forEach((name, id) => {
    if (name !== undefined) fieldIds.set(name, id);
  });
  return { types: types.map(intern), fields: interned, fieldIds };
}

/** A string that came out of the wasm heap, as the engine's own unique copy of it. */
function intern(text: string | null | undefined): string | undefined {
  return text == null ? undefined : Object.keys({ [text]: 0 })[0];
}

/** The arrays of a tree, each `count` long or longer. */
export interface Columns {
  readonly count: number;
  readonly type: Uint16Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Int32Array;
  readonly next: Int32Array;
  readonly field: Uint16Array;
  readonly flags: Uint8Array;
}

/** Empty columns for this many nodes. */
export function makeColumns(capacity: number): Columns & { count: number } {
  return {
    count: 0,
    type: new Uint16Array(capacity),
    start: new Uint32Array(capacity),
    end: new Uint32Array(capacity),
    parent: new Int32Array(capacity),
    next: new Int32Array(capacity),
    field: new Uint16Array(capacity),
    flags: new Uint8Array(capacity),
  };
}

/** An Arena over columns. A class, because a file has millions of look-ups through these few methods. */
export class FlatTree implements Arena {
  readonly text: string;
  readonly count: number;
  readonly type: Uint16Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Int32Array;
  readonly next: Int32Array;
  readonly field: Uint16Array;
  readonly flags: Uint8Array;
  readonly names: Names;

  constructor(text: string, columns: Columns, names: Names) {
    this.text = text;
    this.count = columns.count;
    this.type = columns.type;
    this.start = columns.start;
    this.end = columns.end;
    this.parent = columns.parent;
    this.next = columns.next;
    this.field = columns.field;
    this.flags = columns.flags;
    this.names = names;
  }

  typeName(node: Node): string {
    const id = this.type[node]!;
    return id === ERROR_TYPE ? 'ERROR' : (this.names.types[id] ?? '');
  }

  isNamed(node: Node): boolean {
    return (this.flags[node]! & NAMED) !== 0;
  }

  firstChild(node: Node): Node {
    const first = node + 1;
    return first < this.count && this.parent[first] === node ? first : -1;
  }

  namedChildren(node: Node): Node[] {
    const found: Node[] = [];
    for (let it = this.firstChild(node); it >= 0; it = this.next[it]!) {
      // Pieces of broken code are extras too, but they are no comments.
      const flag = this.flags[it]! & (NAMED | EXTRA | ERROR);
      if (flag === NAMED || (flag & ERROR) !== 0) found.push(it);
    }
    return found;
  }

  child(node: Node, field: string): Node {
    const id = this.names.fieldIds.get(field);
    if (id === undefined) return -1;
    for (let it = this.firstChild(node); it >= 0; it = this.next[it]!) {
      if (this.field[it] === id) return it;
    }
    return -1;
  }

  children(node: Node, field: string): Node[] {
    const found: Node[] = [];
    const id = this.names.fieldIds.get(field);
    if (id === undefined) return found;
    for (let it = this.firstChild(node); it >= 0; it = this.next[it]!) {
      if (this.field[it] === id) found.push(it);
    }
    return found;
  }

  textOf(node: Node): string {
    return this.text.slice(this.start[node], this.end[node]);
  }

  hasError(node: Node): boolean {
    return (this.flags[node]! & (HAS_ERROR | ERROR | MISSING)) !== 0;
  }
}

/** The first named child that is neither a comment nor an error; an error if there is nothing else, -1 if nothing. */
export function innerOf(arena: Arena, node: Node): Node {
  let broken = -1;
  for (let it = arena.firstChild(node); it >= 0; it = arena.next[it]!) {
    const flag = arena.flags[it]! & (NAMED | EXTRA | ERROR);
    if (flag === NAMED) return it;
    if (broken < 0 && (flag & ERROR) !== 0) broken = it;
  }
  return broken;
}

/** Whether a node is a piece of broken code. */
export function isError(arena: Arena, node: Node): boolean {
  return (arena.flags[node]! & ERROR) !== 0;
}

/** The first node after the whole subtree of `node`, in pre-order (`count` at the end of the tree). */
export function subtreeEnd(arena: Arena, node: Node): Node {
  for (let it = node; it >= 0; it = arena.parent[it]!) {
    const next = arena.next[it]!;
    if (next >= 0) return next;
  }
  return arena.count;
}

/** Type names by type id, for tables indexed by type. The same array object for all trees of a grammar. */
export function typeNamesOf(arena: Arena): readonly (string | undefined)[] {
  if (arena instanceof FlatTree) return arena.names.types;
  const names: string[] = [];
  for (let node = 0; node < arena.count; node++) names[arena.type[node]!] ??= arena.typeName(node);
  return names;
}
