// The language server's process: makes the connection the editor asked for (stdio, IPC, pipe) and starts the server on it.
// Nothing may end this process but the editor; what goes wrong outside of every handler is logged.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'vscode-languageserver/node';
import { packageRoot, resourcePath } from '../base/resources.ts';
import { createWorkerEngine } from '../engine/worker-client.ts';
import type { CompiledRules } from '../rules/index.ts';
import { describe } from './run-safe.ts';
import { startServer } from './server.ts';
import { wordsIn, type WordsOf } from './words.ts';

const connection = createConnection();

process.on('unhandledRejection', (error) =>
  connection.console.error(`Unhandled rejection: ${describe(error)}`),
);
process.on('uncaughtException', (error) =>
  connection.console.error(`Uncaught exception: ${describe(error)}`),
);

startServer(connection, { makeEngine: createWorkerEngine, ...loadWords(), version: ownVersion() });

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version?: string;
  };
  return manifest.version ?? 'unknown';
}

/** Hovers do without the words if the rules cannot be read; that they cannot is the engine's to report. */
function loadWords(): { wordsOf: WordsOf; rules?: CompiledRules } {
  try {
    const rules = JSON.parse(readFileSync(resourcePath('rules.json'), 'utf8')) as CompiledRules;
    return { wordsOf: wordsIn(rules), rules };
  } catch (error) {
    connection.console.error(`The words of the rules could not be read: ${describe(error)}`);
    return { wordsOf: () => undefined };
  }
}
