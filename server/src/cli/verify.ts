// The command `faultline verify`: whether a patch, from wherever it comes, mends a finding. Nothing is written.
// 0: accepted. 1: refused, with reasons. 2: the patch does not fit, the finding is not there, or something went wrong.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { URI } from 'vscode-uri';
import type { Engine, EngineSettings, Finding, ScanFile } from '../engine/engine.ts';
import { printable } from '../report/printable.ts';
import { pathOf, relativePath } from '../report/result.ts';
import { applyDiff, PatchError } from '../verify/patch.ts';
import type { Verdict } from '../verify/verdict.ts';
import { type ChangedFile, verifyChange } from '../verify/verify.ts';
import { MAX_FILE_SIZE } from '../project/limits.ts';
import { commonRoot, findFiles } from './collect.ts';
import { UserError, writeAll } from './io.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import { projectOf, targetOf } from './scan.ts';

export interface VerifyArguments {
  /** The whole fingerprint of a finding, or a beginning that only it has. */
  readonly finding: string;
  /** A file with a unified diff; `-` for standard input. */
  readonly patch: string;
  readonly libraryMode?: EngineSettings['libraryMode'];
  /** Bytes. */
  readonly maxFileSize?: number;
  readonly exclude: readonly string[];
  readonly json: boolean;
}

/** Runs the command and gives its exit code. Throws a UserError for what the user can put right. */
export async function verify(paths: readonly string[], args: VerifyArguments, io: Io): Promise<number> {
  const diff = await patchText(args.patch, io);
  const rules = await io.rules();
  const targets = await Promise.all(paths.map((it) => targetOf(it, io.cwd)));
  const project = await projectOf(commonRoot(targets, io.cwd), true, rules);
  const found = await findFiles({
    targets: targets.map((it) => it.path),
    exclude: args.exclude,
    maxFileSize: args.maxFileSize ?? project.policy.config.maxFileSize ?? MAX_FILE_SIZE,
    invisible: [],
    progress: createProgress(io.stderr, false),
    project,
    signal: io.signal,
  });
  const files = new Map([...found.files, ...found.manifests].map((it) => [it.uri, it]));
  const changes = changesOf(diff, files, io.cwd);
  const mode = args.libraryMode ?? project.policy.config.libraryMode ?? 'auto';
  const engine = await io.engine(rules);
  try {
    const finding = await find(engine, files, args.finding, mode);
    const verdict = await verifyChange(engine, finding, changes, { signal: io.signal });
    const text = args.json ? asJson(finding, verdict, io.cwd) : asText(finding, verdict, io.cwd);
    await writeAll(io.stdout, [text], 'to standard output');
    return verdict.accepted ? 0 : 1;
  } finally {
    await engine.dispose();
  }
}

async function patchText(name: string, io: Io): Promise<string> {
  if (name === '-') {
    if (!io.stdin) throw new UserError('there is no standard input to read the patch from');
    const chunks: Buffer[] = [];
    for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString('utf8');
  }
  return readFile(resolve(io.cwd, name), 'utf8').catch((error: Error) => {
    throw new UserError(`cannot read the patch ${name}: ${error.message}`);
  });
}

/** Paths in a patch are relative to the working folder, as `git diff --relative` and `git apply` have them. */
function changesOf(diff: string, files: ReadonlyMap<string, ScanFile>, cwd: string): ChangedFile[] {
  const uriOf = (path: string): string => URI.file(resolve(cwd, path)).toString();
  try {
    return applyDiff(diff, (path) => files.get(uriOf(path))?.text).map((it) => ({
      uri: uriOf(it.path),
      before: it.before,
      after: it.after,
    }));
  } catch (error) {
    if (error instanceof PatchError) throw new UserError(error.message);
    throw error;
  }
}

async function find(
  engine: Engine,
  files: ReadonlyMap<string, ScanFile>,
  id: string,
  libraryMode: EngineSettings['libraryMode'],
): Promise<Finding> {
  engine.configure({ libraryMode });
  for (const it of files.values()) engine.disk(it.uri, it.languageId, it.text);
  await engine.quiet();
  const wanted = id.replace(/^1:/, '').toLowerCase();
  if (!/^[0-9a-f]{6,}$/.test(wanted))
    throw new UserError(`“${id}” is no fingerprint: give at least six digits of what scan prints as id`);
  const all = [...files.keys()].flatMap((uri) => engine.report(uri)?.findings ?? []);
  const found = all.filter((it) => it.fingerprint.replace(/^\d+:/, '').startsWith(wanted));
  if (found.length === 0) throw new UserError(`there is no finding ${id} in the files given`);
  if (found.length > 1) throw new UserError(`${found.length} findings begin with ${id}: give more digits`);
  return found[0]!;
}

function asText(finding: Finding, verdict: Verdict, cwd: string): string {
  const where = (uri: string, line: number | undefined): string =>
    relativePath(cwd, pathOf(uri)) + (line === undefined ? '' : `:${line + 1}`);
  const head = `${finding.rule} at ${where(finding.uri, finding.range.start.line)}`;
  if (verdict.accepted)
    return `accepted: ${printable(head)}\n  ${printable(verdict.text)}\n  Tests were not run.\n`;
  const reasons = verdict.objections.map(
    (it) => `  ${it.code}: ${printable(it.text)}${it.uri ? ` (${printable(where(it.uri, it.line))})` : ''}\n`,
  );
  return `refused: ${printable(head)}\n${reasons.join('')}`;
}

function asJson(finding: Finding, verdict: Verdict, cwd: string): string {
  const relative = (uri: string): string => relativePath(cwd, pathOf(uri));
  const { rule, fingerprint, uri, range } = finding;
  const about = { rule, fingerprint, path: relative(uri), line: range.start.line + 1 };
  const answer = verdict.accepted
    ? { accepted: true, ended: verdict.ended, text: verdict.text }
    : {
        accepted: false,
        objections: verdict.objections.map(({ code, text, uri: at, line }) => ({
          code,
          text,
          ...(at !== undefined && { path: relative(at) }),
          ...(line !== undefined && { line: line + 1 }),
        })),
      };
  return `${JSON.stringify({ finding: about, ...answer }, undefined, 2)}\n`;
}
