// A scan result made by hand, for tests of how results are printed.
// What the engine finds is tested elsewhere; here every field has a value that shows up in the output.

import { URI } from 'vscode-uri';
import type { Finding, Range, Step } from '../../server/src/engine/engine.ts';
import type { ScanResult } from '../../server/src/report/result.ts';

export const ROOT = '/project';

export const uriOf = (file: string): string => URI.file(`${ROOT}/${file}`).toString();

/** A range from places as `line:column`, counted from 1 as in reports. */
export function range(from: string, to: string): Range {
  const at = (text: string): Range['start'] => {
    const [line, column] = text.split(':').map(Number);
    return { line: line! - 1, character: column! - 1 };
  };
  return { start: at(from), end: at(to) };
}

/** The range of the first occurrence of a text in another. */
export function rangeOf(text: string, part: string): Range {
  const at = (offset: number): Range['start'] => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before[before.length - 1]!.length };
  };
  const start = text.indexOf(part);
  if (start < 0) throw new Error(`“${part}” is not in the text`);
  return { start: at(start), end: at(start + part.length) };
}

export const TEXTS: Readonly<Record<string, string>> = {
  'src/app.js': [
    "import { find } from './db.js';",
    '',
    "app.get('/user', async (req, res) => {",
    '  res.json(await find(req.query.name));',
    '});',
    '',
  ].join('\n'),
  'src/db.js': [
    'export function find(name) {',
    "  return pool.query(`select * from users where name = '${name}'`);",
    '}',
    '',
  ].join('\n'),
};

const step = (file: string, part: string, text: string, role: Step['role']): Step => ({
  uri: uriOf(file),
  range: rangeOf(TEXTS[file]!, part),
  text,
  role,
});

/** A finding that crosses two files. */
export const SQL: Finding = {
  rule: 'sql',
  severity: 'error',
  confidence: 'high',
  cwe: [89],
  uri: uriOf('src/db.js'),
  range: rangeOf(TEXTS['src/db.js']!, "`select * from users where name = '${name}'`"),
  message: 'The query string reaches mysql2.Connection#query as SQL text.',
  sink: 'mysql2.Connection#query',
  paths: [
    {
      source: 'the query string',
      steps: [
        step('src/app.js', 'req.query.name', 'req.query.name is read', 'source'),
        step('src/db.js', 'name', 'passed to find() as name', 'step'),
        step('src/db.js', "`select * from users where name = '${name}'`", 'SQL text of query()', 'sink'),
      ],
    },
  ],
  fingerprint: '1:abcdef0123456789',
  fix: 'sql-parameters',
};

/** The finding with other fields. */
export const finding = (fields: Partial<Finding>): Finding => ({ ...SQL, ...fields });

/** The result of a scan of `TEXTS` that found these. */
export function result(findings: readonly Finding[], fields: Partial<ScanResult> = {}): ScanResult {
  return {
    version: '0.1.0',
    root: ROOT,
    findings,
    hidden: 0,
    off: 0,
    suppressions: [],
    analysed: Object.entries(TEXTS).map(([file, text]) => ({
      path: `${ROOT}/${file}`,
      lines: text.split('\n').length - 1,
    })),
    partial: [],
    skipped: [],
    unsupported: [],
    failed: [],
    remarks: [],
    startedAt: new Date('2026-01-02T03:04:05.678Z'),
    seconds: 1.25,
    rules: new Map([
      [
        'sql',
        {
          id: 'sql',
          severity: 'error',
          cwe: [89],
          title: 'SQL built from user input',
          why: 'The database executes whatever the text says.',
          instead: 'Pass values as parameters.',
        },
      ],
    ]),
    textOf: (uri) => TEXTS[uri.slice(uriOf('').length)],
    ...fields,
  };
}

/** One of everything that can go wrong with a file. */
export const COVERAGE: Partial<ScanResult> = {
  hidden: 2,
  partial: [
    {
      path: `${ROOT}/src/db.js`,
      reasons: [{ code: 'syntax-error', text: '1 statement does not parse (line 9).' }],
    },
  ],
  skipped: [
    {
      path: `${ROOT}/node_modules`,
      reasons: [{ code: 'excluded', text: 'installed packages' }],
      isFolder: true,
    },
    { path: `${ROOT}/a b#c.js`, reasons: [{ code: 'too-large', text: '20 MB, the limit is 1 MB' }] },
  ],
  unsupported: [
    ['.css', 12],
    ['no extension', 1],
  ],
  failed: [
    {
      path: `${ROOT}/latin1.js`,
      reasons: [{ code: 'encoding', text: 'byte 0xE9 at offset 3 is not UTF-8' }],
    },
  ],
  remarks: [{ path: `${ROOT}/src/app.js`, line: 4, text: 'Nothing to suppress: no sql finding here.' }],
};
