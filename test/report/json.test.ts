// The JSON report against its published schema, and JSON text in pieces.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { jsonText } from '../../server/src/report/json-text.ts';
import { jsonOf, jsonReport } from '../../server/src/report/json.ts';
import { COVERAGE, finding, result, SQL } from './result.ts';

const file = new URL('../../docs/report.schema.json', import.meta.url);
const ajv = new Ajv({ allErrors: true });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);

test('follows the schema', () => {
  for (const it of [[], [SQL], [finding({ paths: [], fix: undefined, suppressed: { reason: '' } })]]) {
    for (const coverage of [{}, COVERAGE]) {
      validate(JSON.parse([...jsonReport(result(it, coverage))].join('')));
      expect(validate.errors ?? []).toEqual([]);
    }
  }
  expect(validate({ ...(jsonOf(result([])) as object), schema: 2 })).toBe(false);
});

test('says where, what and how', () => {
  expect(jsonOf(result([SQL], COVERAGE))).toMatchObject({
    schema: 1,
    tool: { name: 'faultline', version: '0.1.0' },
    root: '/project',
    startedAt: '2026-01-02T03:04:05.678Z',
    summary: {
      error: 1,
      warning: 0,
      suppressed: 0,
      hidden: 2,
      analysed: 2,
      partial: 1,
      skipped: 2,
      failed: 1,
      lines: 8,
    },
    findings: [
      {
        rule: 'sql',
        title: 'SQL built from user input',
        file: 'src/db.js',
        range: { start: { line: 2, column: 21 }, end: { line: 2, column: 65 } },
        fingerprint: '1:abcdef0123456789',
        fix: 'sql-parameters',
        paths: [
          {
            source: 'the query string',
            steps: [
              { role: 'source', file: 'src/app.js', text: 'req.query.name is read' },
              { role: 'step', file: 'src/db.js' },
              { role: 'sink', file: 'src/db.js' },
            ],
          },
        ],
      },
    ],
    skipped: [{ file: 'node_modules/' }, { file: 'a b#c.js', reasons: [{ code: 'too-large' }] }],
    failed: [{ file: 'latin1.js', reasons: [{ code: 'encoding' }] }],
    unsupported: { '.css': 12, 'no extension': 1 },
  });
});

test('pieces of JSON joined are the JSON', () => {
  const values: unknown[] = [
    null,
    3,
    'a\nb"c',
    [],
    {},
    [[], {}, [1, [2, [3, [4, { a: [5] }]]]]],
    { a: undefined, b: { c: { d: { e: { f: [1, { g: 'x\ny' }] } } } }, 'k"\n': [undefined, null] },
  ];
  for (const value of values) {
    for (const depth of [0, 1, 2, 9]) {
      expect([...jsonText(value, depth)].join('')).toBe(JSON.stringify(value, null, 2));
    }
  }
});
