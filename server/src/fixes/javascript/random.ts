// Values that must not be guessed, from the generator of the operating system instead of Math.random.
// Only in files for Node: what a page has to offer depends on its browsers.

import type { Arena, Node } from '../../syntax/arena.ts';
import { replaceNode } from '../edits.ts';
import { parentOf, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import { isForNode, useMember } from './imports.ts';
import { callAt, unwrap } from './tree.ts';

/** `Math.floor(Math.random() * 10)` becomes `randomInt(10)`, also with a number added inside. */
export function randomInteger({ arena, node, finding }: FixTarget): Fix | undefined {
  if (!isForNode(arena)) return undefined;
  const product = outside(arena, node);
  const range = otherSide(arena, product, node, '*');
  if (range === undefined || !isInteger(arena, range)) return undefined;
  let sum = outside(arena, product);
  const start = otherSide(arena, sum, product, '+');
  if (start === undefined) sum = product;
  else if (!isInteger(arena, start)) return undefined;
  const call = callAt(arena, parentOf(arena, parentOf(arena, sum)));
  if (
    call === undefined ||
    call.args[0] !== sum ||
    !/^Math\.(?:floor|trunc)$/.test(textOf(arena, call.callee))
  )
    return undefined;
  const used = useMember(arena, finding.uri, 'crypto', 'randomInt');
  if (used === undefined) return undefined;
  const number = `${used.code}(${arena.textOf(range)})`;
  const code = start === undefined ? number : `${arena.textOf(start)} + ${number}`;
  return {
    title: 'Take it from a generator that cannot be predicted ({0})',
    names: ['randomInt'],
    edits: [...used.edits, replaceNode(arena, call.node, code)],
    safe: true,
  };
}

/** `Math.random().toString(36).slice(2)` becomes `randomUUID()`. */
export function randomText({ arena, node, finding }: FixTarget): Fix | undefined {
  let whole = node;
  let isText = false;
  for (;;) {
    const member = parentOf(arena, whole);
    const call =
      typeOf(arena, member) === 'member_expression' ? callAt(arena, parentOf(arena, member)) : undefined;
    if (call === undefined || call.callee !== member) break;
    const name = textOf(arena, arena.child(member, 'property'));
    if (name === 'toString') isText = true;
    else if (!isText || !/^(?:slice|substring|substr|toUpperCase|replace)$/.test(name)) break;
    whole = call.node;
  }
  if (!isText || !isForNode(arena)) return undefined;
  const used = useMember(arena, finding.uri, 'crypto', 'randomUUID');
  if (used === undefined) return undefined;
  const edits = [...used.edits, replaceNode(arena, whole, `${used.code}()`)];
  return {
    title: 'Use a random UUID, which is longer and has dashes ({0})',
    names: ['randomUUID'],
    edits,
    safe: false,
  };
}

/** The expression around another one, without parentheses between them. */
function outside(arena: Arena, node: Node): Node {
  let it = parentOf(arena, node);
  while (typeOf(arena, it) === 'parenthesized_expression') it = parentOf(arena, it);
  return it;
}

/** The other operand of an operation that has `node` on one side. */
function otherSide(arena: Arena, operation: Node, node: Node, operator: string): Node | undefined {
  if (typeOf(arena, operation) !== 'binary_expression') return undefined;
  if (textOf(arena, arena.child(operation, 'operator')) !== operator) return undefined;
  const [left, right] = [arena.child(operation, 'left'), arena.child(operation, 'right')];
  return unwrap(arena, left) === node ? right : unwrap(arena, right) === node ? left : undefined;
}

/** Whether an expression is certainly a whole number: a literal or a length. `randomInt` takes no other. */
function isInteger(arena: Arena, node: Node): boolean {
  return /^\d+$|\.length$/.test(arena.textOf(node)) && !/[\s+*/-]/.test(arena.textOf(node));
}
