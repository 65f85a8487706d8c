// Paths and child processes for the scripts in this folder; nothing here needs an installed dependency.
// Every path is derived from the checkout's root, so a script may be started from anywhere.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where tools that only the scripts need are kept: FAULTLINE_CACHE, or .cache in the checkout. */
export const CACHE = process.env.FAULTLINE_CACHE ?? join(ROOT, '.cache');

/** Pictures and logs that a run leaves behind for a person to look at. */
export const ARTIFACTS = join(ROOT, 'artifacts');

/** Absolute path of a file of the checkout. */
export const inRoot = (...parts) => join(ROOT, ...parts);

/**
 * Runs a program and collects what it prints. Takes the program, its arguments and options (`cwd`, `env`, `show`: also
 * print it as it comes). Gives the exit code and the text of stdout and stderr together; a program that cannot be started
 * gives code 127 and the reason.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && program === 'npm',
    });
    let text = '';
    const take = (chunk) => {
      text += chunk;
      if (options.show) process.stdout.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => resolve({ code: 127, text: `${program}: ${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), text }));
  });
}

/** Runs a Node program of the checkout (a script, or the entry file of a tool) with the Node that runs this one. */
export const node = (args, options) => run(process.execPath, args, options);

/** True if this file is the program that was started, given a module's `import.meta.url`. */
export const isMain = (url) => process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];

/** Ends the process with one line about what is wrong. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
