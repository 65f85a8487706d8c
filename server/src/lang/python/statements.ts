// Statements: branches, loops, `with`, `try`, `return`, `raise`, jumps.
// Every loop is an endless one left by `break`, so a condition is an ordinary `if` that guards see.

import type { Catch, JumpStmt, LoopStmt, Stmt, Test } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { argOf, below, call, collect, emit, giveBack, placeOf, spanOf, temp } from '../builder.ts';
import { MAX_ELSE_IFS } from '../limits.ts';
import { combineTooDeep, lowerExpression, lowerStatement, lowerUnknown, resolveName } from './context.ts';
import type { Lo, StatementHandler } from './context.ts';
import { lowerTarget } from './assign.ts';
import { hasToken } from './cut.ts';
import { returnDecision } from './logical.ts';
import { lowerTest, placeTest } from './tests.ts';

const nothing: StatementHandler = () => {};

/** Handlers of statements. */
export const statements: Readonly<Record<string, StatementHandler>> = {
  expression_statement: (lo, node) => lo.arena.namedChildren(node).forEach((it) => lowerStatement(lo, it)),
  block: lowerBlock,
  decorated_definition: (lo, node) => {
    const definition = lo.arena.child(node, 'definition');
    if (definition >= 0) lowerStatement(lo, definition);
  },
  if_statement: lowerIf,
  while_statement: lowerWhile,
  for_statement: lowerFor,
  with_statement: lowerWith,
  try_statement: lowerTry,
  return_statement: lowerReturn,
  raise_statement: lowerRaise,
  assert_statement: lowerAssert,
  delete_statement: lowerDelete,
  break_statement: lowerBreak,
  continue_statement: (lo, node) => void lo.block.push({ op: 'jump', kind: 'continue', ...spanOf(lo, node) }),
  exec_statement: lowerExec,
  print_statement: lowerPrint,
  pass_statement: nothing,
  // What these say was known when the function was entered.
  global_statement: nothing,
  nonlocal_statement: nothing,
  type_alias_statement: nothing,
};

/** The statements of a block. */
export function lowerBlock(lo: Lo, node: Node): void {
  for (const it of lo.arena.namedChildren(node)) lowerStatement(lo, it);
}

function bodyOf(lo: Lo, node: Node): Stmt[] {
  return node < 0 ? [] : collect(lo, () => lowerBlock(lo, node));
}

/** The block of a clause, whether the grammar names it or not. */
function blockIn(lo: Lo, clause: Node): Node {
  const named = lo.arena.child(clause, 'body');
  if (named >= 0) return named;
  return lo.arena.namedChildren(clause).find((it) => lo.arena.typeName(it) === 'block') ?? -1;
}

function conditionOf(lo: Lo, node: Node): Test {
  const condition = lo.arena.child(node, 'condition');
  if (condition >= 0) return lowerTest(lo, condition);
  return placeTest(lo, node, () => placeOf(lo, temp(lo)));
}

/** A chain of `elif` is walked, not recursed into: machine-made ones are long. */
function lowerIf(lo: Lo, node: Node): void {
  const { arena } = lo;
  const links: { at: Node; test: Test; body: Stmt[] }[] = [];
  let rest: Stmt[] = [];
  for (const it of [node, ...arena.children(node, 'alternative')]) {
    if (arena.typeName(it) === 'else_clause') rest = bodyOf(lo, blockIn(lo, it));
    else if (links.length > MAX_ELSE_IFS) rest.push(...collect(lo, () => void combineTooDeep(lo, it)));
    else {
      const test = conditionOf(lo, it);
      links.push({ at: it, test, body: bodyOf(lo, arena.child(it, 'consequence')) });
    }
  }
  for (const { at, test, body } of links.reverse()) {
    rest = [{ op: 'if', test, then: body, else: rest, ...spanOf(lo, at) }];
  }
  lo.block.push(...rest);
}

/** `if (test) {} else break`. */
function leaveUnless(test: Test): Stmt {
  const span = { s: test.s, e: test.e };
  return { op: 'if', test, then: [], else: [{ op: 'jump', kind: 'break', ...span }], ...span };
}

function lowerWhile(lo: Lo, node: Node): void {
  const test = conditionOf(lo, node);
  addLoop(lo, node, (span, body) => ({
    op: 'loop',
    body: [leaveUnless(test), ...body],
    update: [],
    ...span,
  }));
}

function lowerFor(lo: Lo, node: Node): void {
  const { arena } = lo;
  const left = arena.child(node, 'left');
  const right = arena.child(node, 'right');
  if (left < 0 || right < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const from = lowerExpression(lo, right);
  const to = placeOf(lo, temp(lo));
  const first = collect(lo, () => lowerTarget(lo, left, to));
  addLoop(lo, node, (span, body) => ({
    op: 'loop',
    each: { to, from, mode: 'iter' },
    body: [...first, ...body],
    update: [],
    ...span,
  }));
}

/** The loop, and around it a block that `break` leaves past the `else` part, if there is one. */
function addLoop(
  lo: Lo,
  node: Node,
  make: (span: { s: number; e: number }, body: readonly Stmt[]) => LoopStmt,
): void {
  const { arena } = lo;
  const otherwise = arena.child(node, 'alternative');
  const label = otherwise < 0 ? undefined : newLabel(lo);
  lo.loops.push(label);
  const body = bodyOf(lo, arena.child(node, 'body'));
  lo.loops.pop();
  const span = spanOf(lo, node);
  const loop = make(span, body);
  if (label === undefined) lo.block.push(loop);
  else lo.block.push({ op: 'block', label, body: [loop, ...bodyOf(lo, blockIn(lo, otherwise))], ...span });
}

/** A label that no other statement of the function has. */
export function newLabel(lo: Lo): string {
  return `%${lo.labels++}`;
}

function lowerBreak(lo: Lo, node: Node): void {
  const label = lo.loops.at(-1);
  const jump: JumpStmt = { op: 'jump', kind: 'break', ...spanOf(lo, node) };
  lo.block.push(label === undefined ? jump : { ...jump, label });
}

/** `with expression as target`: the target gets what `__enter__` gives. */
function lowerWith(lo: Lo, node: Node): void {
  const { arena } = lo;
  const clause = arena.namedChildren(node).find((it) => arena.typeName(it) === 'with_clause');
  const enter = hasToken(arena, node, 'async') ? '__aenter__' : '__enter__';
  for (const it of clause === undefined ? [] : arena.namedChildren(clause)) lowerWithItem(lo, it, enter);
  const body = arena.child(node, 'body');
  if (body >= 0) lowerBlock(lo, body);
}

function lowerWithItem(lo: Lo, item: Node, enter: string): void {
  const { arena } = lo;
  const value = arena.child(item, 'value');
  if (value < 0) {
    lowerUnknown(lo, item);
    return;
  }
  const isNamed = arena.typeName(value) === 'as_pattern';
  const expression = isNamed ? innerOf(arena, value) : value;
  const alias = isNamed ? arena.child(value, 'alias') : -1;
  if (expression < 0) return;
  const manager = lowerExpression(lo, expression);
  const to = placeOf(lo, temp(lo));
  call(lo, expression, to, below(manager, enter), spanOf(lo, expression), []);
  if (alias >= 0) lowerTarget(lo, alias, to);
}

function lowerTry(lo: Lo, node: Node): void {
  const { arena } = lo;
  const body = bodyOf(lo, arena.child(node, 'body'));
  const catches: Catch[] = [];
  let last: Stmt[] = [];
  for (const it of arena.namedChildren(node)) {
    switch (arena.typeName(it)) {
      case 'except_clause':
      case 'except_group_clause':
        catches.push(lowerExcept(lo, it));
        break;
      case 'else_clause':
        body.push(...bodyOf(lo, blockIn(lo, it)));
        break;
      case 'finally_clause':
        last = bodyOf(lo, blockIn(lo, it));
        break;
    }
  }
  lo.block.push({ op: 'try', body, catches, finally: last, ...spanOf(lo, node) });
}

function lowerExcept(lo: Lo, node: Node): Catch {
  const { arena } = lo;
  const value = arena.child(node, 'value');
  const inValue = value >= 0 && arena.typeName(value) === 'as_pattern' ? arena.child(value, 'alias') : -1;
  const alias = inValue >= 0 ? inValue : arena.child(node, 'alias');
  const named = alias >= 0 && arena.typeName(alias) === 'as_pattern_target' ? innerOf(arena, alias) : alias;
  const body = bodyOf(lo, blockIn(lo, node));
  if (named < 0 || arena.typeName(named) !== 'identifier') return { body };
  const type = inValue >= 0 ? arena.namedChildren(value)[0] : value;
  const any = type !== undefined && type >= 0 && ANYTHING.test(arena.textOf(type));
  return {
    param: placeOf(lo, resolveName(lo, arena.textOf(named))),
    ...(any && { any: spanOf(lo, named) }),
    body,
  };
}
/** Types of exceptions that all others are of, and those of database drivers, which quote statements and names of tables. */
const ANYTHING =
  /^(?:builtins\.)?(?:Base)?Exception$|^(?:\w+\.)*(?:Operational|Programming|Database|Integrity|SQLAlchemy)Error$/;

/** The span is that of the returned value, which is what a reader looks for. */
function lowerReturn(lo: Lo, node: Node): void {
  const value = innerOf(lo.arena, node);
  if (value < 0) emit(lo, node, { op: 'return' });
  else if (!returnDecision(lo, value)) giveBack(lo, value, lowerExpression(lo, value));
}

function lowerRaise(lo: Lo, node: Node): void {
  const [value, ...more] = lo.arena.namedChildren(node);
  if (value === undefined) {
    emit(lo, node, { op: 'throw' });
    return;
  }
  const from = lowerExpression(lo, value);
  for (const it of more) lowerExpression(lo, it);
  emit(lo, value, { op: 'throw', from });
}

/** `assert condition, message`: what follows runs only if the condition held. */
function lowerAssert(lo: Lo, node: Node): void {
  const [condition, message] = lo.arena.namedChildren(node);
  if (condition === undefined) return;
  const test = lowerTest(lo, condition);
  const otherwise = collect(lo, () => {
    if (message !== undefined) lowerExpression(lo, message);
    emit(lo, node, { op: 'throw' });
  });
  lo.block.push({ op: 'if', test, then: [], else: otherwise, ...spanOf(lo, node) });
}

function lowerDelete(lo: Lo, node: Node): void {
  const { arena } = lo;
  for (const it of arena.namedChildren(node)) {
    const targets = arena.typeName(it) === 'expression_list' ? arena.namedChildren(it) : [it];
    for (const target of targets) emit(lo, target, { op: 'delete', at: lowerExpression(lo, target) });
  }
}

/** Python 2's `exec code in scope` is the call of the same name. */
function lowerExec(lo: Lo, node: Node): void {
  const { arena } = lo;
  const parts = arena.namedChildren(node);
  const args = parts.map((it) => argOf(lo, lowerExpression(lo, it), it));
  call(lo, node, placeOf(lo, temp(lo)), placeOf(lo, resolveName(lo, 'exec')), spanOf(lo, node), args);
}

/** Python 2's `print x` is the call of the same name. */
function lowerPrint(lo: Lo, node: Node): void {
  const { arena } = lo;
  const args = arena.children(node, 'argument').map((it) => argOf(lo, lowerExpression(lo, it), it));
  const chevron = arena.namedChildren(node).find((it) => arena.typeName(it) === 'chevron');
  const file = chevron === undefined ? -1 : innerOf(arena, chevron);
  if (file >= 0) args.push({ ...argOf(lo, lowerExpression(lo, file), file), name: 'file' });
  call(lo, node, placeOf(lo, temp(lo)), placeOf(lo, resolveName(lo, 'print')), spanOf(lo, node), args);
}
