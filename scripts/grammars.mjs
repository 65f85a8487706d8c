// Refreshes grammars/ from the npm packages that publish them, and writes grammars/VERSIONS.
// Run with `node scripts/grammars.mjs`; nothing is installed into this project and no install script runs.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Exact versions: a grammar decides what code looks like, so a new one is a change to be reviewed and tested.
 * A grammar is added together with the lowering that reads it.
 */
const SOURCES = [
  {
    grammar: 'javascript',
    package: 'tree-sitter-javascript',
    version: '0.25.0',
    file: 'tree-sitter-javascript.wasm',
  },
  {
    grammar: 'typescript',
    package: 'tree-sitter-typescript',
    version: '0.23.2',
    file: 'tree-sitter-typescript.wasm',
  },
  { grammar: 'tsx', package: 'tree-sitter-typescript', version: '0.23.2', file: 'tree-sitter-tsx.wasm' },
  { grammar: 'python', package: 'tree-sitter-python', version: '0.25.0', file: 'tree-sitter-python.wasm' },
];

const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'grammars');
const work = mkdtempSync(join(tmpdir(), 'faultline-grammars-'));

/** Downloads a package and gives the folder that it was unpacked into. */
function fetchPackage(name, version) {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', work, `${name}@${version}`], {
    encoding: 'utf8',
    cwd: work,
  });
  const folder = mkdtempSync(join(work, 'package-'));
  execFileSync('tar', ['-xzf', join(work, packed.trim().split('\n').pop()), '-C', folder]);
  return join(folder, 'package');
}

try {
  const fetched = new Map();
  const rows = SOURCES.map((it) => {
    const key = `${it.package}@${it.version}`;
    if (!fetched.has(key)) fetched.set(key, fetchPackage(it.package, it.version));
    const folder = fetched.get(key);
    const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const name = `${it.grammar}.wasm`;
    cpSync(join(folder, it.file), join(target, name));
    const sha256 = createHash('sha256')
      .update(readFileSync(join(target, name)))
      .digest('hex');
    return [name, it.package, it.version, license, sha256];
  });
  const head = ['file', 'package', 'version', 'licence', 'sha256'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  writeFileSync(join(target, 'VERSIONS'), `${lines.join('\n')}\n`);
  console.log(lines.join('\n'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
