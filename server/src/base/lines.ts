// Offsets to lines and columns. Line starts are found once for a text; a line ends at \n, \r\n or \r, as in LSP.

export interface Lines {
  /** Offset of each line's first character. */
  readonly starts: readonly number[];
  readonly length: number;
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 13 && text.charCodeAt(i + 1) === 10) i++;
    else if (c !== 10 && c !== 13) continue;
    starts.push(i + 1);
  }
  return { starts, length: text.length };
}

/** Line and character (both from 0) of an offset; offsets outside the text are clamped. */
export function positionAt(lines: Lines, offset: number): { line: number; character: number } {
  const at = Math.max(0, Math.min(offset, lines.length));
  let lo = 0;
  let hi = lines.starts.length - 1;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if (lines.starts[mid]! <= at) lo = mid;
    else hi = mid - 1;
  }
  return { line: lo, character: at - lines.starts[lo]! };
}

/** Offset of a position; a character beyond the line's end is its end. */
export function offsetAt(lines: Lines, position: { line: number; character: number }): number {
  if (position.line >= lines.starts.length) return lines.length;
  const start = lines.starts[Math.max(0, position.line)]!;
  const end = lines.starts[position.line + 1] ?? lines.length;
  return Math.min(start + Math.max(0, position.character), end);
}
