// Code frames: what is shown of a text around a range, and that no text can break the frame or the terminal.

import { describe, expect, test } from 'vitest';
import { frame, linesOfText } from '../../server/src/report/frame.ts';
import { printable, widthOf } from '../../server/src/report/printable.ts';
import { rangeOf } from './result.ts';

/** The frame as lines of `number|code` and `     |marks`. */
function show(text: string, part: string, width = 80, context = 1): string[] {
  return frame(linesOfText(text), rangeOf(text, part), { width, context }).flatMap((it) => [
    `${it.number ?? ''}|${it.code}`,
    ...(it.marks === undefined ? [] : [`|${it.marks}`]),
  ]);
}

describe('a frame', () => {
  test('underlines the range between its neighbours, without blank lines at its edges', () => {
    expect(show('a();\n  query(text);\n\nc();', 'text')).toEqual([
      '1|a();',
      '2|  query(text);',
      '|        ^^^^',
    ]);
  });

  test('marks every line of a range that spans lines, from its first character on', () => {
    const text = 'f(\n  `select *\n     from t\n   where ${x}`,\n);';
    expect(show(text, text.slice(5, text.indexOf('`,') + 1), 80, 0)).toEqual([
      '2|  `select *',
      '|  ^^^^^^^^^',
      '3|     from t',
      '|     ^^^^^^',
      '4|   where ${x}`,',
      '|   ^^^^^^^^^^^',
    ]);
  });

  test('shows beginning and end of a range of many lines', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line${i + 1}`);
    const shown = show(lines.join('\n'), lines.slice(4, 35).join('\n'), 80, 0);
    expect(shown[0]).toBe('5|line5');
    expect(shown).toContain('|…');
    expect(shown.slice(-2)).toEqual(['35|line35', '|^^^^^^']);
    expect(shown.length).toBeLessThan(20);
  });

  test('counts columns as the terminal shows them: tabs, wide characters, combining marks, emoji', () => {
    expect(show('\tf(\tx);', 'x')).toEqual(['1|    f(  x);', '|        ^']);
    expect(show('名前("漢字", x);', 'x')).toEqual(['1|名前("漢字", x);', `|${' '.repeat(13)}^`]);
    expect(show('f("漢字")', '漢字')).toEqual(['1|f("漢字")', '|   ^^^^']);
    expect(show('e\u0301 = x', 'x')).toEqual(['1|e\u0301 = x', '|    ^']);
    expect(show('"😀" + x', 'x')).toEqual(['1|"😀" + x', '|       ^']);
  });

  test('cuts a long line around the range', () => {
    const line = `${'a'.repeat(500)}TARGET${'b'.repeat(500)}`;
    const [code, marks] = show(line, 'TARGET', 60, 0);
    expect(code!.length).toBeLessThanOrEqual(62);
    expect(code).toMatch(/^1\|…a+TARGETb+…$/);
    expect(marks!.slice(1)).toBe(`${' '.repeat(code!.indexOf('TARGET') - 2)}^^^^^^`);
    expect(show(`x(${'y'.repeat(300)})`, 'x', 40, 0)[0]).toMatch(/^1\|x\(y+…$/);
    expect(show('x'.repeat(300), 'x'.repeat(300), 40, 0)).toEqual([
      `1|${'x'.repeat(35)}…`,
      `|${'^'.repeat(35)}`,
    ]);
  });

  test('marks an empty range and the end of a line', () => {
    const at = { line: 0, character: 3 };
    expect(frame(['abc'], { start: at, end: at }, { width: 40, context: 0 })).toEqual([
      { number: 1, code: 'abc', marks: '   ^' },
    ]);
  });

  test('counts all line ends of the protocol', () => {
    expect(linesOfText('a\r\nb\rc\n\nd')).toEqual(['a', 'b', 'c', '', 'd']);
  });

  test('of a range outside of the text is empty', () => {
    const range = { start: { line: 7, character: 0 }, end: { line: 7, character: 1 } };
    expect(frame(['only'], range, { width: 40, context: 1 })).toEqual([]);
    const longer = { start: { line: 0, character: 90 }, end: { line: 9, character: 1 } };
    expect(frame(['only'], longer, { width: 40, context: 1 })).toMatchObject([{ number: 1, code: 'only' }]);
  });
});

describe('text out of scanned files', () => {
  test('cannot send escapes, ring, move the cursor or overwrite', () => {
    const text = 'x("\u001b[31mred\u001b]0;title\u0007\u009b2J\u007f\u0000\b", y)';
    const shown = show(text, 'y').join('\n');

    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(shown).toContain('␛[31mred␛]0;title␇<U+009B>2J␡␀␈');
    const [code, marks] = shown.split('\n') as [string, string];
    expect(marks.indexOf('^') - 1).toBe(code.indexOf('y)') - 2);
  });

  test('cannot reorder or hide what is shown', () => {
    expect(printable('if (a\u202e // \u2066check\u2069) {\u200b}')).toBe(
      'if (a<U+202E> // <U+2066>check<U+2069>) {<U+200B>}',
    );
    expect(printable('a\u2028b\r\nc\td')).toBe('a<U+2028>b␍␊c␉d');
    expect(printable('tag \u{e0041} \ud800 end')).toBe('tag <U+E0041> \ufffd end');
  });

  test('keeps what is harmless', () => {
    const text = 'naïve “日本語” 👩\u200d💻 e\u0301';
    expect(printable(text)).toBe(text);
    expect(widthOf('日本語 ab')).toBe(9);
  });
});
