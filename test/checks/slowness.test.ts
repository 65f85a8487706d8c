// What is said of a pattern's worst case: the loop that is named must really be slow, in each dialect.

import { describe, expect, test } from 'vitest';
import { fromPython } from '../../server/src/checks/regex/python.ts';
import { slowness } from '../../server/src/checks/regex/redos.ts';

describe('the text that is named', () => {
  test.each([
    ['(k+)+z', 'exponential'],
    ['^(?:ab|a|b)*$', 'exponential'],
    ['(?<tag>[a-z]+)(?:\\s*\\k<tag>?)*!', 'exponential'],
    ['u+v', 'polynomial'],
    ['^p*q?p*$', 'polynomial'],
  ])('/%s/ is of %s time', (text, how) => {
    expect(slowness(text, '')?.how).toBe(how);
  });

  test.each(['^u+v', '(?:ab)+', '[a-z]{1,20}$', 'a|b|c', '(', '^(?=u+v)x'])('/%s/ is not slow', (text) => {
    expect(slowness(text, '')).toBeUndefined();
  });

  test('a sticky pattern is not tried at every place', () => {
    expect(slowness('u+v', 'y')).toBeUndefined();
  });
});

describe('patterns of Python', () => {
  test.each([
    ['(?P<a>x)(?P=a)', '(?<a>x)\\k<a>'],
    ['(?i)x', 'x'],
    ['[]x]', '[\\]x]'],
    ['a(?#note)b', 'ab'],
    ['(?x) a b # note', 'ab'],
  ])('%s', (text, wanted) => {
    expect(fromPython(text, '')?.text).toBe(wanted);
  });

  test('what JavaScript cannot say is not guessed', () => {
    expect(fromPython('a++', '')).toBeUndefined();
    expect(fromPython('(?>a)', '')).toBeUndefined();
  });

  test('are judged like others', () => {
    expect(slowness('(?P<w>a+)+\\Z', '', 'python')?.how).toBe('exponential');
    expect(slowness('\\A(?:a|b)+\\Z', '', 'python')).toBeUndefined();
  });
});
