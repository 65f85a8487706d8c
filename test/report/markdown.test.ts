// The Markdown report: whole for a simple scan, and inert whatever scanned files contain.

import { expect, test } from 'vitest';
import { coverageReport, markdownReport } from '../../server/src/report/markdown.ts';
import { COVERAGE, finding, range, result, ROOT, SQL, uriOf } from './result.ts';

const text = (...args: Parameters<typeof markdownReport>): string => [...markdownReport(...args)].join('');

test('findings with code and path, then the coverage', () => {
  expect(text(result([SQL], { unsupported: [['.css', 2]] }))).toBe(`# Faultline report

**1 finding** in 2 analysed files (8 lines).

| Errors | Warnings | Info | Suppressed | Hidden |
| --- | --- | --- | --- | --- |
| 1 | 0 | 0 | 0 | 0 |

## Findings

### SQL built from user input: \`src/db.js:2\`

**error** · \`sql\` · [CWE-89](https://cwe.mitre.org/data/definitions/89.html) · high confidence

The query string reaches mysql2.Connection\\#query as SQL text.

\`\`\`text
1 | export function find(name) {
2 |   return pool.query(\`select * from users where name = '\${name}'\`);
  |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
3 | }
\`\`\`

1. \`src/app.js:4\` req.query.name is read (source)
2. \`src/db.js:1\` passed to find\\(\\) as name
3. \`src/db.js:2\` SQL text of query\\(\\) (sink)

## Coverage

|  | Files |
| --- | --- |
| Analysed | 2 |
| of these in part | 0 |
| Skipped | 0 |
| Failed | 0 |
| Of other kinds | 2 |

### Of other kinds

| Extension | Files |
| --- | --- |
| \`.css\` | 2 |
`);
});

test('everything that was left out is listed with its reason', () => {
  const shown = [...coverageReport(result([], COVERAGE))].join('');
  expect(shown).toContain(
    '### Could not be analysed\n\n| File | Why |\n| --- | --- |\n| `latin1.js` | byte 0xE9',
  );
  expect(shown).toContain('### Skipped (1 excluded, 1 too-large)\n');
  expect(shown).toContain('| `node_modules/` | installed packages |\n');
  expect(shown).toContain('| `src/app.js:4` | Nothing to suppress: no sql finding here. |\n');
});

test('suppressed findings are listed with the reason', () => {
  const shown = text(result([finding({ suppressed: { reason: 'only | *numbers*' } })]));
  expect(shown).toContain('No findings in 2 analysed files');
  expect(shown).toContain('| `src/db.js:2` | `sql` | only \\| \\*numbers\\* |\n');
});

test('text out of scanned files stays text', () => {
  const evil =
    '</details><img src=x onerror=alert(1)> [a](javascript:x) `` ``` | http://evil.example @team\u001b[2J\n# head';
  const uri = uriOf(`a\`b|c ${'x'}\n.js`);
  const it = finding({
    uri,
    message: evil,
    range: range('1:1', '1:4'),
    paths: [{ source: evil, steps: [{ uri, range: range('1:1', '1:2'), text: evil, role: 'source' }] }],
  });
  const skipped = [{ path: `${ROOT}/${evil}.js`, reasons: [{ code: 'minified' as const, text: evil }] }];
  const shown = text(result([it], { skipped, textOf: () => '```\n</pre>' }));
  // Fences are longer than anything inside them.
  expect(shown).toContain('````text\n1 | ```\n');
  const prose = shown
    .replace(/````text\n[\s\S]*?\n````\n/g, '')
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, 'CODE');
  expect(prose).not.toMatch(/<(?!\/?$)/);
  expect(prose).not.toMatch(/(?<!\\)\[a\]|http:\/\/|@team/);

  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(shown.split('\n').filter((line) => line.startsWith('# '))).toEqual(['# Faultline report']);
});
