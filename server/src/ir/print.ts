// The text form of the IR: one line an operation, blocks indented. Tests compare it, people read it.
// Variables are printed by name; two of the same name get a number, temporaries are %0, %1, … in order of use.

import type { Arg, Const, FileIR, FuncIR, Key, Op, Place, Stmt, Test, TypeExpr } from './ir.ts';

/** The whole file, function by function. */
export function printFile(file: FileIR): string {
  return file.funcs.map((func, index) => printFunc(func, index)).join('\n');
}

/** One function; `index` is its index in the file, which makes the relative indexes of its children readable. */
export function printFunc(func: FuncIR, index = 0): string {
  const names = variableNames(func);
  const printer: Printer = { names, index, lines: [] };
  const params = func.params.map((it) => {
    const name = `${it.keywords ? '**' : it.rest ? '...' : ''}${names[it.v]}`;
    return it.type ? `${name}: ${typeText(printer, it.type)}` : name;
  });
  const flags = `${func.isAsync ? 'async ' : ''}${func.isGenerator ? 'generator ' : ''}`;
  const free = func.free.length > 0 ? ` free ${func.free.map((it) => names[it]).join(', ')}` : '';
  const broken = func.hasError ? ' with errors' : '';
  const head = `${index}: ${flags}${func.kind} ${func.name || '(anonymous)'}(${params.join(', ')})${free}${broken}`;
  block(printer, func.body, 1);
  return [head, ...printer.lines, ''].join('\n');
}

interface Printer {
  readonly names: readonly string[];
  readonly index: number;
  readonly lines: string[];
}

function variableNames(func: FuncIR): string[] {
  const counts = new Map<string, number>();
  let temps = 0;
  return func.vars.map((it) => {
    if (it.kind === 'temp') return `%${temps++}`;
    const base = it.name === '' ? '_' : it.name;
    const seen = counts.get(base) ?? 0;
    counts.set(base, seen + 1);
    return seen === 0 ? base : `${base}'${seen}`;
  });
}

function line(printer: Printer, depth: number, text: string): void {
  printer.lines.push('  '.repeat(depth) + text);
}

function block(printer: Printer, stmts: readonly Stmt[], depth: number): void {
  for (const it of stmts) statement(printer, it, depth);
}

function statement(printer: Printer, stmt: Stmt, depth: number): void {
  switch (stmt.op) {
    case 'if':
      testLines(printer, stmt.test, depth, 'if');
      block(printer, stmt.then, depth + 1);
      if (stmt.else.length > 0) {
        line(printer, depth, 'else');
        block(printer, stmt.else, depth + 1);
      }
      return;
    case 'loop': {
      const each = stmt.each;
      const label = stmt.label ? `${stmt.label}: ` : '';
      const head = each ? ` ${place(printer, each.to)} ${each.mode} ${place(printer, each.from)}` : '';
      line(printer, depth, `${label}loop${head}`);
      block(printer, stmt.body, depth + 1);
      if (stmt.update.length > 0) {
        line(printer, depth, 'update');
        block(printer, stmt.update, depth + 1);
      }
      return;
    }
    case 'switch':
      line(printer, depth, `${stmt.label ? `${stmt.label}: ` : ''}switch ${place(printer, stmt.on)}`);
      for (const it of stmt.cases) {
        block(printer, it.pre, depth + 1);
        line(printer, depth + 1, it.test ? `case ${place(printer, it.test)}` : 'default');
        block(printer, it.body, depth + 2);
      }
      return;
    case 'try':
      line(printer, depth, 'try');
      block(printer, stmt.body, depth + 1);
      for (const it of stmt.catches) {
        line(printer, depth, it.param ? `catch ${place(printer, it.param)}` : 'catch');
        block(printer, it.body, depth + 1);
      }
      if (stmt.finally.length > 0) {
        line(printer, depth, 'finally');
        block(printer, stmt.finally, depth + 1);
      }
      return;
    case 'block':
      line(printer, depth, `${stmt.label}: block`);
      block(printer, stmt.body, depth + 1);
      return;
    case 'jump':
      line(printer, depth, stmt.label ? `${stmt.kind} ${stmt.label}` : stmt.kind);
      return;
    default:
      line(printer, depth, operation(printer, stmt));
  }
}

/** A test with the operations of its operands above the part that they belong to. */
function testLines(printer: Printer, test: Test, depth: number, word: string): void {
  block(printer, test.pre, depth);
  switch (test.t) {
    case 'not':
      testLines(printer, test.x, depth, `${word} not`);
      return;
    case 'and':
    case 'or':
      line(printer, depth, `${word} ${test.t}`);
      testLines(printer, test.l, depth + 2, '-');
      testLines(printer, test.r, depth + 2, '-');
      return;
    default:
      line(printer, depth, `${word} ${condition(printer, test)}`);
  }
}

function condition(printer: Printer, test: Exclude<Test, { t: 'not' | 'and' | 'or' }>): string {
  const a = place(printer, test.a);
  switch (test.t) {
    case 'truthy':
      return a;
    case 'eq':
      return `${a} ${test.neg ? '!=' : '=='} ${place(printer, test.b)}`;
    case 'cmp':
      return `${a} ${test.operator} ${place(printer, test.b)}`;
    case 'typeof':
      return `typeof ${a} ${test.neg ? '!=' : '=='} ${JSON.stringify(test.type)}`;
    case 'instanceof':
      return `${a} instanceof ${place(printer, test.b)}`;
    case 'in':
      return `${a} ${test.neg ? 'not in' : 'in'} ${place(printer, test.b)}`;
  }
}

function operation(printer: Printer, op: Op): string {
  const at = (it: Place): string => place(printer, it);
  switch (op.op) {
    case 'const':
      return `${at(op.to)} = ${constText(op.value)}`;
    case 'copy':
      return `${at(op.to)} = ${at(op.from)}`;
    case 'concat': {
      const parts = op.parts.map((it) => (typeof it === 'string' ? JSON.stringify(it) : at(it.place)));
      return `${at(op.to)} = ${op.how} ${parts.join(' . ')}`;
    }
    case 'combine': {
      const from = op.from.map(at).join(', ');
      return `${at(op.to)} = ${op.how}${op.operator === undefined ? '' : ` ${op.operator}`}(${from})`;
    }
    case 'list':
      return `${at(op.to)} = [${args(printer, op.items)}]`;
    case 'record': {
      const props = op.props.map((it) => {
        if (it.value.spread) return `...${at(it.value.place)}`;
        const accessor = it.accessor ? `${it.accessor} ` : '';
        return `${accessor}${keyText(printer, it.key)}: ${at(it.value.place)}`;
      });
      return `${at(op.to)} = {${props.join(', ')}}`;
    }
    case 'call': {
      const word = op.isNew ? 'new' : op.tag ? 'tag' : 'call';
      return `${at(op.to)} = ${word} ${at(op.callee)}(${args(printer, op.args)})`;
    }
    case 'closure':
      return `${at(op.to)} = closure ${printer.index + op.fn}${captures(printer, op.captures)}`;
    case 'class': {
      const decorators = op.decorators.map((it) => ` @${at(it)}`).join('');
      const base = op.super ? ` extends ${at(op.super)}` : '';
      const members = op.members.map((it) => {
        const own = it.decorators.map((decorator) => ` @${at(decorator)}`).join('');
        const params = it.paramDecorators
          .map((decorator) => ` @${at(decorator.at)}<${decorator.param}>`)
          .join('');
        const kind = `${it.isStatic ? 'static ' : ''}${it.kind}`;
        const fn = `${printer.index + it.fn}${captures(printer, it.captures)}`;
        return `\n      ${kind} ${keyText(printer, it.key)} = ${fn}${own}${params}`;
      });
      const fields = op.fields ? ` (${op.fields.join(', ')})` : '';
      return `${at(op.to)} = class ${op.name || '(anonymous)'}${fields}${base}${decorators}${members.join('')}`;
    }
    case 'decorate':
      return `${at(op.to)} = decorate @${at(op.decorator)} ${at(op.from)}`;
    case 'annotate':
      return `${at(op.to)}: ${typeText(printer, op.type)}`;
    case 'import':
      return `${at(op.to)} = import${op.typeOnly ? ' type' : ''} ${op.name} from ${JSON.stringify(op.module)}`;
    case 'export': {
      const from = op.from ? ` = ${at(op.from)}` : '';
      return `export ${op.name}${from}${op.module === undefined ? '' : ` from ${JSON.stringify(op.module)}`}`;
    }
    case 'return':
      return op.from ? `return ${at(op.from)}` : 'return';
    case 'yield':
      return `${at(op.to)} = yield${op.delegate ? '*' : ''}${op.from ? ` ${at(op.from)}` : ''}`;
    case 'await':
      return `${at(op.to)} = await ${at(op.from)}`;
    case 'throw':
      return op.from ? `throw ${at(op.from)}` : 'throw';
    case 'delete':
      return `delete ${at(op.at)}`;
  }
}

function args(printer: Printer, list: readonly Arg[]): string {
  return list
    .map(
      (it) =>
        `${it.name === undefined ? '' : `${it.name}: `}${it.spread ? '...' : ''}${place(printer, it.place)}`,
    )
    .join(', ');
}

function captures(printer: Printer, vars: readonly number[]): string {
  return vars.length === 0 ? '' : ` [${vars.map((it) => printer.names[it]).join(', ')}]`;
}

function place(printer: Printer, at: Place): string {
  let text = printer.names[at.root] ?? `?${at.root}`;
  for (const key of at.path) {
    text +=
      typeof key === 'string' && /^[\p{L}_$#][\p{L}\p{N}_$]*$/u.test(key)
        ? `.${key}`
        : `[${keyText(printer, key)}]`;
  }
  return text;
}

function keyText(printer: Printer, key: Key): string {
  if (key === null) return '*';
  if (typeof key === 'string') return JSON.stringify(key);
  return typeof key === 'number' ? String(key) : place(printer, key.dyn);
}

function constText(value: Const): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'object' && value !== null) return `/${value.regex}/${value.flags}`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function typeText(printer: Printer, type: TypeExpr): string {
  switch (type.t) {
    case 'named': {
      const list = (type.args ?? []).map((it) => typeText(printer, it));
      return place(printer, type.at) + (list.length > 0 ? `<${list.join(', ')}>` : '');
    }
    case 'prim':
      return type.name;
    case 'array':
      return `${typeText(printer, type.of)}[]`;
    case 'union':
      return type.of.map((it) => typeText(printer, it)).join(' | ');
    case 'literal':
      return 'literal';
  }
}
