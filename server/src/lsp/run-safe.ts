// Every handler of the connection runs through `runSafe`: a failure gives the empty answer and a line in the log.
// Cancellation and deliberate protocol errors are not failures and pass through.

import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';

export type Log = (level: 'error' | 'warn' | 'info' | 'debug', text: string) => void;

/**
 * Runs `body`; gives its result, `fallback` if it throws, or the protocol's cancellation error if `token` fired.
 * `label` names the request in the log.
 */
export async function runSafe<T, E = void>(
  body: () => Promise<T> | T,
  fallback: T,
  label: string,
  log: Log,
  token?: CancellationToken,
): Promise<T | ResponseError<E>> {
  if (isCancelled(token)) return cancelled();
  try {
    const result = await body();
    return isCancelled(token) ? cancelled() : result;
  } catch (error) {
    if (error instanceof ResponseError) return error as ResponseError<E>;
    log('error', `${label} failed: ${describe(error)}`);
    return fallback;
  }
}

/** The same for notifications, which have no answer. */
export function guarded<P>(
  label: string,
  log: Log,
  body: (params: P) => Promise<void> | void,
): (params: P) => void {
  return (params) => void runSafe(() => body(params), undefined, label, log);
}

/** An error with its stack, or whatever else was thrown, as text. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isCancelled(token: CancellationToken | undefined): boolean {
  return token?.isCancellationRequested === true;
}

function cancelled<E>(): ResponseError<E> {
  return new ResponseError<E>(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
}
