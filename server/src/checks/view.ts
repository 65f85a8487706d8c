// A function as checks see it: where values come from, which calls follow each other, what is repeated. Only the text of
// the function is looked at; constants that come from elsewhere are told by the run (`Seen`).

import type { CallOp, Const, FuncIR, Op, Place, RegExpText, Span, Stmt, Test } from '../ir/ir.ts';

/** The constants a run saw in a call: its arguments, and its receiver. */
export interface Seen {
  readonly op: CallOp;
  readonly method: string;
  readonly args: readonly (Const | undefined)[];
  readonly recv: Const | undefined;
  /** Texts in the receiver, if it is a list that is known. */
  readonly list: readonly string[] | undefined;
}

export interface View {
  readonly ir: FuncIR;
  /** All operations, by their number. */
  readonly ops: readonly Op[];
  readonly tests: readonly Test[];
  /** What `switch` statements compare with. */
  readonly cases: readonly { readonly test: Place; readonly at: Span }[];
  /** The operation that gave a variable its value before operation `before`, in the order of the text. */
  def(place: Place, before: number): Op | undefined;
  /** The same through assignments from variable to variable. */
  origin(place: Place, before: number): Op | undefined;
  /** Whether an operation may run more than once in a call of the function. */
  repeats(op: Op): boolean;
  /** The calls whose constants are known, by operation number. */
  readonly seen: ReadonlyMap<number, Seen>;
}

/** Steps through which an assignment is followed. */
const COPIES = 8;

export function viewOf(ir: FuncIR, seen: ReadonlyMap<number, Seen>): View {
  const ops: Op[] = [];
  const tests: Test[] = [];
  const cases: { test: Place; at: Span }[] = [];
  const defs = new Map<number, Op[]>();
  const repeated = new Set<Op>();
  const walk = (stmts: readonly Stmt[], loop: boolean): void => {
    for (const it of stmts) {
      switch (it.op) {
        case 'if':
          test(it.test, loop);
          walk(it.then, loop);
          walk(it.else, loop);
          break;
        case 'loop':
          walk(it.body, true);
          walk(it.update, true);
          break;
        case 'switch':
          for (const x of it.cases) {
            walk(x.pre, loop);
            if (x.test) cases.push({ test: x.test, at: x.pre.find((pre) => 's' in pre) ?? it });
            walk(x.body, loop);
          }
          break;
        case 'try':
          walk(it.body, loop);
          for (const x of it.catches) walk(x.body, loop);
          walk(it.finally, loop);
          break;
        case 'block':
          walk(it.body, loop);
          break;
        case 'jump':
          break;
        default:
          add(it, loop);
      }
    }
  };
  const test = (it: Test, loop: boolean): void => {
    tests.push(it);
    walk(it.pre, loop);
    if (it.t === 'not') test(it.x, loop);
    else if (it.t === 'and' || it.t === 'or') {
      test(it.l, loop);
      test(it.r, loop);
    }
  };
  const add = (op: Op, loop: boolean): void => {
    ops.push(op);
    if (loop) repeated.add(op);
    if (!('to' in op) || !op.to || op.to.path.length > 0) return;
    const known = defs.get(op.to.root);
    if (known) known.push(op);
    else defs.set(op.to.root, [op]);
  };
  walk(ir.body, false);
  const view: View = {
    ir,
    ops,
    tests,
    cases,
    def(place, before) {
      if (place.path.length > 0) return undefined;
      let res: Op | undefined;
      for (const it of defs.get(place.root) ?? []) if (it.id < before) res = it;
      return res;
    },
    origin(place, before) {
      let op = view.def(place, before);
      for (let i = 0; i < COPIES && op?.op === 'copy'; i++) op = view.def(op.from, op.id);
      return op;
    },
    repeats: (op) => repeated.has(op),
    seen,
  };
  return view;
}

export const isPattern = (c: Const | undefined): c is RegExpText => typeof c === 'object' && c !== null;
