// Text of unknown origin stays text in Markdown, whatever it contains.

import { expect, test } from 'vitest';
import { escapeText, inlineCode, link, richText } from '../../server/src/lsp/markdown.ts';

test('prose keeps its words and loses its power', () => {
  expect(escapeText('a *b* [c](d) <e> `f` # - 1. https://x @y\nz')).toBe(
    'a \\*b\\* \\[c\\]\\(d\\) &lt;e&gt; \\`f\\` \\# \\- 1\\. https&#58;&#47;&#47;x &#64;y z',
  );
  expect(escapeText('ab\u202ecd\u0007')).toBe('abcd ');
});

test('code cannot leave its fence', () => {
  expect(inlineCode('a')).toBe('`a`');
  expect(inlineCode('a`b')).toBe('``a`b``');
  expect(inlineCode('``')).toBe('``` `` ```');
  expect(inlineCode('a\nb')).toBe('`a b`');
});

test('code between backticks is shown as code', () => {
  expect(richText('`req.query.id` is *read*')).toBe('`req.query.id` is \\*read\\*');
  expect(richText('`` [x](y)')).toBe('\\`\\` \\[x\\]\\(y\\)');
  expect(richText('odd ` [x](command:y)')).toBe('odd \\` \\[x\\]\\(command&#58;y\\)');
});

test('a link goes where it should and nowhere else', () => {
  expect(link('a](b', 'file:///x y(1)>.js#L1,2')).toBe('[a\\]\\(b](file:///x%20y%281%29%3E.js#L1,2)');
});
