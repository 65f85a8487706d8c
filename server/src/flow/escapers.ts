// Functions that escape text by hand: they walk through it and put an entity in the place of every character that means
// something in HTML. Seen by their shape, because what they return is made of pieces of the text that was given.

import type { Const, FuncIR, Op, Place, Stmt, SwitchStmt } from '../ir/ir.ts';
import { eachStatement } from '../ir/walk.ts';
import { cleanse } from './domain.ts';
import { type Ctx, siteOf } from './ctx.ts';
import { markEnding } from './probe.ts';

/** Characters that must be replaced, as text and as numbers. */
const SPECIAL: readonly string[] = ['<', '&', '"'];
const ENTITY = /^&#?\w+;$/;

/** If this function is such an escaper of its only parameter, what it returns is safe in HTML. */
export function markEscaped(ctx: Ctx): void {
  if (ctx.ir.params.length !== 1 || ctx.ret.facts.length === 0) return;
  const found = escaperIn(ctx.ir);
  if (!found) return;
  const kinds = ctx.kinds.of(['html']);
  const facts = markEnding(ctx, ctx.ret.facts, kinds, siteOf(ctx, found), 'sanitised', 'escaped here');
  ctx.ret = { ...ctx.ret, facts: cleanse(facts, kinds, ctx.kinds) };
}

const known = new WeakMap<FuncIR, SwitchStmt | 'none'>();
/** The `switch` inside a loop that replaces the characters; undefined if there is none. */
function escaperIn(ir: FuncIR): SwitchStmt | undefined {
  let found = known.get(ir);
  if (found === undefined) known.set(ir, (found = find(ir) ?? 'none'));
  return found === 'none' ? undefined : found;
}
function find(ir: FuncIR): SwitchStmt | undefined {
  const defs = new Map<number, Op>();
  const consts = new Map<number, Const>();
  const loops: Stmt[] = [];
  eachStatement(ir.body, (stmt) => {
    if (stmt.op === 'loop') loops.push(stmt);
    if (stmt.op === 'const' && stmt.to.path.length === 0) consts.set(stmt.to.root, stmt.value);
    if ('to' in stmt && stmt.to && stmt.to.path.length === 0) defs.set(stmt.to.root, stmt);
  });
  let res: SwitchStmt | undefined;
  for (const loop of loops)
    if (loop.op === 'loop')
      eachStatement(loop.body, (stmt) => {
        if (stmt.op === 'switch' && isCharacter(stmt.on, defs) && replacesAll(stmt, consts)) res ??= stmt;
      });
  return res;
}

/** `text.charCodeAt(i)`, `text.charAt(i)`, `text[i]`. */
function isCharacter(place: Place, defs: ReadonlyMap<number, Op>): boolean {
  if (place.path.length > 0) return typeof place.path.at(-1) === 'object';
  const op = defs.get(place.root);
  if (op?.op === 'call') return /^(charCodeAt|codePointAt|charAt)$/.test(String(op.callee.path.at(-1)));
  return op?.op === 'copy' && op.from.path.length > 0 && typeof op.from.path.at(-1) === 'object';
}
function replacesAll(stmt: SwitchStmt, consts: ReadonlyMap<number, Const>): boolean {
  const replaced = new Set<string>();
  for (const it of stmt.cases) {
    const at = it.test && it.test.path.length === 0 ? consts.get(it.test.root) : undefined;
    const character = typeof at === 'number' ? String.fromCharCode(at) : at;
    let entity = false;
    eachStatement(it.body, (op) => {
      if (op.op === 'const' && typeof op.value === 'string' && ENTITY.test(op.value)) entity = true;
      if (op.op === 'concat') entity ||= op.parts.some((x) => typeof x === 'string' && ENTITY.test(x));
    });
    if (typeof character === 'string' && entity) replaced.add(character);
  }
  return SPECIAL.every((it) => replaced.has(it));
}
