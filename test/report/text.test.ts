// The report for terminals, whole, and the few decisions it makes.

import { expect, test } from 'vitest';
import { coloured, paintFor, plain } from '../../server/src/report/paint.ts';
import { textFindings, textReport } from '../../server/src/report/text.ts';
import type { TextOptions } from '../../server/src/report/text.ts';
import { COVERAGE, finding, range, result, ROOT, SQL, uriOf } from './result.ts';

const options: TextOptions = { paint: plain, width: 100, from: ROOT, verbose: false };
const text = (...args: Parameters<typeof textReport>): string => [...textReport(...args)].join('');

test('a finding with its code, its path and the totals', () => {
  expect(text(result([SQL]), options))
    .toBe(`src/db.js:2:21  error  sql  CWE-89, high confidence, id abcdef0123
  SQL built from user input
  The query string reaches mysql2.Connection#query as SQL text.

  1 │ export function find(name) {
  2 │   return pool.query(\`select * from users where name = '\${name}'\`);
    │                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  3 │ }

  path:
   1. src/app.js:4:23  req.query.name is read (source)
   2. src/db.js:1:22   passed to find() as name
   3. src/db.js:2:21   SQL text of query() (sink)

1 finding: 1 error.
2 files analysed; 8 lines in 1.3 s.
`);
});

test('what was not analysed, and why', () => {
  const shown = text(result([finding({ suppressed: { reason: 'checked' } })], COVERAGE), options);
  expect(shown).toBe(`could not be analysed
  latin1.js: byte 0xE9 at offset 3 is not UTF-8 (encoding)

analysed in part
  src/db.js: 1 statement does not parse (line 9) (syntax-error)

note  src/app.js:4  Nothing to suppress: no sql finding here.

No findings (1 suppressed in the code, 2 below the asked severity or confidence).
2 files analysed (1 in part), 2 skipped (1 excluded, 1 too-large), 1 failed; 8 lines in 1.3 s.
13 files of other kinds not analysed: 12 .css, 1 no extension.
`);
  const verbose = text(result([], COVERAGE), { ...options, verbose: true });
  expect(verbose).toContain('skipped\n  node_modules/: installed packages (excluded)\n  a b#c.js: 20 MB,');
});

test('other sources are named in one line, and shown in full on request', () => {
  const [best] = SQL.paths;
  const many = finding({ paths: [best!, best!, best!, best!, best!] });
  expect(text(result([many]), options)).toContain(
    'and from 4 other sources: src/app.js:4:23, src/app.js:4:23, src/app.js:4:23, …\n',
  );
  const verbose = text(result([many]), { ...options, verbose: true });
  expect(verbose.match(/another path:/g)).toHaveLength(4);
  expect(verbose).not.toContain('and from');
});

test('names and messages out of scanned code cannot reach the terminal raw', () => {
  const evil = '\u001b[2J\u202e';
  const uri = uriOf(`src/${evil}\n.js`);
  const it = finding({
    uri,
    rule: `sql${evil}`,
    message: `m${evil}`,
    paths: [
      { source: evil, steps: [{ uri, range: range('1:1', '1:2'), text: `t${evil}\r`, role: 'source' }] },
    ],
  });
  const failed = [{ path: `${ROOT}/${evil}.js`, reasons: [{ code: 'crashed' as const, text: evil }] }];
  const shown = text(result([it], { failed, unsupported: [[`.${evil}`, 1]] }), options);

  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(shown).toContain('␛[2J<U+202E>␊.js:2:21');
});

test('a finding without path and text still has its line', () => {
  const it = finding({ paths: [], uri: 'untitled:Untitled-1', cwe: [] });
  expect([...textFindings(result([it]), options)].join('')).toBe(
    'Untitled-1:2:21  error  sql  high confidence, id abcdef0123\n  SQL built from user input\n  The query string reaches mysql2.Connection#query as SQL text.\n\n',
  );
});

test('paths outside of the working folder are whole', () => {
  const [line] = [...textFindings(result([SQL]), { ...options, from: '/elsewhere' })];
  expect(line).toContain('/project/src/db.js:2:21  error');
});

test('colours are used for people only', () => {
  const tty = { isTTY: true };
  expect(paintFor(true, tty, {})).toBe(coloured);
  expect(paintFor(true, {}, {})).toBe(plain);
  expect(paintFor(false, tty, {})).toBe(plain);
  expect(paintFor(true, tty, { NO_COLOR: '1' })).toBe(plain);
  expect(paintFor(true, tty, { NO_COLOR: '' })).toBe(coloured);
  expect(paintFor(true, tty, { TERM: 'dumb' })).toBe(plain);
  expect(paintFor(true, {}, { FORCE_COLOR: '1' })).toBe(coloured);
  expect(paintFor(true, {}, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(plain);
  expect(paintFor(true, tty, { FORCE_COLOR: '0' })).toBe(plain);
  expect(text(result([SQL]), { ...options, paint: coloured })).toContain('\u001b[31merror\u001b[39m');
});
