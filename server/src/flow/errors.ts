// What is thrown and where it is met: a value goes to the nearest `try` around that has a handler, else to the callers.
// Only what an error was made of is followed; whether it is thrown at all is a matter of statements.

import type { Catch, TryStmt } from '../ir/ir.ts';
import { type Value, EMPTY, OPEN, join, value } from './domain.ts';
import { type Env, joinEnv, toTree } from './heap.ts';
import { type Ctx, siteOf, sourceFact, writePlace } from './ctx.ts';

/** A `try` whose body is being run. */
export interface Try {
  /** The state at the places that throw; undefined while none is met. */
  env: Env | undefined;
  /** What is thrown there. */
  thrown: Value;
  readonly handled: boolean;
}

/** The state here may be met in a handler around, with what is thrown. */
export function raise(ctx: Ctx, thrown: Value): void {
  const top = ctx.tries.at(-1);
  if (top) top.env = top.env ? joinEnv(top.env, ctx.env, ctx.kinds) : ctx.env;
  noteThrown(ctx, thrown);
}
/** A value may be thrown here, by a call for instance, from which the handler around sees no other state. */
export function noteThrown(ctx: Ctx, thrown: Value): void {
  const tree = toTree(ctx.env, thrown, ctx.kinds);
  if (tree.facts.length === 0 && !tree.fields) return;
  const top = ctx.tries.at(-1);
  if (top) top.thrown = join(top.thrown, tree, ctx.kinds);
  else ctx.thrown = join(ctx.thrown, tree, ctx.kinds);
}

/** Begins the body of a `try`; to be ended by `leaveTry`. */
export function enterTry(ctx: Ctx, stmt: TryStmt): Try {
  const res: Try = { env: undefined, thrown: EMPTY, handled: stmt.catches.length > 0 };
  ctx.tries.push(res);
  return res;
}
/** Ends the body: what was thrown in it and has no handler here goes on. */
export function leaveTry(ctx: Ctx, it: Try, stmt: TryStmt): void {
  ctx.tries.pop();
  if (stmt.catches.length === 0) noteThrown(ctx, it.thrown);
}
/** The parameter of a handler is something nobody knows, or what was thrown. */
export function caught(ctx: Ctx, it: Try, handler: Catch, stmt: TryStmt): void {
  if (handler.param) writePlace(ctx, handler.param, join(anyError(ctx, handler), it.thrown, ctx.kinds), stmt);
}
/** An exception of any type: its text tells of the program's inside. */
function anyError(ctx: Ctx, { any }: Catch): Value {
  if (!any || !ctx.info.natives.textChecks) return OPEN;
  return value({ facts: [sourceFact(siteOf(ctx, any), 'error', 'the exception')], open: true });
}
