// Help, version, and the commands that print the words of rules.

import { expect, test } from 'vitest';
import { tree } from '../project/tree.ts';
import { faultline } from './run.ts';

const run = (...args: string[]): ReturnType<typeof faultline> => faultline(tree({}), args);

test('help names every option, the exit codes and examples', async () => {
  const { code, out } = await run('scan', '--help');
  expect(code).toBe(0);
  for (const option of [
    'format',
    'output',
    'severity',
    'confidence',
    'exclude',
    'max-file-size',
    'workers',
  ]) {
    expect(out).toContain(`--${option} <`);
  }
  expect(out).toContain('Exit code: 0 no findings, 1 findings, 2 ');
  expect(out).toContain('  faultline scan . --format sarif --output faultline.sarif\n');
  expect((await run('--help')).out).toMatch(/scan .*\n[^]*rules .*\n[^]*explain /);
});

test('no command prints the help and is a failure', async () => {
  const { code, err } = await run();
  expect(err).toContain('Usage: faultline');
  expect(code).toBe(2);
});

test('the version', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: '9.8.7\n', err: '' });
});

test('rules lists every rule with severity and weakness', async () => {
  const { code, out } = await run('rules');
  expect(code).toBe(0);
  expect(out).toMatch(/^sql +error +CWE-89 +\S/m);
  const ids = out
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]!);
  expect(ids).toEqual([...ids].sort());
  const json = JSON.parse((await run('rules', '--json')).out) as { id: string; why: string; url: string }[];
  expect(json.map((it) => it.id)).toEqual(ids);
  for (const it of json) expect(it.why, it.id).not.toBe('');
});

test('explain tells why a rule matters and what to do', async () => {
  const { code, out } = await run('explain', 'sql');
  expect(code).toBe(0);
  expect(out).toMatch(/^sql: .+\nerror, CWE-89 https:\/\/cwe\.mitre\.org\S+\n/);
  for (const part of ['Why', 'Instead', 'To accept one finding', 'More'])
    expect(out).toContain(`\n${part}\n  `);
});
