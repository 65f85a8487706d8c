// The real surroundings of the command line: shipped rules, the engine in this process, interrupts.
// The only file of cli/ that knows where they come from.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot, resourcePath } from '../base/resources.ts';
import type { Engine } from '../engine/engine.ts';
import { createEngine } from '../engine/in-process.ts';
import { createWorkerEngine } from '../engine/worker-client.ts';
import { loadRules } from '../rules/index.ts';
import { loadRuleSet } from '../rules/languages.ts';
import type { CompiledRules } from '../rules/index.ts';
import { UserError } from './io.ts';
import type { Io } from './io.ts';

/** The command line's surroundings in this process. `signal` is aborted by the first interrupt. */
export async function processIo(signal: AbortSignal): Promise<Io> {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    cwd: process.cwd(),
    env: process.env,
    version: await installedVersion(),
    now: () => new Date(),
    signal,
    rules: shippedRules,
    engine: runsFromSource ? engineHere : engineApart,
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

/** The engine in this thread. */
export function engineHere(rules: CompiledRules): Promise<Engine> {
  return createEngine(loadRuleSet(rules));
}

/**
 * The engine in a thread of its own, which reads the shipped rules itself: interrupts are heard at once, and a file that
 * makes it fail or run out of memory does not take the report of all others with it.
 */
async function engineApart(): Promise<Engine> {
  return createWorkerEngine();
}

// The thread's bundle belongs to the built program; from source (tests, development) there may be none or an old one.
const runsFromSource = import.meta.url.endsWith('.ts');

async function installedVersion(): Promise<string> {
  const text = await readFile(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
