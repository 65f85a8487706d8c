// Globs as people write them in settings: a name at any depth, or a path from the folder; what they match they match whole.
// One meaning for exclusions, for rules by path and for suppressions by path, in the editor and on the command line.

import picomatch from 'picomatch';

/** Whether a path (relative, with `/`) or a folder above it matches. */
export type PathTest = (path: string) => boolean;

/** A glob without a slash matches a name at any depth; with one it starts at the folder. No glob matches nothing. */
export function globTest(glob: string): PathTest {
  const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  let matches: (path: string) => boolean;
  try {
    matches = picomatch(clean.includes('/') ? clean.replace(/^\/+/, '') : `**/${clean}`, { dot: true });
  } catch {
    // Globs are checked where they are read; one that is none matches nothing.
    return () => false;
  }
  return (path) => {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      if (matches(path.slice(0, end))) return true;
    return matches(path);
  };
}

/** Whether any of the globs matches. */
export function anyGlob(globs: readonly string[]): PathTest {
  const tests = globs.map(globTest);
  return (path) => tests.some((it) => it(path));
}

/** The first glob that matches. */
export function firstGlob(globs: readonly string[], path: string): string | undefined {
  return globs.find((it) => globTest(it)(path));
}
