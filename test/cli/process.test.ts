// What only a process of its own shows: readers that leave, disks that are full, the exit code.

import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tree } from '../project/tree.ts';
import { MAIN, SHOP } from './run.ts';

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program from its source; `stdout` is a file descriptor, or `closed` for a reader that leaves at once. */
function run(cwd: string, args: readonly string[], stdout?: number | 'closed'): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, ...args], {
    cwd,
    stdio: ['ignore', typeof stdout === 'number' ? stdout : 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let out = '';
  let err = '';
  if (stdout === 'closed') child.stdout?.destroy();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, out, err })));
}

test('the program prints its report and exits with 1', async () => {
  const { code, out, err } = await run(tree(SHOP), ['scan', '.']);
  expect(err).toBe('');
  expect(out).toContain('1 finding: 1 error.');
  expect(code).toBe(1);
});

test('a reader that leaves is no error', async () => {
  const { code, signal, err } = await run(tree(SHOP), ['scan', '.', '--format', 'json'], 'closed');
  expect(err).toBe('');
  expect(signal).toBe(null);
  expect(code).toBe(1);
});

test.skipIf(!existsSync('/dev/full'))('a full disk behind standard output is a failure', async () => {
  const { code, err } = await run(tree(SHOP), ['scan', '.'], openSync('/dev/full', 'w'));
  expect(err).toMatch(/^faultline: cannot write to standard output: .*ENOSPC.*\n$/);
  expect(code).toBe(2);
});
