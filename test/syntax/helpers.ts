// Real files and reproducible randomness for the tests of parsing and lowering.
// The files are those of the packages this project is built with, so they need no fixtures.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { languageOf } from '../../server/src/syntax/language.ts';
import type { LanguageId } from '../../server/src/syntax/language.ts';

export interface RealFile {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string;
}

/** JavaScript and TypeScript files below an installed package (or a folder of this project), smaller than `maxSize`. */
export function realFiles(name: string, maxSize: number): RealFile[] {
  const found: RealFile[] = [];
  const open = [folderOf(name)];
  while (open.length > 0) {
    const folder = open.pop()!;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile()) {
        const language = languageOf(path);
        if (language && statSync(path).size < maxSize)
          found.push({ path, language, text: readFileSync(path, 'utf8') });
      }
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function folderOf(name: string): string {
  return name.startsWith('.') ? name : join('node_modules', name);
}

/** A generator of numbers from 0 (inclusive) to `below`, always the same for a seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
}

const SNIPPETS = [
  'x',
  ' ',
  '\n',
  '(',
  ')',
  '{',
  '}',
  '"',
  '`',
  '${',
  '/*',
  '*/',
  '//',
  ';',
  'a.b(c);\n',
  'x = req.',
  ' => ',
  '[1, ',
  'await ',
  'function f(a) { return a; }\n',
  'const y = (z) => z + 1;\n',
  'class K { m() {} }\n',
  'if (a) {',
  'é',
  '😀',
  '<a>',
];

/** One random edit of a text: where it starts, where the replaced part ended, and what is there instead. */
export function randomEdit(
  text: string,
  random: (below: number) => number,
): { start: number; oldEnd: number; inserted: string } {
  const start = random(text.length + 1);
  const oldEnd = random(3) === 0 ? Math.min(text.length, start + random(40)) : start;
  const inserted = random(4) === 0 ? '' : SNIPPETS[random(SNIPPETS.length)]!;
  return { start, oldEnd, inserted };
}
