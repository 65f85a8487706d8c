// Checks the direction of imports: a layer knows only the layers below it, and each outside library has one home.
// It reads import statements, types included: a type from above is a dependency too.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SERVER = join(ROOT, 'server', 'src');

/** Layers from the bottom up; those in one row do not know each other. */
const LAYERS = [
  ['base'],
  ['syntax'],
  ['ir'],
  ['lang'],
  ['names'],
  ['rules'],
  ['checks'],
  ['flow'],
  ['engine'],
  ['project', 'fixes', 'verify'],
  ['report', 'llm'],
  ['lsp', 'cli'],
];
/** Outside libraries that one folder alone may import. */
const HOMES: ReadonlyArray<readonly [RegExp, string]> = [
  [/^web-tree-sitter$/, 'server/src/syntax/'],
  [/^vscode-languageserver(?!-types)/, 'server/src/lsp/'],
  [/^vscode-languageclient/, 'client/src/'],
  [/^vscode$/, 'client/src/'],
  [/^@eslint-community\/regexpp/, 'server/src/checks/'],
  [/^commander$/, 'server/src/cli/'],
  [/^diff$/, 'server/src/verify/'],
  [/^(@anthropic-ai\/sdk|p-queue)/, 'server/src/llm/'],
];
/** What the extension and the server share: one file for each group of features. */
const SHARED = /^server\/src\/lsp\/protocol(?:-[a-z]+)?\.ts$/;

const files = ['server/src', 'client/src'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(ROOT, folder, name)),
);
const rank = (layer: string) => LAYERS.findIndex((row) => row.includes(layer));
const layerOf = (path: string) => relative(SERVER, path).split(/[\\/]/)[0]!;
const posix = (path: string) => relative(ROOT, path).replaceAll('\\', '/');

/** What a file imports: specifiers of static, dynamic and type imports and of re-exports. */
function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)(['"])([^'"\n]+)\1/g);
  return [...found].map((match) => match[2]!);
}

test('every file belongs to a layer', () => {
  const strange = files.filter((path) => path.startsWith(SERVER) && rank(layerOf(path)) < 0).map(posix);
  expect(strange).toEqual([]);
  expect(files.length).toBeGreaterThan(20);
});

test('imports go down the layers only', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const path of files.filter((it) => it.startsWith(SERVER)))
    for (const specifier of importsOf(readFileSync(path, 'utf8'))) {
      if (!specifier.startsWith('.')) continue;
      seen++;
      const target = resolve(dirname(path), specifier);
      const [from, to] = [layerOf(path), layerOf(target)];
      const allowed = target.startsWith(SERVER) && (from === to || rank(to) < rank(from));
      if (!allowed) wrong.push(`${posix(path)} imports ${posix(target)}`);
    }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(50);
});

test('the extension shares the protocol with the server and nothing else', () => {
  const wrong: string[] = [];
  for (const path of files.filter((it) => !it.startsWith(SERVER)))
    for (const specifier of importsOf(readFileSync(path, 'utf8'))) {
      const target = posix(resolve(dirname(path), specifier));
      if (specifier.startsWith('.') && target.startsWith('server/') && !SHARED.test(target))
        wrong.push(`${posix(path)} imports ${target}`);
    }
  expect(wrong).toEqual([]);
});

test('outside libraries are imported at home only', () => {
  const wrong: string[] = [];
  for (const path of files)
    for (const specifier of importsOf(readFileSync(path, 'utf8')))
      for (const [library, home] of HOMES)
        if (library.test(specifier) && !posix(path).startsWith(home))
          wrong.push(`${posix(path)} imports ${specifier}`);
  expect(wrong).toEqual([]);
});
