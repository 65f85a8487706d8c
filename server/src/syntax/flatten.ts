// From a tree-sitter tree to flat columns: by reading the wasm heap, or, slower, through the public TreeCursor.
// The heap layout is internal to web-tree-sitter 0.27.1 (pinned), so parser.ts compares both walks at start.

import type { Language, Tree } from 'web-tree-sitter';
import { ERROR, ERROR_TYPE, EXTRA, HAS_ERROR, MISSING, NAMED, makeColumns } from './tree.ts';
import type { Columns } from './tree.ts';

/** Views of the wasm memory. They are replaced whenever it grows, so they are fetched for every walk. */
export interface Heap {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU16: Uint16Array;
  readonly HEAPU32: Uint32Array;
}

/** Byte offsets in a heap-allocated subtree. Its children, eight bytes each, lie directly before it. */
const AT_PADDING = 4;
const AT_SIZE = 16;
const AT_ERROR_COST = 32;
const AT_CHILD_COUNT = 36;
const AT_SYMBOL = 40;
const AT_BITS = 44;
const AT_VISIBLE_DESCENDANTS = 56;
const AT_PRODUCTION = 66;

/** Byte offsets in a language. */
const AT_FIELD_COUNT = 32;
const AT_MAX_ALIASES = 36;
const AT_FIELD_SLICES = 64;
const AT_FIELD_ENTRIES = 68;
const AT_SYMBOL_METADATA = 72;
const AT_PUBLIC_SYMBOLS = 76;
const AT_ALIASES = 84;

/** Lengths are stored in bytes of UTF-16 text; the arena counts code units. */
const TO_UNITS = 1;

/** Numbers kept for each open subtree during the walk. */
const FRAME = 7;

/** The address of a tree or language object in the wasm heap. */
export function addressOf(object: Tree | Language): number {
  return (object as unknown as { 0: number })[0];
}

/**
 * Reads the tree straight from the heap, iteratively: depth is bounded by memory only.
 * Never calls into wasm, so the views stay valid throughout. Gives undefined for a root stored inline, which no
 * known grammar has.
 */
export function flattenHeap(heap: Heap, tree: number, language: number): Columns | undefined {
  const u8 = heap.HEAPU8;
  const u16 = heap.HEAPU16;
  const u32 = heap.HEAPU32;
  const fieldCount = u32[(language + AT_FIELD_COUNT) >> 2]!;
  const maxAliases = u16[(language + AT_MAX_ALIASES) >> 1]!;
  const fieldSlices = u32[(language + AT_FIELD_SLICES) >> 2]! >> 1;
  const fieldEntries = u32[(language + AT_FIELD_ENTRIES) >> 2]!;
  const metadata = u32[(language + AT_SYMBOL_METADATA) >> 2]!;
  const publicSymbols = u32[(language + AT_PUBLIC_SYMBOLS) >> 2]! >> 1;
  const aliases = u32[(language + AT_ALIASES) >> 2]! >> 1;

  const root = u32[tree >> 2]!;
  if ((root & 1) !== 0) return undefined;
  const hasChildren = u32[(root + AT_CHILD_COUNT) >> 2]! > 0;
  const columns = makeColumns(1 + (hasChildren ? u32[(root + AT_VISIBLE_DESCENDANTS) >> 2]! : 0));
  const { type, start, end, parent, next, field, flags } = columns;
  const lastChild = new Int32Array(type.length);

  // The root is visible whatever its flags say, and starts after its padding.
  const rootStart = u32[(root + AT_PADDING) >> 2]!;
  {
    const symbol = u16[(root + AT_SYMBOL) >> 1]!;
    const bits = u16[(root + AT_BITS) >> 1]!;
    type[0] = symbol === ERROR_TYPE ? symbol : u16[publicSymbols + symbol]!;
    start[0] = rootStart >> TO_UNITS;
    end[0] = (rootStart + u32[(root + AT_SIZE) >> 2]!) >> TO_UNITS;
    parent[0] = -1;
    next[0] = -1;
    flags[0] =
      ((bits & 2) !== 0 ? NAMED : 0) |
      (symbol === ERROR_TYPE ? ERROR : 0) |
      (u32[(root + AT_ERROR_COST) >> 2]! > 0 ? HAS_ERROR : 0);
    lastChild[0] = -1;
  }
  let count = 1;

  // One frame a subtree that is being walked: address of the next child, remaining children, structural index of the
  // next child, position where the previous child ended, production, visible ancestor, field inherited from a hidden one.
  let stack = new Int32Array(FRAME * 256);
  let top = 0;
  const rootChildren = u32[(root + AT_CHILD_COUNT) >> 2]!;
  stack[0] = root - rootChildren * 8;
  stack[1] = rootChildren;
  stack[2] = 0;
  stack[3] = rootStart;
  stack[4] = u16[(root + AT_PRODUCTION) >> 1]!;
  stack[5] = 0;
  stack[6] = 0;
  // The first child's padding is already part of the root's position.
  let isFirst = true;

  while (top >= 0) {
    if (stack[top + 1] === 0) {
      top -= FRAME;
      isFirst = false;
      continue;
    }
    const at = stack[top]!;
    stack[top] = at + 8;
    stack[top + 1]!--;
    const word = u32[at >> 2]!;

    let symbol: number;
    let size: number;
    let padding: number;
    let children = 0;
    let visible: boolean;
    let named: boolean;
    let extra: boolean;
    let flag: number;
    if ((word & 1) !== 0) {
      const sizes = u32[(at + 4) >> 2]!;
      symbol = (word >>> 8) & 0xff;
      padding = (sizes >>> 16) & 0xff;
      size = sizes >>> 24;
      visible = (word & 2) !== 0;
      named = (word & 4) !== 0;
      extra = (word & 8) !== 0;
      flag = (word & 32) !== 0 ? MISSING | HAS_ERROR : 0;
    } else {
      const bits = u16[(word + AT_BITS) >> 1]!;
      symbol = u16[(word + AT_SYMBOL) >> 1]!;
      padding = u32[(word + AT_PADDING) >> 2]!;
      size = u32[(word + AT_SIZE) >> 2]!;
      children = u32[(word + AT_CHILD_COUNT) >> 2]!;
      visible = (bits & 1) !== 0;
      named = (bits & 2) !== 0;
      extra = (bits & 4) !== 0;
      const missing = (bits & 0x200) !== 0;
      flag =
        (missing ? MISSING : 0) |
        (missing || u32[(word + AT_ERROR_COST) >> 2]! > 0 ? HAS_ERROR : 0) |
        (symbol === ERROR_TYPE ? ERROR : 0);
    }

    const position = isFirst ? stack[top + 3]! : stack[top + 3]! + padding;
    stack[top + 3] = position + size;

    let fieldId = 0;
    if (!extra) {
      const structural = stack[top + 2]!++;
      const production = stack[top + 4]!;
      fieldId = stack[top + 6]!;
      if (production !== 0) {
        const alias = u16[aliases + production * maxAliases + structural]!;
        if (alias !== 0) {
          symbol = alias;
          visible = true;
          named = u8[metadata + alias * 3 + 1]! !== 0;
        }
      }
      if (fieldCount !== 0) {
        let entry = fieldEntries + u16[fieldSlices + production * 2]! * 4;
        const last = entry + u16[fieldSlices + production * 2 + 1]! * 4;
        for (; entry < last; entry += 4) {
          if (u8[entry + 2] === structural && u8[entry + 3] === 0) {
            fieldId = u16[entry >> 1]!;
            break;
          }
        }
      }
    }

    let owner = stack[top + 5]!;
    if (visible) {
      const node = count++;
      type[node] = symbol === ERROR_TYPE ? symbol : u16[publicSymbols + symbol]!;
      start[node] = position >> TO_UNITS;
      end[node] = (position + size) >> TO_UNITS;
      parent[node] = owner;
      next[node] = -1;
      field[node] = fieldId;
      flags[node] = flag | (named ? NAMED : 0) | (extra ? EXTRA : 0);
      lastChild[node] = -1;
      const previous = lastChild[owner]!;
      if (previous >= 0) next[previous] = node;
      lastChild[owner] = node;
      owner = node;
      fieldId = 0;
    }

    if (children === 0) {
      isFirst = false;
      continue;
    }
    top += FRAME;
    if (top + FRAME > stack.length) {
      const larger = new Int32Array(stack.length * 2);
      larger.set(stack);
      stack = larger;
    }
    stack[top] = word - children * 8;
    stack[top + 1] = children;
    stack[top + 2] = 0;
    stack[top + 3] = position;
    stack[top + 4] = u16[(word + AT_PRODUCTION) >> 1]!;
    stack[top + 5] = owner;
    stack[top + 6] = fieldId;
    isFirst = true;
  }
  columns.count = count;
  return columns;
}

/** The same columns through the public cursor: about ten times slower, and independent of the heap's layout. */
export function flattenCursor(tree: Tree): Columns {
  const cursor = tree.walk();
  const columns = makeColumns(tree.rootNode.descendantCount);
  const { type, start, end, parent, next, field, flags } = columns;
  const lastChild = new Int32Array(type.length).fill(-1);
  let owner = -1;
  let count = 0;
  try {
    for (;;) {
      const node = cursor.currentNode;
      const at = count++;
      type[at] = node.typeId;
      start[at] = node.startIndex;
      end[at] = node.endIndex;
      parent[at] = owner;
      next[at] = -1;
      field[at] = cursor.currentFieldId;
      flags[at] =
        (node.isNamed ? NAMED : 0) |
        (node.isMissing ? MISSING : 0) |
        (node.isExtra ? EXTRA : 0) |
        (node.isError ? ERROR : 0) |
        (node.hasError ? HAS_ERROR : 0);
      if (owner >= 0) {
        const previous = lastChild[owner]!;
        if (previous >= 0) next[previous] = at;
        lastChild[owner] = at;
      }
      if (cursor.gotoFirstChild()) {
        owner = at;
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) {
          columns.count = count;
          return columns;
        }
        owner = parent[owner]!;
      }
    }
  } finally {
    cursor.delete();
  }
}

/** Whether two walks saw the same tree. */
export function sameColumns(a: Columns, b: Columns): boolean {
  if (a.count !== b.count) return false;
  for (let it = 0; it < a.count; it++) {
    if (
      a.type[it] !== b.type[it] ||
      a.start[it] !== b.start[it] ||
      a.end[it] !== b.end[it] ||
      a.parent[it] !== b.parent[it] ||
      a.next[it] !== b.next[it] ||
      a.field[it] !== b.field[it] ||
      a.flags[it] !== b.flags[it]
    ) {
      return false;
    }
  }
  return true;
}
