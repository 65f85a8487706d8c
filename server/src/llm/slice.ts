// The code that is shown to a model: the functions that a path goes through, and the imports they use. Nothing says where
// it comes from: files are `f1`, `f2`, lines are counted from the first one that is sent.

import type { Arena, Node } from '../syntax/arena.ts';
import { type Masked, maskFile } from './mask.ts';

/** A place that must be in the slice. Lines from 0. */
export interface Spot {
  readonly uri: string;
  readonly line: number;
}
export interface SliceFile {
  readonly id: string;
  readonly uri: string;
  readonly language: string;
  readonly masked: Masked;
  /** What is sent, line by line: without `line` it stands for lines left out. */
  readonly lines: readonly SentLine[];
}
export interface SentLine {
  /** As it is printed, from 1, unique over all files; 0 for lines left out. */
  readonly number: number;
  /** In the file, from 0. */
  readonly line?: number;
  readonly text: string;
}
export interface Slice {
  readonly files: readonly SliceFile[];
  /** The printed number of a place, undefined if it is not sent. */
  numberOf(spot: Spot): number | undefined;
}

/** Characters; about 6,000 tokens. */
const MOST = 18_000;
/** Lines kept around a step when whole functions are too long, and where there is no function. */
const AROUND = 15;
const GAP: SentLine = { number: 0, text: '⋯' };

/** Cuts the files down. `treeOf` gives the tree and language of a file that has spots. */
export function makeSlice(
  spots: readonly Spot[],
  treeOf: (uri: string) => { readonly arena: Arena; readonly language: string } | undefined,
): Slice {
  const uris = [...new Set(spots.map((it) => it.uri))];
  const chosen = uris.map((uri) => ({ uri, ...chooseIn(uri, spots, treeOf(uri)) }));
  const total = chosen.reduce((acc, it) => acc + it.size, 0);
  const files: SliceFile[] = [];
  let number = 1;
  for (const it of chosen) {
    if (!it.tree) continue;
    const own = spots.filter((x) => x.uri === it.uri).map((x) => x.line);
    const masked = maskFile(it.tree.arena, new Set(own));
    const all = masked.text.split('\n');
    const wanted = total <= MOST ? it.lines : nearby(own, it.lines, all.length);
    const lines: SentLine[] = [];
    let last = -1;
    for (const line of [...wanted].sort((a, b) => a - b)) {
      if (line >= all.length) continue;
      if (last >= 0 && line !== last + 1) lines.push(GAP);
      lines.push({ number: number++, line, text: all[line]!.replace(/\r$/, '').trimEnd() });
      last = line;
    }
    const id = `f${files.length + 1}`;
    files.push({ id, uri: it.uri, language: it.tree.language, masked, lines });
  }
  return {
    files,
    numberOf: (spot) =>
      files.find((it) => it.uri === spot.uri)?.lines.find((it) => it.line === spot.line)?.number,
  };
}

function chooseIn(
  uri: string,
  spots: readonly Spot[],
  tree: { readonly arena: Arena; readonly language: string } | undefined,
): { readonly tree: typeof tree; readonly lines: ReadonlySet<number>; readonly size: number } {
  const lines = new Set<number>();
  if (!tree) return { tree, lines, size: 0 };
  const { arena } = tree;
  const starts = lineStarts(arena.text);
  for (const spot of spots) {
    if (spot.uri !== uri) continue;
    const at = starts[spot.line] ?? 0;
    const end = (starts[spot.line + 1] ?? arena.text.length + 1) - 1;
    const around = functionAround(arena, at, end);
    const [from, to] = around
      ? [lineOf(starts, around.start), lineOf(starts, around.end)]
      : [spot.line - 5, spot.line + 5];
    for (let it = Math.max(0, from); it <= to && it < starts.length; it++) lines.add(it);
  }
  for (const it of importLines(arena, starts, lines)) lines.add(it);
  let size = 0;
  for (const it of lines) size += (starts[it + 1] ?? arena.text.length) - starts[it]!;
  return { tree, lines, size };
}

/** Of lines that are too many, those near a step. */
function nearby(steps: readonly number[], lines: ReadonlySet<number>, count: number): Set<number> {
  const res = new Set<number>();
  for (const step of steps)
    for (let it = Math.max(0, step - AROUND); it <= step + AROUND && it < count; it++)
      if (lines.has(it)) res.add(it);
  return res;
}

function functionAround(arena: Arena, from: number, to: number): { start: number; end: number } | undefined {
  let best: Node = -1;
  for (let node = 0; node < arena.count && arena.start[node]! <= to; node++) {
    if (!/function|method_definition|arrow|lambda/.test(arena.typeName(node)) || !arena.isNamed(node))
      continue;
    const first = arena.text.slice(from, to).search(/\S/);
    const at = first < 0 ? from : from + first;
    if (arena.start[node]! <= at && arena.end[node]! >= Math.min(to, at + 1)) best = node;
    // A function that begins in this line and goes on below it.
    else if (arena.start[node]! >= from && arena.start[node]! < to && arena.end[node]! > to && best < 0)
      best = node;
  }
  return best < 0 ? undefined : { start: arena.start[best]!, end: arena.end[best]! };
}

/** Top-level imports of names that the chosen lines use. */
function importLines(arena: Arena, starts: readonly number[], lines: ReadonlySet<number>): number[] {
  let used = '';
  for (const it of lines) used += arena.text.slice(starts[it], starts[it + 1]);
  const words = new Set(used.match(/[\w$]+/g) ?? []);
  const res: number[] = [];
  for (const node of arena.namedChildren(0)) {
    const code = arena.textOf(node);
    if (!/^import\b|\brequire\s*\(|^from\b/.test(code) || code.length > 400) continue;
    const names = code.replace(/(['"])(?:(?!\1).)*\1/g, '').match(/[\w$]+/g) ?? [];
    if (!names.some((it) => !KEYWORDS.has(it) && words.has(it))) continue;
    for (let it = lineOf(starts, arena.start[node]!); it <= lineOf(starts, arena.end[node]!); it++)
      res.push(it);
  }
  return res;
}
const KEYWORDS = new Set(['import', 'from', 'as', 'const', 'let', 'var', 'require', 'type', 'default']);

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
