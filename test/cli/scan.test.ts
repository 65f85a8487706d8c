// `faultline scan` from arguments to exit code, on the real engine.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.ts';
import type { CompiledRules } from '../../server/src/rules/index.ts';
import { engineHere } from '../../server/src/cli/surroundings.ts';
import { tree } from '../project/tree.ts';
import { collector, faultline, readJson, SHOP } from './run.ts';

interface Json {
  readonly summary: Readonly<Record<string, number>>;
  readonly root: string;
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string;
    readonly range: { readonly start: { readonly line: number } };
    readonly suppressed?: { readonly reason: string };
    readonly paths: readonly { readonly steps: readonly { readonly file: string }[] }[];
  }[];
  readonly skipped: readonly {
    readonly file: string;
    readonly reasons: readonly { readonly code: string }[];
  }[];
  readonly failed: readonly {
    readonly file: string;
    readonly reasons: readonly { readonly code: string }[];
  }[];
  readonly remarks: readonly { readonly text: string }[];
}

async function json(root: string, ...args: string[]): Promise<Json & { code: number }> {
  const { out, code } = await faultline(root, ['scan', '--format', 'json', ...args]);
  return { ...(JSON.parse(out) as Json), code };
}

/** An engine around the real one with some answers replaced. */
const engineWith =
  (change: (real: Engine) => Partial<Engine>) =>
  async (rules: CompiledRules): Promise<Engine> => {
    const real = await engineHere(rules);
    const bound: Record<string, unknown> = { ...real, ...change(real) };
    return bound as unknown as Engine;
  };

describe('a scan', () => {
  test('prints findings with code and path, and exits with 1', async () => {
    const root = tree(SHOP);
    const { code, out, err } = await faultline(root, ['scan', '.']);
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toMatch(/^src\/db\.js:4:\d+ {2}error {2}sql {2}CWE-89, high confidence, id [0-9a-f]{10}\n/);
    expect(out).toContain(
      '  4 │   return pool.query("select * from users where name = \'" + name + "\'");\n',
    );
    expect(out).toMatch(/ {3}1\. src\/app\.js:5:\d+ +\S.* \(source\)\n/);
    expect(out).toMatch(/\d\. src\/db\.js:4:\d+ +\S.* \(sink\)\n/);
    expect(out).toMatch(/\n1 finding: 1 error\.\n3 files analysed; \d+ lines in \d\.\d s\.\n/);
  });

  test('without findings exits with 0', async () => {
    const root = tree({ 'a.js': 'console.log(1);\n', 'empty.ts': '' });
    const { code, out } = await faultline(root, ['scan', root]);
    expect(out).toMatch(/^No findings\.\n2 files analysed; 1 line in /);
    expect(code).toBe(0);
  });

  test('of one file knows that file only, and names it from the working folder', async () => {
    const root = tree(SHOP);
    expect(await json(root, 'src/db.js')).toMatchObject({ code: 0, root, findings: [] });
    const both = await json(root, 'src/db.js', 'src/app.js');
    expect(both.findings.map((it) => it.file)).toEqual(['src/db.js']);
  });

  test('gives the same report whatever the workers, the order of paths and the folder it is called from', async () => {
    const root = tree(SHOP);
    const steady = ({ findings, summary }: Json): unknown => ({ findings, summary });
    const one = steady(await json(root, '.', '--workers', '1'));
    expect(steady(await json(root, '.', '--workers', '2'))).toEqual(one);
    expect(steady(await json('/', root))).toEqual(one);
    expect(
      steady(await json(root, 'src/safe.js', 'src/db.js', 'src/app.js', 'package.json', '.')),
    ).toMatchObject({
      findings: (one as Json).findings,
    });
  });

  test('hides what is below the asked severity or confidence, and says so', async () => {
    const root = tree(SHOP);
    const { findings } = await json(root, '.', '--severity', 'error', '--confidence', 'high');
    expect(findings).toHaveLength(1);
    const low = engineWith((real) => ({
      async *scan(...args) {
        for await (const it of real.scan(...args)) {
          if (it.type !== 'report') continue;
          const weaker = it.report.findings.map((finding) => ({ ...finding, confidence: 'low' as const }));
          yield { type: 'report', report: { ...it.report, findings: weaker } };
        }
      },
    }));
    const { code, out } = await faultline(root, ['scan', '.', '--confidence', 'medium'], { engine: low });
    expect(out).toContain('No findings (1 below the asked severity or confidence).\n');
    expect(code).toBe(0);
  });
});

describe('suppression comments', () => {
  const suppressed = (comment: string): Readonly<Record<string, string>> => ({
    ...SHOP,
    'src/db.js': SHOP['src/db.js']!.replace('  return', `  // ${comment}\n  return`),
  });

  test('take findings out of the text and the exit code, and are marked elsewhere', async () => {
    const root = tree(suppressed('faultline-ignore: sql -- names are checked'));
    const { code, out } = await faultline(root, ['scan', '.']);
    expect(out).toMatch(/^No findings \(1 suppressed in the code\)\.\n/);
    expect(code).toBe(0);
    const report = await json(root, '.');
    expect(report.findings).toMatchObject([{ rule: 'sql', suppressed: { reason: 'names are checked' } }]);
    const sarif = await faultline(root, ['scan', '.', '--format', 'sarif']);
    expect(sarif.out).toContain('"justification": "names are checked"');
  });

  test('that ended or suppress nothing are remarked on', async () => {
    const root = tree(suppressed('faultline-ignore: sql until 2026-01-31 -- for now'));
    const january = await faultline(root, ['scan', '.'], { now: () => new Date(2026, 0, 31, 12) });
    expect(january.code).toBe(0);
    const february = await faultline(root, ['scan', '.'], { now: () => new Date(2026, 1, 1, 12) });
    expect(february.code).toBe(1);
    expect(february.out).toMatch(/note {2}src\/db\.js:4 {2}.*2026-01-31/);
    const unused = await faultline(tree({ 'a.js': '// faultline-ignore: sql -- x\nf();\n' }), ['scan', '.']);
    expect(unused.out).toMatch(/note {2}a\.js:1 {2}\S/);
  });
});

describe('failures', () => {
  test('a file that is not UTF-8 is named, the rest is analysed, and 2 outranks 1', async () => {
    const root = tree({ ...SHOP, 'src/old.js': Buffer.from('// caf\xe9\n', 'latin1') });
    const { code, out } = await faultline(root, ['scan', '.']);
    expect(code).toBe(2);
    expect(out).toContain('could not be analysed\n  src/old.js: byte 0xE9 at offset 6 (line 1) is not UTF-8');
    expect(out).toContain('1 finding: 1 error.\n3 files analysed, 1 failed;');
    const quiet = await faultline(root, ['scan', '.', '--quiet', '--format', 'sarif']);
    expect(quiet.err).toMatch(/^could not be analysed\n {2}src\/old\.js/);
    expect(JSON.parse(quiet.out)).toMatchObject({
      runs: [{ invocations: [{ executionSuccessful: false }] }],
    });
  });

  test('odd files are skipped or failed with a reason, never fatal', async () => {
    const root = tree({
      'big.js': Buffer.alloc(20 * 1024 * 1024, 'a;\n'),
      'line.js': `var a = "${'x'.repeat(900 * 1024)}";`,
      'empty.js': '',
      'folder.js/inside.js': 'f();\n',
      'broken.js': 'function ( { if (',
      'null.js': 'a\0b',
    });
    execFileSync('mkfifo', [join(root, 'pipe.js')]);
    execFileSync('ln', ['-s', '.', join(root, 'loop')]);
    const report = await json(root, '.');
    expect(report.skipped.map((it) => `${it.file} ${it.reasons[0]!.code}`)).toEqual([
      'big.js too-large',
      'line.js long-lines',
      'loop/ symlink',
      'null.js binary',
      'pipe.js not-a-file',
    ]);
    expect(report.failed).toEqual([]);
    expect(report.summary).toMatchObject({ analysed: 3, partial: 1 });
    expect(report.code).toBe(0);
  });

  test('a file that is deleted during the scan is a failure', async () => {
    const root = tree({ 'a.js': 'f();\n', 'b.js': 'f();\n', 'c.js': 'f();\n' });
    // The first thing that the progress bar shows is the first file found: then the next one goes.
    const bar = collector({
      isTTY: true,
      columns: 80,
      cursorTo: () => true,
      clearLine: () => true,
    } as object);
    const write = bar.stream.write.bind(bar.stream) as (...args: unknown[]) => boolean;
    bar.stream.write = (...args: unknown[]) => {
      rmSync(join(root, 'b.js'), { force: true });
      return write(...args);
    };
    const { code, out } = await faultline(root, ['scan', '.'], { stderr: bar.stream });
    expect(out).toContain('  b.js: the file was deleted or moved during the scan (vanished)\n');
    expect(out).toContain('2 files analysed, 1 failed; 2 lines');
    expect(code).toBe(2);
    const gone = await faultline(root, ['scan', 'b.js']);
    expect(gone).toMatchObject({ code: 2, err: 'faultline: there is no file or folder b.js\n' });
  });

  test('a file for which the engine has no answer is a failure, an engine that fails is one line', async () => {
    const root = tree(SHOP);
    const silent = engineWith((real) => ({
      async *scan(...args) {
        for await (const it of real.scan(...args)) {
          if (it.type !== 'report' || !it.report.uri.endsWith('safe.js')) yield it;
        }
      },
    }));
    const partial = await faultline(root, ['scan', '.'], { engine: silent });
    expect(partial.out).toContain('src/safe.js: the engine gave no result for it (crashed)');
    expect(partial.code).toBe(2);
    const failing = engineWith(() => ({
      async *scan() {
        throw new Error('out of\n memory');
      },
    }));
    const failed = await faultline(root, ['scan', '.'], { engine: failing });
    expect(failed).toEqual({ code: 2, out: '', err: 'faultline: internal error: out of memory\n' });
    const told = await faultline(root, ['scan', '.', '--verbose'], { engine: failing });
    expect(told.err).toContain('\n    at ');
  });

  test('a file that brings the engine down is named, and the others are analysed without it', async () => {
    const root = tree({ ...SHOP, 'src/killer.js': 'f();\n' });
    let started = 0;
    const fragile = engineWith((real) => {
      started++;
      let exit: ((error: Error, uri?: string) => void) | undefined;
      return {
        onExit: (listener) => void (exit = listener),
        async *scan(files, ...rest) {
          const killer = files.find((it) => it.uri.endsWith('killer.js'));
          const error = new Error('out of memory');
          if (killer) exit?.(error, killer.uri);
          if (killer) throw error;
          yield* real.scan(files, ...rest);
        },
      };
    });
    const { code, out, err } = await faultline(root, ['scan', '.'], { engine: fragile });
    expect(out).toContain('  src/killer.js: the engine failed on it: out of memory (crashed)\n');
    expect(out).toContain('1 finding: 1 error.\n3 files analysed, 1 failed;');
    expect({ code, err, started }).toEqual({ code: 2, err: '', started: 2 });
  });

  test('an engine that dies on one file after the other is a failure, not a loop', async () => {
    const root = tree(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.js`, 'f();\n'])));
    let started = 0;
    const dying = engineWith(() => {
      started++;
      let exit: ((error: Error, uri?: string) => void) | undefined;
      return {
        onExit: (listener) => void (exit = listener),
        async *scan(files) {
          const error = new Error('gone');
          exit?.(error, files[0]!.uri);
          yield* [];
          throw error;
        },
      };
    });
    const ran = await faultline(root, ['scan', '.'], { engine: dying });
    expect(ran).toEqual({ code: 2, out: '', err: 'faultline: internal error: gone\n' });
    expect(started).toBe(4);
  });

  test.each([
    [['scan'], "missing required argument 'path'"],
    [['scan', 'nope'], 'there is no file or folder nope'],
    [['scan', 'a.js/b'], 'there is no file or folder a.js/b'],
    [['scan', ''], 'a path is empty'],
    [['scan', '/dev/null'], '/dev/null is neither a file nor a folder'],
    [['scan', '.', '--fromat', 'json'], "unknown option '--fromat' (Did you mean --format?)"],
    [['scan', '.', '--format', 'xml'], 'Allowed choices are text, json, sarif, markdown.'],
    [['scan', '.', '--severity', 'critical'], 'Allowed choices are error, warning, info.'],
    [['scan', '.', '--workers', '0'], 'It must be a whole number from 1 to 4.'],
    [['scan', '.', '--workers', '2.5'], 'It must be a whole number from 1 to 4.'],
    [['scan', '.', '--max-file-size', 'big'], 'Write a size such as 500KB, 2MB or 1000000.'],
    [['scan', '.', '--exclude', '!x'], 'a glob that starts with ! is not supported'],
    [['scan', '.', '--exclude', ''], 'it is empty'],
    [['scan', '.', '--output', 'no/such/report'], 'there is no folder'],
    [['scan', '.', '--output', '.'], 'cannot write the report to .: it is a folder'],
    [['scna', '.'], "unknown command 'scna' (Did you mean scan?)"],
    [['explain', 'sqll'], 'there is no rule “sqll”. Did you mean sql?'],
  ])('%j is refused in one line', async (args, message) => {
    const root = tree({ 'a.js': '' });
    const { code, out, err } = await faultline(root, args);
    expect(err).toContain(message);
    expect(err).toMatch(/^faultline: .*\n$/);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('reports', () => {
  test('go to a file, with the totals on standard error, and are not part of the scan', async () => {
    const root = tree(SHOP);
    for (const turn of [1, 2]) {
      const ran = await faultline(root, ['scan', '.', '-f', 'sarif', '-o', 'report.sarif']);
      expect(ran, `turn ${turn}`).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toMatch(/^1 finding: 1 error\.\n3 files analysed; .*\n$/);
    }
    const log = readJson<{ runs: { results: { locations: unknown[] }[] }[] }>(join(root, 'report.sarif'));
    expect(log.runs[0]!.results[0]!.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: 'src/db.js', uriBaseId: '%SRCROOT%' } },
    });
    const text = await faultline(root, ['scan', '.', '-o', 'report.txt', '-q']);
    expect(text).toEqual({ code: 1, out: '', err: '' });
    expect(readFileSync(join(root, 'report.txt'), 'utf8')).toMatch(/^src\/db\.js:4/);
  });

  test.skipIf(!existsSync('/dev/full'))('that cannot be written to the end are a failure', async () => {
    const root = tree(SHOP);
    const { code, err } = await faultline(root, ['scan', '.', '-o', '/dev/full']);
    expect(err).toMatch(/^faultline: cannot write the report to \/dev\/full: ENOSPC.*\n$/);
    expect(code).toBe(2);
  });

  test('leave out what is excluded or too large', async () => {
    const root = tree(SHOP);
    const report = await json(
      root,
      '.',
      '--exclude',
      'db.js',
      '--exclude',
      'app.js',
      '--max-file-size',
      '10b',
    );
    expect(report.summary).toMatchObject({ analysed: 0, skipped: 3 });
    const none = await faultline(root, ['scan', '.', '--exclude', 'src', '-f', 'json']);
    expect(none.err).toBe('faultline: nothing was analysed\n');
    expect((await faultline(root, ['scan', 'package.json'])).out).toMatch(/^Nothing was analysed\.\n/);
  });

  test('are coloured on a terminal only, where a bar shows the progress', async () => {
    const root = tree(SHOP);
    const screen = collector({ isTTY: true, columns: 90 });
    const bar = collector({
      isTTY: true,
      columns: 90,
      cursorTo: () => true,
      clearLine: () => true,
    } as object);
    const io = { stdout: screen.stream, stderr: bar.stream };
    expect((await faultline(root, ['scan', '.'], io)).code).toBe(1);
    expect(screen.text()).toContain('\u001b[31merror\u001b[39m');
    expect(bar.text()).toMatch(/Looking for files: \d|Reading|Analysing/);
    const still = collector({ isTTY: true });
    await faultline(root, ['scan', '.', '--no-color', '--no-progress'], { ...io, stderr: still.stream });
    expect(still.text()).toBe('');
    expect((await faultline(root, ['scan', '.', '--no-color'])).out).not.toContain('\u001b');
  });
});

test('an interrupt ends the scan even if the engine does not answer', async () => {
  const stop = new AbortController();
  const deaf = engineWith(() => ({
    async *scan() {
      stop.abort();
      await new Promise(() => undefined);
      yield* [];
    },
  }));
  const ran = await faultline(tree(SHOP), ['scan', '.'], { engine: deaf, signal: stop.signal });
  expect(ran.code).toBe(130);
});

test('an interrupt ends the scan without a report', async () => {
  const root = tree(SHOP);
  const stop = new AbortController();
  const engine = engineWith((real) => ({
    async *scan(...args) {
      for await (const it of real.scan(...args)) {
        stop.abort();
        yield it;
      }
    },
  }));
  const ran = await faultline(root, ['scan', '.', '-o', 'r.txt'], { engine, signal: stop.signal });
  expect(ran).toEqual({ code: 130, out: '', err: 'faultline: interrupted, no report was written\n' });
  expect(existsSync(join(root, 'r.txt'))).toBe(false);
});
