// npm start: builds and packages Faultline, then opens samples/shop in a VS Code that has it.
// This file runs on a bare Node; what needs installed dependencies is imported only after the set-up.

import { spawn } from 'node:child_process';
import { fail, inRoot } from './common.mjs';
import { setup } from './setup.mjs';

await setup();
const { makeVsix } = await import('./package.mjs');
let vsix;
try {
  vsix = await makeVsix();
} catch (error) {
  fail(`start: ${error.message}`);
}
console.log(`start: packaged ${vsix.path}`);
const session = spawn(
  process.execPath,
  ['--import', import.meta.resolve('tsx'), inRoot('scripts', 'host', 'start.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: inRoot(), env: { ...process.env, FAULTLINE_VSIX: vsix.path } },
);
// Ctrl+C reaches the whole foreground group; the session cleans up and decides the exit code.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => session.kill('SIGTERM'));
session.on('close', (code) => process.exit(code ?? 1));
