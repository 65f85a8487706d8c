// The deterministic fixes by the kind of finding they mend; a family is one file in this folder.
// What is proposed here must still be proven: verify.ts says whether a new analysis agrees.

import type { Finding } from '../engine/engine.ts';
import type { Arena } from '../syntax/arena.ts';
import { nodeAt, type Fix, type Fixer, type TextChange } from './fix.ts';
import { escapeHoles, writeAsText } from './html.ts';
import { keepBaseName, sendFromRoot } from './path.ts';
import { avoidShell } from './shell.ts';
import { parameterise } from './sql.ts';

export type { Fix, TextChange } from './fix.ts';

const FIXERS: Readonly<Record<string, readonly Fixer[]>> = {
  sql: [parameterise],
  shell: [avoidShell],
  path: [sendFromRoot, keepBaseName],
  html: [writeAsText, escapeHoles],
};

/**
 * The fixes for a finding, best first. `start` and `end` are the offsets of the finding's range in the text of the tree.
 * Empty if no fix is certain.
 */
export function proposeFixes(arena: Arena, finding: Finding, start: number, end: number): readonly Fix[] {
  const node = nodeAt(arena, start, end);
  if (node < 0) return [];
  const target = { arena, node, rule: finding.rule, sink: finding.sink };
  return (FIXERS[finding.rule] ?? []).map((fixer) => fixer(target)).filter((fix) => fix !== undefined);
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
  return a.start < b.end && b.start < a.end ? true : a.start === b.start;
}
