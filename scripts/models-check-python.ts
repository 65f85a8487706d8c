// Holds Python's models to the packages they describe: `npx tsx scripts/models-check-python.ts [--offline] [--verbose]`.
// The pinned packages are unpacked beside each other and read, never run: names of modules, functions, classes and their
// members come from stubs and source. A path is contradicted when what stands before a step is known and has no such step.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Models } from '../server/src/rules/compiled.ts';
import { type Pins, ROOT, modelsOf, pinsOf, rowNodes, stepsOf } from './models-common.ts';

const CACHE = join(ROOT, '.cache', 'models-python');

function main(): void {
  const pins = pinsOf('python');
  if (!process.argv.includes('--offline')) install(pins);
  const paths = pathsOf(modelsOf('python'));
  const asked = JSON.stringify(paths.map((it) => it.keys));
  const script = join(ROOT, 'scripts', 'models-names.py');
  const answer = execFileSync('python3', ['-I', script, CACHE], {
    input: asked,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  const verdicts = JSON.parse(answer) as (string | null)[];
  const wrong = new Set<string>();
  let known = 0;
  let unknown = 0;
  verdicts.forEach((it, i) => {
    if (it === 'known') known++;
    else if (it === null) unknown++;
    else if (!excused(pins, paths[i]!.name)) wrong.add(`${paths[i]!.name}: ${it}`);
    if (it === null && process.argv.includes('--verbose')) console.log(`not decided: ${paths[i]!.name}`);
  });
  console.log(`models: ${known} names agree with their packages, ${unknown} cannot be decided.`);
  if (wrong.size === 0) return;
  console.error(`${wrong.size} contradict their packages:\n  ${[...wrong].sort().join('\n  ')}`);
  process.exit(1);
}

/** Unpacks the pinned packages without running any of their code; nothing happens if they are there already. */
function install(pins: Pins): void {
  const list = join(CACHE, 'pins.txt');
  const wanted = Object.entries(pins.packages).map(([name, version]) => `${name}==${version}`);
  if (existsSync(list) && readFileSync(list, 'utf8') === wanted.join('\n')) return;
  mkdirSync(CACHE, { recursive: true });
  const options = [
    '--target',
    CACHE,
    '--upgrade',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--no-compile',
    '--quiet',
  ];
  execFileSync('python3', ['-m', 'pip', 'install', ...options, ...wanted], { stdio: 'inherit' });
  writeFileSync(list, wanted.join('\n'));
}

/** The names that rows speak of: members of packages, and members of instances of their classes (`()` between). */
function pathsOf(models: Models): { name: string; keys: string[] }[] {
  const res = new Map<string, string[]>();
  for (const node of rowNodes(models)) {
    const { root, steps } = stepsOf(models, node);
    if (root.startsWith('%') || root === 'global' || root === 'DB-API') continue;
    const keys = [root];
    for (const it of steps) {
      if (it.s === 'call') keys.push('()');
      else if (it.s === 'member' && typeof it.key === 'string' && /^\w+$/.test(it.key)) keys.push(it.key);
      else break;
    }
    res.set(keys.join('.'), keys);
  }
  return [...res].map(([name, keys]) => ({ name, keys }));
}
/** Whether PINS.yaml says that the path, or one before it, is right all the same. */
const excused = (pins: Pins, name: string): boolean =>
  Object.keys(pins.elsewhere ?? {}).some((it) => name === it || name.startsWith(`${it}.`));

main();
