// The sample shop as files of a test: real code with findings, several files deep.
// Texts are read from samples/shop, so the tests and the description of the samples speak of the same code.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScanFile } from '../../server/src/engine/engine.ts';

const SHOP = fileURLToPath(new URL('../../samples/shop', import.meta.url));

/** Every source file and manifest of the shop, by path. */
export function shopFiles(): ScanFile[] {
  return readdirSync(SHOP, { recursive: true, encoding: 'utf8' })
    .map((it) => it.replaceAll('\\', '/'))
    .filter((it) => /\.(js|json)$/.test(it))
    .sort()
    .map((it) => ({
      uri: `file:///shop/${it}`,
      languageId: it.endsWith('.js') ? 'javascript' : 'json',
      text: readFileSync(join(SHOP, it), 'utf8'),
    }));
}
