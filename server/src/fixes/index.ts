// The deterministic fixes by the rule whose findings they mend; a family is one file in the folder of its language.
// What is proposed here must still be proven: verify.ts says whether a new analysis agrees.

import { linesOf, offsetAt } from '../base/lines.ts';
import type { Finding } from '../engine/engine.ts';
import type { Arena } from '../syntax/arena.ts';
import type { Family } from '../syntax/language.ts';
import { nodeAt, type Fix, type Fixer, type FixTarget } from './fix.ts';
import { JAVASCRIPT } from './javascript/index.ts';
import { PYTHON } from './python/index.ts';

export { applyEdits, withoutOverlaps, type TextChange } from './edits.ts';
export type { Fix } from './fix.ts';

const FIXERS: Readonly<Record<Family, Readonly<Record<string, readonly Fixer[]>>>> = {
  javascript: JAVASCRIPT,
  python: PYTHON,
};

/** The title of a fix in English. */
export function titleOf({ title, names = [] }: Fix): string {
  return title.replace(/\{(\d+)\}/g, (hole, index: string) => names[Number(index)] ?? hole);
}

/**
 * The fixes for a finding, safe ones first, then in the order of the tables. `start` and `end` are the offsets of the
 * finding's range in the text of the tree. Empty if no fix is certain.
 */
export function proposeFixes(
  arena: Arena,
  family: Family,
  finding: Finding,
  start: number,
  end: number,
): readonly Fix[] {
  const node = nodeAt(arena, start, end);
  if (node < 0) return [];
  const lines = linesOf(arena.text);
  const passed = finding.paths
    .flatMap((it) => it.steps)
    .filter((it) => it.uri === finding.uri && it.role !== 'sink')
    .map(({ range, role }) => ({
      start: offsetAt(lines, range.start),
      end: offsetAt(lines, range.end),
      begins: role === 'source',
    }));
  const sources = passed.filter((it) => it.begins);
  const target: FixTarget = { arena, node, finding, sources, steps: passed };
  const fixes = (FIXERS[family][finding.rule] ?? []).flatMap((fixer) => fixer(target) ?? []);
  return [...fixes.filter((it) => it.safe), ...fixes.filter((it) => !it.safe)];
}
