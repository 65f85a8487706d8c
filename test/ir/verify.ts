// The invariants of the IR that everything above lang/ relies on, checked over whole files.
// Gives the list of violations, so that one message says all that is wrong.

import type { Arg, FileIR, FuncIR, Key, Op, Place, Span, Test } from '../../server/src/ir/ir.ts';
import { eachStatement, eachTest } from '../../server/src/ir/walk.ts';

/** What is wrong with a file's IR; empty if nothing is. */
export function violations(file: FileIR, text: string): string[] {
  const found: string[] = [];
  file.funcs.forEach((func, index) => checkFunc(file, func, index, text, found));
  return found;
}

function checkFunc(file: FileIR, func: FuncIR, index: number, text: string, found: string[]): void {
  const fail = (what: string): void => void found.push(`${index} ${func.name}: ${what}`);
  const start = file.starts[index]!;
  const parent = file.parents[index]!;
  if (start < 0 || start + func.length > text.length)
    fail(`extent ${start}+${func.length} of ${text.length}`);
  if (index === 0 ? parent !== -1 : parent < 0 || parent >= index) fail(`parent ${parent}`);
  for (const it of [...func.free, ...func.params.map((param) => param.v)]) {
    if (func.vars[it] === undefined) fail(`unknown variable ${it}`);
  }
  const ids = new Set<number>();
  const created = new Set<number>();
  const place = (it: Place): void => {
    if (func.vars[it.root] === undefined) fail(`place of unknown variable ${it.root}`);
    it.path.forEach(key);
  };
  const key = (it: Key): void => {
    if (typeof it === 'object' && it !== null) place(it.dyn);
    else if (typeof it === 'number' && !(Number.isInteger(it) && it >= 0)) fail(`key ${it}`);
  };
  const span = (it: Span): void => {
    if (!(it.s >= 0 && it.s <= it.e && it.e <= func.length)) fail(`span ${it.s}..${it.e} of ${func.length}`);
  };
  const args = (list: readonly Arg[]): void => {
    for (const it of list) {
      place(it.place);
      span(it);
    }
  };
  const child = (fn: number, captures: readonly number[]): void => {
    const at = index + fn;
    const target = file.funcs[at];
    if (fn <= 0 || !target || file.parents[at] !== index) fail(`child ${fn}`);
    else if (target.free.length !== captures.length) fail(`child ${at} has ${target.free.length} free names`);
    created.add(at);
    for (const it of captures) if (func.vars[it] === undefined) fail(`captures unknown variable ${it}`);
  };
  const variable = (it: Place): void => {
    place(it);
    if (it.path.length > 0) fail('an operation other than copy writes below a variable');
  };
  const test = (it: Test): void => {
    span(it);
    if ('a' in it) place(it.a);
    if ('b' in it) place(it.b);
  };
  const operation = (op: Op): void => {
    if (ids.has(op.id)) fail(`id ${op.id} twice`);
    ids.add(op.id);
    switch (op.op) {
      case 'copy':
        place(op.to);
        place(op.from);
        return;
      case 'concat':
        variable(op.to);
        args(op.parts.filter((it) => typeof it !== 'string'));
        return;
      case 'combine':
        variable(op.to);
        op.from.forEach(place);
        return;
      case 'list':
        variable(op.to);
        args(op.items);
        return;
      case 'record':
        variable(op.to);
        args(op.props.map((it) => it.value));
        op.props.forEach((it) => key(it.key));
        return;
      case 'call':
        variable(op.to);
        place(op.callee);
        span(op.calleeSpan);
        args(op.args);
        return;
      case 'closure':
        variable(op.to);
        child(op.fn, op.captures);
        return;
      case 'class':
        variable(op.to);
        op.decorators.forEach(place);
        for (const it of op.members) {
          child(it.fn, it.captures);
          key(it.key);
          it.decorators.forEach(place);
        }
        return;
      case 'decorate':
        variable(op.to);
        place(op.from);
        place(op.decorator);
        return;
      case 'annotate':
        place(op.to);
        return;
      case 'export':
      case 'return':
      case 'throw':
        if (op.from) place(op.from);
        return;
      case 'delete':
        place(op.at);
        return;
      default:
        variable(op.to);
    }
  };
  eachStatement(func.body, (it) => {
    span(it);
    switch (it.op) {
      case 'if':
        eachTest(it.test, test);
        return;
      case 'loop':
        if (it.each) place(it.each.to);
        if (it.each) place(it.each.from);
        return;
      case 'switch':
        place(it.on);
        for (const one of it.cases) if (one.test) place(one.test);
        return;
      case 'try':
        for (const one of it.catches) if (one.param) place(one.param);
        return;
      case 'block':
      case 'jump':
        return;
      default:
        operation(it);
    }
  });
  if (ids.size !== func.size) fail(`size ${func.size}, but ${ids.size} operations`);
  file.parents.forEach((it, at) => {
    if (it === index && !created.has(at)) fail(`function ${at} ${file.funcs[at]!.name} is never created`);
  });
}
