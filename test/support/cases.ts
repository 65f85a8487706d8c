// Reads a case: a Markdown file of prose, source files, expectations and edits, as test/cases/README.md describes it.
// What a case says is checked while it is read, so that a slip of the pen never makes a test that passes for nothing.

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Edit, ScanFile, Uri } from '../../server/src/engine/engine.ts';
import { linesOf, positionAt } from '../../server/src/base/lines.ts';

/** One file of a case; the marks of its expectations are taken out of the text. */
export interface CaseFile {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
}

/** A replacement in a file's text as it stands at that moment, in offsets. */
export interface Change {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits, and what is found after them. */
export interface Round {
  readonly changes: readonly Change[];
  readonly files: readonly CaseFile[];
  readonly expected: readonly string[];
}

export interface Case {
  readonly name: string;
  readonly title: string;
  /** Why the case fails today; absent for a case that holds. */
  readonly fixme?: string;
  readonly files: readonly CaseFile[];
  /** `path:line rule`, sorted; lines from 1. */
  readonly expected: readonly string[];
  readonly rounds: readonly Round[];
}

/** Language ids by the word behind the fence. */
const LANGUAGES: Readonly<Record<string, string>> = {
  js: 'javascript',
  jsx: 'javascriptreact',
  ts: 'typescript',
  tsx: 'typescriptreact',
  py: 'python',
  json: 'json',
};

/** The mark at the end of a line: `// finding: sql, html`, `# finding: sql`, `{/* finding: html *\/}`. */
const MARK = /[ \t]*(?:\/\/|#|\{?\/\*|<!--)\s*finding:\s*([\w-]+(?:\s*,\s*[\w-]+)*)\s*(?:\*\/\}?|-->)?\s*$/;

/** Every case below a folder, by path. Throws with file and line if one cannot be read. */
export function readCases(folder: string): Case[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.md') && !it.endsWith('README.md'))
    .sort()
    .map((it) => join(folder, it))
    .map((it) => parseCase(relative(folder, it).replaceAll('\\', '/'), readFileSync(it, 'utf8')));
}

/** The case a Markdown text describes. Throws `name:line: what` if it says something that has no meaning. */
export function parseCase(name: string, markdown: string): Case {
  const lines = markdown.split(/\r?\n/);
  let title = '';
  let fixme: string | undefined;
  let fences = 0;
  const files: CaseFile[] = [];
  const expected: string[] = [];
  const rounds: Round[] = [];
  let now: CaseFile[] = [];
  let changes: Change[] = [];
  const fail = (line: number, what: string): never => {
    throw new Error(`${name}:${line + 1}: ${what}`);
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith('# ') && title === '') title = line.slice(2).trim();
    const reason = /^fixme:\s*(.*)$/.exec(line);
    if (reason) {
      if (fences > 0) fail(i, 'fixme: belongs before the first file');
      if (reason[1]! === '') fail(i, 'fixme: needs a reason');
      fixme = reason[1]!;
    }
    if (/finding:/.test(line)) fail(i, 'an expectation outside a file');
    const fence = /^(`{3,})\s*(\S*)\s*(.*?)\s*$/.exec(line);
    if (!fence) continue;
    fences++;
    const opened = i;
    const [, ticks, word, path] = fence as unknown as [string, string, string, string];
    const body: string[] = [];
    for (i++; lines[i] !== ticks; i++) {
      if (i >= lines.length) fail(opened, 'this block is not closed');
      body.push(lines[i]!);
    }
    if (word === 'edit') {
      const at = now.findIndex((it) => it.path === path);
      if (at < 0) fail(opened, `there is no file ${path} to edit`);
      for (const hunk of hunksOf(body, (line, what) => fail(opened + 1 + line, what))) {
        const file = now[at]!;
        const change = placeHunk(file, hunk, (what) => fail(opened, what));
        changes.push(change);
        const text = file.text.slice(0, change.start) + change.text + file.text.slice(change.end);
        now = now.with(at, { ...file, text });
      }
    } else if (word === 'findings') {
      if (changes.length === 0) fail(opened, 'findings without an edit before them; mark the lines instead');
      rounds.push({ changes, files: now, expected: wanted(body, now, (what) => fail(opened, what)) });
      changes = [];
    } else {
      const languageId = LANGUAGES[word] ?? fail(opened, `unknown language ${word}`);
      if (path === '') fail(opened, 'a file needs a path behind its language');
      if (rounds.length > 0 || changes.length > 0) fail(opened, 'files stand before edits');
      if (files.some((it) => it.path === path)) fail(opened, `${path} is there twice`);
      const marked = body.map((it) => unmarked(it, (what) => fail(opened, what)));
      marked.forEach((it, at) => expected.push(...it.rules.map((rule) => `${path}:${at + 1} ${rule}`)));
      files.push({ path, languageId, text: marked.map((it) => it.text + '\n').join('') });
      now = files;
    }
  }
  if (title === '') fail(0, 'a case begins with a title');
  if (files.length === 0) fail(0, 'a case needs a file');
  if (changes.length > 0) fail(lines.length - 1, 'the edits need a findings block behind them');
  return { name, title, fixme, files, expected: expected.sort(), rounds };
}

function unmarked(line: string, fail: (what: string) => never): { text: string; rules: string[] } {
  const mark = MARK.exec(line);
  if (!mark) {
    if (/\bfinding:/.test(line)) fail(`cannot read the expectation in: ${line.trim()}`);
    return { text: line, rules: [] };
  }
  return { text: line.slice(0, mark.index), rules: mark[1]!.split(',').map((it) => it.trim()) };
}

function wanted(body: string[], files: readonly CaseFile[], fail: (what: string) => never): string[] {
  const rows = body.filter((it) => it.trim() !== '');
  if (rows.length === 1 && rows[0]!.trim() === 'none') return [];
  if (rows.length === 0) fail('findings are rows of `path:line rule`, or none');
  for (const it of rows) {
    const row = /^(\S+):(\d+) [\w-]+$/.exec(it) ?? fail(`a row is \`path:line rule\`, not: ${it}`);
    if (!files.some((file) => file.path === row[1])) fail(`there is no file ${row[1]}`);
  }
  return rows.sort();
}

interface Hunk {
  readonly before: string[];
  readonly after: string[];
}

/** Runs of context, removed and added lines; a removed or context line behind added ones may begin the next run. */
function hunksOf(body: readonly string[], fail: (line: number, what: string) => never): Hunk[] {
  const hunks: Hunk[] = [];
  let last: Hunk | undefined;
  let added = false;
  body.forEach((line, at) => {
    const sign = line === '' ? ' ' : line[0]!;
    if (!'+- '.includes(sign)) fail(at, 'a line of an edit begins with +, - or a blank');
    if (last === undefined || (sign === '-' && added)) {
      hunks.push((last = { before: [], after: [] }));
      added = false;
    }
    const text = unmarked(line.slice(1), (what) => fail(at, what)).text;
    if (sign !== '+') last.before.push(text);
    if (sign !== '-') last.after.push(text);
    if (sign === '+') added = true;
  });
  if (hunks.length === 0) fail(0, 'an empty edit');
  return hunks;
}

function placeHunk(file: CaseFile, hunk: Hunk, fail: (what: string) => never): Change {
  if (hunk.before.length === 0) fail('added lines need a line of context to stand at');
  const before = hunk.before.map((it) => it + '\n').join('');
  const after = hunk.after.map((it) => it + '\n').join('');
  const places: number[] = [];
  for (let at = 0; at >= 0 && at < file.text.length; at = nextLine(file.text, at))
    if (file.text.startsWith(before, at)) places.push(at);
  if (places.length !== 1)
    fail(`the removed lines are in ${file.path} ${places.length} times: ${hunk.before[0]!.trim()}`);
  // Only what differs is typed: that is what a person does, and it leaves the rest of the line standing.
  const { length: max } = before.length < after.length ? before : after;
  let head = 0;
  while (head < max && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < max - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return {
    path: file.path,
    start: places[0]! + head,
    end: places[0]! + before.length - tail,
    text: after.slice(head, after.length - tail),
  };
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? -1 : end + 1;
}

/** The address of a case's file. */
export function uriOf(path: string): Uri {
  return `file:///case/${path}`;
}

/** The path of a case's file behind an address. */
export function pathOf(uri: Uri): string {
  return uri.replace('file:///case/', '');
}

export function scanFilesOf(files: readonly CaseFile[]): ScanFile[] {
  return files.map((it) => ({ uri: uriOf(it.path), languageId: it.languageId, text: it.text }));
}

/** The edit events of a replacement, typed: every old character is deleted from the end, every new one inserted. */
export function keystrokes(text: string, change: Omit<Change, 'path'>): Edit[] {
  const res: Edit[] = [];
  let now = text;
  const replace = (start: number, end: number, put: string): void => {
    const lines = linesOf(now);
    res.push({ range: { start: positionAt(lines, start), end: positionAt(lines, end) }, text: put });
    now = now.slice(0, start) + put + now.slice(end);
  };
  for (let end = change.end; end > change.start; end--) replace(end - 1, end, '');
  for (let i = 0; i < change.text.length; i++) replace(change.start + i, change.start + i, change.text[i]!);
  return res;
}
