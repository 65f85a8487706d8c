// What a repository decides in `.faultline` holds on the command line: settings, models, baseline; and it can be audited.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tree } from '../project/tree.ts';
import { faultline, SHOP } from './run.ts';

const shop = (more: Readonly<Record<string, string>> = {}): string => tree({ ...SHOP, ...more });
const put = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe('settings', () => {
  test('switch a rule off, and the summary says so', async () => {
    const root = shop({ '.faultline/faultline.yaml': 'rules: { sql: off }\n' });
    const { code, out } = await faultline(root, ['scan', '.']);
    expect(out).toContain('1 of rules that are switched off');
    expect(code).toBe(0);
  });
  test('are found from a folder below, and are left aside if asked', async () => {
    const root = shop({ '.faultline/faultline.yaml': 'rules: { sql: off }\n' });
    expect((await faultline(join(root, 'src'), ['scan', '.'])).code).toBe(0);
    expect((await faultline(root, ['scan', '.', '--no-project'])).code).toBe(1);
  });
  test('exclude files with their reason', async () => {
    const root = shop({ '.faultline/faultline.yaml': 'exclude: [src]\n' });
    const { out } = await faultline(root, ['scan', '.', '--verbose']);
    expect(out).toContain('matches src in .faultline/faultline.yaml');
  });
  test('that are broken fail the scan and name the place', async () => {
    const root = shop({ '.faultline/faultline.yaml': 'rules:\n  slq: off\n' });
    const { code, out } = await faultline(root, ['scan', '.']);
    expect(out).toContain('line 2, column 3: no rule is called `slq`');
    expect(code).toBe(2);
  });
});

describe('models', () => {
  const safe = `barriers:\n  - at: '"%named".clean()'\n    kind: sql\n`;
  const app = SHOP['src/app.js']!.replace(/req\.query\.(\w+)/, 'clean(req.query.$1)');
  test('teach that a function makes safe', async () => {
    const without = shop({ 'src/app.js': app });
    expect((await faultline(without, ['scan', '.'])).code).toBe(1);
    const taught = shop({ 'src/app.js': app, '.faultline/models/javascript/taught.yaml': safe });
    const { code, out } = await faultline(taught, ['scan', '.']);
    expect([code, out.split('\n')[0]]).toEqual([0, 'No findings.']);
  });
});

describe('the baseline', () => {
  test('accepts what is there, not what comes, and survives edits above and a moved file', async () => {
    const root = shop();
    expect((await faultline(root, ['accept', '.'])).out).toContain('1 finding accepted');
    const { code, out } = await faultline(root, ['scan', '.']);
    expect(out).toContain('1 accepted in the baseline');
    expect(code).toBe(0);
    const path = Object.keys(SHOP).find((it) => /query\(/.test(SHOP[it]!) && it.endsWith('.js'))!;
    const text = SHOP[path]!;
    put(root, path, `// above\n\nconst unrelated = 1;\n${text}`);
    expect((await faultline(root, ['scan', '.'])).code).toBe(0);
    put(root, 'src/later.js', "require('express')().get('/', (req) => eval(req.query.x));\n");
    expect((await faultline(root, ['scan', '.'])).code).toBe(1);
    rmSync(join(root, 'src/later.js'));
    const before = readFileSync(join(root, '.faultline/baseline.json'), 'utf8');
    await faultline(root, ['accept', '.']);
    expect(readFileSync(join(root, '.faultline/baseline.json'), 'utf8')).toBe(before);
    renameSync(join(root, 'src'), join(root, 'moved'));
    expect((await faultline(root, ['scan', '.'])).code).toBe(0);
  });
});

test('audit lists every suppression with its state', async () => {
  const root = shop({
    '.faultline/faultline.yaml':
      'suppress:\n  - { rule: html, files: [old], until: 2020-01-01, reason: gone soon }\n',
    'src/more.js': '// faultline-ignore: sql -- nothing here\nlet a;\n',
  });
  const { code, out } = await faultline(root, ['audit', '.']);
  expect(out).toContain('src/more.js:1  sql [unused]: nothing here');
  expect(out).toContain('faultline.yaml:2  html in old until 2020-01-01 [expired]: gone soon');
  expect(code).toBe(1);
  const json = JSON.parse((await faultline(root, ['audit', '.', '--json'])).out) as { state: string }[];
  expect(json.map((it) => it.state)).toEqual(['unused', 'expired']);
});
