// The extension: starts the language server, shows its state, and carries out the commands that need a window.
// Everything that is known about code lives in the server; what stands here is what only VS Code can do.

import { commands, l10n, Uri, window, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import {
  COVERAGE_COMMAND,
  COVERAGE_REQUEST,
  COVERAGE_SCHEME,
  OUTPUT_COMMAND,
  RESTART_COMMAND,
  STATUS_NOTIFICATION,
  SUPPRESS_CLIENT_COMMAND,
  type DocumentStatus,
  type InitializationOptions,
} from '../../server/src/lsp/protocol.ts';
import { selector } from './languages.ts';
import { createStatus } from './status.ts';
import { askAndSuppress } from './suppress.ts';

let client: LanguageClient | undefined;

/** Called by VS Code when a supported file is opened or a command is used. Gives the client, for tests. */
export async function activate(context: ExtensionContext): Promise<{ readonly client: LanguageClient }> {
  const output = window.createOutputChannel('Faultline', { log: true });
  const status = createStatus(context);
  const created = createClient(context, output);
  client = created;
  context.subscriptions.push(
    output,
    created.onNotification(STATUS_NOTIFICATION, (it: DocumentStatus) => status.show(it)),
    created.onDidChangeState((event) => status.serverChanged(event.newState)),
    commands.registerCommand(OUTPUT_COMMAND, () => output.show()),
    commands.registerCommand(RESTART_COMMAND, () => restart(created, output)),
    commands.registerCommand(SUPPRESS_CLIENT_COMMAND, (target: unknown) => askAndSuppress(created, target)),
    commands.registerCommand(COVERAGE_COMMAND, () => showCoverage()),
    workspace.registerTextDocumentContentProvider(COVERAGE_SCHEME, {
      provideTextDocumentContent: (_uri, token) => created.sendRequest(COVERAGE_REQUEST, undefined, token),
    }),
  );
  await start(created, output);
  return { client: created };
}

/** Called by VS Code when the extension goes. */
export async function deactivate(): Promise<void> {
  await client?.dispose();
}

function createClient(context: ExtensionContext, output: LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.js');
  const run = { module, transport: TransportKind.ipc };
  const initializationOptions: InitializationOptions = {
    asksReason: true,
    showsStatus: true,
    showsCoverage: true,
  };
  const options: LanguageClientOptions = {
    documentSelector: selector,
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    progressOnInitialization: false,
    initializationOptions,
    diagnosticPullOptions: { onChange: true, onSave: true, onFocus: false, onTabs: false },
    // Links to commands would be ours alone, and there are none: text of the analysed code is shown here.
    markdown: { isTrusted: false, supportHtml: false },
  };
  const debug = { ...run, options: { execArgv: ['--nolazy', '--inspect=6011'] } };
  return new LanguageClient('faultline', 'Faultline', { run, debug }, options);
}

async function start(created: LanguageClient, output: LogOutputChannel): Promise<void> {
  try {
    await created.start();
  } catch (error) {
    await showFailure(l10n.t('Faultline could not start: {0}', messageOf(error)), output);
  }
}

async function restart(created: LanguageClient, output: LogOutputChannel): Promise<void> {
  output.info('Restarting the language server.');
  try {
    if (created.needsStart()) await created.start();
    else await created.restart();
  } catch (error) {
    await showFailure(l10n.t('Faultline could not restart: {0}', messageOf(error)), output);
  }
}

async function showFailure(message: string, output: LogOutputChannel): Promise<void> {
  output.error(message);
  const show = l10n.t('Show Output');
  if ((await window.showErrorMessage(message, show)) === show) output.show();
}

async function showCoverage(): Promise<void> {
  const uri = Uri.from({ scheme: COVERAGE_SCHEME, path: '/Faultline Coverage.md' });
  await commands.executeCommand('markdown.showPreview', uri);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
