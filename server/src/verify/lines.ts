// Which line of a text became which line of another. Lines are counted from 0.

import { structuredPatch } from 'diff';

/** A run of lines that was replaced; either count may be 0. */
export interface Hunk {
  readonly from: number;
  readonly removed: number;
  readonly to: number;
  readonly added: number;
}
export interface LineMap {
  readonly hunks: readonly Hunk[];
  /** The line that an old line is now, or the hunk that replaced it. */
  forward(line: number): number | Hunk;
  /** The hunk that a new line belongs to, undefined if the line is an old one. */
  hunkOf(line: number): Hunk | undefined;
}

/** Compares two texts line by line; ends of lines do not count. */
export function mapLines(before: string, after: string): LineMap {
  const plain = (text: string): string => text.replace(/\r\n/g, '\n');
  const patch = structuredPatch('a', 'b', plain(before), plain(after), undefined, undefined, { context: 0 });
  const hunks = patch.hunks.map((it) => ({
    from: it.oldStart - 1,
    removed: it.oldLines,
    to: it.newStart - 1,
    added: it.newLines,
  }));
  return {
    hunks,
    forward(line) {
      let moved = 0;
      for (const it of hunks) {
        if (line < it.from) break;
        if (line < it.from + it.removed) return it;
        moved = it.to + it.added - (it.from + it.removed);
      }
      return line + moved;
    },
    hunkOf: (line) => hunks.find((it) => line >= it.to && line < it.to + it.added),
  };
}

/** The lines of a text without their ends. */
export const linesIn = (text: string): string[] => text.split(/\r?\n/);
