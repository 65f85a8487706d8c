// Holds Python's models to the packages they describe: `npx tsx scripts/models-check-python.ts [--offline] [--verbose]`.
// The pinned packages are unpacked beside each other and read, never run: names of modules, functions, classes and their
// members come from stubs and source. A path is contradicted when what stands before a step is known and has no such step.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { compileRules, printProblems } from '../server/src/rules/compile.ts';
import { stepOf } from '../server/src/rules/compiled.ts';
import type { Models } from '../server/src/rules/compiled.ts';
import type { PathStep } from '../server/src/rules/path.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const MODELS = join(ROOT, 'rules', 'models', 'python');
const CACHE = join(ROOT, '.cache', 'models-python');

interface Pins {
  /** Package and version, by the name it is installed by. */
  readonly packages: Readonly<Record<string, string>>;
  /** Paths that other versions have, or that are made at run time, each with the reason as its value. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

function main(): void {
  const pins = parse(readFileSync(join(MODELS, 'PINS.yaml'), 'utf8')) as Pins;
  if (!process.argv.includes('--offline')) install(pins);
  const { rules, problems } = compileRules(ruleFiles());
  if (problems.length > 0) {
    console.error(printProblems(problems));
    process.exit(1);
  }
  const paths = pathsOf(rules.models['python']!);
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

function ruleFiles(): { file: string; text: string }[] {
  const rules = join(ROOT, 'rules');
  return readdirSync(rules, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.yaml') && !it.endsWith('PINS.yaml'))
    .map((it) => ({ file: relative(ROOT, join(rules, it)), text: readFileSync(join(rules, it), 'utf8') }));
}

/** The names that rows speak of: members of packages, and members of instances of their classes (`()` between). */
function pathsOf(models: Models): { name: string; keys: string[] }[] {
  const nodes = new Set<number>();
  for (let i = 0; i < models.uses.length; i += 2) nodes.add(models.uses[i]!);
  for (let i = 0; i < models.is.length; i += 2) nodes.add(models.is[i]!);
  const res = new Map<string, string[]>();
  for (const node of [...nodes].sort((a, b) => a - b)) {
    const steps: PathStep[] = [];
    let at = node;
    for (; models.nodes[at * 2]! >= 0; at = models.nodes[at * 2]!) steps.unshift(stepOf(labelOf(models, at)));
    const root = labelOf(models, at);
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
const labelOf = (models: Models, node: number): string => models.labels[models.nodes[node * 2 + 1]!]!;

/** Whether PINS.yaml says that the path, or one before it, is right all the same. */
const excused = (pins: Pins, name: string): boolean =>
  Object.keys(pins.elsewhere ?? {}).some((it) => name === it || name.startsWith(`${it}.`));

main();
