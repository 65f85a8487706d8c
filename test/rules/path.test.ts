// The `at:` notation, text by text: what each form means, and what is said of one that is wrong.

import { describe, expect, test } from 'vitest';
import { parsePaths, parseTarget, printPath, splitSelection } from '../../server/src/rules/path.ts';
import type { ApiPath } from '../../server/src/rules/path.ts';

function paths(text: string, packages?: readonly string[]): ApiPath[] {
  const parsed = parsePaths(text, packages);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
function steps(text: string): unknown[] {
  const [path, more] = paths(text);
  expect(more).toBeUndefined();
  return [path!.root, ...path!.steps.map((it) => Object.values(it))];
}
function error(text: string, packages?: readonly string[]): string {
  const parsed = parsePaths(text, packages);
  expect(parsed.ok).toBe(false);
  return parsed.ok ? '' : parsed.error;
}

describe('forms', () => {
  test.each([
    ['pg.defaults.user', ['pg', ['member', 'defaults'], ['member', 'user']]],
    ['pg.Client#query', ['pg', ['member', 'Client'], ['call'], ['member', 'query']]],
    ['f()', ['f', ['call']]],
    ['f()()', ['f', ['call'], ['call']]],
    ['fs/promises.readFile(0)', ['fs/promises', ['member', 'readFile'], ['arg', 0]]],
    ['"socket.io".Server', ['socket.io', ['member', 'Server']]],
    ['"node:fs".open', ['fs', ['member', 'open']]],
    ['a.b["x-y"].c', ['a', ['member', 'b'], ['member', 'x-y'], ['member', 'c']]],
    ['a[*].b[0]', ['a', ['member', null], ['member', 'b'], ['member', '0']]],
    ['a.*', ['a', ['member', '*']]],
    ['f(-1)', ['f', ['arg', -1]]],
    ['f(*)', ['f', ['arg', '*']]],
    ['f(this)', ['f', ['arg', 'this']]],
    ['f(name:)', ['f', ['arg', { name: 'name' }]]],
    ['f(1..)', ['f', ['arg', { from: 1 }]]],
    ['f(1)<0>.x', ['f', ['arg', 1], ['param', 0], ['member', 'x']]],
    ['@f<return>', ['f', ['decorated'], ['param', 'return']]],
    ['f(1..)<*>', ['f', ['arg', { from: 1 }], ['param', '*']]],
    ['f(0).handler<0>', ['f', ['arg', 0], ['member', 'handler'], ['param', 0]]],
    ['@"@nestjs/common".Get<*>', ['@nestjs/common', ['member', 'Get'], ['decorated'], ['param', '*']]],
    ['@@"@nestjs/common".Body', ['@nestjs/common', ['member', 'Body'], ['paramDecorator']]],
    ['"%jsx"(1).href', ['%jsx', ['arg', 1], ['member', 'href']]],
  ])('%s', (text, expected) => {
    expect(steps(text)).toEqual(expected);
  });

  test('alternatives multiply, nest, and stand at the root', () => {
    const names = paths('{a,b}.{c,d.{e,f}}').map((it) => printPath(it.root, it.steps));
    expect(names).toEqual(['a.c', 'a.d.e', 'a.d.f', 'b.c', 'b.d.e', 'b.d.f']);
  });

  test('braces inside quotes are text', () => {
    expect(paths('a["{x}"]')).toHaveLength(1);
  });

  test('$pkg stands for each package of the file', () => {
    expect(paths('$pkg.f', ['a', 'b/c', '@d/e']).map((it) => it.root)).toEqual(['a', 'b/c', '@d/e']);
  });

  test('a trailing = is an assignment', () => {
    const [path] = paths('dom.Element#innerHTML =');
    expect(path!.set).toBe(true);
    expect(path!.steps.at(-1)).toEqual({ s: 'member', key: 'innerHTML' });
  });
});

describe('selections', () => {
  test.each([
    ['f(0)', 'f', 0, []],
    ['f(0).body', 'f', 0, ['body']],
    ['f(0)["html"][*]', 'f', 0, ['html', null]],
    ['f()', 'f', 'return', []],
    ['C#m(this)', 'C#m', 'this', []],
    ['f(1)<0>.render(0)', 'f(1)<0>.render', 0, []],
  ])('%s', (text, callee, arg, below) => {
    const selected = splitSelection(paths(text)[0]!)!;
    expect(printPath(selected.path.root, selected.path.steps)).toBe(callee === 'C#m' ? 'C().m' : callee);
    expect(selected.sel).toEqual({ arg, path: below });
  });

  test('a plain value selects nothing', () => {
    expect(splitSelection(paths('a.b')[0]!)).toBeUndefined();
    expect(splitSelection(paths('f(0)<1>')[0]!)).toBeUndefined();
  });

  test('targets of flows', () => {
    expect(parseTarget('return')).toEqual({ ok: true, value: { sel: { arg: 'return', path: [] } } });
    expect(parseTarget('return.rows[*]')).toEqual({
      ok: true,
      value: { sel: { arg: 'return', path: ['rows', null] } },
    });
    expect(parseTarget('(-1)<1>')).toEqual({ ok: true, value: { sel: { arg: -1, path: [] }, param: 1 } });
    expect(parseTarget('(this).body')).toEqual({ ok: true, value: { sel: { arg: 'this', path: ['body'] } } });
  });
});

describe('names for messages', () => {
  test.each([
    ['mysql2.Connection#query', 'mysql2.Connection#query'],
    ['axios.get().data', 'axios.get().data'],
    ['global.document.location', 'document.location'],
    ['"%jsx"(1).href', 'JSX(1).href'],
  ])('%s', (text, expected) => {
    const [path] = paths(text);
    expect(printPath(path!.root, path!.steps)).toBe(expected);
  });
});

describe('mistakes', () => {
  test.each([
    ['f(x)', /argument selector.*found `\(x\)`/],
    ['a..b', /expected `\.name`.*found `\.\.b`/],
    ['a#', /instance member after `#`.*found the end/],
    ['.a', /package name.*found `\.a`/],
    ['a.{b,c', /`\{` that is never closed/],
    ['a.b}', /`\}` without a `\{`/],
    ['f(0)<x>', /parameter number/],
    ['f(0)<results>', /`return` in `<…>`/],
    ['@a.b', /parameters of the decorated function/],
    ['f(0) =', /member before `=`/],
    ['$pkg.f', /no `packages:` list/],
  ])('%s', (text, message) => {
    expect(error(text)).toMatch(message);
  });

  test('too many alternatives are refused, not computed', () => {
    const ten = '{0,1,2,3,4,5,6,7,8,9}';
    expect(error(`a.x${ten}${ten}${ten}${ten}${ten}${ten}${ten}`)).toMatch(/more than 2000 alternatives/);
  });

  test('targets', () => {
    expect(parseTarget('somewhere')).toMatchObject({ ok: false });
    expect(parseTarget('(0)<*>')).toMatchObject({ ok: false });
    expect(parseTarget('()')).toMatchObject({ ok: false });
  });
});
