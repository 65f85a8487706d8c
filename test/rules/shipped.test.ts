// The rules that ship: every file loads, every kind has its words and is used, every model and kind has cases.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compileRules, loadRules } from '../../server/src/rules/index.ts';
import { at } from './walk.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = join(ROOT, 'test', 'cases');

function ruleFiles(folder: string): string[] {
  return readdirSync(join(ROOT, 'rules', folder), { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.yaml') && basename(it) !== 'PINS.yaml')
    .sort()
    .map((it) => join(ROOT, 'rules', folder, it));
}
const kinds = ruleFiles('kinds');
const checks = ruleFiles('checks');
const models = ruleFiles('models');
const read = (path: string) => ({ file: relative(ROOT, path), text: readFileSync(path, 'utf8') });
const { rules, problems } = compileRules([...kinds, ...checks, ...models].map(read));
const index = loadRules(rules);

test('every rule file loads without a problem', () => {
  expect(problems).toEqual([]);
  expect(rules.kinds).toHaveLength(kinds.length);
  expect(rules.checks).toHaveLength(checks.length);
});

describe.each(rules.kinds.map((it) => [it.kind, it] as const))('kind %s', (name, kind) => {
  test('lies in the file of its name and speaks in sentences', () => {
    expect(existsSync(join(ROOT, 'rules', 'kinds', `${name}.yaml`))).toBe(true);
    expect(kind.message).toMatch(/\{source\}.*\{sink\}/);
    expect(kind.message).toMatch(/\.$/);
    expect(kind.why).toMatch(/^[A-Z`'].*\.$/s);
    expect(kind.instead).toMatch(/^[A-Z`'].*\.$/s);
    expect(kind.title).not.toMatch(/\.$/);
  });

  // Patterns and calls are part of the language; checks.ts and sinks.ts of flow/ are their sinks.
  test.skipIf(name === 'redos' || name === 'dynamic-call')('is the kind of at least one sink', () => {
    const used = Object.values(rules.models).some((it) =>
      it.roles.some(
        (role) => (role.r === 'sink' || role.r === 'set' || role.r === 'result') && role.role.kind === name,
      ),
    );
    expect(used).toBe(true);
  });

  test('has cases that fire and that stay silent', () => {
    const folder = join(CASES, name);
    const lines = readdirSync(folder).flatMap((it) => codeLines(readFileSync(join(folder, it), 'utf8')));
    expect(lines.some((it) => it.includes(`finding: ${name}`))).toBe(true);
    expect(lines.some((it) => !it.includes('finding:'))).toBe(true);
  });
});

const checkCases = readdirSync(join(CASES, 'checks'))
  .map((it) => readFileSync(join(CASES, 'checks', it), 'utf8'))
  .flatMap(codeLines);
describe.each(rules.checks.map((it) => [it.id, it] as const))('check %s', (id, check) => {
  test('lies in the file of its name, speaks in sentences and has a case that fires', () => {
    expect(existsSync(join(ROOT, 'rules', 'checks', `${id}.yaml`))).toBe(true);
    for (const it of [check.message, check.why, check.instead]) expect(it).toMatch(/^[A-Z`'{].*\.$/s);
    expect(check.title).not.toMatch(/\.$/);
    const marked = new RegExp(`finding: (.*, )?${id}(,|$|\\s)`);
    expect(checkCases.some((it) => marked.test(it))).toBe(true);
  });
});

describe.each(models.map((it) => [basename(dirname(it)), basename(it, '.yaml')] as const))(
  'model %s %s',
  (language, name) => {
    test('has a case that fires', () => {
      const folder = join(CASES, 'models', language === 'javascript' ? '' : language);
      const files = readdirSync(folder).filter((it) => it === `${name}.md` || it.startsWith(`${name}-`));
      expect(files).not.toEqual([]);
      const lines = files.flatMap((it) => codeLines(readFileSync(join(folder, it), 'utf8')));
      expect(lines.some((it) => it.includes('finding:'))).toBe(true);
    });
  },
);

test('every kind and check has its page in docs/rules, with its words', () => {
  const rows = Object.values(rules.models).flatMap((it) =>
    it.roles.filter((role) => role.r === 'check' || role.r === 'setCheck'),
  );
  for (const [id, title] of [
    ...rules.kinds.map((it) => [it.kind, it.title] as const),
    ...rows.map((it) => [it.role.id, it.role.title] as const),
    ...rules.checks.map((it) => [it.id, it.title] as const),
  ]) {
    expect(readFileSync(join(ROOT, 'docs', 'rules', `${id}.md`), 'utf8')).toContain(`# ${title}\n`);
  }
});

/** The lines inside the fences of a case. */
function codeLines(markdown: string): string[] {
  return [...markdown.matchAll(/^```\w+ \S+\n([\s\S]*?)^```/gm)].flatMap((it) => it[1]!.split('\n'));
}

describe('what a program meets first', () => {
  test('an Express handler, however it is registered', () => {
    const app = at(index, 'express').call();
    for (const walk of [
      app.member('get').callback(1, 2, 0),
      app.member('post').callback(3, 4, 0),
      app.member('use').callback(0, 1, 0),
      app.member('use').callback(1, 2, 1),
      app.member('route').call().member('get').call().member('post').callback(0, 1, 0),
      at(index, 'express').member('Router').call().member('put').callback(1, 2, 0),
      at(index, 'express').member('RequestHandler').call().param(0),
      at(index, 'express').member('Request').call(),
    ]) {
      expect(walk.member('query').roles()).toEqual(['<remote']);
      expect(walk.member('url').roles()).toEqual(['<remote']);
    }
    expect(app.member('get').callback(0, 1, 0).member('query').roles()).toEqual([]);
  });

  test('Node modules with and without the node: prefix', () => {
    for (const name of ['fs', 'node:fs'])
      expect(at(index, name).member('readFile').roles()).toContain('path(0)');
    expect(at(index, 'node:fs/promises').member('readFile').roles()).toContain('path(0)');
    expect(at(index, 'fs').member('promises').member('unlink').roles()).toContain('path(0)');
  });

  test('all three packages of MySQL', () => {
    for (const name of ['mysql', 'mysql2', 'mysql2/promise']) {
      const pool = at(index, name).member('createPool').call();
      expect(pool.member('query').names).toEqual([`${name}.Connection#query`]);
      expect(pool.member('getConnection').call().member('query').roles()).toContain('sql(0)');
    }
  });

  test('globals by each of their names', () => {
    const global = at(index, 'global');
    for (const walk of [global, global.member('window'), global.member('self').member('globalThis')]) {
      expect(walk.member('location').member('hash').roles()).toEqual(['<remote']);
      expect(walk.member('fetch').roles()).toContain('ssrf(0)');
    }
    expect(global.member('process').member('argv').roles()).toEqual(['<cli']);
  });
});
