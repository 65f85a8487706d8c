// The commands that the server carries out, whichever editor asks: one list, one row for each.
// What a command cannot do becomes one warning in the editor's words; its own failure becomes a line in the log.

import type { CancellationToken, ExecuteCommandParams, ProgressToken } from 'vscode-languageserver';
import { acceptCommand, suppressPathCommand } from './accept.ts';
import { exportCommand } from './exportReport.ts';
import { l10n } from './l10n.ts';
import { runSafe } from './run-safe.ts';
import { scanCommand } from './scan.ts';
import { teachCommand } from './teach.ts';
import type { State } from './state.ts';
import { suppressCommand } from './actions/suppress.ts';
import { Refusal } from './refusal.ts';

export interface CommandCall {
  /** The first argument; commands take one object. */
  readonly argument: unknown;
  readonly token: CancellationToken;
  readonly progress: ProgressToken | undefined;
}
export interface ServerCommand {
  readonly id: string;
  /** What a person is told when it failed; `why` is the error's message. */
  readonly failed?: (why: string) => string;
  /** Carries it out. Throws a Refusal for what the person should be told. */
  run(state: State, call: CommandCall): Promise<unknown>;
}

const COMMANDS: readonly ServerCommand[] = [
  scanCommand,
  exportCommand,
  suppressCommand,
  suppressPathCommand,
  acceptCommand,
  teachCommand,
];

export const commandIds: readonly string[] = COMMANDS.map((it) => it.id);

/** Answers workspace/executeCommand. */
export async function execute(
  state: State,
  params: ExecuteCommandParams,
  token: CancellationToken,
): Promise<unknown> {
  const command = COMMANDS.find((it) => it.id === params.command);
  if (command === undefined) {
    state.log('warn', `The command ${params.command} is not known.`);
    return null;
  }
  const progress = (params as { workDoneToken?: ProgressToken }).workDoneToken;
  const run = async (): Promise<unknown> => {
    try {
      return (await command.run(state, { argument: params.arguments?.[0], token, progress })) ?? null;
    } catch (error) {
      if (!(error instanceof Refusal)) {
        const text = error instanceof Error ? error.message : String(error);
        const failed = command.failed ?? ((why) => l10n.t('Faultline: {0} failed: {1}', command.id, why));
        state.connection.window.showErrorMessage(failed(text));
        throw error;
      }
      state.connection.window.showWarningMessage(`Faultline: ${error.message}`);
      return null;
    }
  };
  return runSafe(run, null, params.command, state.log);
}
