// Writes THIRD_PARTY.md: what the bundles and grammars contain that others wrote, with the licence texts.
// The list comes from esbuild's account of the bundles, so a new dependency cannot be forgotten; --check only compares.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from './build.mjs';
import { fail, inRoot, isMain } from './common.mjs';

const TARGET = inRoot('THIRD_PARTY.md');
const LICENCE_FILE = /^(licen[cs]e|copying)([-.].*)?$/i;

/** The text that THIRD_PARTY.md must have now. Throws if a bundled package has no licence text. */
export async function thirdParty() {
  const metafiles = await build({ write: false });
  // What was read but left out of every bundle is not passed on.
  const used = metafiles.flatMap((it) =>
    Object.values(it.outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const names = new Set(used.flatMap(packageOf));
  const parts = [...names].sort().map((folder) => packagePart(folder));
  return [
    '# What others wrote',
    '',
    'Faultline is MIT-licensed. Its bundles and grammars contain the works below; this file is written by',
    '`node scripts/third-party.mjs`.',
    '',
    ...parts,
    ...grammarParts(),
  ].join('\n');
}

/** Folder of the package that a bundled file belongs to, from the checkout's root; none for our own files. */
function packageOf(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match === null ? [] : [match[1]];
}

function packagePart(folder) {
  const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'));
  const file = readdirSync(inRoot(folder)).find((it) => LICENCE_FILE.test(it));
  if (file === undefined) throw new Error(`${name} ${version} is bundled but has no licence file`);
  return part(`${name} ${version}`, license, readFileSync(inRoot(folder, file), 'utf8'));
}

/** Grammars are built elsewhere; grammars/LICENSES holds one `<name>@<version>-<licence>.txt` for each. */
function grammarParts() {
  const folder = inRoot('grammars', 'LICENSES');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const named = /^(.+)@([\d.]+)-(.+)\.txt$/.exec(file);
      if (named === null)
        throw new Error(`grammars/LICENSES/${file} is not named <name>@<version>-<licence>.txt`);
      const text = readFileSync(inRoot('grammars', 'LICENSES', file), 'utf8');
      return part(`${named[1]} ${named[2]}`, named[3], text);
    });
}

const part = (title, licence, text) =>
  `## ${title} (${licence})\n\n\`\`\`text\n${text.replaceAll('\r', '').trim()}\n\`\`\`\n`;

if (isMain(import.meta.url)) {
  try {
    const text = await thirdParty();
    if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
    else if (!existsSync(TARGET) || readFileSync(TARGET, 'utf8') !== text)
      fail('THIRD_PARTY.md is not up to date; run node scripts/third-party.mjs');
  } catch (error) {
    fail(`third-party: ${error.message}`);
  }
}
