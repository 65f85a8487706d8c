// `match`: a block that each case leaves when its pattern and guard hold.
// A pattern becomes a test of the parts that are constants, and copies of the parts that have names.

import type { Place, Stmt, Test } from '../../ir/ir.ts';
import { ANY } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf } from '../../syntax/tree.ts';
import { argOf, below, collect, copy, emit, placeOf, spanOf, temp } from '../builder.ts';
import { MAX_DEPTH } from '../limits.ts';
import { keyOf } from './assign.ts';
import { lowerExpression, lowerUnknown, resolveName } from './context.ts';
import type { Lo } from './context.ts';
import { lowerBlock, newLabel } from './statements.ts';
import { balanced, lowerTest, placeTest } from './tests.ts';

/** A match statement. */
export function lowerMatch(lo: Lo, node: Node): void {
  const { arena } = lo;
  const subjects = arena.children(node, 'subject');
  const body = arena.child(node, 'body');
  if (subjects.length === 0 || body < 0) {
    lowerUnknown(lo, node);
    return;
  }
  let on: Place;
  if (subjects.length === 1) on = lowerExpression(lo, subjects[0]!);
  else {
    on = placeOf(lo, temp(lo));
    emit(lo, node, {
      op: 'list',
      to: on,
      items: subjects.map((it) => argOf(lo, lowerExpression(lo, it), it)),
    });
  }
  const label = newLabel(lo);
  const cases = collect(lo, () => {
    for (const it of arena.namedChildren(body)) {
      if (arena.typeName(it) === 'case_clause') lowerCase(lo, it, on, label);
    }
  });
  lo.block.push({ op: 'block', label, body: cases, ...spanOf(lo, node) });
}

function lowerCase(lo: Lo, node: Node, on: Place, label: string): void {
  const { arena } = lo;
  const patterns = arena.namedChildren(node).filter((it) => arena.typeName(it) === 'case_pattern');
  const guard = arena.child(node, 'guard');
  const consequence = arena.child(node, 'consequence');
  const binds: (() => void)[] = [];
  // `case a, b:` is the pattern of a sequence.
  const test =
    patterns.length === 1
      ? patternTest(lo, patterns[0]!, on, binds)
      : every(patterns.map((it, at) => patternTest(lo, it, below(on, at), binds)));
  const span = spanOf(lo, node);
  const run = (): void => {
    if (consequence >= 0) lowerBlock(lo, consequence);
    lo.block.push({ op: 'jump', kind: 'break', label, ...span });
  };
  const bound = collect(lo, () => {
    for (const bind of binds) bind();
    const condition = guard < 0 ? -1 : innerOf(arena, guard);
    if (condition < 0) {
      run();
      return;
    }
    const guarded = lowerTest(lo, condition);
    lo.block.push({ op: 'if', test: guarded, then: collect(lo, run), else: [], ...spanOf(lo, guard) });
  });
  if (test) lo.block.push({ op: 'if', test, then: bound, else: [], ...span });
  else lo.block.push(...bound);
}

/** All of these tests; undefined if there are none, which always holds. */
function every(tests: readonly (Test | undefined)[]): Test | undefined {
  const known = tests.filter((it) => it !== undefined);
  return known.length === 0 ? undefined : balanced('and', known);
}

/** The test that a pattern makes of a place, undefined if it always holds; `binds` gets what gives its names values. */
function patternTest(lo: Lo, pattern: Node, on: Place, binds: (() => void)[]): Test | undefined {
  if (lo.depth >= MAX_DEPTH) {
    lo.truncated = true;
    return unknownTest(lo, pattern);
  }
  lo.depth++;
  const test = testOf(lo, pattern, on, binds);
  lo.depth--;
  return test;
}

function testOf(lo: Lo, pattern: Node, on: Place, binds: (() => void)[]): Test | undefined {
  const { arena } = lo;
  const inner = arena.namedChildren(pattern);
  switch (arena.typeName(pattern)) {
    case 'case_pattern': {
      const only = inner[0];
      if (only === undefined) return undefined;
      // `-1` is a sign in front of a number.
      if (arena.start[only] !== arena.start[pattern]) return unknownTest(lo, pattern);
      return patternTest(lo, only, on, binds);
    }
    case 'dotted_name': {
      if (inner.length !== 1) return equals(lo, pattern, on);
      const name = arena.textOf(inner[0]!);
      if (name !== '_') binds.push(() => copy(lo, pattern, placeOf(lo, resolveName(lo, name)), on));
      return undefined;
    }
    case 'as_pattern': {
      const [first, name] = inner;
      const test = first === undefined ? undefined : patternTest(lo, first, on, binds);
      if (name !== undefined) {
        binds.push(() => copy(lo, name, placeOf(lo, resolveName(lo, arena.textOf(name))), on));
      }
      return test;
    }
    case 'union_pattern': {
      const tests = inner.map((it) => patternTest(lo, it, on, binds));
      return tests.some((it) => it === undefined)
        ? undefined
        : balanced(
            'or',
            tests.filter((it) => it !== undefined),
          );
    }
    case 'list_pattern':
    case 'tuple_pattern':
      return sequenceTest(lo, pattern, inner, on, binds);
    case 'dict_pattern':
      return mappingTest(lo, pattern, on, binds);
    case 'class_pattern':
      return classTest(lo, pattern, inner, on, binds);
    case 'string':
    case 'concatenated_string':
    case 'integer':
    case 'float':
    case 'true':
    case 'false':
    case 'none':
      return equals(lo, pattern, on);
    default:
      return unknownTest(lo, pattern);
  }
}

function equals(lo: Lo, pattern: Node, on: Place): Test {
  let b: Place | undefined;
  const pre: Stmt[] = collect(lo, () => void (b = lowerExpression(lo, pattern)));
  return { t: 'eq', a: on, b: b!, neg: false, pre, ...spanOf(lo, pattern) };
}

function unknownTest(lo: Lo, pattern: Node): Test {
  return placeTest(lo, pattern, () => lowerUnknownValue(lo));
}

/** A value of which nothing is known, so both ways can be taken. */
function lowerUnknownValue(lo: Lo): Place {
  return placeOf(lo, temp(lo));
}

function sequenceTest(lo: Lo, pattern: Node, parts: readonly Node[], on: Place, binds: (() => void)[]): Test {
  const { arena } = lo;
  let starred = false;
  const tests: (Test | undefined)[] = [unknownTest(lo, pattern)];
  parts.forEach((it, index) => {
    const only = arena.typeName(it) === 'case_pattern' ? arena.namedChildren(it)[0] : it;
    if (only !== undefined && arena.typeName(only) === 'splat_pattern') {
      starred = true;
      binds.push(() => bindRest(lo, only, on));
    } else tests.push(patternTest(lo, it, below(on, starred ? ANY : index), binds));
  });
  return every(tests)!;
}

/** `*rest` and `**rest` take what is left: any of it. */
function bindRest(lo: Lo, splat: Node, on: Place): void {
  const name = lo.arena.namedChildren(splat)[0];
  if (name === undefined || lo.arena.typeName(name) !== 'identifier') return;
  const to = placeOf(lo, resolveName(lo, lo.arena.textOf(name)));
  if (lo.arena.textOf(splat).startsWith('**')) copy(lo, splat, to, on);
  else emit(lo, splat, { op: 'list', to, items: [argOf(lo, on, splat, true)] });
}

function mappingTest(lo: Lo, pattern: Node, on: Place, binds: (() => void)[]): Test {
  const { arena } = lo;
  const tests: (Test | undefined)[] = [unknownTest(lo, pattern)];
  const keys = arena.children(pattern, 'key').filter((it) => arena.isNamed(it));
  const values = arena.children(pattern, 'value');
  values.forEach((value, index) => {
    const key = keys[index];
    if (key === undefined) return;
    let place = below(on, ANY);
    const pre = collect(lo, () => void (place = below(on, keyOf(lo, key))));
    const test = patternTest(lo, value, place, binds);
    tests.push(test && pre.length > 0 ? { ...test, pre: [...pre, ...test.pre] } : test);
  });
  for (const it of arena.namedChildren(pattern)) {
    if (arena.typeName(it) === 'splat_pattern') binds.push(() => bindRest(lo, it, on));
  }
  return every(tests)!;
}

/** `Point(x=0, y=y)`: an instance, with tests of the members that keywords name. */
function classTest(lo: Lo, pattern: Node, parts: readonly Node[], on: Place, binds: (() => void)[]): Test {
  const { arena } = lo;
  const [name, ...rest] = parts;
  let b: Place | undefined;
  const pre = collect(
    lo,
    () => void (b = name === undefined ? lowerUnknownValue(lo) : lowerExpression(lo, name)),
  );
  const tests: (Test | undefined)[] = [
    name !== undefined && arena.typeName(name) === 'dotted_name'
      ? classOrType(lo, name, on, b!, pre, pattern)
      : unknownTest(lo, pattern),
  ];
  for (const it of rest) {
    const only = arena.typeName(it) === 'case_pattern' ? arena.namedChildren(it)[0] : it;
    if (only === undefined) continue;
    if (arena.typeName(only) !== 'keyword_pattern') {
      // `str(x)` names the value itself; a class of its own says by `__match_args__` what comes first.
      tests.push(patternTest(lo, it, isBuiltin(lo, name) ? on : below(on, ANY), binds));
      continue;
    }
    const [key, value] = arena.namedChildren(only);
    if (key !== undefined && value !== undefined)
      tests.push(patternTest(lo, value, below(on, arena.textOf(key)), binds));
  }
  return every(tests)!;
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'number',
  float: 'number',
  bool: 'boolean',
  str: 'string',
};

const isBuiltin = (lo: Lo, name: Node | undefined): boolean =>
  name !== undefined &&
  /^(?:bool|bytearray|bytes|dict|float|frozenset|int|list|set|str|tuple)$/.test(lo.arena.textOf(name));

function classOrType(lo: Lo, name: Node, a: Place, b: Place, pre: Stmt[], pattern: Node): Test {
  const type = KINDS[lo.arena.textOf(name)];
  const span = spanOf(lo, pattern);
  if (type !== undefined) return { t: 'typeof', a, type, neg: false, pre, ...span };
  return { t: 'instanceof', a, b, pre, ...span };
}
