// The command `faultline scan`: checks what it was given, scans, writes the report, gives the exit code.
// 0: no findings. 1: findings. 2: something was not analysed or went wrong; 2 outranks 1.

import { createWriteStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../project/files.ts';
import { globProblem } from '../project/discover.ts';
import { findProject, knownRules, loadProject, NO_PROJECT, type Project } from '../project/folder.ts';
import { MAX_FILE_SIZE } from '../project/limits.ts';
import { jsonReport } from '../report/json.ts';
import { markdownReport } from '../report/markdown.ts';
import { paintFor, plain } from '../report/paint.ts';
import { exitCodeOf } from '../report/result.ts';
import type { ScanResult } from '../report/result.ts';
import { ruleInfos } from '../report/rules.ts';
import { sarifReport } from '../report/sarif.ts';
import { textFailures, textFindings, textReport, textSummary } from '../report/text.ts';
import type { TextOptions } from '../report/text.ts';
import type { CompiledRules } from '../rules/index.ts';
import type { Confidence, Severity } from '../rules/schema.ts';
import { collect, commonRoot } from './collect.ts';
import { PipeClosed, UserError, writeAll } from './io.ts';
import type { Io, Output } from './io.ts';
import { createProgress } from './progress.ts';

export const FORMATS = ['text', 'json', 'sarif', 'markdown'] as const;

/** The options of the command, checked for their form. */
export interface ScanArguments {
  readonly format: (typeof FORMATS)[number];
  readonly output?: string;
  readonly workers: number;
  readonly exclude: readonly string[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Bytes. */
  readonly maxFileSize?: number;
  readonly libraryMode?: 'auto' | 'on' | 'off';
  /** False: what `.faultline` says is left aside. */
  readonly project: boolean;
  readonly color: boolean;
  readonly progress: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const INTERRUPTED = 130;
/** For frames in files and pipes, which have no width of their own. */
const DEFAULT_WIDTH = 120;

/** A finished scan with the project it was judged by. */
export interface ScanRun {
  readonly result: ScanResult;
  readonly project: Project;
  /** Absolute folder that all targets lie in. */
  readonly root: string;
}

/** Scans and gives the result, undefined if it was interrupted. Throws a UserError for what the user can put right. */
export async function runScan(
  paths: readonly string[],
  args: ScanArguments,
  io: Io,
): Promise<ScanRun | undefined> {
  for (const glob of args.exclude) {
    const problem = globProblem(glob);
    if (problem !== undefined) throw new UserError(`--exclude “${glob}”: ${problem}`);
  }
  const targets = await Promise.all(paths.map((it) => targetOf(it, io.cwd)));
  const output = args.output === undefined ? undefined : resolve(io.cwd, args.output);
  if (output !== undefined) await checkWritable(output, args.output!);
  return run(targets, output, args, io);
}

/** Runs the command and gives its exit code. Throws a UserError for what the user can put right. */
export async function scan(paths: readonly string[], args: ScanArguments, io: Io): Promise<number> {
  const done = await runScan(paths, args, io);
  if (done === undefined) {
    await writeAll(io.stderr, ['faultline: interrupted, no report was written\n'], 'to standard error');
    return INTERRUPTED;
  }
  const output = args.output === undefined ? undefined : resolve(io.cwd, args.output);
  await report(done.result, output, args, io).catch((error: unknown) => {
    // Whoever read our output has seen enough (`faultline scan . | head`); what was found still stands.
    if (!(error instanceof PipeClosed)) throw error;
  });
  return exitCodeOf(done.result);
}

interface Target {
  readonly path: string;
  readonly isFolder: boolean;
}

/** What the project says of itself in .faultline, if it is asked. */
export async function projectOf(root: string, wanted: boolean, rules: CompiledRules): Promise<Project> {
  const home = wanted ? await findProject(root) : undefined;
  return home === undefined ? NO_PROJECT : loadProject(home, knownRules(rules));
}

async function run(
  targets: readonly Target[],
  output: string | undefined,
  args: ScanArguments,
  io: Io,
): Promise<ScanRun | undefined> {
  const rules = await io.rules();
  const progress = createProgress(io.stderr, args.progress && !args.quiet);
  const root = commonRoot(targets, io.cwd);
  const project = await projectOf(root, args.project, rules);
  const { config } = project.policy;
  try {
    const result = await collect(() => io.engine(rules), {
      targets: targets.map((it) => it.path),
      root,
      exclude: args.exclude,
      invisible: output === undefined ? [] : [output],
      maxFileSize: args.maxFileSize ?? config.maxFileSize ?? MAX_FILE_SIZE,
      workers: args.workers,
      libraryMode: args.libraryMode ?? config.libraryMode ?? 'auto',
      severity: args.severity,
      confidence: args.confidence,
      project,
      version: io.version,
      now: io.now,
      rules: ruleInfos(rules),
      progress,
      signal: io.signal,
    });
    return result === undefined ? undefined : { result, project, root };
  } finally {
    progress.stop();
  }
}

async function report(
  result: ScanResult,
  output: string | undefined,
  args: ScanArguments,
  io: Io,
): Promise<void> {
  const forScreen = (stream: Output): TextOptions => ({
    paint: paintFor(args.color, stream, io.env),
    width: stream.columns ?? DEFAULT_WIDTH,
    from: io.cwd,
    verbose: args.verbose,
  });
  const aside = args.quiet ? textFailures : textSummary;
  if (output !== undefined) {
    const inFile = { ...forScreen(io.stdout), paint: plain, width: DEFAULT_WIDTH };
    await writeFile(output, args.output!, pieces(result, args, inFile));
    await writeAll(io.stderr, aside(result, forScreen(io.stderr)), 'to standard error');
    return;
  }
  await writeAll(io.stdout, pieces(result, args, forScreen(io.stdout)), 'to standard output');
  if (args.format === 'text' && !args.quiet) return;
  // The report went to a program, or leaves the coverage out: what must not be missed is said beside it.
  await writeAll(io.stderr, textFailures(result, forScreen(io.stderr)), 'to standard error');
  if (result.analysed.length === 0 && !args.quiet) {
    await writeAll(io.stderr, ['faultline: nothing was analysed\n'], 'to standard error');
  }
}

function pieces(result: ScanResult, args: ScanArguments, options: TextOptions): Iterable<string> {
  switch (args.format) {
    case 'text':
      return args.quiet ? textFindings(result, options) : textReport(result, options);
    case 'json':
      return jsonReport(result);
    case 'sarif':
      return sarifReport(result);
    case 'markdown':
      return markdownReport(result);
  }
}

export async function targetOf(path: string, cwd: string): Promise<Target> {
  if (path === '') throw new UserError('a path is empty');
  const absolute = resolve(cwd, path);
  try {
    const info = await stat(absolute);
    if (info.isFile() || info.isDirectory()) return { path: absolute, isFolder: info.isDirectory() };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError(`there is no file or folder ${path}`);
    throw new UserError(`cannot look at ${path}: ${(error as Error).message}`);
  }
  throw new UserError(`${path} is neither a file nor a folder`);
}

/** A scan can take minutes: what would fail at its end is said at its start. */
async function checkWritable(path: string, asGiven: string): Promise<void> {
  const folder = dirname(path);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) throw new UserError(`cannot write the report to ${asGiven}: it is a folder`);
  try {
    await access(info === undefined ? folder : path, constants.W_OK);
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    const why = missing ? `there is no folder ${folder}` : (error as Error).message;
    throw new UserError(`cannot write the report to ${asGiven}: ${why}`);
  }
}

async function writeFile(path: string, asGiven: string, text: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  await writeAll(stream, text, `the report to ${asGiven}`);
  await new Promise<void>((done, fail) => {
    stream.once('error', (error) =>
      fail(new UserError(`cannot write the report to ${asGiven}: ${error.message}`)),
    );
    stream.end(done);
  });
}
