// The reader of cases refuses what has no meaning, so that a slip in a case is never a test that passes for nothing.
// The messages name the file and the line.

import { expect, test } from 'vitest';
import { keystrokes, parseCase } from '../support/cases.ts';

const FENCE = '```';
const FILE = `# T\n\n${FENCE}js a.js\nf(1); // finding: sql, html\ng(2);\n${FENCE}\n`;
const edit = (body: string) => `${FILE}\n${FENCE}edit a.js\n${body}\n${FENCE}\n`;
const findings = (body: string) => `\n${FENCE}findings\n${body}\n${FENCE}\n`;

test('marks become expectations and leave the text', () => {
  const it = parseCase('x.md', FILE);
  expect(it.files[0]!.text).toBe('f(1);\ng(2);\n');
  expect(it.expected).toEqual(['a.js:1 html', 'a.js:1 sql']);
});

test('an edit types only what differs', () => {
  const it = parseCase('x.md', edit('-g(2);\n+g(345);') + findings('none'));
  const [change] = it.rounds[0]!.changes;
  expect(change).toMatchObject({ start: 8, end: 9, text: '345' });
  expect(keystrokes(it.files[0]!.text, change!).map((event) => event.text)).toEqual(['', '3', '4', '5']);
  expect(it.rounds[0]!.files[0]!.text).toBe('f(1);\ng(345);\n');
});

test.each([
  ['an unclosed block', `# T\n${FENCE}js a.js\n`, 'x.md:2: this block is not closed'],
  ['no path', `# T\n${FENCE}js\n${FENCE}\n`, 'x.md:2: a file needs a path behind its language'],
  ['another language', `# T\n${FENCE}cobol a.cob\n${FENCE}\n`, 'x.md:2: unknown language cobol'],
  ['no file', '# T\n', 'a case needs a file'],
  ['no title', FILE.slice(4), 'a case begins with a title'],
  ['a mark without a rule', FILE.replace('sql, html', ''), 'cannot read the expectation in'],
  ['a line that is not there', edit('-h(3);') + findings('none'), 'in a.js 0 times'],
  ['edits without findings', edit('-g(2);'), 'the edits need a findings block'],
  ['findings without edits', FILE + findings('none'), 'findings without an edit before them'],
  ['a row without a line', edit('-g(2);') + findings('a.js sql'), 'a row is `path:line rule`'],
  ['fixme without a reason', `# T\nfixme:\n${FILE}`, 'x.md:2: fixme: needs a reason'],
])('%s is refused', (_name, markdown, message) => {
  expect(() => parseCase('x.md', markdown)).toThrow(message);
});
