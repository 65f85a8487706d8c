// npm test: every check of the project, one short line each, and `N passed, M failed` at the end.
// `npm test -- <stage>…` runs some stages; this file runs on a bare Node and installs what the stages need.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { ARTIFACTS, fail, inRoot, node, ROOT } from './common.mjs';
import { setup } from './setup.mjs';

/**
 * Stages in their order. Each is given a function to call with the outcome of every check: its name, how many tests
 * passed and failed in it (one for a plain check), and what a person must read if it failed.
 */
const STAGES = { format, lint, types, hygiene, unit, package: packaging, host };

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in STAGES));
if (unknown !== undefined) fail(`test: unknown stage ${unknown}; known: ${Object.keys(STAGES).join(', ')}`);

let passed = 0;
let failed = 0;
let skipped = 0;
let stage = 'setup';
let packaged = false;

await setup();
await attempt('build', build);
for (const [name, run] of Object.entries(STAGES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = Date.now();
  await attempt(name, run);
  console.log(`        ${name} took ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Runs a stage; one that throws counts as one failed check. */
async function attempt(name, run) {
  stage = name;
  try {
    await run(check);
  } catch (error) {
    check(`${name} could not run`, { failed: 1, text: String(error?.stack ?? error) });
  }
}

/** Counts and prints the outcome of a check. Without numbers: passed if there is no text to read. */
function check(name, outcome = {}) {
  const bad = outcome.failed ?? (outcome.text ? 1 : 0);
  const good = outcome.passed ?? (bad > 0 ? 0 : 1);
  passed += good;
  failed += bad;
  skipped += outcome.skipped ?? 0;
  const count = good + bad > 1 ? ` (${good}${bad > 0 ? ` of ${good + bad}` : ''})` : '';
  const left = outcome.skipped ? `, ${outcome.skipped} skipped` : '';
  const state = bad > 0 ? 'FAILED' : good > 0 ? 'ok    ' : 'skip  ';
  console.log(`${state}  ${stage}: ${name}${count}${left}`);
  if (bad > 0 && outcome.text) console.log(outcome.text.trimEnd().replace(/^/gm, '        '));
}

/** A check that passes if a tool of the checkout exits with 0. */
async function tool(name, args) {
  const { code, text } = await node(args);
  check(name, { failed: code === 0 ? 0 : 1, text: text || `exit code ${code}` });
}

/** The program file of an installed tool. */
function bin(name, file) {
  return inRoot('node_modules', ...name.split('/'), file);
}

async function build(report) {
  const { build: buildAll } = await import('./build.mjs');
  await buildAll();
  report('all bundles');
}

async function format() {
  await tool('prettier --check', [
    bin('prettier', 'bin/prettier.cjs'),
    '--check',
    '--log-level',
    'warn',
    '.',
  ]);
}

async function lint() {
  await tool('eslint', [bin('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.']);
}

async function types() {
  for (const project of ['tsconfig.json', 'client/tsconfig.json'].filter((it) => existsSync(inRoot(it))))
    await tool(`tsc -p ${project}`, [bin('typescript', 'bin/tsc'), '-p', project]);
}

async function hygiene(report) {
  const { hygiene: checks } = await import('./hygiene.mjs');
  for (const { name, problems } of checks()) report(name, { text: problems.join('\n') });
  const { thirdParty } = await import('./third-party.mjs');
  const stale = readFileSync(inRoot('THIRD_PARTY.md'), 'utf8') !== (await thirdParty());
  report('THIRD_PARTY.md names what is bundled', {
    text: stale ? 'it is not up to date; run node scripts/third-party.mjs' : '',
  });
}

async function unit(report) {
  await vitest(report, ['run'], 'unit.json');
}

async function packaging(report) {
  const { makeVsix, packageProblems } = await import('./package.mjs');
  const result = await makeVsix();
  packaged = true;
  const size = `${result.files.length} files, ${(result.bytes / 1024 / 1024).toFixed(2)} MB`;
  report(`contents of the VSIX: ${size}`, { text: packageProblems(result).join('\n') });
}

async function host(report) {
  if (!packaged) await (await import('./package.mjs')).makeVsix();
  const { code, text } = await node(['--import', 'tsx', inRoot('test', 'host', 'run-inside.ts')]);
  const results = text.split(/^(?=(?:ok|FAILED) {2})/m).filter((part) => /^(ok|FAILED) {2}/.test(part));
  for (const part of results) {
    const [, state, name, message] = /^(ok|FAILED) {2}(.*)\n?([^]*)$/.exec(part);
    report(name, { text: state === 'ok' ? '' : message.slice(0, 1500) || 'no message' });
  }
  if (results.length === 0) report('in the extension host', { text: text || `exit code ${code}` });
  if (process.platform !== 'linux') {
    report('in the browser: skipped, it needs Linux', { passed: 0, failed: 0, skipped: 1 });
    return;
  }
  await vitest(report, ['run', '--config', 'test/host/vitest.config.ts'], 'host-browser.json', true);
}

/** Runs Vitest and reports each file, or each test, from its JSON report; failures are told with their messages. */
async function vitest(report, args, reportName, eachTest = false) {
  const file = inRoot('artifacts', reportName);
  rmSync(file, { force: true });
  const options = ['--reporter=json', `--outputFile=${file}`];
  const { code, text } = await node([bin('vitest', 'vitest.mjs'), ...args, ...options]);
  if (!existsSync(file)) throw new Error(`vitest wrote no report to ${relative(ROOT, ARTIFACTS)}:\n${text}`);
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  if (testResults.length === 0) throw new Error(`vitest found no tests:\n${text}`);
  let broken = 0;
  for (const suite of testResults) {
    const outcome = suiteOutcome(suite);
    broken += outcome.failed;
    const tests = eachTest ? suite.assertionResults : [];
    for (const test of tests)
      report(test.title, suiteOutcome({ status: test.status, assertionResults: [test] }));
    // What went wrong around the tests, such as a host that did not start, is a failure of the file.
    const around = outcome.failed > 0 && !tests.some((it) => it.status === 'failed');
    if (tests.length === 0) report(relative(ROOT, suite.name), outcome);
    else if (around) report(relative(ROOT, suite.name), { ...outcome, passed: 0, skipped: 0 });
  }
  if (code !== 0 && broken === 0) report('vitest', { text: text.slice(-3000) || `exit code ${code}` });
}

function suiteOutcome(suite) {
  const count = (...states) => suite.assertionResults.filter((it) => states.includes(it.status)).length;
  const bad = suite.assertionResults.filter((it) => it.status === 'failed');
  const texts = bad.map(
    (it) => `${it.fullName}\n${it.failureMessages.join('\n').split('\n').slice(0, 25).join('\n')}`,
  );
  const loaded = suite.assertionResults.length > 0 || suite.status === 'passed';
  if (!loaded || (suite.status === 'failed' && bad.length === 0))
    texts.unshift(suite.message || 'the file failed');
  return {
    passed: count('passed'),
    failed: Math.max(bad.length, texts.length > 0 ? 1 : 0),
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
    text: texts.join('\n'),
  };
}
