// What both checks of models against packages begin with: the pins of a language, its compiled models, and the folder that
// keeps the packages.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { compileRules, printProblems } from '../server/src/rules/compile.ts';
import { stepOf } from '../server/src/rules/compiled.ts';
import type { Models } from '../server/src/rules/compiled.ts';
import type { PathStep } from '../server/src/rules/path.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

export interface Pins {
  /** Package and version, by the name it is installed by. */
  readonly packages: Readonly<Record<string, string>>;
  /** Paths that are right all the same (other versions have them, or they are made at run time), each with the reason. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

/** The pins of a language. Throws if the file is missing or broken. */
export const pinsOf = (language: string): Pins =>
  parse(readFileSync(join(ROOT, 'rules', 'models', language, 'PINS.yaml'), 'utf8')) as Pins;

/** The models of a language; lists what is wrong with the rule files and exits with 1 if anything is. */
export function modelsOf(language: string): Models {
  const { rules, problems } = compileRules(ruleFiles());
  if (problems.length > 0) {
    console.error(printProblems(problems));
    process.exit(1);
  }
  return rules.models[language]!;
}

/** Nodes that rows speak of. */
export function rowNodes(models: Models): number[] {
  const nodes = new Set<number>();
  for (let i = 0; i < models.uses.length; i += 2) nodes.add(models.uses[i]!);
  for (let i = 0; i < models.is.length; i += 2) nodes.add(models.is[i]!);
  return [...nodes].sort((a, b) => a - b);
}
/** The package (or other root) and the steps that lead from it to a node. */
export function stepsOf(models: Models, node: number): { root: string; steps: PathStep[] } {
  const steps: PathStep[] = [];
  let at = node;
  for (; models.nodes[at * 2]! >= 0; at = models.nodes[at * 2]!) steps.unshift(stepOf(labelOf(models, at)));
  return { root: labelOf(models, at), steps };
}
const labelOf = (models: Models, node: number): string => models.labels[models.nodes[node * 2 + 1]!]!;

function ruleFiles(): { file: string; text: string }[] {
  const rules = join(ROOT, 'rules');
  return readdirSync(rules, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.yaml') && !it.endsWith('PINS.yaml'))
    .map((it) => ({ file: relative(ROOT, join(rules, it)), text: readFileSync(join(rules, it), 'utf8') }));
}
