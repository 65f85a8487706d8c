// Walks over the IR: every statement of a function in order of evaluation, and the absolute place of a span.
// Iterative, because machine-made code nests deeper than the call stack of a visitor would allow.

import type { FileIR, Span, Stmt, Test } from './ir.ts';

/** Calls `visit` for every statement and operation of a body, those inside tests and blocks included, in text order. */
export function eachStatement(body: readonly Stmt[], visit: (stmt: Stmt) => void): void {
  const open: Stmt[] = [];
  const pushAll = (stmts: readonly Stmt[]): void => {
    for (let it = stmts.length - 1; it >= 0; it--) open.push(stmts[it]!);
  };
  pushAll(body);
  while (open.length > 0) {
    const stmt = open.pop()!;
    visit(stmt);
    switch (stmt.op) {
      case 'if':
        pushAll(stmt.else);
        pushAll(stmt.then);
        pushAll(operationsOf(stmt.test));
        break;
      case 'loop':
        pushAll(stmt.update);
        pushAll(stmt.body);
        break;
      case 'switch':
        for (let it = stmt.cases.length - 1; it >= 0; it--) {
          pushAll(stmt.cases[it]!.body);
          pushAll(stmt.cases[it]!.pre);
        }
        break;
      case 'try':
        pushAll(stmt.finally);
        for (let it = stmt.catches.length - 1; it >= 0; it--) pushAll(stmt.catches[it]!.body);
        pushAll(stmt.body);
        break;
      case 'block':
        pushAll(stmt.body);
        break;
    }
  }
}

/** All operations that a test may run, in order. */
export function operationsOf(test: Test): Stmt[] {
  const found: Stmt[] = [];
  eachTest(test, (it) => found.push(...it.pre));
  return found;
}

/** Calls `visit` for a test and all tests inside it, left before right. */
export function eachTest(test: Test, visit: (test: Test) => void): void {
  const open: Test[] = [test];
  while (open.length > 0) {
    const it = open.pop()!;
    visit(it);
    if (it.t === 'not') open.push(it.x);
    else if (it.t === 'and' || it.t === 'or') open.push(it.r, it.l);
  }
}

/** The span of something in function `index`, in characters of the file's text. */
export function absoluteSpan(file: FileIR, index: number, span: Span): Span {
  const start = file.starts[index]!;
  return { s: start + span.s, e: start + span.e };
}
