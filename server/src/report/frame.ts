// Code frames: the lines around a range with numbers, the range underlined.
// Ranges may span lines, lines may be endless; a frame never exceeds its width nor a dozen lines.

import type { Range } from '../engine/engine.ts';
import { cellsOf } from './printable.ts';
import type { Cell } from './printable.ts';

export interface FrameOptions {
  /** Columns of the whole frame, gutter included. */
  readonly width: number;
  /** Lines shown before and after the range. */
  readonly context: number;
}

export interface FrameLine {
  /** From 1; undefined where lines are left out. */
  readonly number: number | undefined;
  readonly code: string;
  /** Spaces and marks to print under the code, if any of the range is on this line. */
  readonly marks: string | undefined;
}

/** A range longer than this shows its beginning and its end. */
const MOST_LINES = 8;

/** The lines of a text as the language server protocol counts them. */
export function linesOfText(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** The lines of a frame; empty if the range does not lie in the text (which has changed since). */
export function frame(lines: readonly string[], range: Range, options: FrameOptions): FrameLine[] {
  const { start, end } = range;
  if (start.line >= lines.length) return [];
  const last = Math.min(end.line, lines.length - 1);
  const gutter = String(last + options.context + 1).length + 3;
  const width = Math.max(options.width - gutter, 20);
  const out: FrameLine[] = [];
  for (let line = Math.max(0, start.line - options.context); line < start.line; line++) {
    out.push({ number: line + 1, code: clip(cellsOf(lines[line]!), 0, width).code, marks: undefined });
  }
  for (let line = start.line; line <= last; line++) {
    const tooMany = last - start.line + 1 > MOST_LINES;
    if (tooMany && line === start.line + MOST_LINES - 2) {
      out.push({ number: undefined, code: '…', marks: undefined });
      line = last;
    }
    out.push(marked(lines[line]!, line, range, width));
  }
  for (let line = last + 1; line <= last + options.context && line < lines.length; line++) {
    out.push({ number: line + 1, code: clip(cellsOf(lines[line]!), 0, width).code, marks: undefined });
  }
  return withoutBlankEdges(out);
}

function marked(text: string, line: number, { start, end }: Range, width: number): FrameLine {
  const indent = text.length - text.trimStart().length;
  const from = line === start.line ? start.character : indent;
  const to = line === end.line ? end.character : text.trimEnd().length;
  const cells = cellsOf(text);
  const { code, offset, shown } = clip(cells, from, width);
  let marks = '';
  for (const cell of shown) marks += (cell.at >= from && cell.at < to ? '^' : ' ').repeat(cell.width);
  marks = marks.trimEnd();
  // An empty range, or one at the end of a line, still gets a mark where it is.
  if (marks === '' && line === start.line) marks = `${' '.repeat(columnOf(shown, from))}^`;
  return { number: line + 1, code, marks: marks === '' ? undefined : ' '.repeat(offset) + marks };
}

interface Clipped {
  readonly code: string;
  /** Columns that the leading ellipsis takes. */
  readonly offset: number;
  readonly shown: readonly Cell[];
}

/** Cuts a line to `width` columns so that the character at `from` is visible with something before it. */
function clip(cells: readonly Cell[], from: number, width: number): Clipped {
  const total = cells.reduce((sum, it) => sum + it.width, 0);
  if (total <= width) return { code: text(cells), offset: 0, shown: cells };
  let first = 0;
  const target = cells.findIndex((it) => it.at >= from);
  const lead = Math.floor(width / 4);
  if (columnOf(cells, from) > width * 0.6) {
    first = target < 0 ? cells.length : target;
    for (let before = 0; first > 0 && before + cells[first - 1]!.width <= lead; first--) {
      before += cells[first - 1]!.width;
    }
  }
  const offset = first > 0 ? 1 : 0;
  let end = first;
  for (let used = offset + 1; end < cells.length && used + cells[end]!.width <= width; end++) {
    used += cells[end]!.width;
  }
  const shown = cells.slice(first, end);
  return { code: (first > 0 ? '…' : '') + text(shown) + (end < cells.length ? '…' : ''), offset, shown };
}

function text(cells: readonly Cell[]): string {
  return cells.map((it) => it.text).join('');
}

/** The column where the character at an offset begins, or where the cells end. */
function columnOf(cells: readonly Cell[], offset: number): number {
  let column = 0;
  for (const it of cells) {
    if (it.at >= offset) break;
    column += it.width;
  }
  return column;
}

function withoutBlankEdges(lines: FrameLine[]): FrameLine[] {
  const blank = (it: FrameLine): boolean =>
    it.marks === undefined && it.number !== undefined && it.code.trim() === '';
  let from = 0;
  let to = lines.length;
  while (from < to && blank(lines[from]!)) from++;
  while (to > from && blank(lines[to - 1]!)) to--;
  return lines.slice(from, to);
}
