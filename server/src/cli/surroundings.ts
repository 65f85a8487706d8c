// The real surroundings of the command line: shipped rules, the engine in this process, interrupts.
// The only file of cli/ that knows where they come from.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot, resourcePath } from '../base/resources.ts';
import type { Engine } from '../engine/engine.ts';
import { createEngine } from '../engine/in-process.ts';
import { loadRules } from '../rules/index.ts';
import type { CompiledRules } from '../rules/index.ts';
import { UserError } from './io.ts';
import type { Io } from './io.ts';

/** The command line's surroundings in this process. `signal` is aborted by the first interrupt. */
export async function processIo(signal: AbortSignal): Promise<Io> {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    version: await installedVersion(),
    now: () => new Date(),
    signal,
    rules: shippedRules,
    engine: realEngine,
  };
}

/** The rules of dist/rules.json. Rejects with one clear sentence if they are missing or damaged. */
export async function shippedRules(): Promise<CompiledRules> {
  const path = resourcePath('rules.json');
  const broken = (why: string): UserError =>
    new UserError(`Faultline is not installed completely: ${path} cannot be used (${why})`);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw broken(error.message);
  });
  try {
    const rules = JSON.parse(text) as CompiledRules;
    // Loading checks the form.
    loadRules(rules);
    return rules;
  } catch (error) {
    throw broken((error as Error).message);
  }
}

/** The engine, in this process. */
export async function realEngine(rules: CompiledRules): ReturnType<typeof createEngine> {
  return createEngine(loadRules(rules));
}

async function installedVersion(): Promise<string> {
  const text = await readFile(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
