// The comment style of every place a finding can be in, and that the comment written there counts.

import { beforeAll, expect, test } from 'vitest';
import { ignoresOf } from '../../server/src/engine/ignores.ts';
import { suppressionFor } from '../../server/src/lsp/suppressEdit.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';

beforeAll(() => initSyntax());

test.each([
  ['a statement', '  db.query(‹x);', '  // C\n  db.query(x);'],
  ['a tab', '\tdb.query(‹x);', '\t// C\n\tdb.query(x);'],
  [
    'a child of an element',
    'const a = (\n  <p>\n    <b x={‹y} />\n  </p>\n);',
    'const a = (\n  <p>\n    {/* C */}\n    <b x={y} />\n  </p>\n);',
  ],
  [
    'an expression in an element',
    'const a = (\n  <p>\n    {‹y}\n  </p>\n);',
    'const a = (\n  <p>\n    {/* C */}\n    {y}\n  </p>\n);',
  ],
  ['the outermost element', 'const a = (\n  <p x={‹y} />\n);', 'const a = (\n  // C\n  <p x={y} />\n);'],
  [
    'an attribute',
    'const a = (\n  <p\n    x={‹y}\n  />\n);',
    'const a = (\n  <p\n    /* C */\n    x={y}\n  />\n);',
  ],
  [
    'the text of an element',
    'const a = (\n  <p>\n    Hello\n    dear {‹y}\n  </p>\n);',
    'const a = (\n  // C\n  <p>\n    Hello\n    dear {y}\n  </p>\n);',
  ],
  ['a template', 'f(\n  `a\n  b ${‹y}`,\n);', 'f(\n  // C\n  `a\n  b ${y}`,\n);'],
  ['Windows line ends', 'a();\r\ndb.query(‹x);\r\n', 'a();\r\n// C\r\ndb.query(x);\r\n'],
  ['the first line', 'db.query(‹x)', '// C\ndb.query(x)'],
])('%s', (_name, marked, expected) => {
  const text = marked.replace('‹', '');
  const at = marked.indexOf('‹');
  const tree = parseText('typescriptreact', text);
  const { at: offset, text: line } = suppressionFor(tree.arena(), at, 'sql', 'why');
  tree.delete();
  const after = text.slice(0, offset) + line + text.slice(offset);
  expect(after.replace('faultline-ignore: sql -- why', 'C')).toBe(expected);

  const again = parseText('typescriptreact', after);
  expect(again.hasError()).toBe(false);
  const arena = again.arena();
  const comment = arena.text.indexOf('faultline-ignore');
  let node = 0;
  for (let it = 0; it < arena.count; it++)
    if (arena.start[it]! <= comment && arena.end[it]! > comment) node = it;
  const [ignore] = ignoresOf(arena, [{ s: arena.start[node]!, e: arena.end[node]! }]);
  again.delete();
  const before = after.slice(0, at + line.length).split('\n');
  const where = { line: before.length - 1, character: before.at(-1)!.length };
  const covers = ignore!.covers.some(({ start, end }) => {
    const afterStart =
      start.line < where.line || (start.line === where.line && start.character <= where.character);
    return (
      afterStart && (where.line < end.line || (where.line === end.line && where.character < end.character))
    );
  });
  expect(covers, JSON.stringify(ignore)).toBe(true);
});
