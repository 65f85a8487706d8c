// The read-only view of a syntax tree that everybody above syntax/ uses: parallel typed arrays in pre-order.
// A node is an index; children, siblings and fields are found without touching the wasm heap.

/** A node of an arena: index in pre-order, root is 0. -1 stands for "no node". */
export type Node = number;

export interface Arena {
  readonly text: string;
  /** Number of nodes. */
  readonly count: number;
  /** Type id of the grammar; `typeName` gives its name. Anonymous tokens (`=>`, `async`) have types too. */
  readonly type: Uint16Array;
  /** UTF-16 offsets into `text`. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Int32Array;
  /** Next sibling or -1. */
  readonly next: Int32Array;
  /** Field id of the node in its parent, 0 for none. */
  readonly field: Uint16Array;
  /** Bit 0 named, bit 1 missing, bit 2 extra (comment), bit 3 error, bit 4 has an error inside. */
  readonly flags: Uint8Array;
  typeName(node: Node): string;
  isNamed(node: Node): boolean;
  /** First child or -1 (a node's first child is node + 1 in pre-order). */
  firstChild(node: Node): Node;
  /** Named children without comments. */
  namedChildren(node: Node): Node[];
  /** The child in this field or -1. */
  child(node: Node, field: string): Node;
  /** All children in this field. */
  children(node: Node, field: string): Node[];
  textOf(node: Node): string;
  hasError(node: Node): boolean;
}
