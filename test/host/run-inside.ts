// Runs the in-host suite through @vscode/test-electron, in whichever VS Code this machine can have.
// FAULTLINE_VSCODE=electron downloads the desktop build, =code-server uses a stand-in for its program; default: auto.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { ARTIFACTS, CACHE, fail, inRoot } from '../../scripts/common.mjs';
import { codeServerObstacle } from '../../scripts/host/code-server.ts';
import type { Result } from './inside/index.ts';

const report = join(ARTIFACTS, 'host-inside.json');
const bundle = join(ARTIFACTS, 'inside', 'index.cjs');

const folder = mkdtempSync(join(tmpdir(), 'faultline-shop-'));
try {
  mkdirSync(ARTIFACTS, { recursive: true });
  rmSync(report, { force: true });
  await bundleSuite();
  cpSync(inRoot('samples', 'shop'), folder, { recursive: true });
  const host = chooseHost();
  console.log(`host: ${host}`);
  const problem = await runTests({
    ...(host === 'code-server' ? { vscodeExecutablePath: inRoot('scripts', 'host', 'code-shim.mjs') } : {}),
    cachePath: join(CACHE, 'vscode-test'),
    extensionDevelopmentPath: inRoot(),
    extensionTestsPath: bundle,
    launchArgs: [folder, '--disable-extensions'],
    extensionTestsEnv: { FAULTLINE_REPORT: report },
  }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (!existsSync(report)) fail(`the suite wrote no report: ${problem ?? 'VS Code ended without an error'}`);
  const results = JSON.parse(readFileSync(report, 'utf8')) as Result[];
  for (const it of results)
    console.log(`${it.error === undefined ? 'ok' : 'FAILED'}  ${it.name}${it.error ? `\n${it.error}` : ''}`);
  if (results.length === 0) fail('the suite ran no test');
  process.exitCode = results.some((it) => it.error !== undefined) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The suite as one CommonJS file inside the checkout, so that mocha is found from it. */
async function bundleSuite(): Promise<void> {
  await build({
    entryPoints: [inRoot('test', 'host', 'inside', 'index.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  // The checkout is a package of ES modules; a folder of its own makes the bundle CommonJS for every loader.
  writeFileSync(join(ARTIFACTS, 'inside', 'package.json'), '{ "type": "commonjs" }\n');
}

/** Where code-server can run it is preferred: it needs neither a display nor a download from Microsoft. */
function chooseHost(): 'electron' | 'code-server' {
  const wanted = process.env.FAULTLINE_VSCODE ?? 'auto';
  if (wanted === 'electron' || wanted === 'code-server') return wanted;
  if (wanted !== 'auto') fail(`FAULTLINE_VSCODE is ${wanted}; known: auto, electron, code-server`);
  return codeServerObstacle() === undefined ? 'code-server' : 'electron';
}
