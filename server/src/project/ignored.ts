// What .gitignore, .git/info/exclude and .faultlineignore say about a path, at every level, as git reads them.
// A folder is asked before what is in it, so that a rule for a folder never needs to be asked again below it.

import { dirname, join, resolve } from 'node:path';
import { pathFrom } from '../base/paths.ts';
import ignore from 'ignore';
import type { Ignore } from 'ignore';
import { errorCode } from './files.ts';
import type { FileSystem } from './files.ts';
import { MAX_IGNORE_FILE } from './limits.ts';

/** The rules of one folder's ignore files. */
export interface Layer {
  /** Absolute folder the patterns are relative to. */
  readonly folder: string;
  readonly rules: Ignore;
  readonly patterns: readonly string[];
  /** For messages: pattern → the file that holds it. */
  readonly file: string;
}

/** An ignore file that exists and could not be read or understood: its rules are not applied, and that must be said. */
export interface IgnoreProblem {
  readonly path: string;
  readonly text: string;
}

export interface Layers {
  /** Outermost first: later ones overrule earlier ones. */
  readonly layers: readonly Layer[];
  readonly problems: readonly IgnoreProblem[];
}

// Where file names differ by case only on some systems, git compares them as the system does.
const IGNORE_CASE = process.platform === 'win32' || process.platform === 'darwin';

/** The rules in force in `root` because of the repository around it. None if it lies in no repository. */
export async function outerLayers(fs: FileSystem, root: string): Promise<Layers> {
  const folders = await foldersFromRepository(fs, root);
  let found: Layers = { layers: [], problems: [] };
  for (const folder of folders) {
    const here = await layersOf(fs, folder);
    found = { layers: [...found.layers, ...here.layers], problems: [...found.problems, ...here.problems] };
  }
  return { layers: withoutOverruled(found.layers, root), problems: found.problems };
}

/** The rules that a folder's own ignore files add. A folder that is a repository adds its .git/info/exclude first. */
export async function layersOf(fs: FileSystem, folder: string, names?: readonly string[]): Promise<Layers> {
  const has = (name: string): boolean => names === undefined || names.includes(name);
  const layers: Layer[] = [];
  const problems: IgnoreProblem[] = [];
  const files = [
    ...(has('.git') ? [await excludeFile(fs, folder)] : []),
    ...['.gitignore', '.faultlineignore'].filter(has).map((it) => join(folder, it)),
  ];
  for (const file of files) {
    const read = await readPatterns(fs, file);
    if (read === undefined) continue;
    if (typeof read !== 'string') {
      problems.push(read);
      continue;
    }
    try {
      layers.push(layerOf(folder, file, read.split(/\r?\n/)));
    } catch (error) {
      problems.push({ path: file, text: `its patterns are not understood: ${(error as Error).message}` });
    }
  }
  return { layers, problems };
}

/** The rule that ignores a path, with the file it stands in, or undefined. `path` is absolute. */
export function ignoredBy(layers: readonly Layer[], path: string, isFolder: boolean): string | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i]!;
    const result = layer.rules.test(pathFrom(layer.folder, path) + (isFolder ? '/' : ''));
    if (result.ignored) return `${result.rule?.pattern ?? 'a pattern'} in ${layer.file}`;
    if (result.unignored) return undefined;
  }
  return undefined;
}

/**
 * The layers that hold inside a folder that is being walked. A pattern that ignores the very folder has been overruled,
 * by a deeper file or by being named on the command line, and would otherwise still claim everything below it.
 */
export function withoutOverruled(layers: readonly Layer[], folder: string): readonly Layer[] {
  const inForce = layers.map((it) => {
    const path = pathFrom(it.folder, folder);
    if (path === '' || !it.rules.test(`${path}/`).ignored) return it;
    const claims = (pattern: string): boolean => rulesOf([pattern]).test(`${path}/`).ignored;
    return layerOf(
      it.folder,
      it.file,
      it.patterns.filter((pattern) => !claims(pattern)),
    );
  });
  return inForce.every((it, i) => it === layers[i]) ? layers : inForce;
}

function layerOf(folder: string, file: string, patterns: readonly string[]): Layer {
  return { folder, file, patterns, rules: rulesOf(patterns) };
}

function rulesOf(patterns: readonly string[]): Ignore {
  return ignore({ ignorecase: IGNORE_CASE }).add(patterns);
}

/** The folders from the top of a root's repository down to its parent; none if it is in none, or is one itself. */
export async function foldersFromRepository(fs: FileSystem, root: string): Promise<string[]> {
  const folders: string[] = [];
  // The root itself is looked at when it is walked; only if it is no repository its parents matter.
  if (await exists(fs, join(root, '.git'))) return [];
  for (let folder = dirname(root); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (await exists(fs, join(folder, '.git'))) return folders;
    if (dirname(folder) === folder) return [];
  }
}

/** `.git` is a folder, or in worktrees and submodules a file that says where the folder is. */
async function excludeFile(fs: FileSystem, folder: string): Promise<string> {
  const git = join(folder, '.git');
  try {
    if ((await fs.kind(git, true)) !== 'file') return join(git, 'info', 'exclude');
    const link = /^gitdir:\s*(.+)$/m.exec(await readSmall(fs, git))?.[1]?.trim();
    if (link === undefined) return join(git, 'info', 'exclude');
    const own = resolve(folder, link);
    const common = await readSmall(fs, join(own, 'commondir')).catch(() => '');
    return join(common.trim() === '' ? own : resolve(own, common.trim()), 'info', 'exclude');
  } catch {
    return join(git, 'info', 'exclude');
  }
}

async function readSmall(fs: FileSystem, path: string): Promise<string> {
  return (await fs.head(path, 4096)).toString('utf8');
}

async function readPatterns(fs: FileSystem, path: string): Promise<string | IgnoreProblem | undefined> {
  try {
    const content = await fs.read(path, MAX_IGNORE_FILE);
    if ('special' in content) return undefined;
    if ('tooLarge' in content) return { path, text: `${content.size} bytes are too many for an ignore file` };
    return content.bytes.toString('utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    return {
      path,
      text: `cannot be read (${code || (error as Error).message}), so its rules are not applied`,
    };
  }
}

async function exists(fs: FileSystem, path: string): Promise<boolean> {
  return fs.kind(path, true).then(
    () => true,
    () => false,
  );
}
