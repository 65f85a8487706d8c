// npm run bench: the speed of the engine on real files, beside what the bare parser takes for the same work.
// Figures are also printed as `bench: NAME = NUMBER UNIT` and compared with bench/last.json, which --record writes.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { builtRules, createEngine } from '../server/src/engine/in-process.ts';
import { createWorkerEngine } from '../server/src/engine/worker-client.ts';
import { typeInto } from './keystrokes.ts';
import { scanFolder } from './scan.ts';
import { SCANNED, SUBJECTS } from './subjects.ts';
import { verifyBench } from './verify.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LAST = join(ROOT, 'bench', 'last.json');

interface Figure {
  readonly value: number;
  readonly unit: string;
}

const { values: options, positionals: scorerOptions } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    corpora: { type: 'string' },
    tools: { type: 'string' },
    'skip-memory': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
  allowPositionals: true,
});

await main();

async function main(): Promise<void> {
  const [what] = scorerOptions;
  if (what === 'verify') {
    if (options.corpora === undefined) return fail('verify needs --corpora with a folder of corpora.');
    return verifyBench(options.corpora, options.only);
  }
  if ((options.corpora === undefined) !== (options.tools === undefined))
    return fail('--corpora and --tools are given together: a folder of corpora, and a scorer or its folder.');
  const last = existsSync(LAST) ? (JSON.parse(readFileSync(LAST, 'utf8')) as Record<string, Figure>) : {};
  const figures: Record<string, Figure> = {};
  const tell = (name: string, value: number, unit: string): void => {
    const rounded = Number(value.toPrecision(3));
    figures[name] = { value: rounded, unit };
    const old = last[name];
    const change = old && old.value !== 0 ? ((rounded - old.value) / old.value) * 100 : 0;
    console.log(`bench: ${name} = ${rounded} ${unit}`);
    if (old)
      console.log(`       last ${old.value} ${old.unit}, ${change >= 0 ? '+' : ''}${change.toFixed(0)} %`);
  };

  const inProcess = await createEngine(builtRules());
  await scanFigures(tell);
  await inProcess.dispose();
  await typingFigures(tell);
  memoryFigure(tell);
  if (options.corpora !== undefined && options.tools !== undefined) quality(options.corpora, options.tools);
  if (!options.record) return;
  writeFileSync(LAST, JSON.stringify(figures, undefined, 2) + '\n');
  console.log('recorded in bench/last.json');

  async function scanFigures(say: typeof tell): Promise<void> {
    const it = await scanFolder(inProcess, join(ROOT, 'node_modules', SCANNED));
    console.log(
      `scan of ${SCANNED}: ${it.files} files, ${it.lines} lines, ${it.findings} findings in ${it.scan.toFixed(0)} ms; ` +
        `bare parse ${it.parse.toFixed(0)} ms`,
    );
    say('scan.ratio', it.scan / it.parse, 'times');
    say('scan.files_per_s', it.files / (it.scan / 1000), 'files/s');
    say('memory.scan', it.memory, 'MB');
  }
}

/** Types through the worker, as the editor does. */
async function typingFigures(tell: (name: string, value: number, unit: string) => void): Promise<void> {
  const engine = createWorkerEngine();
  for (const subject of SUBJECTS)
    for (const [size, file] of subject.typed) {
      const it = await typeInto(engine, join(ROOT, 'node_modules', file), subject);
      console.log(
        `typing into ${file} (${it.lines} lines): median ${it.p50.toFixed(1)} ms, 95 % below ${it.p95.toFixed(1)} ms; ` +
          `bare parse ${it.parse.toFixed(2)} ms`,
      );
      const name = `keystroke.${subject.language}.${size}`;
      tell(`${name}.p50`, it.p50, 'ms');
      tell(`${name}.p95`, it.p95, 'ms');
      tell(`${name}.ratio`, it.p50 / it.parse, 'times');
    }
  await engine.dispose();
}

/** Scans as many files as a large project has, in a process of its own; that takes minutes, so it can be left out. */
function memoryFigure(tell: (name: string, value: number, unit: string) => void): void {
  if (options['skip-memory']) return;
  const args = [join(ROOT, 'bench', 'memory.ts'), join(ROOT, 'node_modules'), '8000'];
  const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) return fail(`the scan of 8,000 files ended with exit code ${status}.`);
  tell('memory.scan8000', Number(stdout) / 1e6, 'MB');
}

/** Has a scorer run the command line program on labelled code; what stands behind `--` is handed to the scorer. */
function quality(corpora: string, tools: string): void {
  const given = resolve(tools);
  if (!existsSync(given)) return fail(`${tools} does not exist.`);
  const scorer = statSync(given).isDirectory() ? join(given, 'quality.mjs') : given;
  const args = [scorer, '--project', ROOT, '--corpora', resolve(corpora), ...scorerOptions];
  const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail(`${scorer} ended with ${error?.message ?? `exit code ${status}`}.`);
}

function fail(message: string): void {
  console.error(`bench: ${message}`);
  process.exitCode = 2;
}
