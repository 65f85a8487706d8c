// The extension's words: every placeholder of the manifest and every message of the client can be translated.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { messages } from '../../scripts/words.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

test('package.nls.json has exactly the words that package.json asks for', () => {
  const asked = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map((it) => it[1]!));
  const words = JSON.parse(read('package.nls.json')) as Record<string, string>;
  expect(Object.keys(words).sort()).toEqual([...asked].sort());
  expect(Object.values(words).every((it) => it.trim() !== '')).toBe(true);
});

test('l10n/bundle.l10n.json has exactly the messages of the extension and the server', () => {
  const bundle = JSON.parse(read('l10n/bundle.l10n.json')) as Record<string, string>;
  expect(Object.keys(bundle)).toEqual(messages());
});

test('every command of the manifest is carried out by the client or announced by the server', () => {
  const { contributes } = JSON.parse(read('package.json')) as {
    contributes: { commands: { command: string }[] };
  };
  const protocol = readdirSync(join(root, 'server/src/lsp'))
    .filter((name) => name.startsWith('protocol'))
    .map((name) => read(join('server/src/lsp', name)))
    .join('');
  for (const { command } of contributes.commands) expect(protocol).toContain(`'${command}'`);
});
