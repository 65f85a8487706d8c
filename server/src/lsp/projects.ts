// The `.faultline` folders of the workspace: read once for each folder, again when one of their files changes.
// In Restricted Mode none is read: what a stranger's repository says must not hide findings or teach the engine.

import type { EngineSettings } from '../engine/engine.ts';
import type { CompiledRules } from '../rules/compiled.ts';
import { mergeRules } from '../rules/index.ts';
import { readSettingsRules } from '../project/config.ts';
import { FOLDER, findProject, loadProject, NO_PROJECT, type Project } from '../project/folder.ts';
import { NO_POLICY, type Policy } from '../project/policy.ts';
import { publishProjectProblems } from './projectFiles.ts';
import { refresh, showAgain } from './publish.ts';
import { describe } from './run-safe.ts';
import { folderOf, settingsFor, type State } from './state.ts';
import { admitAll } from './sync.ts';
import { pathOf } from './uris.ts';
import { startIndexing } from './workspace.ts';

/** Reads the projects of all folders and lets their models take effect. Whoever calls shows everything again. */
export async function loadProjects(state: State): Promise<void> {
  const projects = new Map<string, Project>();
  for (const folder of state.trusted ? state.folders : []) {
    const path = pathOf(folder.uri);
    const root = path === undefined ? undefined : await findProject(path);
    if (root === undefined) continue;
    try {
      projects.set(folder.uri, await loadProject(root, state.known));
    } catch (error) {
      state.log('error', `${root}/${FOLDER} could not be read: ${describe(error)}`);
    }
  }
  state.projects = projects;
  // Folders of one workspace may share a project: its models count once.
  const models = new Map([...projects.values()].map((it) => [it.root ?? '', it.models]));
  const merged = [...models.values()]
    .filter((it) => it !== undefined)
    .reduce<CompiledRules | undefined>(
      (all, it) => (all === undefined ? it : mergeRules(all, it)),
      undefined,
    );
  state.engine.extend(merged);
}

/** Reads the projects again and shows everything by them. */
export async function reloadProjects(state: State): Promise<void> {
  await loadProjects(state);
  state.engine.configure({ libraryMode: libraryModeOf(state) });
  admitAll(state);
  showAgain(state);
  // After everything is judged anew: which suppressions are used is known only then.
  publishProjectProblems(state);
  refresh(state);
  startIndexing(state);
}

/** One engine serves all folders: the setting, else what the first project says. */
export function libraryModeOf(state: State): EngineSettings['libraryMode'] {
  const { libraryMode } = settingsFor(state, '');
  if (libraryMode !== 'auto') return libraryMode;
  const said = [...state.projects.values()].map((it) => it.policy.config.libraryMode);
  return said.find((it) => it !== undefined) ?? 'auto';
}

/** The size up to which a file is analysed, in bytes. */
export function sizeLimitOf(state: State, uri: string): number {
  return projectFor(state, uri).policy.config.maxFileSize ?? settingsFor(state, uri).maxFileSize;
}

/** The project of a file: that of its workspace folder. */
export function projectFor(state: State, uri: string): Project {
  const folder = folderOf(state, uri);
  return (folder && state.projects.get(folder.uri)) ?? NO_PROJECT;
}

/** What holds for the findings of a file: the project's decisions, with the person's own settings on top. */
export function policyFor(state: State, uri: string): Policy {
  const { policy } = projectFor(state, uri);
  const { rules, paths } = settingsFor(state, uri);
  if (Object.keys(rules).length === 0 && paths.length === 0) return policy;
  const own = readSettingsRules(rules, paths);
  const root = policy.root || (folderOf(state, uri)?.uri ?? NO_POLICY.root);
  return { ...policy, root, config: { ...policy.config, changes: [...policy.config.changes, ...own] } };
}

/** Whether a path is one of those that a project is read from: a file, or a folder that holds them. */
export function isProjectFile(uri: string): boolean {
  return /\/\.faultline(?:$|\/models$|\/[^/]+\.(?:ya?ml|json)$|\/models\/.+\.ya?ml$)/.test(uri);
}
