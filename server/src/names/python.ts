// Which file or package a Python import means, over the files that are known. Nothing is read from disk here.
// Python looks in the folders of its search path; they are taken to be the folders above the importing file that are no
// packages themselves, and `src` and `lib` inside them. So two projects side by side never see each other.

import { type Target, folderOf, normalize } from './modules.ts';

/** Folders beside a project's own in which its packages may lie. */
const SOURCE_FOLDERS = ['', 'src/', 'lib/', 'python/'];

/**
 * Resolves a module as written in `from`: `a.b`, or relative with its dots in front. `has` tells whether a URI is a
 * known file. What no known file is belongs to a package, whose name is the first part; the others are its members.
 */
export function resolvePython(from: string, specifier: string, has: (uri: string) => boolean): Target {
  const dots = /^\.*/.exec(specifier)![0].length;
  const parts = specifier
    .slice(dots)
    .split('.')
    .filter((it) => it !== '');
  if (dots > 0) {
    const uri = moduleIn(normalize(folderOf(from) + '../'.repeat(dots - 1)), parts, has);
    return uri === undefined ? { r: 'missing' } : { r: 'file', uri };
  }
  const [name, ...members] = parts;
  if (name === undefined) return { r: 'missing' };
  const own = folderOf(from);
  // A file that imports its own name means the package it is called after: `import telnetlib` in telnetlib.py.
  const other = (uri: string): boolean => uri !== from && has(uri);
  let owner = false;
  for (let folder: string | undefined = own; folder !== undefined; folder = above(folder)) {
    // A package's folder is not searched: its modules are imported by their full names.
    if (has(`${folder}__init__.py`)) continue;
    for (const source of SOURCE_FOLDERS) {
      const uri = moduleIn(folder + source, parts, other);
      if (uri !== undefined) return { r: 'file', uri };
      owner ||= moduleIn(folder + source, [name], other) !== undefined;
    }
  }
  // The package is the project's own, but this module of it is not known.
  if (owner) return { r: 'missing' };
  // Python 2 looks beside the importing file first.
  const beside = moduleIn(own, parts, other);
  if (beside !== undefined) return { r: 'file', uri: beside };
  return { r: 'package', name, members };
}

/** Whether a file imports a module that is called like itself: what that means differs from file to file of a folder. */
export const importsOwnName = (from: string, specifier: string): boolean =>
  from.slice(folderOf(from).length).replace(/\.pyw?$/, '') === specifier.split('.')[0];

/** The file of a module in a folder: `a/b.py`, or `a/b/__init__.py` for a package. */
function moduleIn(
  folder: string,
  parts: readonly string[],
  has: (uri: string) => boolean,
): string | undefined {
  const path = folder + parts.join('/');
  const init = parts.length === 0 ? `${path}__init__.py` : `${path}/__init__.py`;
  if (has(init)) return init;
  if (parts.length === 0) return undefined;
  return [`${path}.py`, `${path}.pyw`].find(has);
}

/** The folder around a folder, undefined above the root. Folders end with a slash. */
function above(folder: string): string | undefined {
  const end = folder.lastIndexOf('/', folder.length - 2);
  return end < 0 || folder[end - 1] === '/' ? undefined : folder.slice(0, end + 1);
}

/** The module `from package import name` may mean: `package.name`, `.name` for `from . import name`. */
export const memberModule = (specifier: string, name: string): string =>
  specifier.endsWith('.') ? specifier + name : `${specifier}.${name}`;
