// Where a statement can be put before the one that holds an expression, and what refuses a request there.
// A statement is put only where it runs exactly when the expression would: not before `a && …`, not into a one-line `if`.

import type { Arena, Node } from '../../syntax/arena.ts';
import { indentAt, lineBreakOf, parentOf, startOf, textOf, typeOf } from '../fix.ts';
import { insertAt, type TextChange } from '../edits.ts';
import { functionAround, isFunction } from './tree.ts';

/** The statement around an expression if it stands in a block and evaluates the expression always; or -1. */
export function statementAround(arena: Arena, expression: Node): Node {
  for (let it = expression; it >= 0; it = parentOf(arena, it)) {
    const parent = parentOf(arena, it);
    const type = typeOf(arena, parent);
    if (type === 'statement_block' || type === 'program') {
      const own = typeOf(arena, it);
      return /^(?:expression_statement|return_statement|lexical_declaration|variable_declaration|throw_statement)$/.test(
        own,
      )
        ? it
        : -1;
    }
    if (isFunction(arena, parent) || type === 'ternary_expression') return -1;
    // The left side of `a && b` is always evaluated.
    const isRight = type === 'binary_expression' && arena.child(parent, 'right') === it;
    if (isRight && /^(?:&&|\|\||\?\?)$/.test(textOf(arena, arena.child(parent, 'operator')))) return -1;
  }
  return -1;
}

/** Lines before a statement, in its indentation. */
export function linesBefore(arena: Arena, statement: Node, lines: readonly string[]): TextChange {
  const at = startOf(arena, statement);
  const separator = `${lineBreakOf(arena.text)}${indentAt(arena.text, at)}`;
  return insertAt(at, lines.map((it) => it + separator).join(''));
}

/**
 * What ends the handling of a request at a place: an answer on the response of the handler around it, else an exception.
 * `answered` says which, because only the answer is sure to be what the program does with bad requests.
 */
export function refusalAt(
  arena: Arena,
  node: Node,
  status: number,
  words: string,
): { code: string; answered: boolean } {
  const around = functionAround(arena, node);
  const list = around < 0 ? -1 : arena.child(around, 'parameters');
  const names = list < 0 ? [] : arena.namedChildren(list).map((it) => nameOf(arena, it));
  const at = names.indexOf('res') >= 0 ? names.indexOf('res') : names.indexOf('response');
  // `(req, res)`, `(err, req, res, next)`: Express and what follows its convention.
  if (at >= 1 && /^req(?:uest)?$/.test(names[at - 1] ?? ''))
    return { code: `return ${names[at]}.status(${status}).end();`, answered: true };
  return { code: `throw new Error('${words}');`, answered: false };
}

function nameOf(arena: Arena, parameter: Node): string {
  const pattern = arena.child(parameter, 'pattern');
  return arena.textOf(pattern < 0 ? parameter : pattern);
}
