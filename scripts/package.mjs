// Makes the VSIX: one file for every platform, from a staging folder with a minified build.
// The staging folder keeps dist/ of a running development session untouched and never holds sources or tests.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build, ENTRIES } from './build.mjs';
import { CACHE, fail, inRoot, isMain, node } from './common.mjs';

const MAX_BYTES = 4 * 1024 * 1024;

/** What a package may hold; anything else fails the check. */
const ALLOWED =
  /^(package\.json|package\.nls(\.[a-z-]+)?\.json|l10n\/[^/]+\.json|(readme|changelog)\.md|LICENSE(\.txt)?|THIRD_PARTY\.md|media\/.+|dist\/(client\.cjs|(server|engine-worker|index-worker|cli)\.js|rules\.json|faultline\.schema\.json|web-tree-sitter\.wasm|grammars\/[a-z_-]+\.wasm))$/i;
/** What the extension cannot work without: every bundle, the rules, the parser and a grammar. */
const REQUIRED = [
  'package.json',
  ...ENTRIES.filter((entry) => existsSync(inRoot(entry.from)) || !entry.optional).map(
    (entry) => `dist/${entry.out}`,
  ),
  'dist/rules.json',
  'dist/faultline.schema.json',
  'dist/web-tree-sitter.wasm',
  'dist/grammars/javascript.wasm',
];
const TOP_FILES = [
  '.vscodeignore',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'THIRD_PARTY.md',
  'l10n',
  'media',
];

/** Where the VSIX is written: faultline-<version>.vsix in the checkout. */
export function vsixPath() {
  const { name, version } = manifest();
  return inRoot(`${name}-${version}.vsix`);
}

/** Builds and packages; gives the path, the size in bytes and the files inside. Throws if vsce refuses the package. */
export async function makeVsix() {
  const stage = join(CACHE, `stage-${process.pid}`);
  try {
    await fillStage(stage);
    const packed = join(stage, 'packed.vsix');
    const vsce = inRoot('node_modules', '@vscode', 'vsce', 'vsce');
    const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
    const { code, text } = await node([vsce, 'package', ...flags, '--out', packed], { cwd: stage });
    if (code !== 0) throw new Error(`vsce failed with exit code ${code}:\n${text}`);
    const path = vsixPath();
    copyFileSync(packed, path);
    return { path, bytes: statSync(path).size, files: zipNames(readFileSync(path)) };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function fillStage(stage) {
  mkdirSync(stage, { recursive: true });
  await build({ out: join(stage, 'dist'), minify: true });
  const nls = readdirSync(inRoot()).filter((name) => /^package\.nls.*\.json$/.test(name));
  for (const name of [...TOP_FILES, ...nls])
    if (existsSync(inRoot(name))) cpSync(inRoot(name), join(stage, name), { recursive: true });
  writeFileSync(join(stage, 'README.md'), shippedReadme());
  writeFileSync(join(stage, 'package.json'), JSON.stringify(shippedManifest(), null, 2) + '\n');
}

/** What is wrong with a package's size and contents; empty if nothing is. */
export function packageProblems({ bytes, files }) {
  const inside = files
    .filter((name) => name.startsWith('extension/'))
    .map((name) => name.slice('extension/'.length));
  const problems = inside
    .filter((name) => !ALLOWED.test(name))
    .map((name) => `${name} must not be in the package`);
  for (const name of REQUIRED)
    if (!inside.includes(name)) problems.push(`${name} is missing from the package`);
  if (bytes >= MAX_BYTES) problems.push(`the package has ${bytes} bytes, the limit is ${MAX_BYTES}`);
  return problems;
}

const manifest = () => JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

// What a user's machine has no use for stays out: scripts and dependencies (all are bundled), npm's file list and program.
function shippedManifest() {
  const {
    scripts: _s,
    devDependencies: _d,
    dependencies: _r,
    files: _f,
    bin: _b,
    private: _p,
    ...rest
  } = manifest();
  return rest;
}

// Pictures stay in the repository: the extension's page in the editor does not show files of the package.
function shippedReadme() {
  return readFileSync(inRoot('README.md'), 'utf8').replace(/^!\[.*\)\n+/gm, '');
}

/** Names of the entries of a ZIP file, from its central directory (a VSIX has no ZIP64 parts at this size). */
function zipNames(zip) {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('the package is not a ZIP file');
  const names = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

if (isMain(import.meta.url)) {
  try {
    const result = await makeVsix();
    for (const name of result.files) console.log(`  ${name}`);
    const problems = packageProblems(result);
    if (problems.length > 0) fail(`package: ${problems.join('\n         ')}`);
    console.log(`package: ${result.path} (${(result.bytes / 1024 / 1024).toFixed(2)} MB)`);
  } catch (error) {
    fail(`package: ${error.message}`);
  }
}
