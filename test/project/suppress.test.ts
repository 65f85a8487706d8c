// Suppression comments from text to what they hide, in every comment style and place.
// The tree comes from the real parser; findings are placed by hand where ‹ and › stand.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding, Report } from '../../server/src/engine/engine.ts';
import { ignoresOf } from '../../server/src/engine/ignores.ts';
import { applySuppressions, dateOf, parseIgnore } from '../../server/src/project/suppress.ts';
import type { Span } from '../../server/src/ir/ir.ts';
import type { LanguageId } from '../../server/src/syntax/language.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';

beforeAll(() => initSyntax());
const TODAY = '2026-11-22';

/** The report of a text in which every ‹…› is a finding of `rule`. */
function reportOf(marked: string, rule = 'sql', language: LanguageId = 'typescriptreact'): Report {
  const text = marked.replace(/[‹›]/g, '');
  const tree = parseText(language, text);
  const arena = tree.arena();
  const comments: Span[] = [];
  for (let node = 0; node < arena.count; node++) {
    if (arena.typeName(node) === 'comment') comments.push({ s: arena.start[node]!, e: arena.end[node]! });
  }
  const ignores = ignoresOf(arena, comments);
  tree.delete();
  const findings = [...marked.matchAll(/‹[^›]*›/g)].map((match, index) => {
    const offset = match.index - 2 * index;
    return findingAt(rule, text, offset, offset + match[0].length - 2);
  });
  return { uri: 'file:///a.tsx', status: 'analysed', reasons: [], findings, lines: 1, ignores };
}

function findingAt(rule: string, text: string, start: number, end: number): Finding {
  const at = (offset: number): { line: number; character: number } => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)!.length };
  };
  return {
    rule,
    severity: 'error',
    confidence: 'high',
    cwe: [89],
    uri: 'file:///a.tsx',
    range: { start: at(start), end: at(end) },
    message: '',
    sink: '',
    paths: [],
    fingerprint: `1:${start}`,
  };
}

/** What became of the findings, and the problems. */
function judge(marked: string, rule = 'sql'): { hidden: (string | undefined)[]; problems: string[] } {
  const { findings, problems } = applySuppressions(reportOf(marked, rule), TODAY);
  return { hidden: findings.map((it) => it.suppressed?.reason), problems: problems.map((it) => it.code) };
}

describe('where a comment counts', () => {
  const yes: readonly (readonly [string, string])[] = [
    ['on the line above', '// faultline-ignore: sql -- why\ndb.query(‹x›);'],
    ['at the end of the line', 'db.query(‹x›); // faultline-ignore: sql -- why'],
    ['as a block comment', '/* faultline-ignore: sql -- why */\ndb.query(‹x›);'],
    ['as a block comment before the code', '/* faultline-ignore: sql -- why */ db.query(‹x›);'],
    [
      'in a doc comment of several lines',
      '/**\n * Finds it.\n * faultline-ignore: sql -- why\n */\ndb.query(‹x›);',
    ],
    ['between other comments', '// first\n// faultline-ignore: sql -- why\n// last\ndb.query(‹x›);'],
    ['without spaces', '//faultline-ignore:sql -- why\ndb.query(‹x›);'],
    ['with Windows line ends', '// faultline-ignore: sql -- why\r\ndb.query(‹x›);'],
    [
      'above a statement of many lines',
      '// faultline-ignore: sql -- why\nconst rows = await db.query(\n  "a" +\n    ‹x›,\n);',
    ],
    [
      'above a chain of many lines',
      '// faultline-ignore: sql -- why\ndb\n  .prepare("a" +\n    ‹x›)\n  .all();',
    ],
    ['above the argument', 'db.query(\n  // faultline-ignore: sql -- why\n  "a" +\n    ‹x›,\n);'],
    [
      'in JSX',
      'const a = <div>\n  {/* faultline-ignore: sql -- why */}\n  <b x={‹y›}\n    z={1} />\n</div>;',
    ],
    [
      'in JSX above an element of many lines',
      'const a = <div>\n  {/* faultline-ignore: sql -- why */}\n  <b\n    x={‹y›} />\n</div>;',
    ],
    ['among JSX attributes', 'const a = <b\n  /* faultline-ignore: sql -- why */\n  x={‹y›} />;'],
    ['for several rules', '// faultline-ignore: sql, shell -- why\ndb.query(‹x›); exec(y)'],
  ];
  test.each(yes)('%s', (_name, code) => expect(judge(code).hidden).toEqual(['why']));

  const no: readonly (readonly [string, string])[] = [
    ['behind a blank line', '// faultline-ignore: sql -- why\n\ndb.query(‹x›);'],
    ['on the line below', 'db.query(‹x›);\n// faultline-ignore: sql -- why\n'],
    ['at the end of the line before', 'a(); // faultline-ignore: sql -- why\ndb.query(‹x›);'],
    ['in a string', 'const s = "// faultline-ignore: sql -- why"; db.query(‹x›);'],
    ['in prose', '// see faultline-ignore: sql -- why\ndb.query(‹x›);'],
    ['for another rule', '// faultline-ignore: shell -- why\ndb.query(‹x›);'],
    [
      'above the function that holds it',
      '// faultline-ignore: sql -- why\nfunction f() {\n  db.query(‹x›);\n}',
    ],
    [
      'above the call that registers the handler',
      '// faultline-ignore: sql -- why\napp.get("/", (req) => {\n  db.query(‹x›);\n});',
    ],
    ['above the if that holds it', '// faultline-ignore: sql -- why\nif (a) {\n  db.query(‹x›);\n}'],
  ];
  test.each(no)('not %s', (_name, code) => expect(judge(code).hidden).toEqual([undefined]));

  test('two findings of one statement are both hidden', () => {
    expect(judge('// faultline-ignore: sql -- why\nf(‹a›,\n  ‹b›);').hidden).toEqual(['why', 'why']);
  });
});

describe('what is wrong with a comment', () => {
  const cases: readonly (readonly [string, string, string[]])[] = [
    ['unused', '// faultline-ignore: sql -- why\nok();', ['unused']],
    ['half unused', '// faultline-ignore: sql, shell -- why\ndb.query(‹x›);', ['unused']],
    ['no reason', '// faultline-ignore: sql\ndb.query(‹x›);', ['reasonless']],
    ['an empty reason', '// faultline-ignore: sql --\ndb.query(‹x›);', ['reasonless']],
    ['a reason to be filled in', '// faultline-ignore: sql -- <reason>\ndb.query(‹x›);', ['reasonless']],
    ['no rule', '// faultline-ignore -- why\ndb.query(‹x›);', ['malformed']],
    ['no rule but a colon', '// faultline-ignore: -- why\ndb.query(‹x›);', ['malformed']],
    [
      'a date that is none',
      '// faultline-ignore: sql until 2026-02-30 -- why\ndb.query(‹x›);',
      ['malformed'],
    ],
    ['everything', '// faultline-ignore: * -- why\ndb.query(‹x›);', ['malformed']],
    ['nothing', '// faultline-ignore: sql until 2026-11-22 -- why\ndb.query(‹x›);', []],
    ['expired', '// faultline-ignore: sql until 2026-11-21 -- why\ndb.query(‹x›);', ['expired']],
  ];
  test.each(cases)('%s', (_name, code, problems) => expect(judge(code).problems).toEqual(problems));

  test('an expired or malformed comment hides nothing, one without a reason does', () => {
    expect(judge('// faultline-ignore: sql until 2026-11-21 -- why\ndb.query(‹x›);').hidden).toEqual([
      undefined,
    ]);
    expect(judge('// faultline-ignore: * -- why\ndb.query(‹x›);').hidden).toEqual([undefined]);
    expect(judge('// faultline-ignore: sql\ndb.query(‹x›);').hidden).toEqual(['']);
  });

  test('nothing is called unused where not everything was analysed', () => {
    const report = reportOf('// faultline-ignore: sql -- why\nok();');
    const partial: Report = { ...report, reasons: [{ code: 'syntax-error', text: 'line 3' }] };
    expect(applySuppressions(partial, TODAY).problems).toEqual([]);
  });
});

test('other comment styles are read too', () => {
  const zero = { line: 0, character: 0 };
  const parse = (text: string): unknown =>
    parseIgnore({ text, range: { start: zero, end: zero }, covers: [] }).suppressions.map((it) => [
      it.ids,
      it.until,
      it.reason,
    ]);
  expect(parse('# faultline-ignore: sql until 2027-01-01 -- a -- b')).toEqual([
    [['sql'], '2027-01-01', 'a -- b'],
  ]);
  expect(parse('<!-- faultline-ignore: html, sql -- why -->')).toEqual([[['html', 'sql'], undefined, 'why']]);
  expect(parse('{/* faultline-ignore: html -- why */}')).toEqual([[['html'], undefined, 'why']]);
  expect(parse('/* faultline-ignore: html */')).toEqual([[['html'], undefined, '']]);
});

test('the local date', () => {
  expect(dateOf(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
});
