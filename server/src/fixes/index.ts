// The deterministic fixes by the kind of finding they mend; a family is one file in this folder.
// What is proposed here must still be proven: verify.ts says whether a new analysis agrees.

import type { Finding } from '../engine/engine.ts';
import type { Arena } from '../syntax/arena.ts';
import { nodeAt, type Fix, type Fixer } from './fix.ts';
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

/** The text after the edits of a fix. */
export function applyFix(text: string, fix: Fix): string {
  const ordered = [...fix.edits].sort((a, b) => b.start - a.start || b.end - a.end);
  return ordered.reduce((result, it) => result.slice(0, it.start) + it.text + result.slice(it.end), text);
}
