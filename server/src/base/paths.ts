// Paths of the machine, as questions with one answer on every platform. What differs (separator, drives, shares) comes from a
// path library that is a parameter, so that Windows is tested wherever the tests run.

import * as machine from 'node:path';

/** What is needed of `node:path`, `node:path/posix` or `node:path/win32`. */
export type PathLibrary = Pick<typeof machine, 'dirname' | 'isAbsolute' | 'relative' | 'resolve' | 'sep'>;

/** A path with `/` between its parts, as reports, globs and settings spell it. */
export function slashed(path: string, lib: PathLibrary = machine): string {
  return lib.sep === '/' ? path : path.split(lib.sep).join('/');
}

/**
 * The way from a folder to a path, with `/`; empty for the folder itself. What lies elsewhere begins with `..`; what lies on
 * another drive or share comes as its whole path.
 */
export function pathFrom(folder: string, path: string, lib: PathLibrary = machine): string {
  return slashed(lib.relative(folder, path), lib);
}

/** The folders from `root` down to the folder of `path`, both included; `root` alone if `path` lies elsewhere. */
export function foldersDown(root: string, path: string, lib: PathLibrary = machine): string[] {
  const way = lib.relative(root, lib.dirname(path));
  const folders = [root];
  if (way === '' || way.startsWith('..') || lib.isAbsolute(way)) return folders;
  for (const name of way.split(lib.sep)) {
    const last = folders.at(-1)!;
    folders.push(last.endsWith(lib.sep) ? last + name : `${last}${lib.sep}${name}`);
  }
  return folders;
}

/** The folder that reports are relative to: `cwd` if it holds all folders, else the nearest one that does. */
export function commonFolder(folders: readonly string[], cwd: string, lib: PathLibrary = machine): string {
  const holds = (folder: string): boolean =>
    folders.every((it) => {
      const way = lib.relative(folder, it);
      return way === '' || (!lib.isAbsolute(way) && way !== '..' && !way.startsWith(`..${lib.sep}`));
    });
  const here = lib.resolve(cwd);
  if (holds(here)) return here;
  let root = folders[0] ?? here;
  // Nothing holds paths on two drives: then the first drive it is, and the others are told whole.
  while (!holds(root) && lib.dirname(root) !== root) root = lib.dirname(root);
  return root;
}
