// The JavaScript family: JavaScript, JSX, TypeScript, TSX. One lowering serves all, because their grammars share names.
// Here the handlers of the parts are put into tables by type id, one set for each grammar.

import type { Arena } from '../../syntax/arena.ts';
import { typeNamesOf } from '../../syntax/tree.ts';
import type { Lowering } from '../language.ts';
import { assignments, places } from './assign.ts';
import { callEffects, calls } from './calls.ts';
import type { ExpressionHandler, StatementHandler, Tables } from './context.ts';
import { lowerEffect } from './context.ts';
import { cutFile } from './cut.ts';
import { declarations } from './declarations.ts';
import { lowerItem } from './functions.ts';
import { jsx } from './jsx.ts';
import { literals } from './literals.ts';
import { modules } from './modules.ts';
import { JAVASCRIPT_NATIVES } from './natives.ts';
import { operatorEffects, operators } from './operators.ts';
import { statements } from './statements.ts';
import { unwrapped } from './tests.ts';

/** Lowering of the JavaScript family. */
export const javascript: Lowering = {
  natives: JAVASCRIPT_NATIVES,
  cut: cutFile,
  lower: (arena, cut, index, children) => lowerItem(tablesOf(arena), arena, cut, index, children),
};

const nothing: StatementHandler = () => {};

/** Expressions that have no effect of their own. */
const inert: Readonly<Record<string, StatementHandler>> = {
  identifier: nothing,
  this: nothing,
  string: nothing,
  number: nothing,
  true: nothing,
  false: nothing,
  null: nothing,
  undefined: nothing,
  parenthesized_expression: (lo, node) => {
    const inner = unwrapped(lo, node);
    if (inner !== node) lowerEffect(lo, inner);
  },
};

const expressions: Readonly<Record<string, ExpressionHandler>> = {
  ...literals,
  ...places,
  ...calls,
  ...operators,
  ...assignments,
  ...jsx,
};
const effects: Readonly<Record<string, StatementHandler>> = { ...inert, ...operatorEffects, ...callEffects };
const allStatements: Readonly<Record<string, StatementHandler>> = {
  ...statements,
  ...declarations,
  ...modules,
};

const tables = new WeakMap<object, Tables>();

function tablesOf(arena: Arena): Tables {
  const names = typeNamesOf(arena);
  const known = tables.get(names);
  if (known) return known;
  // Keywords such as `this` or `module` are anonymous tokens too; handlers are only ever asked about named nodes.
  const made: Tables = {
    expressions: names.map((it) => (it === undefined ? undefined : expressions[it])),
    statements: names.map((it) => (it === undefined ? undefined : allStatements[it])),
    effects: names.map((it) => (it === undefined ? undefined : effects[it])),
  };
  tables.set(names, made);
  return made;
}
