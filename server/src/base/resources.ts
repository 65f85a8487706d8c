// Where built resources (grammars, compiled rules, worker bundles) lie: `dist/` beside the nearest package.json.
// The same rule holds in a checkout, in the VSIX and in the npm package.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string | undefined;

/** The folder of Faultline's own package.json. Throws if there is none above this file (a broken installation). */
export function packageRoot(): string {
  if (root !== undefined) return root;
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return (root = dir);
    if (dirname(dir) === dir)
      throw new Error('Faultline is not installed completely: no package.json above its code.');
  }
}

/** Absolute path of a built resource, e.g. `rules.json`, `grammars/javascript.wasm`. */
export function resourcePath(name: string): string {
  return join(packageRoot(), 'dist', name);
}
