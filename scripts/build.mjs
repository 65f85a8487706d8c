// Builds dist/: five bundles, the grammars, the WASM runtime and the compiled rules.
// Everything in dist/ is self-contained, so neither the VSIX nor the npm package installs anything.

import { build as esbuild } from 'esbuild';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail, inRoot, isMain, node, ROOT } from './common.mjs';

/** Bundle name in dist/ and the file it starts from; an optional one may have none, the others must. */
export const ENTRIES = [
  { out: 'client.cjs', from: 'client/src/extension.ts', format: 'cjs', external: ['vscode'] },
  { out: 'server.js', from: 'server/src/lsp/main.ts', format: 'esm' },
  { out: 'engine-worker.js', from: 'server/src/engine/worker-main.ts', format: 'esm' },
  { out: 'index-worker.js', from: 'server/src/engine/index-worker.ts', format: 'esm', optional: true },
  { out: 'cli.js', from: 'server/src/cli/main.ts', format: 'esm', program: true },
];

// Bundled CommonJS libraries call require() for Node's own modules, which an ES module does not have by itself.
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Builds everything. Takes `out` (absolute folder, default dist/), `minify` (for packages: smaller, no source maps) and
 * `write` (false: only find out what the bundles contain). Gives esbuild's metafile of each bundle. Throws if a bundle or
 * the rules have errors, after printing them.
 */
export async function build({ out = inRoot('dist'), minify = false, write = true } = {}) {
  const present = ENTRIES.filter((entry) => existsSync(inRoot(entry.from)));
  for (const entry of ENTRIES)
    if (!present.includes(entry) && !entry.optional)
      console.log(`build: ${entry.out} skipped, there is no ${entry.from}`);
  mkdirSync(out, { recursive: true });
  const metafiles = await Promise.all(present.map((entry) => bundle(entry, out, minify, write)));
  if (!write) return metafiles;
  for (const entry of present) if (entry.program) chmodSync(join(out, entry.out), 0o755);
  copyWasm(out);
  await compileRules(out);
  return metafiles;
}

async function bundle(entry, out, minify, write) {
  const source = readFileSync(inRoot(entry.from), 'utf8');
  const shebang = entry.program && !source.startsWith('#!') ? '#!/usr/bin/env node\n' : '';
  const result = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: [entry.from],
    outfile: join(out, entry.out),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: entry.format,
    external: entry.external ?? [],
    banner: { js: shebang + (entry.format === 'esm' ? REQUIRE : '') },
    mainFields: ['module', 'main'],
    minify,
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    metafile: true,
    write,
    logLevel: 'error',
  });
  return result.metafile;
}

function copyWasm(out) {
  mkdirSync(join(out, 'grammars'), { recursive: true });
  const grammars = existsSync(inRoot('grammars')) ? readdirSync(inRoot('grammars')) : [];
  for (const name of grammars.filter((file) => file.endsWith('.wasm')))
    copyFileSync(inRoot('grammars', name), join(out, 'grammars', name));
  copyFileSync(
    inRoot('node_modules', 'web-tree-sitter', 'web-tree-sitter.wasm'),
    join(out, 'web-tree-sitter.wasm'),
  );
}

async function compileRules(out) {
  if (!existsSync(inRoot('scripts', 'rules.mjs'))) {
    console.log('build: rules.json skipped, there is no scripts/rules.mjs');
    return;
  }
  const { code, text } = await node([inRoot('scripts', 'rules.mjs')]);
  if (code !== 0) throw new Error(`scripts/rules.mjs failed with exit code ${code}:\n${text}`);
  const compiled = inRoot('dist', 'rules.json');
  if (resolve(out) === resolve(inRoot('dist'))) return;
  copyFileSync(compiled, join(out, 'rules.json'));
  copyFileSync(inRoot('dist', 'faultline.schema.json'), join(out, 'faultline.schema.json'));
}

if (isMain(import.meta.url)) {
  const started = Date.now();
  try {
    await build({ minify: process.argv.includes('--minify') });
    console.log(`build: dist/ is ready (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    fail(`build: ${error.message}`);
  }
}
