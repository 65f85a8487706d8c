// Statements other than declarations: blocks, branches, loops, switch, try, jumps.
// Every loop is an endless one left by `break`, so a condition is an ordinary `if` that guards see.

import type { Place, Stmt, SwitchStmt, Test } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { collect, declare, emit, inScope, placeOf, spanOf, temp } from '../builder.ts';
import { targetOf } from './assign.ts';
import { MAX_ELSE_IFS } from '../limits.ts';
import { combineTooDeep, lowerEffect, lowerExpression, lowerStatement, lowerUnknown } from './context.ts';
import type { Lo, StatementHandler } from './context.ts';
import { enterBlock } from './declarations.ts';
import { bindingNames, lowerPattern } from './patterns.ts';
import { lowerReturned } from './logical.ts';
import { lowerTest } from './tests.ts';

/** Handlers of statements. */
export const statements: Readonly<Record<string, StatementHandler>> = {
  expression_statement: lowerExpressionStatement,
  statement_block: lowerBlock,
  if_statement: lowerIf,
  while_statement: (lo, node) => lowerWhile(lo, node),
  do_statement: (lo, node) => lowerDo(lo, node),
  for_statement: (lo, node) => lowerFor(lo, node),
  for_in_statement: (lo, node) => lowerForIn(lo, node),
  switch_statement: (lo, node) => lowerSwitch(lo, node),
  labeled_statement: lowerLabeled,
  try_statement: lowerTry,
  return_statement: lowerReturn,
  throw_statement: lowerThrow,
  break_statement: (lo, node) => lowerJump(lo, node, 'break'),
  continue_statement: (lo, node) => lowerJump(lo, node, 'continue'),
  with_statement: lowerWith,
  else_clause: (lo, node) => lo.arena.namedChildren(node).forEach((it) => lowerStatement(lo, it)),
  empty_statement: () => {},
  debugger_statement: () => {},
  hash_bang_line: () => {},
};

/** Statements that can carry a label of their own. */
const labelled: Readonly<Record<string, (lo: Lo, node: Node, label: string) => void>> = {
  while_statement: lowerWhile,
  do_statement: lowerDo,
  for_statement: lowerFor,
  for_in_statement: lowerForIn,
  switch_statement: lowerSwitch,
};

function lowerExpressionStatement(lo: Lo, node: Node): void {
  for (const it of lo.arena.namedChildren(node)) {
    // A namespace stands where an expression does.
    if (lo.tables.statements[lo.arena.type[it]!] !== undefined) lowerStatement(lo, it);
    else lowerEffect(lo, it);
  }
}

function lowerBlock(lo: Lo, node: Node): void {
  inScope(lo, () => lowerSequenceOf(lo, lo.arena.namedChildren(node)));
}

/** The statements of a block whose scope is already open. */
export function lowerSequenceOf(lo: Lo, nodes: readonly Node[]): void {
  enterBlock(lo, nodes);
  for (const it of nodes) lowerStatement(lo, it);
}

/** A statement that is the whole body of something, in a scope of its own. */
function bodyOf(lo: Lo, node: Node): Stmt[] {
  if (node < 0) return [];
  return collect(lo, () => inScope(lo, () => lowerSequenceOf(lo, [node])));
}

/** A chain of `else if` is walked, not recursed into: machine-made ones are long. */
function lowerIf(lo: Lo, node: Node): void {
  const { arena } = lo;
  const links: { at: Node; test: Test; body: Stmt[] }[] = [];
  let rest: Stmt[] = [];
  for (let it = node; ;) {
    const test = conditionOf(lo, it);
    links.push({ at: it, test, body: bodyOf(lo, arena.child(it, 'consequence')) });
    const alternative = arena.child(it, 'alternative');
    const inner = alternative < 0 ? -1 : innerOf(arena, alternative);
    if (inner < 0) break;
    if (arena.typeName(inner) !== 'if_statement') rest = bodyOf(lo, inner);
    else if (links.length < MAX_ELSE_IFS) {
      it = inner;
      continue;
    } else rest = collect(lo, () => void combineTooDeep(lo, inner));
    break;
  }
  for (const { at, test, body } of links.reverse()) {
    rest = [{ op: 'if', test, then: body, else: rest, ...spanOf(lo, at) }];
  }
  lo.block.push(...rest);
}

function conditionOf(lo: Lo, node: Node): Test {
  const condition = lo.arena.child(node, 'condition');
  if (condition >= 0) return lowerTest(lo, condition);
  let a: Place | undefined;
  const pre = collect(lo, () => void (a = placeOf(lo, temp(lo))));
  return { t: 'truthy', a: a!, pre, ...spanOf(lo, node) };
}

/** `if (test) {} else break`. */
function leaveUnless(test: Test): Stmt {
  const span = { s: test.s, e: test.e };
  return { op: 'if', test, then: [], else: [{ op: 'jump', kind: 'break', ...span }], ...span };
}

function addLoop(lo: Lo, node: Node, body: Stmt[], update: Stmt[], label?: string): void {
  const span = spanOf(lo, node);
  lo.block.push(
    label === undefined
      ? { op: 'loop', body, update, ...span }
      : { op: 'loop', label, body, update, ...span },
  );
}

function lowerWhile(lo: Lo, node: Node, label?: string): void {
  const test = conditionOf(lo, node);
  const body = bodyOf(lo, lo.arena.child(node, 'body'));
  addLoop(lo, node, [leaveUnless(test), ...body], [], label);
}

function lowerDo(lo: Lo, node: Node, label?: string): void {
  const body = bodyOf(lo, lo.arena.child(node, 'body'));
  addLoop(lo, node, body, [leaveUnless(conditionOf(lo, node))], label);
}

function lowerFor(lo: Lo, node: Node, label?: string): void {
  const { arena } = lo;
  inScope(lo, () => {
    const initializer = arena.child(node, 'initializer');
    if (initializer >= 0) lowerSequenceOf(lo, [initializer]);
    const condition = arena
      .children(node, 'condition')
      .find((it) => arena.isNamed(it) && arena.typeName(it) !== 'empty_statement');
    const increment = arena.child(node, 'increment');
    const test = condition === undefined ? undefined : lowerTest(lo, bare(lo, condition));
    const body = bodyOf(lo, arena.child(node, 'body'));
    const update = increment < 0 ? [] : collect(lo, () => lowerEffect(lo, increment));
    addLoop(lo, node, test ? [leaveUnless(test), ...body] : body, update, label);
  });
}

/** The expression of an expression statement; grammars differ in what they put between the semicolons. */
function bare(lo: Lo, node: Node): Node {
  if (lo.arena.typeName(node) !== 'expression_statement') return node;
  const inner = innerOf(lo.arena, node);
  return inner < 0 ? node : inner;
}

function lowerForIn(lo: Lo, node: Node, label?: string): void {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  if (left < 0 || right < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const operator = arena.child(node, 'operator');
  const mode = operator >= 0 && arena.typeName(operator) === 'in' ? 'in' : 'of';
  const kind = arena.child(node, 'kind');
  const from = lowerExpression(lo, right);
  inScope(lo, () => {
    if (kind >= 0 && arena.typeName(kind) !== 'var') {
      for (const it of bindingNames(lo, left)) declare(lo, arena.textOf(it));
    }
    const isName = arena.typeName(left) === 'identifier';
    const isAwaited = hasAwait(lo, node);
    const to = isName && !isAwaited ? targetOf(lo, left) : placeOf(lo, temp(lo));
    const body = collect(lo, () => {
      let value = to;
      if (isAwaited) {
        value = placeOf(lo, temp(lo));
        emit(lo, left, { op: 'await', from: to, to: value });
      }
      if (!isName || isAwaited) lowerPattern(lo, left, value);
    });
    body.push(...bodyOf(lo, arena.child(node, 'body')));
    const span = spanOf(lo, node);
    const loop = { op: 'loop', each: { to, from, mode }, body, update: [], ...span } as const;
    lo.block.push(label === undefined ? loop : { ...loop, label });
  });
}

function hasAwait(lo: Lo, node: Node): boolean {
  const second = lo.arena.next[lo.arena.firstChild(node)]!;
  return second >= 0 && lo.arena.typeName(second) === 'await';
}

function lowerSwitch(lo: Lo, node: Node, label?: string): void {
  const { arena } = lo;
  const value = arena.child(node, 'value');
  const body = arena.child(node, 'body');
  if (value < 0 || body < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const on = lowerExpression(lo, value);
  inScope(lo, () => {
    const arms = arena.namedChildren(body);
    enterBlock(
      lo,
      arms.flatMap((it) => arena.children(it, 'body')),
    );
    const cases = arms.map((it) => lowerCase(lo, it));
    const span = spanOf(lo, node);
    lo.block.push(
      label === undefined
        ? { op: 'switch', on, cases, ...span }
        : { op: 'switch', label, on, cases, ...span },
    );
  });
}

function lowerCase(lo: Lo, node: Node): SwitchStmt['cases'][number] {
  const { arena } = lo;
  const value = arena.child(node, 'value');
  let test: Place | undefined;
  const pre = value < 0 ? [] : collect(lo, () => void (test = lowerExpression(lo, value)));
  const nodes = arena.typeName(node) === 'ERROR' ? arena.namedChildren(node) : arena.children(node, 'body');
  const body = collect(lo, () => nodes.forEach((it) => lowerStatement(lo, it)));
  return test ? { pre, test, body } : { pre, body };
}

function lowerLabeled(lo: Lo, node: Node): void {
  const { arena } = lo;
  const name = arena.child(node, 'label');
  const body = arena.child(node, 'body');
  if (name < 0 || body < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const label = arena.textOf(name);
  const handler = labelled[arena.typeName(body)];
  if (handler) handler(lo, body, label);
  else lo.block.push({ op: 'block', label, body: bodyOf(lo, body), ...spanOf(lo, node) });
}

function lowerTry(lo: Lo, node: Node): void {
  const { arena } = lo;
  const handler = arena.child(node, 'handler');
  const finalizer = arena.child(node, 'finalizer');
  const body = bodyOf(lo, arena.child(node, 'body'));
  const catches = handler < 0 ? [] : [lowerCatch(lo, handler)];
  const last = finalizer < 0 ? [] : bodyOf(lo, arena.child(finalizer, 'body'));
  lo.block.push({ op: 'try', body, catches, finally: last, ...spanOf(lo, node) });
}

function lowerCatch(lo: Lo, node: Node): { param?: Place; body: Stmt[] } {
  const { arena } = lo;
  const pattern = arena.child(node, 'parameter');
  const inner = arena.child(node, 'body');
  return inScope(lo, () => {
    if (pattern < 0) return { body: bodyOf(lo, inner) };
    for (const it of bindingNames(lo, pattern)) declare(lo, arena.textOf(it));
    const isName = arena.typeName(pattern) === 'identifier';
    const param = isName ? targetOf(lo, pattern) : placeOf(lo, temp(lo));
    const body = collect(lo, () => {
      if (!isName) lowerPattern(lo, pattern, param);
    });
    body.push(...bodyOf(lo, inner));
    return { param, body };
  });
}

/** The span is that of the returned value, which is what a reader looks for. */
function lowerReturn(lo: Lo, node: Node): void {
  const value = innerOf(lo.arena, node);
  if (value < 0) emit(lo, node, { op: 'return' });
  else lowerReturned(lo, value);
}

function lowerThrow(lo: Lo, node: Node): void {
  const value = innerOf(lo.arena, node);
  if (value < 0) emit(lo, node, { op: 'throw' });
  else emit(lo, value, { op: 'throw', from: lowerExpression(lo, value) });
}

function lowerJump(lo: Lo, node: Node, kind: 'break' | 'continue'): void {
  const label = lo.arena.child(node, 'label');
  const span = spanOf(lo, node);
  lo.block.push(
    label < 0 ? { op: 'jump', kind, ...span } : { op: 'jump', kind, label: lo.arena.textOf(label), ...span },
  );
}

/** Names inside `with` may mean members of its object; they are taken for what they would mean without it. */
function lowerWith(lo: Lo, node: Node): void {
  const object = lo.arena.child(node, 'object');
  const body = lo.arena.child(node, 'body');
  if (object >= 0) lowerEffect(lo, object);
  if (body >= 0) lowerStatement(lo, body);
}
