// Runs discovery and the engine over the given paths and folds what they say into one ScanResult.
// Every file that was met ends in exactly one list of the result; nothing is dropped on the way.

import { dirname, join } from 'node:path';
import { commonFolder } from '../base/paths.ts';
import type { Engine, EngineSettings, Report, ScanFile, Uri } from '../engine/engine.ts';
import { discover, uriOf } from '../project/discover.ts';
import { BASELINE_FILE, CONFIG_FILE, excludedBy, FOLDER, type Project } from '../project/folder.ts';
import { judge } from '../project/policy.ts';
import { baselineEntry, commentsOf, entriesOf, type SuppressionEntry } from '../project/suppressions.ts';
import { dateOf } from '../project/suppress.ts';
import { compareFindings, compareText, isPartial, pathOf } from '../report/result.ts';
import type { FileNote, Remark, RuleInfo, ScanResult } from '../report/result.ts';
import type { Confidence, Severity } from '../rules/schema.ts';
import type { Progress } from './progress.ts';

export interface CollectOptions {
  /** Absolute; all exist. */
  readonly targets: readonly string[];
  /** Absolute folder for relative paths. */
  readonly root: string;
  readonly exclude: readonly string[];
  readonly invisible: readonly string[];
  readonly maxFileSize: number;
  readonly workers: number;
  readonly libraryMode: EngineSettings['libraryMode'];
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** What the repository decided; of two thresholds the stricter one holds. */
  readonly project: Project;
  readonly version: string;
  readonly now: () => Date;
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Found {
  readonly files: ScanFile[];
  /** package.json and its like: the engine reads them to find modules; they are not analysed and not counted. */
  readonly manifests: ScanFile[];
  readonly skipped: FileNote[];
  readonly failed: FileNote[];
  readonly unsupported: Map<string, number>;
}

/**
 * Starts an engine with `start` and uses it. Resolves with undefined if the signal was aborted. Rejects only if the
 * engine as a whole fails.
 */
export async function collect(
  start: () => Promise<Engine>,
  options: CollectOptions,
): Promise<ScanResult | undefined> {
  const startedAt = options.now();
  const found = await findFiles(options);
  if (options.signal.aborted) return undefined;
  const analysis = await analyse(start, found, options);
  if (options.signal.aborted) return undefined;
  return fold(found, analysis, options, startedAt);
}

/** Reads the files that a scan of the targets would analyse. */
export async function findFiles(
  options: Pick<
    CollectOptions,
    'targets' | 'exclude' | 'maxFileSize' | 'invisible' | 'progress' | 'project' | 'signal'
  >,
): Promise<Found> {
  const found: Found = { files: [], manifests: [], skipped: [], failed: [], unsupported: new Map() };
  const { targets, exclude, maxFileSize, invisible, progress, signal, project } = options;
  const turn = turner();
  for (const it of project.problems)
    found.failed.push({ path: it.file, reasons: [{ code: 'unreadable', text: placed(it) }] });
  const how = {
    ...{ exclude, maxFileSize, invisible },
    excludedBy: (path: string) => excludedBy(project.policy, uriOf(path)),
  };
  for await (const event of discover(targets, how, signal)) {
    const note = (isFolder: boolean): FileNote => ({
      path: event.path,
      reasons: event.type === 'file' ? [] : [event.reason],
      ...(isFolder && { isFolder }),
      ...(event.named && { named: true }),
    });
    if (event.type === 'file' && event.languageId === 'json') {
      found.manifests.push({ uri: event.uri, languageId: event.languageId, text: event.text });
    } else if (event.type === 'file') {
      found.files.push({ uri: event.uri, languageId: event.languageId, text: event.text });
      progress.update('find', found.files.length, 0);
    } else if (event.type === 'failed') {
      found.failed.push(note(false));
    } else if (event.reason.code === 'unsupported' && !event.named) {
      const extension = event.reason.text;
      found.unsupported.set(extension, (found.unsupported.get(extension) ?? 0) + 1);
    } else {
      found.skipped.push(note(event.isFolder));
    }
    await turn();
  }
  return found;
}

function placed({ line, column, message }: Project['problems'][number]): string {
  return `line ${line}, column ${column}: ${message}`;
}

interface Analysis {
  readonly reports: ReadonlyMap<Uri, Report>;
  /** Files that brought the engine down, with its last words. */
  readonly crashed: ReadonlyMap<Uri, string>;
}

/** After so many files that kill the engine, the fault is not in the files. */
const MOST_CRASHES = 3;

/** Analyses all files; a file that brings the engine down is left out and the others are analysed without it. */
async function analyse(
  start: () => Promise<Engine>,
  found: Found,
  options: CollectOptions,
): Promise<Analysis> {
  const crashed = new Map<Uri, string>();
  for (;;) {
    const files = [...found.files.filter((it) => !crashed.has(it.uri)), ...found.manifests];
    const engine = await start();
    let culprit: Uri | undefined;
    engine.onExit?.((_error, uri) => (culprit = uri));
    try {
      return { reports: await scan(engine, files, options), crashed };
    } catch (error) {
      if (culprit === undefined || crashed.has(culprit) || crashed.size === MOST_CRASHES) throw error;
      crashed.set(culprit, (error as Error).message);
    } finally {
      // An engine that is interrupted in the middle of something would answer late; the process ends anyway.
      if (!options.signal.aborted) await engine.dispose();
    }
  }
}

async function scan(
  engine: Engine,
  files: readonly ScanFile[],
  options: CollectOptions,
): Promise<Map<Uri, Report>> {
  const reports = new Map<Uri, Report>();
  const { workers, progress, signal, libraryMode } = options;
  const turn = turner();
  engine.configure({ libraryMode });
  if (options.project.models !== undefined) engine.extend(options.project.models);
  for await (const event of untilAborted(engine.scan(files, { workers }, signal), signal)) {
    if (event.type === 'progress') progress.update(event.phase, event.done, event.total);
    else reports.set(event.report.uri, event.report);
    await turn();
  }
  return reports;
}

/** Ends at once when the signal fires, whether or not the source notices. */
async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const aborted = new Promise<'aborted'>((done) => {
    if (signal.aborted) done('aborted');
    signal.addEventListener('abort', () => done('aborted'), { once: true });
  });
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const next = iterator.next();
    // If the signal wins nobody waits for this any more; that it may fail later is then no news.
    next.catch(() => undefined);
    const it = await Promise.race([next, aborted]);
    if (it === 'aborted' || it.done === true) return;
    yield it.value;
  }
}

function fold(
  found: Found,
  { reports, crashed }: Analysis,
  options: CollectOptions,
  startedAt: Date,
): ScanResult {
  const today = dateOf(startedAt);
  const analysed: { path: string; lines: number }[] = [];
  const partial: FileNote[] = [];
  const remarks: Remark[] = [];
  const findings: ScanResult['findings'][number][] = [];
  const skipped = [...found.skipped];
  const failed = [...found.failed];
  let hidden = 0;
  let off = 0;
  const used = new Set<number>();
  const suppressions: SuppressionEntry[] = [];
  for (const { uri } of found.files) {
    const path = pathOf(uri);
    const report = reports.get(uri);
    if (report === undefined) {
      const words = crashed.get(uri);
      const why =
        words === undefined ? 'the engine gave no result for it' : `the engine failed on it: ${words}`;
      failed.push({ path, reasons: [{ code: 'crashed', text: why }] });
      continue;
    }
    if (report.status !== 'analysed') {
      (report.status === 'failed' ? failed : skipped).push({ path, reasons: report.reasons });
      continue;
    }
    analysed.push({ path, lines: report.lines });
    if (isPartial(report)) partial.push({ path, reasons: report.reasons });
    const { severity, confidence, project } = options;
    const judged = judge(report, project.policy, today, { severity, confidence });
    findings.push(...judged.findings);
    hidden += judged.hidden;
    off += judged.off;
    for (const index of judged.used) used.add(index);
    suppressions.push(...commentsOf(report, judged, path));
    for (const it of judged.problems) {
      remarks.push({ path, line: it.range.start.line + 1, text: it.message });
    }
  }
  remarks.push(...remarksOn(options.project, used, today));
  const texts = new Map(found.files.map((it) => [it.uri, it.text]));
  const byPath = (a: { path: string }, b: { path: string }): number => compareText(a.path, b.path);
  return {
    version: options.version,
    root: options.root,
    findings: findings.sort(compareFindings),
    hidden,
    off,
    suppressions: [...suppressions.sort(bySuppression), ...ofProject(options.project, used, today)],
    analysed: analysed.sort(byPath),
    partial: partial.sort(byPath),
    skipped: skipped.sort(byPath),
    unsupported: [...found.unsupported].sort((a, b) => compareText(a[0], b[0])),
    failed: failed.sort(byPath),
    remarks: remarks.sort((a, b) => byPath(a, b) || a.line - b.line),
    startedAt,
    seconds: (options.now().getTime() - startedAt.getTime()) / 1000,
    rules: options.rules,
    textOf: (uri) => texts.get(uri),
  };
}

function bySuppression(a: SuppressionEntry, b: SuppressionEntry): number {
  return compareText(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0);
}

function ofProject({ root, policy }: Project, used: ReadonlySet<number>, today: string): SuppressionEntry[] {
  if (root === undefined) return [];
  const folder = join(root, FOLDER);
  return [
    ...entriesOf(policy.config, join(folder, CONFIG_FILE), used, today),
    ...baselineEntry(policy.baseline.entries.length, join(folder, BASELINE_FILE)),
  ];
}

/** Entries of `suppress` in the project's settings that have ended. */
function remarksOn({ root, policy }: Project, used: ReadonlySet<number>, today: string): Remark[] {
  if (root === undefined) return [];
  const path = join(root, FOLDER, CONFIG_FILE);
  return policy.config.suppress.flatMap(({ ids, until, line }, index) => {
    if (until === undefined || until >= today) return [];
    const rest = used.has(index) ? '' : ' Nothing is found there any more: remove it.';
    return [{ path, line, text: `The suppression of ${ids.join(', ')} ended on ${until}.${rest}` }];
  });
}

/** The folder that paths in reports are relative to: the one folder scanned, else the working folder, else what all share. */
export function commonRoot(
  targets: readonly { readonly path: string; readonly isFolder: boolean }[],
  cwd: string,
): string {
  const [only] = targets;
  if (targets.length === 1 && only?.isFolder) return only.path;
  const folders = targets.map((it) => (it.isFolder ? it.path : dirname(it.path)));
  return commonFolder(folders, cwd);
}

/** Gives signals and the progress bar a turn about twenty times a second, however busy the work is. */
function turner(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await new Promise((done) => setImmediate(done));
    last = performance.now();
  };
}
