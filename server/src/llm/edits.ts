// Turns the edits of an answer into new texts of the real files. An anchor must occur exactly once in what was sent; it is
// mapped back by offset, so comments that were blanked survive, and no secret can be moved or made up.

import type { FixAnswer } from './schemas.ts';
import { FENCE } from './prompt.ts';
import type { Slice, SliceFile } from './slice.ts';

export interface NewText {
  readonly uri: string;
  readonly text: string;
}
/** Edits and changed lines that one fix may have. */
const MOST_EDITS = 8;
const MOST_LINES = 40;
const PLACEHOLDER = /⟦secret:[a-z]+:\d+⟧/g;

/** The texts after the edits, or one sentence why they cannot be made. `textOf` gives the real text of a file. */
export function applyAnswer(
  answer: FixAnswer,
  slice: Slice,
  textOf: (uri: string) => string,
): { readonly files: readonly NewText[] } | { readonly problem: string } {
  if (answer.edits.length < 1) return { problem: 'There is no edit.' };
  if (answer.edits.length > MOST_EDITS) return { problem: `There are more than ${MOST_EDITS} edits.` };
  const size = (text: string): number => text.split('\n').length;
  const lines = answer.edits.reduce((acc, it) => acc + Math.max(size(it.old_text), size(it.new_text)), 0);
  if (lines > MOST_LINES) return { problem: `More than ${MOST_LINES} lines are changed.` };
  const byFile = new Map<SliceFile, { start: number; end: number; text: string }[]>();
  for (const edit of answer.edits) {
    const file = slice.files.find((it) => it.id === edit.file_id);
    if (!file) return { problem: `There is no file ${edit.file_id.slice(0, 8)}.` };
    const found = locate(edit, file);
    if ('problem' in found) return found;
    const list = byFile.get(file) ?? [];
    byFile.set(file, list);
    list.push(found);
  }
  const files: NewText[] = [];
  for (const [file, edits] of byFile) {
    edits.sort((a, b) => a.start - b.start);
    if (edits.some((it, i) => i > 0 && it.start < edits[i - 1]!.end)) return { problem: 'Edits overlap.' };
    let text = textOf(file.uri);
    for (const it of [...edits].reverse()) text = text.slice(0, it.start) + it.text + text.slice(it.end);
    for (const it of answer.imports) {
      if (slice.files.find((x) => x.id === it.file_id) !== file) continue;
      const added = withImport(text, it.statement);
      if (added === undefined) return { problem: 'An import is no import statement.' };
      text = added;
    }
    files.push({ uri: file.uri, text });
  }
  return { files };
}

function locate(
  edit: FixAnswer['edits'][number],
  file: SliceFile,
): { start: number; end: number; text: string } | { problem: string } {
  const { old_text: anchor } = edit;
  if (anchor.trim() === '') return { problem: 'old_text is empty.' };
  if (FENCE.test(edit.new_text) || edit.new_text.includes('⋯'))
    return { problem: 'new_text has marks that are no code.' };
  const sent = file.lines.map((it) => it.text).join('\n');
  const at = sent.indexOf(anchor);
  if (at < 0) return { problem: 'An old_text does not occur in its file as given.' };
  if (sent.indexOf(anchor, at + 1) >= 0)
    return { problem: 'An old_text occurs more than once; take more around it.' };
  if (anchor.includes('⋯')) return { problem: 'An old_text goes over lines that were left out.' };
  const text = restore(edit, file);
  if (text === undefined) return { problem: 'A removed secret may only stay where it is.' };
  const start = originalOf(at, file);
  const end = originalOf(at + anchor.length, file);
  if (start === undefined || end === undefined || end < start)
    return { problem: 'An old_text begins or ends inside something that was removed.' };
  return { start, end, text };
}

/** Placeholders become what they stand for, if the anchor has them too: a secret cannot go anywhere else. */
function restore({ old_text, new_text }: FixAnswer['edits'][number], file: SliceFile): string | undefined {
  const had = new Set(old_text.match(PLACEHOLDER) ?? []);
  for (const it of new_text.match(PLACEHOLDER) ?? [])
    if (!had.has(it) || !file.masked.secrets.has(it)) return undefined;
  if (/⟦|⟧/.test(new_text.replace(PLACEHOLDER, ''))) return undefined;
  return new_text.replace(PLACEHOLDER, (it) => file.masked.secrets.get(it)!);
}

/** From an offset in the lines as sent to one in the real file. */
function originalOf(offset: number, file: SliceFile): number | undefined {
  let at = 0;
  const starts = maskedStarts(file.masked.text);
  for (const it of file.lines) {
    if (offset <= at + it.text.length) {
      if (it.line === undefined) return undefined;
      return file.masked.toOriginal(starts[it.line]! + (offset - at));
    }
    at += it.text.length + 1;
  }
  return undefined;
}
function maskedStarts(text: string): number[] {
  const res = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) res.push(at + 1);
  return res;
}

/** Below the last import at the top, or at the top. */
function withImport(text: string, statement: string): string | undefined {
  const line = statement.trim();
  if (
    !/^(import\s[^\n]+|(?:const|let|var)\s[^\n=]+=\s*require\([^\n()]+\);?|from\s+[\w.]+\s+import\s[^\n]+)$/.test(
      line,
    )
  )
    return undefined;
  if (text.includes(line)) return text;
  const lines = text.split('\n');
  let at = 0;
  lines.slice(0, 60).forEach((it, i) => {
    if (/^(import\s|from\s+[\w.]+\s+import\s|(?:const|let|var)\s.*\brequire\()/.test(it)) at = i + 1;
    else if (at === 0 && (/^#!/.test(it) || /^['"]use strict['"]/.test(it))) at = i + 1;
  });
  lines.splice(at, 0, line);
  return lines.join('\n');
}
