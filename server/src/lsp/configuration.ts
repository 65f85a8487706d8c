// Fetches the settings of every workspace folder from the editor and says once what is wrong with them.
// A client that cannot be asked gives its settings at the start or with a notification.

import { globProblem } from '../project/discover.ts';
import { l10n } from './l10n.ts';
import { describe } from './run-safe.ts';
import { readSettings, type Settings } from './settings.ts';
import type { State } from './state.ts';

const said = new WeakMap<State, Set<string>>();

/**
 * The settings by folder URI, and under '' those outside of every folder.
 * `given` is what the client sent along: its whole configuration, or the section `faultline` of it.
 */
export async function loadSettings(state: State, given: unknown): Promise<ReadonlyMap<string, Settings>> {
  const scopes = ['', ...state.folders.map((it) => it.uri)];
  const sections = await sectionsFor(state, scopes, given);
  const problems = new Set<string>();
  const settings = new Map<string, Settings>();
  for (const [index, scope] of scopes.entries()) {
    const read = readSettings(sections[index]);
    for (const it of [...read.problems, ...globProblems(read.settings)]) problems.add(it);
    settings.set(scope, read.settings);
  }
  sayOnce(state, problems);
  return settings;
}

async function sectionsFor(
  state: State,
  scopes: readonly string[],
  given: unknown,
): Promise<readonly unknown[]> {
  if (state.abilities.configuration) {
    try {
      return await state.connection.workspace.getConfiguration(
        scopes.map((it) => (it === '' ? { section: 'faultline' } : { section: 'faultline', scopeUri: it })),
      );
    } catch (error) {
      state.log('warn', `The editor did not give its settings; using the defaults: ${describe(error)}`);
      return [];
    }
  }
  const section =
    typeof given === 'object' && given !== null && 'faultline' in given ? given.faultline : given;
  return scopes.map(() => section);
}

function globProblems(settings: Settings): string[] {
  return settings.exclude.flatMap((glob) => {
    const problem = globProblem(glob);
    return problem === undefined
      ? []
      : [l10n.t('faultline.exclude: “{0}” is left out of account: {1}.', glob, problem)];
  });
}

/** One message for each problem, until it is gone and comes back. */
function sayOnce(state: State, problems: ReadonlySet<string>): void {
  const before = said.get(state) ?? new Set();
  for (const problem of problems) {
    if (before.has(problem)) continue;
    state.log('warn', problem);
    state.connection.window.showWarningMessage(`Faultline: ${problem}`);
  }
  said.set(state, new Set(problems));
}
