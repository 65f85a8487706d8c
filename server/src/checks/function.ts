// All checks that need one lowered function and nothing else. Their answer depends on the function's text alone, so it is
// kept with the lowered function, which unchanged text shares.

import type { FuncIR } from '../ir/ir.ts';
import { eachStatement } from '../ir/walk.ts';
import type { Hit } from './check.ts';
import { checkEscapes } from './escapes.ts';
import { checkPattern } from './patterns.ts';
import { checkSecrets } from './secrets.ts';

const known = new WeakMap<FuncIR, readonly Hit[]>();
const secrets = new WeakMap<FuncIR, readonly Hit[]>();

/** What is wrong in a function. */
export function checkFunction(ir: FuncIR): readonly Hit[] {
  let hits = known.get(ir);
  if (!hits) known.set(ir, (hits = check(ir)));
  return hits;
}

function check(ir: FuncIR): Hit[] {
  const hits: Hit[] = [];
  const exchanging = new Set<number>();
  eachStatement(ir.body, (op) => {
    if (op.op === 'call' && op.args[0] && /^(replace|replaceAll|split)$/.test(String(op.callee.path.at(-1))))
      exchanging.add(op.args[0].place.root);
  });
  eachStatement(ir.body, (op) => {
    if (op.op !== 'const' || typeof op.value !== 'object' || op.value === null) return;
    hits.push(...checkPattern(op.value, op, 'javascript', !exchanging.has(op.to.root)));
  });
  hits.push(...checkEscapes(ir));
  return hits;
}

/** Secrets that stand in a function; for languages whose calls name their arguments. */
export function secretsIn(ir: FuncIR): readonly Hit[] {
  let hits = secrets.get(ir);
  if (!hits) secrets.set(ir, (hits = checkSecrets(ir)));
  return hits;
}
