// The SARIF log: valid against the published schema, and readable the way code scanning services read it.
// The schema in support/ is the one of the standard's publisher, as the npm package @microsoft/jest-sarif ships it.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { sarifOf, sarifReport } from '../../server/src/report/sarif.ts';
import { COVERAGE, finding, range, result, SQL, uriOf } from './result.ts';

const validate = schema();

function schema(): ValidateFunction {
  const file = new URL('./support/sarif-2.1.0-rtm.5.json', import.meta.url);
  const {
    $schema: _draft,
    id: _id,
    ...rest
  } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  // The schema is written in draft 4; what it uses of it means the same in the draft that the validator speaks.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  return ajv.compile(rest);
}

function valid(log: unknown): boolean {
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return true;
}

test('is valid, with and without findings, paths, weaknesses and words', () => {
  const bare = finding({ rule: 'unheard-of', paths: [], cwe: [], fix: undefined });
  for (const it of [[], [SQL], [bare], [SQL, bare, finding({ suppressed: { reason: '' } })]]) {
    valid(sarifOf(result(it)));
    valid(sarifOf(result(it, COVERAGE)));
  }
  expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
});

test('the pieces make up the log', () => {
  const it = result([SQL, finding({ severity: 'info' })], COVERAGE);
  const text = [...sarifReport(it)].join('');
  expect(text).toBe(`${JSON.stringify(sarifOf(it), null, 2)}\n`);
});

test('a result has its place, rule, level, weakness and fingerprint', () => {
  const run = sarifOf(result([SQL])).runs[0]!;
  const it = run.results![0]!;
  expect(it).toMatchObject({
    ruleId: 'sql',
    level: 'error',
    message: { text: SQL.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'src/db.js', uriBaseId: '%SRCROOT%' },
          region: {
            startLine: 2,
            startColumn: 21,
            endLine: 2,
            endColumn: 65,
            snippet: { text: "`select * from users where name = '${name}'`" },
          },
        },
      },
    ],
    partialFingerprints: { 'faultlineFingerprint/v1': '1:abcdef0123456789' },
    taxa: [{ id: '89', toolComponent: { name: 'CWE' } }],
    properties: { confidence: 'high' },
  });
  const rule = run.tool.driver.rules![it.ruleIndex!]!;
  expect(rule).toMatchObject({
    id: 'sql',
    shortDescription: { text: 'SQL built from user input' },
    help: { markdown: expect.stringContaining('## Instead\n\nPass values as parameters.') as string },
    properties: { tags: ['security', 'external/cwe/cwe-089'], 'security-severity': '8.0', precision: 'high' },
  });
  expect(run.columnKind).toBe('utf16CodeUnits');
  expect(run.originalUriBaseIds!['%SRCROOT%']!.uri).toBe('file:///project/');
  const taxon = run.taxonomies![0]!.taxa![it.taxa![0]!.index!]!;
  expect(taxon).toMatchObject({ id: '89', helpUri: 'https://cwe.mitre.org/data/definitions/89.html' });
});

test('every path is a code flow, the steps before the sink are related places', () => {
  const [path] = SQL.paths;
  const other = { ...path!, source: 'a header', steps: path!.steps.slice(1) };
  const it = sarifOf(result([finding({ paths: [path!, other] })])).runs[0]!.results![0]!;
  const flows = it.codeFlows!.map((flow) =>
    flow.threadFlows[0]!.locations.map((at) => {
      const { artifactLocation, region } = at.location!.physicalLocation!;
      return `${artifactLocation!.uri}:${region!.startLine} ${at.location!.message!.text}`;
    }),
  );
  expect(flows).toEqual([
    [
      'src/app.js:4 req.query.name is read',
      'src/db.js:1 passed to find() as name',
      'src/db.js:2 SQL text of query()',
    ],
    ['src/db.js:1 passed to find() as name', 'src/db.js:2 SQL text of query()'],
  ]);
  expect(it.relatedLocations!.map((at) => at.message!.text)).toEqual([
    'req.query.name is read',
    'passed to find() as name',
  ]);
});

test('levels and severities of GitHub', () => {
  const levels = (['error', 'warning', 'info'] as const).map((severity) => {
    const run = sarifOf(result([finding({ severity, rule: `r-${severity}` })])).runs[0]!;
    const rule = run.tool.driver.rules![run.results![0]!.ruleIndex!]!;
    return [run.results![0]!.level, rule.properties!['security-severity']];
  });
  expect(levels).toEqual([
    ['error', '8.0'],
    ['warning', '5.5'],
    ['note', '3.0'],
  ]);
});

test('suppressed findings are in the log and marked, with the reason as justification', () => {
  const log = sarifOf(result([finding({ suppressed: { reason: 'input is validated' } })]));
  expect(log.runs[0]!.results![0]!.suppressions).toEqual([
    { kind: 'inSource', status: 'accepted', justification: 'input is validated' },
  ]);
  expect(log.runs[0]!.invocations![0]!.exitCode).toBe(0);
});

test('what was not analysed is in the notifications, and a failure makes the run unsuccessful', () => {
  const run = sarifOf(result([SQL], COVERAGE)).runs[0]!;
  const invocation = run.invocations![0]!;
  expect(invocation.executionSuccessful).toBe(false);
  expect(invocation.exitCode).toBe(2);
  const notes = invocation.toolExecutionNotifications!.map((it) => [
    it.level,
    it.descriptor?.id,
    it.message.text,
    it.locations?.[0]?.physicalLocation?.artifactLocation?.uri,
  ]);
  expect(notes).toEqual([
    ['error', 'encoding', 'Not analysed: byte 0xE9 at offset 3 is not UTF-8.', 'latin1.js'],
    ['warning', 'syntax-error', 'Analysed in part: 1 statement does not parse (line 9).', 'src/db.js'],
    ['note', 'excluded', 'Skipped: installed packages.', 'node_modules/'],
    ['note', 'too-large', 'Skipped: 20 MB, the limit is 1 MB.', 'a%20b%23c.js'],
    ['note', 'unsupported', '12 files of another kind not analysed: .css.', undefined],
    ['note', 'unsupported', '1 file of another kind not analysed: no extension.', undefined],
    ['note', undefined, 'Nothing to suppress: no sql finding here.', 'src/app.js'],
  ]);
  const known = run.tool.driver.notifications!.map((it) => it.id);
  expect(known).toEqual(['encoding', 'excluded', 'syntax-error', 'too-large', 'unsupported']);
  expect(sarifOf(result([SQL])).runs[0]!.invocations![0]!.executionSuccessful).toBe(true);
});

test('odd file names and places outside of the root make good references', () => {
  const odd = finding({
    uri: uriOf('src/größe [1]:2 #%.js'),
    paths: [
      {
        source: 's',
        steps: [{ uri: 'file:///elsewhere/x.js', range: range('1:1', '1:2'), text: 't', role: 'source' }],
      },
    ],
  });
  const log = sarifOf(result([odd]));
  valid(log);
  const it = log.runs[0]!.results![0]!;
  const { uri } = it.locations![0]!.physicalLocation!.artifactLocation!;
  expect(decodeURIComponent(uri!)).toBe('src/größe [1]:2 #%.js');
  expect(uri).not.toMatch(/[[\]:# ]/);
  expect(it.relatedLocations![0]!.physicalLocation!.artifactLocation).toEqual({
    uri: 'file:///elsewhere/x.js',
  });
});
