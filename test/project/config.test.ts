// `.faultline/faultline.yaml`: what it says holds, what is broken in it is named with its place and hides nothing.

import { describe, expect, test } from 'vitest';
import type { Finding, Report } from '../../server/src/engine/engine.ts';
import { NO_BASELINE, readBaseline, writeBaseline } from '../../server/src/project/baseline.ts';
import { readConfig } from '../../server/src/project/config.ts';
import { judge, type Policy } from '../../server/src/project/policy.ts';

const KNOWN = ['sql', 'html', 'weak-hash'];
const ROOT = 'file:///w';
const ALL = { severity: 'info', confidence: 'low' } as const;

function finding(
  rule: string,
  severity: Finding['severity'] = 'warning',
  fingerprint = `1:${rule}`,
): Finding {
  const at = { line: 0, character: 0 };
  return {
    ...{ rule, severity, confidence: 'high', cwe: [], uri: '', range: { start: at, end: at } },
    ...{ message: rule, sink: '', paths: [], fingerprint },
  };
}
function report(path: string, findings: readonly Finding[]): Report {
  const uri = `${ROOT}/${path}`;
  return {
    ...{ uri, status: 'analysed', reasons: [], lines: 1 },
    findings: findings.map((it) => ({ ...it, uri })),
  };
}
function policy(yaml: string, baseline = NO_BASELINE): Policy {
  const { config, problems } = readConfig('f.yaml', yaml, KNOWN);
  expect(problems).toEqual([]);
  return { root: ROOT, config, baseline };
}
const shown = (it: Policy, path: string, findings: readonly Finding[], today = '2026-06-01'): string[] =>
  judge(report(path, findings), it, today, ALL).findings.map(
    (one) => `${one.rule} ${one.severity}${one.suppressed ? ` (${one.suppressed.by})` : ''}`,
  );

describe('rules', () => {
  test('are switched off, set and moved, and a path says otherwise than the whole', () => {
    const it = policy(`
rules: { weak-hash: off, html: error }
paths:
  - files: [test, "**/*.spec.js"]
    rules: { '*': down, weak-hash: info }
`);
    const all = [finding('sql', 'error'), finding('html'), finding('weak-hash')];
    expect(shown(it, 'src/a.js', all)).toEqual(['sql error', 'html error']);
    expect(shown(it, 'test/deep/a.js', all)).toEqual(['sql warning', 'html warning', 'weak-hash info']);
    expect(shown(it, 'src/a.spec.js', all)).toHaveLength(3);
    expect(judge(report('src/a.js', all), it, '2026-06-01', ALL).off).toBe(1);
  });

  test('thresholds hold after the change of severity, and the stricter of two holds', () => {
    const it = policy('minimumSeverity: warning\nrules: { sql: info }');
    expect(shown(it, 'a.js', [finding('sql', 'error'), finding('html')])).toEqual(['html warning']);
    const strict = judge(report('a.js', [finding('html')]), it, '2026-06-01', { ...ALL, severity: 'error' });
    expect([strict.findings.length, strict.hidden]).toEqual([0, 1]);
  });
});

describe('suppressions by path', () => {
  const it = policy(`
suppress:
  - rule: [sql, html]
    files: [legacy/**]
    until: 2026-12-31
    reason: replaced in winter
`);
  test('hide until their last day, and no other file', () => {
    expect(shown(it, 'legacy/a.js', [finding('sql'), finding('weak-hash')])).toEqual([
      'sql warning (project)',
      'weak-hash warning',
    ]);
    expect(shown(it, 'src/a.js', [finding('sql')])).toEqual(['sql warning']);
    expect(shown(it, 'legacy/a.js', [finding('sql')], '2026-12-31')).toEqual(['sql warning (project)']);
    expect(shown(it, 'legacy/a.js', [finding('sql')], '2027-01-01')).toEqual(['sql warning']);
  });
});

test.each([
  ['rules: { slq: off }', '1:10', 'no rule is called `slq`'],
  ['rules: { sql: loud }', '1:15', 'must be one of off, error'],
  ['minimumSeverity: high', '1:18', 'must be one of error'],
  ['exclude: ["!a"]', '1:11', 'cannot be used'],
  ['ruels: {}', '1:1', 'unknown key'],
  ['suppress:\n  - rule: sql\n    files: [a]', '2:5', 'needs a `reason`'],
  ['suppress:\n  - rule: sql\n    files: [a]\n    until: 2026-02-30\n    reason: x', '4:12', 'must be a day'],
  ['paths:\n  - files: [a]', '2:5', 'needs `files` and `rules`'],
  ['maxFileSize: many', '1:14', 'kilobytes'],
  ['a: [', '1:5', ''],
])('%s is a problem at %s', (yaml, place, words) => {
  const { problems } = readConfig('f.yaml', yaml, KNOWN);
  expect(problems.map((it) => `${it.line}:${it.column}`)).toContain(place);
  expect(problems.map((it) => it.message).join('\n')).toContain(words);
});

describe('the baseline', () => {
  const entry = (file: string, rule: string, fingerprint = `1:${rule}`) => ({
    file,
    rule,
    fingerprint,
    message: rule,
  });
  const text = writeBaseline([], [entry('b.js', 'sql'), entry('a.js', 'html')]);

  test('is sorted, keeps what it had, and equal contents are equal texts', () => {
    expect(text.indexOf('a.js')).toBeLessThan(text.indexOf('b.js'));
    const { entries } = readBaseline(text, () => true).baseline;
    expect(writeBaseline([...entries].reverse(), [entry('a.js', 'html')])).toBe(text);
    expect(writeBaseline(entries, [], (it) => it.file === 'a.js')).not.toContain('a.js');
  });

  test('accepts in the same file, and in any file once that one is gone', () => {
    const there = policy('', readBaseline(text, () => true).baseline);
    expect(shown(there, 'a.js', [finding('html'), finding('sql')])).toEqual([
      'html warning (baseline)',
      'sql warning',
    ]);
    expect(shown(there, 'copy.js', [finding('html')])).toEqual(['html warning']);
    const moved = policy('', readBaseline(text, (file) => file !== 'a.js').baseline);
    expect(shown(moved, 'new/place.js', [finding('html')])).toEqual(['html warning (baseline)']);
  });

  test('that is damaged accepts nothing and says so', () => {
    expect(readBaseline('{', () => true).problem).toContain('not JSON');
    expect(readBaseline('[]', () => true).problem).toContain('version 1');
    const old = JSON.stringify({ schema: 1, findings: [entry('a.js', 'sql', '0:x')] });
    expect(readBaseline(old, () => true).problem).toContain('another version');
  });
});
