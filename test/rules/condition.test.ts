// `when:` and `unless:` against known, partly known and unknown arguments.

import { expect, test } from 'vitest';
import { applies, conditionProblem, holds, isNear, nearProblem } from '../../server/src/rules/condition.ts';
import type { ArgShape, CallShape, ConstantValue } from '../../server/src/rules/condition.ts';

const unknown: ArgShape = { shape: 'unknown', field: () => unknown };
const only = (shape: ArgShape['shape']): ArgShape => ({ shape, field: () => unknown });
function constant(value: ConstantValue): ArgShape {
  const shape = value === null ? 'null' : (typeof value as 'string' | 'number' | 'boolean');
  return { shape, constant: value, field: () => undefined };
}
function record(fields: Record<string, ArgShape>): ArgShape {
  return { shape: 'record', field: (key) => fields[key] };
}
function call(...args: ArgShape[]): CallShape {
  return { count: args.length, arg: (key) => (typeof key === 'number' ? args.at(key) : undefined) };
}

test('literals, lists and expressions', () => {
  expect(holds({ '0': 'md5' }, call(constant('md5')))).toBe(true);
  expect(holds({ '0': 'md5' }, call(constant('sha256')))).toBe(false);
  expect(holds({ '0': ['md5', 'sha1'] }, call(constant('sha1')))).toBe(true);
  expect(holds({ '0': '/^MD\\d$/i' }, call(constant('md5')))).toBe(true);
  expect(holds({ '0': true }, call(constant(true)))).toBe(true);
  expect(holds({ '0': true }, call(constant('true')))).toBe(false);
  expect(holds({ '0': null }, call(constant(null)))).toBe(true);
});

test('the known text of a string that is not constant', () => {
  const partly: ArgShape = { shape: 'string', text: '<b>\uFFFC</b>', field: () => undefined };
  expect(holds({ '0': '~/^</' }, call(partly))).toBe(true);
  expect(holds({ '0': '~/^#/' }, call(partly))).toBe(false);
  expect(holds({ '0': '/^</' }, call(partly))).toBe(false);
  expect(holds({ '0': '~/^</' }, call(constant('<b>')))).toBe(true);
  expect(holds({ '0': '~/^</' }, call(unknown))).toBe(false);
});

test('positions from the end, fields, names', () => {
  expect(holds({ '-1': 2 }, call(constant(1), constant(2)))).toBe(true);
  expect(holds({ '1.shell': true }, call(unknown, record({ shell: constant(true) })))).toBe(true);
  expect(holds({ '1.a.b': 1 }, call(unknown, record({ a: record({ b: constant(1) }) })))).toBe(true);
  expect(holds({ key: 1 }, { count: 1, arg: (key) => (key === 'key' ? constant(1) : undefined) })).toBe(true);
});

test('shapes', () => {
  expect(holds({ '0': '$record' }, call(record({})))).toBe(true);
  expect(holds({ '0': '$list' }, call(record({})))).toBe(false);
  expect(holds({ '0': ['$list', '$record'] }, call(record({})))).toBe(true);
  expect(holds({ '0': '$function' }, call(only('function')))).toBe(true);
  expect(holds({ '0': '$string' }, call(constant('x')))).toBe(true);
  expect(holds({ '0': '$string' }, call(only('string')))).toBe(false);
  expect(holds({ '0': '$const' }, call(constant(null)))).toBe(true);
  expect(holds({ '1': '$absent' }, call(unknown))).toBe(true);
  expect(holds({ '0': '$absent' }, call(unknown))).toBe(false);
  expect(holds({ '0.root': '$present' }, call(record({ root: unknown })))).toBe(true);
  expect(holds({ '0.root': '$present' }, call(record({})))).toBe(false);
});

test('a field of something unknown is neither there nor missing', () => {
  expect(holds({ '0.root': '$present' }, call(unknown))).toBe(false);
  expect(holds({ '0.root': '$absent' }, call(unknown))).toBe(false);
  expect(holds({ '0.root': '$absent' }, call(only('function')))).toBe(true);
  expect(holds({ '0.a.b': '$present' }, call(record({ a: unknown })))).toBe(false);
});

test('what models know by a path, and numbers', () => {
  const named: ArgShape = { ...unknown, names: ['ssl.CERT_NONE'] };
  expect(holds({ '0': '=ssl.CERT_NONE' }, call(named))).toBe(true);
  expect(holds({ '0': ['x', '=ssl.CERT_NONE'] }, call(named))).toBe(true);
  expect(holds({ '0': '=ssl.CERT_REQUIRED' }, call(named))).toBe(false);
  expect(holds({ '0': '=ssl.CERT_NONE' }, call(unknown))).toBe(false);
  expect(holds({ '0': '&2' }, call(constant(0o777)))).toBe(true);
  expect(holds({ '0': '&2' }, call(constant(0o755)))).toBe(false);
  expect(holds({ '0': '<2048' }, call(constant(1024)))).toBe(true);
  expect(holds({ '0': '<2048' }, call(constant(2048)))).toBe(false);
  expect(holds({ '0': '<2048' }, call(unknown))).toBe(false);
});

test('a keyword that is called args', () => {
  const named: CallShape = {
    count: 1,
    arg: (key) => (key === 'args' ? record({ 0: constant('x') }) : undefined),
  };
  expect(holds({ 'args:': '$record' }, named)).toBe(true);
  expect(holds({ 'args:.0': 'x' }, named)).toBe(true);
  expect(conditionProblem('args:', '$list')).toBeUndefined();
});

test('what a check must stand near to', () => {
  expect(isNear('/token/i', ['x', 'resetToken'])).toBe(true);
  expect(isNear('/token/i', ['x', 'retry'])).toBe(false);
  expect(nearProblem('token')).toMatch(/is an expression/);
  expect(nearProblem('/(/')).toMatch(/not a regular expression/);
  expect(nearProblem('/token/')).toBeUndefined();
});

test('the number of arguments; a spread hides it', () => {
  expect(holds({ args: 2 }, call(unknown, unknown))).toBe(true);
  expect(holds({ args: 1 }, call(unknown, unknown))).toBe(false);
  expect(holds({ args: 2 }, { count: undefined, arg: () => unknown })).toBe(false);
});

test('what is unknown satisfies neither when nor unless', () => {
  expect(applies({ when: { '0': 'md5' } }, call(unknown))).toBe(false);
  expect(applies({ unless: { '0': 'md5' } }, call(unknown))).toBe(true);
  expect(applies({ unless: { '0': '$record' } }, call(unknown))).toBe(true);
});

test('every entry must hold; when and unless together', () => {
  expect(holds({ '0': 'a', '1': 'b' }, call(constant('a'), constant('c')))).toBe(false);
  const role = { when: { '0': 'a' }, unless: { '1': 'b' } };
  expect(applies(role, call(constant('a'), constant('b')))).toBe(false);
  expect(applies(role, call(constant('a'), constant('c')))).toBe(true);
});

test('conditions that cannot be meant', () => {
  expect(conditionProblem('args', 'two')).toMatch(/number of arguments/);
  expect(conditionProblem('0..', 1)).toMatch(/is not an argument/);
  expect(conditionProblem('0', '$strng')).toMatch(/is none of \$string/);
  expect(conditionProblem('0', '/(/')).toMatch(/not a regular expression/);
  expect(conditionProblem('0', { a: 1 })).toMatch(/must be a literal/);
  expect(conditionProblem('1.shell', [true, '$string'])).toBeUndefined();
});
