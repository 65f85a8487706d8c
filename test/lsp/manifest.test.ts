// The extension's words: every placeholder of the manifest and every message of the client can be translated.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

test('package.nls.json has exactly the words that package.json asks for', () => {
  const asked = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map((it) => it[1]!));
  const words = JSON.parse(read('package.nls.json')) as Record<string, string>;
  expect(Object.keys(words).sort()).toEqual([...asked].sort());
  expect(Object.values(words).every((it) => it.trim() !== '')).toBe(true);
});

test('l10n/bundle.l10n.json has exactly the messages of the client', () => {
  const sources = readdirSync(join(root, 'client/src')).map((name) => read(join('client/src', name)));
  const used = sources.flatMap((text) =>
    [...text.matchAll(/l10n\.t\(\s*'((?:[^'\\]|\\.)*)'/g)].map((it) => it[1]!),
  );
  const bundle = JSON.parse(read('l10n/bundle.l10n.json')) as Record<string, string>;
  expect(Object.keys(bundle).sort()).toEqual([...new Set(used)].sort());
});

test('every command of the manifest is carried out by the client or announced by the server', () => {
  const { contributes } = JSON.parse(read('package.json')) as {
    contributes: { commands: { command: string }[] };
  };
  const protocol = read('server/src/lsp/protocol.ts');
  for (const { command } of contributes.commands) expect(protocol).toContain(`'${command}'`);
});
