// Reads the cases of fixes: Markdown files of code with a finding and what becomes of it, as test/fixes/README.md says.
// A case that would pass without a fix or a reason for none is refused while it is read.

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ScanFile } from '../../server/src/engine/engine.ts';

/** A fix that must be offered, and the text it makes. */
export interface Wanted {
  readonly title: string;
  readonly safe: boolean;
  readonly text: string;
}
export interface FixCase {
  readonly name: string;
  /** The file with the finding first. */
  readonly files: readonly ScanFile[];
  /** All that is offered, in order; empty if nothing may be. */
  readonly wanted: readonly Wanted[];
  readonly fixme?: string;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  js: 'javascript',
  jsx: 'javascriptreact',
  ts: 'typescript',
  tsx: 'typescriptreact',
  py: 'python',
};
const FOLDER = 'file:///project/';

interface Block {
  readonly info: string;
  readonly text: string;
  readonly line: number;
}
type Token = { readonly heading: string } | { readonly says: string; readonly line: number } | Block;

/** Every case below a folder, in the order of files and headings. Throws with file and line if one cannot be read. */
export function readFixCases(folder: string): FixCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.md') && !it.endsWith('README.md'))
    .sort()
    .flatMap((it) => parse(relative(folder, join(folder, it)), readFileSync(join(folder, it), 'utf8')));
}

function parse(file: string, markdown: string): FixCase[] {
  const cases: FixCase[] = [];
  let head = '$\n';
  let main = 'app.js';
  let others: ScanFile[] = [];
  let now: { name: string; code?: string; wanted: Wanted[]; none: boolean; fixme?: string } | undefined;
  let pending: { title: string; safe: boolean } | undefined;
  const fail = (line: number, what: string): never => {
    throw new Error(`${file}:${line + 1}: ${what}`);
  };
  const finish = (line: number): void => {
    if (now === undefined) return;
    const { name, code, wanted, none, fixme } = now;
    if (code === undefined || pending !== undefined || none !== (wanted.length === 0))
      return fail(line, `“${name}” needs code, and fixes or “no fix”`);
    const files = [fileOf(main, filled(head, code)), ...others];
    cases.push({
      name: `${file.replace(/\.md$/, '')}: ${name}`,
      files,
      wanted,
      ...(fixme !== undefined && { fixme }),
    });
    now = undefined;
  };
  const tokens = tokensOf(markdown);
  for (const it of tokens) {
    if ('heading' in it) {
      finish(0);
      now = { name: it.heading, wanted: [], none: false };
    } else if ('says' in it) {
      const becomes = /^(safe|other): (.+)$/.exec(it.says);
      const fixme = /^fixme: (.+)$/.exec(it.says);
      if (now !== undefined && becomes !== null)
        pending = { safe: becomes[1] === 'safe', title: becomes[2]! };
      else if (now !== undefined && /^no fix\b/.test(it.says)) now.none = true;
      else if (now !== undefined && fixme !== null) now.fixme = fixme[1]!;
    } else if (now === undefined) {
      const [word, path] = it.info.split(' ') as [string, string | undefined];
      if (path === undefined) fail(it.line, 'a file at the front needs a path');
      if (/^\s*\$$/m.test(it.text)) [head, main] = [it.text, path!];
      else others = [...others, fileOf(path!, it.text)];
      if (!(word in LANGUAGES)) fail(it.line, `unknown language ${word}`);
    } else if (now.code === undefined) now.code = it.text;
    else if (pending === undefined)
      fail(it.line, 'say “safe: TITLE” or “other: TITLE” before what it becomes');
    else {
      const whole = it.info.endsWith(' whole');
      now.wanted.push({ ...pending!, text: whole ? it.text : filled(head, it.text) });
      pending = undefined;
    }
  }
  finish(0);
  if (cases.length === 0) fail(0, 'no case in this file');
  return cases;
}

/** The code in the place of the line `$`, in the indentation of that line. */
function filled(head: string, code: string): string {
  return head.replace(/^([ \t]*)\$$\n/m, (_, indent: string) => code.replace(/^(?=.)/gm, indent));
}

function fileOf(path: string, text: string): ScanFile {
  const languageId = LANGUAGES[/\.c?m?(\w+)$/.exec(path)?.[1] ?? ''] ?? 'javascript';
  return { uri: FOLDER + path, languageId, text };
}

function tokensOf(markdown: string): Token[] {
  const tokens: Token[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const fence = /^(`{3,})(.*)$/.exec(line);
    if (fence !== null) {
      const body: string[] = [];
      const at = i;
      for (i++; i < lines.length && lines[i] !== fence[1]; i++) body.push(`${lines[i]}\n`);
      tokens.push({ info: fence[2]!.trim(), text: body.join(''), line: at });
    } else if (line.startsWith('## ')) tokens.push({ heading: line.slice(3).trim() });
    else if (line.trim() !== '' && !line.startsWith('# ')) tokens.push({ says: line.trim(), line: i });
  }
  return tokens;
}
