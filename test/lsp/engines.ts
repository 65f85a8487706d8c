// The engine that the tests of the server run on: the real one with the built rules, in this thread.
// Over a worker it is the same behind messages; test/lsp/process.test.ts runs that.

import type { Engine } from '../../server/src/engine/engine.ts';
import { builtRules, createEngine } from '../../server/src/engine/in-process.ts';

/** A new engine with the shipped rules. */
export function testEngine(): Promise<Engine> {
  return createEngine(builtRules());
}
