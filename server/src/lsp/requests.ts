// The requests of the extension that are not part of LSP: one list, one row for each.
// They only answer from what is known; whatever takes long is a command with progress.

import type { CancellationToken, Connection } from 'vscode-languageserver';
import { coverageRequest } from './coverage.ts';
import { explainRequest } from './explain.ts';
import { runSafe } from './run-safe.ts';
import type { State } from './state.ts';
import { suppressionsRequest } from './suppressions.ts';
import { teachableRequest } from './teach.ts';

export interface ServerRequest {
  readonly method: string;
  /** The answer when something went wrong. */
  readonly fallback: unknown;
  answer(state: State, params: unknown, token: CancellationToken): unknown;
}

const REQUESTS: readonly ServerRequest[] = [
  coverageRequest,
  explainRequest,
  teachableRequest,
  suppressionsRequest,
];

/** Registers all of them. */
export function registerRequests(connection: Connection, state: State): void {
  for (const it of REQUESTS)
    connection.onRequest(it.method, (params: unknown, token: CancellationToken) =>
      runSafe(async () => it.answer(state, params, token), it.fallback, it.method, state.log, token),
    );
}
