// Holds the samples to their own descriptions: what SAMPLES.md lists is found, and nothing else is.
// It runs the built command line program, so the samples, the rules and the bundles are checked together.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Each sample, and how many files of it are analysed. */
const SAMPLES: readonly (readonly [string, number])[] = [
  ['shop', 11],
  ['desk', 7],
];
const CLI = join(ROOT, 'dist', 'cli.js');

/** `file kind underlined` of every row of the first table. */
function described(folder: string): string[] {
  const text = readFileSync(join(folder, 'SAMPLES.md'), 'utf8');
  const table = text.slice(text.indexOf('## To be found'), text.indexOf('## Not to be found'));
  return table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [file, kind, code] = line
        .split(/(?<!\\)\|/)
        .slice(1, 4)
        .map((cell) => cell.trim().replaceAll('\\|', '|'));
      return `${unquote(file!)} ${unquote(kind!)} ${unquote(code!)}`;
    })
    .sort();
}

/** The code of a Markdown code span. */
const unquote = (cell: string) => cell.replace(/^(`+) ?(.*?) ?\1$/, '$2');

interface JsonReport {
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string;
    readonly range: {
      readonly start: { readonly line: number; readonly column: number };
      readonly end: { readonly line: number; readonly column: number };
    };
  }[];
  readonly summary: { readonly analysed: number; readonly failed: number };
}

/** Runs the program; a scan with findings exits with 1, which is no failure here. */
function scan(folder: string): Promise<JsonReport> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [CLI, 'scan', folder, '--format', 'json'],
      { cwd: folder },
      (error, stdout, stderr) => {
        if (error !== null && error.code !== 1)
          reject(new Error(`faultline scan failed: ${stderr || error.message}`));
        else resolve(JSON.parse(stdout) as JsonReport);
      },
    );
  });
}

/** The one-line code of a finding. */
function codeAt(folder: string, { file, range }: JsonReport['findings'][number]): string {
  const line = readFileSync(join(folder, file), 'utf8').split('\n')[range.start.line - 1] ?? '';
  const end = range.end.line === range.start.line ? range.end.column - 1 : undefined;
  return line.slice(range.start.column - 1, end);
}

test.each(SAMPLES)(
  '%s has the findings that its SAMPLES.md lists, and no others',
  { timeout: 60_000 },
  async (name, analysed) => {
    const folder = join(ROOT, 'samples', name);
    if (!existsSync(CLI)) throw new Error('dist/cli.js is missing; run npm run build first');
    const report = await scan(folder);
    const found = report.findings.map((it) => `${it.file} ${it.rule} ${codeAt(folder, it)}`).sort();
    const wanted = described(folder);
    const problems = [
      ...wanted.filter((it) => !found.includes(it)).map((it) => `not found: ${it}`),
      ...found.filter((it) => !wanted.includes(it)).map((it) => `not described: ${it}`),
    ];
    if (problems.length > 0) throw new Error(problems.join('\n'));
    expect(found).toEqual(wanted);
    expect(report.summary).toMatchObject({ analysed, failed: 0 });
  },
);
