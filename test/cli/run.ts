// Runs the command line in this process with the real rules and the real engine, and keeps what it printed.
// Streams, folder, clock and interrupts are the test's own.

import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Io, Output } from '../../server/src/cli/io.ts';
import { runCommand } from '../../server/src/cli/program.ts';
import { engineHere, shippedRules } from '../../server/src/cli/surroundings.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `faultline` with these arguments in a folder. */
export async function faultline(cwd: string, args: readonly string[], io: Partial<Io> = {}): Promise<Ran> {
  const out = collector();
  const err = collector();
  const code = await runCommand(args, {
    stdout: out.stream,
    stderr: err.stream,
    cwd,
    env: {},
    version: '9.8.7',
    now: () => new Date(),
    signal: new AbortController().signal,
    rules: shippedRules,
    engine: engineHere,
    ...io,
  });
  return { code, out: out.text(), err: err.text() };
}

/** A stream that keeps everything written to it. */
export function collector(fields: Partial<Output> = {}): { stream: Output; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, fields), text: () => chunks.join('') };
}

/** The program's source, for tests that need a process of their own. */
export const MAIN = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url));

/** A file of a report as JSON. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** A small server whose flaw crosses two files, and a neighbour without one. */
export const SHOP: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "dependencies": { "express": "4", "mysql2": "3" } }\n',
  'src/app.js': `const express = require('express');
const { find } = require('./db');
const app = express();
app.get('/user', async (req, res) => {
  res.json(await find(req.query.name));
});
app.listen(3000);
`,
  'src/db.js': `const mysql = require('mysql2/promise');
const pool = mysql.createPool({});
exports.find = function find(name) {
  return pool.query("select * from users where name = '" + name + "'");
};
`,
  'src/safe.js': `const mysql = require('mysql2/promise');
const pool = mysql.createPool({});
exports.find = (name) => pool.query('select * from users where name = ?', [name]);
`,
};
