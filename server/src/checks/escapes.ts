// Regular expressions written as strings, whose escapes are gone before the pattern is read: `new RegExp('\.')`.
// The lowered constant says which escape its text has lost.

import type { ConstOp, FuncIR } from '../ir/ir.ts';
import { eachStatement } from '../ir/walk.ts';
import type { Hit } from './check.ts';

/** Strings with lost escapes that become patterns, each reported once where it is written. */
export function checkEscapes(ir: FuncIR): Hit[] {
  const lost = new Map<number, ConstOp>();
  eachStatement(ir.body, (op) => {
    if (op.op === 'const' && op.lost !== undefined && op.to.path.length === 0) lost.set(op.to.root, op);
  });
  if (lost.size === 0) return [];
  const found = new Set<ConstOp>();
  eachStatement(ir.body, (op) => {
    if (op.op !== 'call') return;
    const { root, path } = op.callee;
    const callee = ir.vars[root];
    const isPattern = path.length === 0 && callee?.kind === 'free' && callee.name === 'RegExp';
    const isMatch = path.length > 0 && /^(?:match|matchAll|search)$/.test(String(path.at(-1)));
    const arg = op.args[0]?.place;
    if ((!isPattern && !isMatch) || !arg || arg.path.length > 0) return;
    const text = lost.get(arg.root);
    if (text) found.add(text);
  });
  return [...found].map((it) => ({
    check: 'escape-lost',
    s: it.s,
    e: it.e,
    name: 'RegExp',
    detail: `\`${it.lost}\``,
  }));
}
