// Entry point of an index thread: parses and lowers one text after the other for the thread that scans.
// A text that fails here is answered with nothing; the scanning thread tries it itself and says what is wrong.

import { parentPort } from 'node:worker_threads';
import { initSyntax } from '../syntax/parser.ts';
import type { FromIndexer, ToIndexer } from './index-pool.ts';
import { indexText, type Indexed } from './unit.ts';

const port = parentPort;
if (!port) throw new Error('This file is an index worker and is started by Faultline itself.');
await initSyntax();

port.on('message', ({ at, language, text }: ToIndexer) => {
  port.postMessage({ at, indexed: index(language, text) } satisfies FromIndexer);
});

function index(language: ToIndexer['language'], text: string): Indexed | undefined {
  try {
    return indexText(language, text);
  } catch {
    return undefined;
  }
}
