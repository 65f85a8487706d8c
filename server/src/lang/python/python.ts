// Python's lowering: the handlers of the parts, put into tables by type id of the grammar.
// Statements that bind names are handled for their effects; every other node is an expression or unknown syntax.

import type { Arena } from '../../syntax/arena.ts';
import { typeNamesOf } from '../../syntax/tree.ts';
import type { Lowering } from '../language.ts';
import { assignments, places } from './assign.ts';
import { calls } from './calls.ts';
import { lowerClass } from './classes.ts';
import { comprehensions } from './comprehensions.ts';
import type { ExpressionHandler, StatementHandler, Tables } from './context.ts';
import { cutFile } from './cut.ts';
import { lowerFunctionStatement, lowerItem } from './functions.ts';
import { literals } from './literals.ts';
import { lowerMatch } from './match.ts';
import { modules } from './modules.ts';
import { PYTHON_NATIVES } from './natives.ts';
import { operators } from './operators.ts';
import { statements } from './statements.ts';

/** Lowering of Python. */
export const python: Lowering = {
  natives: PYTHON_NATIVES,
  cut: cutFile,
  lower: (arena, cut, index, children) => lowerItem(tablesOf(arena), arena, cut, index, children),
};

const expressions: Readonly<Record<string, ExpressionHandler>> = {
  ...literals,
  ...places,
  ...calls,
  ...operators,
  ...comprehensions,
};
const allStatements: Readonly<Record<string, StatementHandler>> = {
  ...statements,
  ...assignments,
  ...modules,
  function_definition: lowerFunctionStatement,
  class_definition: lowerClass,
  match_statement: lowerMatch,
};

const tables = new WeakMap<object, Tables>();

function tablesOf(arena: Arena): Tables {
  const names = typeNamesOf(arena);
  const known = tables.get(names);
  if (known) return known;
  const made: Tables = {
    expressions: names.map((it) => (it === undefined ? undefined : expressions[it])),
    statements: names.map((it) => (it === undefined ? undefined : allStatements[it])),
  };
  tables.set(names, made);
  return made;
}
