#!/usr/bin/env node
// Stands in for VS Code's `code` program, with the switches that @vscode/test-electron uses.
// It only starts code-shim.ts with this Node, because an executable file cannot name a loader portably.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('./code-shim.ts', import.meta.url));
const child = spawn(
  process.execPath,
  ['--import', import.meta.resolve('tsx'), target, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('close', (code) => process.exit(code ?? 1));
