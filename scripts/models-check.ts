// Holds the models to the type declarations of the packages they describe: `npm run models:check [-- --offline] [--verbose]`.
// A row is contradicted when a package's types know the value before a step and know no such step; anything else that
// cannot be decided (no types, `any`, conventions such as `%file:`) is only counted. Exits 1 on a contradiction.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import type { Models } from '../server/src/rules/compiled.ts';
import { printPath } from '../server/src/rules/path.ts';
import { type Pins, ROOT, modelsOf, pinsOf, rowNodes, stepsOf } from './models-common.ts';
import { createResolver } from './models-types.ts';

const CACHE = join(ROOT, '.cache', 'models');

function main(): void {
  const pins = pinsOf('javascript');
  if (!process.argv.includes('--offline')) install(pins);
  const models = modelsOf('javascript');
  const checker = createResolver(models, packagesOf(models), CACHE);
  const contradicted: string[] = [];
  const unverifiable = new Map<string, number>();
  let verified = 0;
  for (const node of rowNodes(models)) {
    const name = nameOf(models, node);
    const verdict = checker.verdict(node);
    if (verdict.v === 'known') verified++;
    else if (verdict.v === 'unknown') count(unverifiable, rootOf(models, node));
    else if (!excused(pins, nameOf(models, verdict.at))) contradicted.push(`${name}: ${verdict.why}`);
  }
  console.log(`models: ${verified} API paths agree with the types of their packages.`);
  const total = [...unverifiable.values()].reduce((sum, it) => sum + it, 0);
  console.log(
    `${total} cannot be verified, by package: ${[...unverifiable].map(([k, n]) => `${k} ${n}`).join(', ')}.`,
  );
  if (contradicted.length === 0) return;
  console.error(
    `${contradicted.length} contradict the types:\n  ${[...new Set(contradicted)].sort().join('\n  ')}`,
  );
  process.exit(1);
}

/** Installs the pinned packages without running any of their scripts; nothing happens if they are there already. */
function install(pins: Pins): void {
  const manifest = join(CACHE, 'package.json');
  const text = `${JSON.stringify({ private: true, dependencies: pins.packages }, null, 2)}\n`;
  if (
    existsSync(join(CACHE, 'node_modules')) &&
    existsSync(manifest) &&
    readFileSync(manifest, 'utf8') === text
  )
    return;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(manifest, text);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    '--loglevel=error',
  ];
  execFileSync(npm, options, { cwd: CACHE, stdio: 'inherit' });
}

/** Packages whose declarations are at hand: Node's own modules and what is pinned. */
function packagesOf(models: Models): string[] {
  const names: string[] = [];
  for (let i = 0; i < models.nodes.length; i += 2) {
    if (models.nodes[i]! >= 0) continue;
    const name = models.labels[models.nodes[i + 1]!]!;
    const folder = name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0]!;
    const types = `@types/${folder.replace('@', '').replace('/', '__')}`;
    if (
      builtinModules.includes(name) ||
      [folder, types].some((it) => existsSync(join(CACHE, 'node_modules', it)))
    ) {
      names.push(name);
    }
  }
  return names;
}

const rootOf = (models: Models, node: number): string => stepsOf(models, node).root;

function nameOf(models: Models, node: number): string {
  const { root, steps } = stepsOf(models, node);
  return root === 'global' ? `global.${printPath(root, steps)}` : printPath(root, steps);
}

/** Whether PINS.yaml says that the path, or one before it, exists in another version. */
function excused(pins: Pins, name: string): boolean {
  return Object.keys(pins.elsewhere ?? {}).some(
    (it) => name === it || new RegExp(`^${escape(it)}$`).test(name),
  );
}
/** Text to expression, `*` standing for a name. */
function escape(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[\\w$]+');
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

main();
