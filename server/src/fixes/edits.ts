// Changes of a text: what one is, how several are made, and which can be made together.
// Offsets are UTF-16 code units of the text before any of the changes.

import type { Arena, Node } from '../syntax/arena.ts';

/** A replacement in the text. The changes of one fix do not overlap. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function replaceNode(arena: Arena, node: Node, text: string): TextChange {
  return { start: arena.start[node] ?? 0, end: arena.end[node] ?? 0, text };
}

export function insertAt(at: number, text: string): TextChange {
  return { start: at, end: at, text };
}

/** The text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextChange[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  return ordered.reduce((result, it) => result.slice(0, it.start) + it.text + result.slice(it.end), text);
}

/**
 * The changes that can be made together, earlier ones first: one that overlaps what is kept already is left out.
 * The same edit of several changes (an import that all of them add) is made once.
 */
export function withoutOverlaps(changes: readonly (readonly TextChange[])[]): {
  /** Indices of the changes that are kept. */
  readonly kept: readonly number[];
  readonly edits: readonly TextChange[];
} {
  const kept: number[] = [];
  const edits: TextChange[] = [];
  for (const [index, change] of changes.entries()) {
    const added = change.filter((it) => !edits.some((one) => isSame(one, it)));
    if (added.some((it) => edits.some((one) => overlaps(one, it)))) continue;
    kept.push(index);
    edits.push(...added);
  }
  return { kept, edits };
}

function isSame(a: TextChange, b: TextChange): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

/** Two insertions at one place overlap too: which comes first would be chance. */
function overlaps(a: TextChange, b: TextChange): boolean {
  return (a.start < b.end && b.start < a.end) || a.start === b.start;
}
