// Reads a unified diff and applies it to the texts it names, in memory. A patch that does not fit exactly is refused:
// a hunk that is put somewhere near would be a change nobody has seen.

import { applyPatch, parsePatch } from 'diff';

/** What a patch makes of one file; undefined text: there is no such file. */
export interface Patched {
  /** As the patch names it, without the `a/` and `b/` of git. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}
/** A patch that cannot be read or does not fit; the message says which file and why. */
export class PatchError extends Error {}

/**
 * Applies a unified diff. `read` gives the text of a file, undefined if there is none. Renames become one file that goes
 * and one that comes. Throws a PatchError if the text is no diff, if a hunk does not fit, or if nothing is changed.
 */
export function applyDiff(diff: string, read: (path: string) => string | undefined): Patched[] {
  const result: Patched[] = [];
  for (const it of parsed(diff)) {
    const from = pathOf(it.oldFileName, 'a/');
    const to = pathOf(it.newFileName, 'b/');
    if (from === undefined && to === undefined) continue;
    const before = from === undefined ? undefined : read(from);
    if (from !== undefined && before === undefined) throw new PatchError(`there is no file ${from}`);
    if (from === undefined && read(to!) !== undefined)
      throw new PatchError(`the patch makes ${to}, which exists already`);
    const after =
      to === undefined ? undefined : applyPatch(before ?? '', it, { autoConvertLineEndings: true });
    if (after === false) throw new PatchError(`the patch does not fit ${from ?? to}`);
    if (from !== undefined && from !== to) result.push({ path: from, before, after: undefined });
    if (to !== undefined) result.push({ path: to, before: from === to ? before : undefined, after });
  }
  if (result.every((it) => it.before === it.after)) throw new PatchError('the patch changes nothing');
  return result;
}

function parsed(diff: string): ReturnType<typeof parsePatch> {
  try {
    return parsePatch(diff);
  } catch (error) {
    throw new PatchError(`this is no unified diff: ${(error as Error).message}`);
  }
}

function pathOf(name: string | undefined, prefix: string): string | undefined {
  if (name === undefined || name === '' || name === '/dev/null') return undefined;
  const plain = name.replaceAll('\\', '/');
  return plain.startsWith(prefix) ? plain.slice(prefix.length) : plain;
}
