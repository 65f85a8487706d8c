// The commands that every language server's extension has: output, restart; and the page with the coverage of a scan.
// Nothing pops up by itself but the failure of the server.

import { commands, l10n, window, type LogOutputChannel } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  COVERAGE_COMMAND,
  COVERAGE_REQUEST,
  COVERAGE_SCHEME,
  OUTPUT_COMMAND,
  RESTART_COMMAND,
} from '../../server/src/lsp/protocol.ts';
import type { Feature } from './feature.ts';
import { showPage } from './page.ts';

export const basics: Feature = ({ client, output }) => {
  client.middleware.window = {
    ...client.middleware.window,
    async showDocument(params, token, next) {
      if (!params.uri.startsWith(`${COVERAGE_SCHEME}:`)) return next(params, token);
      await showCoverage(client);
      return { success: true };
    },
  };
  return [
    commands.registerCommand(OUTPUT_COMMAND, () => output.show()),
    commands.registerCommand(RESTART_COMMAND, () => restart(client, output)),
    commands.registerCommand(COVERAGE_COMMAND, () => showCoverage(client)),
  ];
};

/** Starts the server and says so if it cannot be started. */
export async function start(client: LanguageClient, output: LogOutputChannel): Promise<void> {
  try {
    await client.start();
  } catch (error) {
    await showFailure(l10n.t('Faultline could not start: {0}', messageOf(error)), output);
  }
}

async function restart(client: LanguageClient, output: LogOutputChannel): Promise<void> {
  output.info('Restarting the language server.');
  try {
    if (client.needsStart()) await client.start();
    else await client.restart();
  } catch (error) {
    await showFailure(l10n.t('Faultline could not restart: {0}', messageOf(error)), output);
  }
}

async function showFailure(message: string, output: LogOutputChannel): Promise<void> {
  output.error(message);
  const show = l10n.t('Show Output');
  if ((await window.showErrorMessage(message, show)) === show) output.show();
}

async function showCoverage(client: LanguageClient): Promise<void> {
  await showPage(l10n.t('Faultline Coverage'), await client.sendRequest<string>(COVERAGE_REQUEST));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
