// Writes l10n/bundle.l10n.json from the messages in the code, so that a translation is one file beside it.
// A message is what stands in `l10n.t('…')` of the extension and the server, and the title of a fix.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, isMain } from './common.mjs';

const CALLS = /l10n\.t\(\s*(['"])((?:(?!\1)[^\\]|\\.)*)\1/g;
const TITLES = /\btitle:\s*(['"])((?:(?!\1)[^\\]|\\.)*)\1/g;

/** All messages, sorted, each once. */
export function messages() {
  const found = new Set();
  const take = (folder, pattern) => {
    for (const name of readdirSync(inRoot(folder), { recursive: true })) {
      if (!String(name).endsWith('.ts')) continue;
      const text = readFileSync(join(inRoot(folder), String(name)), 'utf8');
      for (const [, , message] of text.matchAll(pattern)) found.add(message.replace(/\\(.)/g, '$1'));
    }
  };
  take('client/src', CALLS);
  take('server/src/lsp', CALLS);
  take('server/src/fixes', TITLES);
  return [...found].sort();
}

if (isMain(import.meta.url)) {
  const bundle = Object.fromEntries(messages().map((it) => [it, it]));
  writeFileSync(inRoot('l10n', 'bundle.l10n.json'), `${JSON.stringify(bundle, null, 2)}\n`);
}
