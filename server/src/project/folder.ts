// Finds and reads a project's `.faultline` folder: settings, models of its own, baseline.
// The editor and the command line read it here, so that both see the same project; what is broken is a problem with a place.

import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { URI } from 'vscode-uri';
import { isCheck } from '../rules/compiled.ts';
import { compileRules, type CompiledRules, type RuleFile } from '../rules/index.ts';
import type { Problem } from '../rules/yaml.ts';
import { NO_BASELINE, readBaseline, type Baseline } from './baseline.ts';
import { NO_CONFIG, readConfig } from './config.ts';
import { errorCode } from './files.ts';
import { firstGlob } from './globs.ts';
import { NO_POLICY, relativeTo, type Policy } from './policy.ts';

export const FOLDER = '.faultline';
export const CONFIG_FILE = 'faultline.yaml';
export const BASELINE_FILE = 'baseline.json';
export const MODELS_FOLDER = 'models';

/** The ids that a project's files may name. */
export interface KnownRules {
  readonly kinds: readonly string[];
  /** Kinds and checks. */
  readonly ids: readonly string[];
}
/** The ids in compiled rules. */
export function knownRules(rules: CompiledRules): KnownRules {
  const kinds = rules.kinds.map((it) => it.kind);
  const checks = Object.values(rules.models).flatMap((it) =>
    it.roles.flatMap((role) => (isCheck(role) ? [role.role.id] : [])),
  );
  checks.push(...rules.checks.map((it) => it.id));
  return { kinds, ids: [...new Set([...kinds, ...checks])].sort() };
}
export interface Project {
  /** Absolute folder that holds `.faultline`; undefined if there is none. */
  readonly root: string | undefined;
  readonly policy: Policy;
  /** Models of its own, compiled; undefined if there are none. */
  readonly models: CompiledRules | undefined;
  /** What is wrong in its files, by absolute path. */
  readonly problems: readonly Problem[];
}
export const NO_PROJECT: Project = { root: undefined, policy: NO_POLICY, models: undefined, problems: [] };

/** Beyond this a folder of models is a mistake. In bytes of one file. */
const MAX_BYTES = 1024 * 1024;

/**
 * The project that a folder belongs to: its own `.faultline`, else that of the nearest folder above, up to the root of the
 * repository. Never rejects for what is on disk.
 */
export async function findProject(start: string): Promise<string | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await isFolder(join(folder, FOLDER))) return folder;
    if ((await exists(join(folder, '.git'))) || dirname(folder) === folder) return undefined;
  }
}

/** Reads the `.faultline` folder in `root`. */
export async function loadProject(root: string, known: KnownRules): Promise<Project> {
  const problems: Problem[] = [];
  const uri = URI.file(root).toString().replace(/\/$/, '');
  const configPath = join(root, FOLDER, CONFIG_FILE);
  const text = await read(configPath, problems);
  const config = text === undefined ? undefined : readConfig(configPath, text, known.ids);
  if (config !== undefined) problems.push(...config.problems);
  const models = await loadModels(root, uri, known, problems);
  const baseline = await loadBaseline(root, problems);
  const policy: Policy = { root: uri, config: config?.config ?? NO_CONFIG, baseline };
  return { root, policy, models, problems };
}

async function loadModels(
  root: string,
  uri: string,
  known: KnownRules,
  problems: Problem[],
): Promise<CompiledRules | undefined> {
  const files: RuleFile[] = [];
  for (const path of await modelFiles(root)) {
    const text = await read(path, problems);
    if (text !== undefined && text.trim() !== '') files.push({ file: path, text });
  }
  if (files.length === 0) return undefined;
  const compiled = compileModels(files, known);
  problems.push(...compiled.problems);
  return anchored(compiled.rules, uri);
}

/** Compiles a project's own models. Kinds of its own are not possible: a kind needs words and a page. */
export function compileModels(
  files: readonly RuleFile[],
  known: KnownRules,
): { readonly rules: CompiledRules; readonly problems: readonly Problem[] } {
  return compileRules(files, known.kinds);
}

/** `%code:lib/html.js` means that file of this project, and no file of another one. */
function anchored(rules: CompiledRules, root: string): CompiledRules {
  const path = root.replace(/^[a-z]+:\/\//i, '');
  const models = Object.entries(rules.models).map(([language, it]) => {
    const labels = it.labels.map((label) =>
      label.startsWith('%code:') ? `%code:${path}/${encodePath(label.slice('%code:'.length))}` : label,
    );
    return [language, { ...it, labels }] as const;
  });
  return { ...rules, models: Object.fromEntries(models) };
}

/** A relative path as it stands in a URI. */
function encodePath(path: string): string {
  return URI.file(`/${path}`).toString().slice('file:///'.length);
}

/** The files of models of a project, sorted. */
export async function modelFiles(root: string): Promise<string[]> {
  const folder = join(root, FOLDER, MODELS_FOLDER);
  try {
    const names = await readdir(folder, { recursive: true });
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function loadBaseline(root: string, problems: Problem[]): Promise<Baseline> {
  const path = join(root, FOLDER, BASELINE_FILE);
  const text = await read(path, problems);
  if (text === undefined) return NO_BASELINE;
  const there = new Set<string>();
  const { entries } = readBaseline(text, () => true).baseline;
  for (const file of new Set(entries.map((it) => it.file)))
    if (await exists(join(root, file))) there.add(file);
  const { baseline, problem } = readBaseline(text, (file) => there.has(file));
  if (problem !== undefined) problems.push({ file: path, line: 1, column: 1, message: problem });
  return baseline;
}

/** Why the project's settings leave a file out, as a phrase; undefined if they do not. */
export function excludedBy(policy: Policy, uri: string): string | undefined {
  const path = relativeTo(policy.root, uri);
  const glob = path === undefined ? undefined : firstGlob(policy.config.exclude, path);
  return glob === undefined ? undefined : `matches ${glob} in ${FOLDER}/${CONFIG_FILE}`;
}

async function read(path: string, problems: Problem[]): Promise<string | undefined> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return undefined;
    if (info.size <= MAX_BYTES) return await readFile(path, 'utf8');
    problems.push({ file: path, line: 1, column: 1, message: 'it is larger than 1 MB and is not read' });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR')
      problems.push({
        file: path,
        line: 1,
        column: 1,
        message: `it cannot be read: ${(error as Error).message}`,
      });
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isDirectory(),
    () => false,
  );
}
