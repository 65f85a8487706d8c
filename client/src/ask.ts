// Asking the server to carry out a command, with progress where it takes long; and questions that several features ask.
// The server says itself what it could not do; here nothing is shown twice.

import { l10n, ProgressLocation, window, type CancellationToken } from 'vscode';
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';

/** Carries out a command of the server; gives what it gives, or null. */
export async function execute<T>(
  client: LanguageClient,
  command: string,
  argument?: unknown,
  token?: CancellationToken,
): Promise<T | null> {
  const params = { command, arguments: argument === undefined ? [] : [argument] };
  return (await client.sendRequest(ExecuteCommandRequest.type, params, token)) as T | null;
}

/** The same while a progress in the status bar says what goes on. */
export function executeWithProgress<T>(
  client: LanguageClient,
  title: string,
  command: string,
  argument?: unknown,
): Thenable<T | null> {
  return window.withProgress({ location: ProgressLocation.Window, title }, () =>
    execute<T>(client, command, argument),
  );
}

/** Asks for a reason; undefined if the person changed their mind. */
export function askReason(title: string): Thenable<string | undefined> {
  return window.showInputBox({
    title,
    prompt: l10n.t('Why is this safe? The answer is kept with the suppression.'),
    placeHolder: l10n.t('for example: the id comes from our own table'),
    ignoreFocusOut: true,
  });
}
