// All checks that need a function's text and the constants that a run saw in its calls. They run once a run, on functions
// in which such a call was seen or that compare text.

import type { FuncIR } from '../ir/ir.ts';
import type { Hit } from './check.ts';
import { checkAttributes, checkRemovals } from './markup.ts';
import { checkReplacements } from './replace.ts';
import { checkHosts, checkSchemes, checkSearches, checkSuffixes } from './urls.ts';
import { type Seen, type View, viewOf } from './view.ts';

/** Methods whose calls are told to the checks. */
export const WATCHED: ReadonlySet<string> = new Set([
  'replace',
  'replaceAll',
  'includes',
  'indexOf',
  'lastIndexOf',
  'startsWith',
  'endsWith',
  'has',
  'test',
  'exec',
  'match',
  'matchAll',
]);

const CHECKS: readonly ((view: View) => Hit[])[] = [
  checkReplacements,
  checkRemovals,
  checkAttributes,
  checkHosts,
  checkSearches,
  checkSchemes,
  checkSuffixes,
];

/** What is wrong in a function, given the calls a run saw in it. */
export function checkCalls(ir: FuncIR, seen: ReadonlyMap<number, Seen>): Hit[] {
  const view = viewOf(ir, seen);
  return CHECKS.flatMap((it) => it(view));
}
