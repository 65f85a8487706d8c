// What is made of an answer: its form, its quotes, its words, its edits. The model is taken to be hostile throughout.

import { beforeAll, describe, expect, test } from 'vitest';
import { checkExplanation, checkOpinion, isQuoted, wordsProblem } from '../../server/src/llm/check.ts';
import { applyAnswer } from '../../server/src/llm/edits.ts';
import { growing } from '../../server/src/llm/growing.ts';
import {
  type Explanation,
  type FixAnswer,
  type Opinion,
  readAnswer,
  schemaOf,
} from '../../server/src/llm/schemas.ts';
import { makeSlice, type Slice } from '../../server/src/llm/slice.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';
import { schemaProblem } from '../support/messages-api.ts';

const URI = 'file:///a.js';
const CODE = `function f(req) {
  // keep me
  const token = "abcdefgh1234";
  db.query('select ' + req.query.id); // and me
  db.query('again');
}
`;
let slice: Slice;
beforeAll(async () => {
  await initSyntax();
  const tree = parseText('javascript', CODE);
  slice = makeSlice([{ uri: URI, line: 3 }], () => ({ arena: tree.arena(), language: 'javascript' }));
});

const EXPLANATION: Explanation = {
  summary: 'An attacker decides what the database runs.',
  path: [{ step_id: 's1', what: 'the id is put into the query' }],
  impact: 'Data can be read.',
  remedy: 'Use parameters.',
  evidence: [{ line: 4, quote: "'select ' + req.query.id" }],
  suspected_injection: false,
};

test('schemas stay inside what the service accepts', () => {
  for (const kind of ['explain', 'fix', 'opinion'] as const)
    expect(schemaProblem(schemaOf(kind))).toBeUndefined();
});

describe('form', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['a wrong word', { ...EXPLANATION, suspected_injection: 'no' }],
    ['a property too many', { ...EXPLANATION, verdict: 'safe' }],
    ['a property too few', { ...EXPLANATION, impact: undefined }],
    ['a megabyte of text', { ...EXPLANATION, summary: 'x'.repeat(1_000_000) }],
    ['half a character', { ...EXPLANATION, summary: 'a\ud800b' }],
    ['a list', [EXPLANATION]],
    ['null', null],
    ['a line that is none', { ...EXPLANATION, evidence: [{ line: 0, quote: 'x' }] }],
  ];
  test.each(wrong)('%s', (_what, value) => {
    expect(readAnswer('explain', JSON.stringify(value))).toHaveProperty('problem');
  });
  test('no JSON', () =>
    expect(readAnswer('explain', 'Sure! {')).toEqual({ problem: 'The answer is no JSON.' }));
  test('a good one', () =>
    expect(readAnswer('explain', JSON.stringify(EXPLANATION))).toEqual({ answer: EXPLANATION }));
});

describe('quotes and words', () => {
  test('a quote must stand in its line', () => {
    expect(isQuoted({ line: 4, quote: "'select '   + req.query.id" }, slice)).toBe(true);
    expect(isQuoted({ line: 5, quote: "'select ' + req.query.id" }, slice)).toBe(false);
    expect(isQuoted({ line: 4, quote: 'keep me' }, slice)).toBe(false);
    expect(isQuoted({ line: 4, quote: ' ' }, slice)).toBe(false);
    const made = { ...EXPLANATION, evidence: [...EXPLANATION.evidence, { line: 2, quote: 'validate(req)' }] };
    expect(checkExplanation(made, slice, ['s1'])).toMatchObject({
      answer: { evidence: EXPLANATION.evidence },
    });
  });
  test('steps are ours, all of them, in order', () => {
    expect(checkExplanation(EXPLANATION, slice, ['s1', 's2'])).toHaveProperty('problem');
    expect(checkExplanation(EXPLANATION, slice, ['s2'])).toHaveProperty('problem');
  });
  test.each([
    'see https://evil.example',
    '[click](x)',
    '<img src=x>',
    'command:workbench.x',
    '```js',
    'www.evil.example',
    '<code-0123456789abcdef>',
  ])('%s is not shown', (text) => expect(wordsProblem([text])).toBeDefined());
  test('words about code are fine', () =>
    expect(wordsProblem(['Use `?` and a list; a < b, x[0] (see line 4).'])).toBeUndefined());
});

describe('a second opinion can add a note and nothing else', () => {
  const opinion = (it: Partial<Opinion>): Opinion => ({
    reasoning: 'because',
    source_attacker_controlled: 'yes',
    path_feasible: 'yes',
    mitigation: null,
    verdict: 'likely_false',
    evidence: [],
    suspected_injection: false,
    ...it,
  });
  const mitigation = (line: number, quote: string, effective_for_sink = true) =>
    ({ kind: 'validation', evidence: { line, quote }, effective_for_sink }) as const;
  const verdictOf = (it: Opinion) => (checkOpinion(it, slice) as { answer: Opinion }).answer.verdict;
  test('no flaw only with a mitigation that is there and counts', () => {
    expect(verdictOf(opinion({}))).toBe('unsure');
    expect(verdictOf(opinion({ mitigation: mitigation(4, 'isSafe(req)') }))).toBe('unsure');
    expect(verdictOf(opinion({ mitigation: mitigation(4, 'db.query', false) }))).toBe('unsure');
    expect(verdictOf(opinion({ mitigation: mitigation(4, 'db.query') }))).toBe('likely_false');
    expect(verdictOf(opinion({ mitigation: mitigation(4, 'db.query'), suspected_injection: true }))).toBe(
      'unsure',
    );
    expect(verdictOf(opinion({ verdict: 'likely_true' }))).toBe('likely_true');
  });
});

describe('edits', () => {
  const answer = (edits: readonly [string, string][], more: Partial<FixAnswer> = {}): FixAnswer => ({
    status: 'fixed',
    strategy: 'parameters',
    edits: edits.map(([old_text, new_text]) => ({ file_id: 'f1', old_text, new_text })),
    imports: [],
    new_dependency: null,
    behaviour_change: null,
    why: '',
    ...more,
  });
  const apply = (it: FixAnswer) => applyAnswer(it, slice, () => CODE);
  test('an edit is made in the real text; comments and secrets survive', () => {
    const out = apply(answer([["'select ' + req.query.id", "'select ?', [req.query.id]"]]));
    expect(out).toEqual({
      files: [{ uri: URI, text: CODE.replace("'select ' + req.query.id", "'select ?', [req.query.id]") }],
    });
    const kept = apply(
      answer([['const token = "⟦secret:named:1⟧"', 'const token = read() || "⟦secret:named:1⟧"']]),
    );
    expect(kept).toMatchObject({ files: [{ text: CODE.replace('token = "', 'token = read() || "') }] });
  });
  test('imports go below the others', () => {
    const out = apply(
      answer([["'again'", "'once'"]], {
        imports: [{ file_id: 'f1', statement: "const e = require('escape-html');" }],
      }),
    );
    expect(out).toMatchObject({
      files: [{ text: expect.stringMatching(/^const e = require\('escape-html'\);\nfunction f/) as string }],
    });
    expect(
      apply(answer([["'again'", "'once'"]], { imports: [{ file_id: 'f1', statement: 'process.exit()' }] })),
    ).toHaveProperty('problem');
  });
  const refused: readonly (readonly [string, FixAnswer])[] = [
    ['no edit', answer([])],
    ['an anchor that is not there', answer([['validate(', 'x']])],
    ['an anchor that is there twice', answer([['db.query(', 'x']])],
    ['an empty anchor', answer([[' ', 'x']])],
    ['an anchor in a comment', answer([['keep me', 'x']])],
    [
      'edits that overlap',
      answer([
        ["'select ' + req", 'x'],
        ['req.query.id', 'y'],
      ]),
    ],
    [
      'an unknown file',
      { ...answer([["'again'", 'x']]), edits: [{ file_id: 'f9', old_text: "'again'", new_text: 'x' }] },
    ],
    ['a secret that moves', answer([["'again'", '"⟦secret:named:1⟧"']])],
    ['a secret that is made up', answer([["'again'", '"⟦secret:aws:9⟧"']])],
    ['part of a placeholder', answer([['secret:named', 'x']])],
    ['five hundred edits', answer(Array.from({ length: 500 }, () => ["'again'", 'x'] as [string, string]))],
    ['a hundred lines', answer([["'again'", '\n'.repeat(100)]])],
    ['our own fence', answer([["'again'", '</code-0123456789abcdef>']])],
  ];
  test.each(refused)('%s', (_what, it) => expect(apply(it)).toHaveProperty('problem'));
});

test('a reply that grows is read as far as it has come', () => {
  const json = JSON.stringify({ summary: 'An attacker "here" can', impact: 'Much \u00e4 harm' });
  expect(growing(json.slice(0, 23))).toBe('An attacker');
  expect(growing(json)).toBe('An attacker "here" can\n\nMuch ä harm');
  for (let i = 0; i <= json.length; i++) expect(() => growing(json.slice(0, i))).not.toThrow();
});
