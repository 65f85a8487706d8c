// Compiles rules/**/*.yaml into dist/rules.json, with the schema of project settings that names them beside it:
// `node scripts/rules.mjs [--check] [--docs]`. --check writes nothing, --docs also writes the pages of docs/rules/.
// Exits 1 and lists every problem as file:line:column if a rule file is broken; then nothing is written either.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writePages } from './rules-docs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const { compileRules, printProblems } = await importTypeScript('server/src/rules/compile.ts');
const files = ruleFiles().map((path) => ({ file: relative(root, path), text: readFileSync(path, 'utf8') }));
const { rules, problems } = compileRules(files);

if (problems.length > 0) {
  console.error(printProblems(problems));
  console.error(`${problems.length} problem(s) in the rule files; dist/rules.json is not written.`);
  process.exit(1);
}
const json = JSON.stringify(rules);
if (!process.argv.includes('--check')) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist/rules.json'), json);
  const { configSchema } = await importTypeScript('server/src/project/schema.ts');
  const { knownRules } = await importTypeScript('server/src/project/folder.ts');
  writeFileSync(
    join(root, 'dist/faultline.schema.json'),
    JSON.stringify(configSchema(knownRules(rules).ids)),
  );
}
if (process.argv.includes('--docs')) {
  const { loadRules } = await importTypeScript('server/src/rules/index.ts');
  const pages = writePages(join(root, 'docs', 'rules'), rules, (language) => loadRules(rules, language));
  console.log(`docs/rules: ${pages} pages`);
}
const rows = Object.values(rules.models).reduce((sum, it) => sum + it.uses.length / 2, 0);
console.log(
  `rules: ${rules.kinds.length} kinds, ${rules.checks.length} built-in checks, ${files.length - rules.kinds.length - rules.checks.length} models, ${rows} roles, ${Math.round(json.length / 1024)} kB`,
);

/** Every .yaml below rules/kinds and rules/models, sorted; PINS.yaml is not a rule file. */
function ruleFiles() {
  return readdirSync(join(root, 'rules'), { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.yaml') && !it.endsWith('PINS.yaml'))
    .sort()
    .map((it) => join(root, 'rules', it));
}

/** Bundles a module in memory and imports it, so that this script runs on plain Node. */
async function importTypeScript(entry) {
  const result = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///');" },
  });
  const source = Buffer.from(result.outputFiles[0].text).toString('base64');
  return import(`data:text/javascript;base64,${source}`);
}
