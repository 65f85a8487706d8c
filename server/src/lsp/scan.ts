// The workspace scan: finds files, has them analysed together, streams results, and tells what was and was not covered.
// One scan runs at a time; a file that ends the engine is left out and the scan goes on with the others.

import {
  ShowDocumentRequest,
  type CancellationToken,
  type ProgressToken,
  type WorkDoneProgressReporter,
} from 'vscode-languageserver';
import type { Report, ScanFile, Uri } from '../engine/engine.ts';
import type { DiscoverEvent } from '../project/discover.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import type { ServerCommand } from './commands.ts';
import { COVERAGE_SCHEME, SCAN_COMMAND, type ScanSummary } from './protocol.ts';
import { l10n } from './l10n.ts';
import type { ScanArguments } from './protocol-project.ts';
import { publishProjectProblems } from './projectFiles.ts';
import { forgetClosed, refresh, showClosed, takeReport } from './publish.ts';
import { describe } from './run-safe.ts';
import { folderOf, settingsFor, type State } from './state.ts';
import { EngineDied } from './supervisor.ts';
import { canonical, pathOf } from './uris.ts';
import { isIndexed, scanFileOf, tell, workspaceFiles } from './workspace.ts';

export const scanCommand: ServerCommand = {
  id: SCAN_COMMAND,
  failed: (why) => l10n.t('Faultline: the scan could not be finished: {0}', why),
  run: async (state, { argument, token, progress }) => {
    const scope = readScope(argument);
    return (await scanWorkspace(state, token, progress, scope)).summary;
  },
};

export interface ScanScope {
  /** Which files are looked at; undefined: all. */
  readonly only?: ReadonlySet<Uri> | 'open';
  /** No message at the end: whoever asked says more. */
  readonly quiet?: boolean;
}
/** A finished scan, for those who make something of it. */
export interface Scan {
  readonly summary: ScanSummary;
  readonly files: readonly ScanFile[];
  readonly others: readonly Exclude<DiscoverEvent, { type: 'file' }>[];
  readonly reports: ReadonlyMap<Uri, Report>;
}

function readScope(argument: unknown): ScanScope {
  const { scope, uris } = (argument ?? {}) as Partial<ScanArguments>;
  if (scope === 'open') return { only: 'open' };
  return scope === 'changed' ? { only: new Set((uris ?? []).map(canonical)) } : {};
}

const running = new WeakMap<State, Promise<Scan>>();
/** Workspaces that have been scanned whole: from then on the index holds what has not changed. */
const scanned = new WeakSet<State>();

/**
 * Scans the workspace; a call during a scan joins it. Gives the counts, also when it is cancelled.
 * Shows progress where the client can, and at the end a message that opens the coverage.
 */
export function scanWorkspace(
  state: State,
  token: CancellationToken,
  progressToken: ProgressToken | undefined,
  scope: ScanScope = {},
): Promise<Scan> {
  const now = running.get(state);
  if (now !== undefined) return now;
  const scan = scanOnce(state, token, progressToken, scope).finally(() => running.delete(state));
  running.set(state, scan);
  return scan;
}

async function scanOnce(
  state: State,
  token: CancellationToken,
  progressToken: ProgressToken | undefined,
  scope: ScanScope,
): Promise<Scan> {
  await state.configured;
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const listeners = [token.onCancellationRequested(stop)];
  if (token.isCancellationRequested) stop();
  state.stopping.signal.addEventListener('abort', stop, { once: true });
  const progress = await startProgress(state, progressToken);
  const cancel = progress?.token?.onCancellationRequested(stop);
  if (cancel !== undefined) listeners.push(cancel);
  try {
    progress?.begin('Faultline', 0, l10n.t('finding files'), true);
    const found = await findFiles(state, abort.signal, (count) =>
      progress?.report(l10n.t('found {0} files', count)),
    );
    const wanted = wantedBy(state, scope);
    const report = (done: number, total: number): void =>
      progress?.report(
        Math.floor((done / Math.max(1, total)) * 100),
        l10n.t('{0} of {1} files', done, total),
      );
    const take = (it: Report): void => {
      if (!wanted(it.uri)) return;
      if (state.documents.has(it.uri)) takeReport(state, it.uri, it);
      showClosed(state, it.uri, it);
    };
    const known = await fromIndex(state, found.files, abort.signal, report);
    for (const it of known?.values() ?? []) take(it);
    const all = known ?? (await analyse(state, found.files, abort.signal, report, take));
    const cancelled = abort.signal.aborted;
    if (!cancelled) scanned.add(state);
    if (!cancelled && scope.only === undefined) state.scannedWhole = true;
    const reports = new Map([...all].filter(([uri]) => wanted(uri)));
    return finish(state, found, reports, cancelled, scope);
  } finally {
    progress?.done();
    state.stopping.signal.removeEventListener('abort', stop);
    for (const it of listeners) it.dispose();
  }
}

type Progress = WorkDoneProgressReporter & { readonly token?: CancellationToken };

async function startProgress(state: State, token: ProgressToken | undefined): Promise<Progress | undefined> {
  const { window } = state.connection;
  if (token !== undefined) return window.attachWorkDoneProgress(token);
  if (!state.abilities.progress) return undefined;
  return window.createWorkDoneProgress();
}

interface Found {
  readonly files: readonly ScanFile[];
  readonly others: readonly Exclude<DiscoverEvent, { type: 'file' }>[];
}

async function findFiles(
  state: State,
  signal: AbortSignal,
  progress: (count: number) => void,
): Promise<Found> {
  const files: ScanFile[] = [];
  const others: Exclude<DiscoverEvent, { type: 'file' }>[] = [];
  for await (const event of workspaceFiles(state, signal)) {
    if (event.type !== 'file') others.push(event);
    else if (files.push(scanFileOf(event)) % 100 === 0) progress(files.length);
  }
  return { files, others };
}

function wantedBy(state: State, { only }: ScanScope): (uri: Uri) => boolean {
  if (only === undefined) return () => true;
  return only === 'open' ? (uri) => state.documents.has(uri) : (uri) => only.has(uri);
}

/**
 * After a first scan the index has an answer for every file: what changed since is told to it, and only that is analysed.
 * At rest it is what a scan from nothing would give. Undefined if the index does not hold all files.
 */
async function fromIndex(
  state: State,
  files: readonly ScanFile[],
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<Map<Uri, Report> | undefined> {
  if (!scanned.has(state) || !files.every((it) => isIndexed(state, it.uri))) return undefined;
  for (const it of files) if (!state.documents.has(it.uri)) tell(state, it);
  try {
    await state.engine.quiet();
  } catch {
    return undefined;
  }
  const reports = new Map<Uri, Report>();
  for (const it of files) {
    if (signal.aborted) return reports;
    if (it.languageId === 'json') continue;
    const report = state.engine.report(it.uri);
    if (report === undefined) return undefined;
    reports.set(it.uri, report);
    progress(reports.size, files.length);
  }
  return reports;
}

/** Analyses the files and gives each result as it comes. Gives the reports; fewer than the files if aborted. */
async function analyse(
  state: State,
  files: readonly ScanFile[],
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
  show: (report: Report) => void,
): Promise<Map<Uri, Report>> {
  const reports = new Map<Uri, Report>();
  const take = (report: Report): void => {
    reports.set(report.uri, report);
    show(report);
  };
  const workers = settingsFor(state, '').workers;
  for (;;) {
    for (const it of files) {
      const failure = state.engine.failure(it.uri);
      if (failure !== undefined) take(failure);
    }
    // All files again, not only those without a report: they import each other, and results must not depend on a crash.
    const wanted = files.filter((it) => state.engine.failure(it.uri) === undefined);
    try {
      for await (const event of state.engine.scan(wanted, { workers }, signal)) {
        if (event.type === 'report') take(event.report);
        else if (event.phase === 'analyse') progress(event.done, event.total);
      }
      return reports;
    } catch (error) {
      if (!(error instanceof EngineDied) || signal.aborted) throw error;
      // Waits for the next engine; rejects if the supervisor has given up.
      await state.engine.ready();
    }
  }
}

function finish(
  state: State,
  found: Found,
  reports: ReadonlyMap<Uri, Report>,
  cancelled: boolean,
  scope: ScanScope,
): Scan {
  if (!cancelled && scope.only === undefined) {
    for (const uri of [...state.closed.keys()]) if (!reports.has(uri)) forgetClosed(state, uri);
  }
  // Of a part of the workspace nobody asks what the rest is made of.
  const others = scope.only === undefined ? found.others : [];
  const shown = new Map([...reports.keys()].map((uri) => [uri, state.closed.get(uri)?.shown]));
  const coverage = coverageOf([...reports.values()], others, shown, cancelled, {
    nameOf: (uri) => nameIn(state, uri),
    toClient: state.uris.toClient,
  });
  state.coverage = coverage.markdown;
  if (state.folders.length === 0) {
    void state.connection.window.showInformationMessage(
      l10n.t('No folder is open, so there is nothing to scan.'),
    );
    return { summary: coverage.summary, ...found, reports };
  }
  publishProjectProblems(state);
  if (state.projectDocuments.size > 0) refresh(state);
  if (scope.quiet !== true)
    void say(state, coverage).catch((error: unknown) => state.log('warn', describe(error)));
  return { summary: coverage.summary, ...found, reports };
}

/** The path from its folder; with several folders the name of the folder first. */
function nameIn(state: State, uri: Uri): string {
  const folder = folderOf(state, uri);
  const path = pathOf(uri) ?? uri;
  const root = folder && pathOf(folder.uri);
  if (folder === undefined || root === undefined) return path;
  const inside = path.slice(root.length).replace(/^[\\/]/, '');
  return state.folders.length > 1 ? `${folder.name}/${inside}` : inside;
}

/** The message at the end; not awaited by the scan, since a person may leave it standing for hours. */
async function say(state: State, coverage: Coverage): Promise<void> {
  const { window } = state.connection;
  if (state.abilities.options.showsCoverage !== true) {
    await window.showInformationMessage(coverage.sentence);
    return;
  }
  const button = await window.showInformationMessage(coverage.sentence, { title: l10n.t('Show Coverage') });
  if (button === undefined) return;
  await state.connection.sendRequest(ShowDocumentRequest.type, {
    uri: `${COVERAGE_SCHEME}:/Faultline%20Coverage.md`,
    takeFocus: true,
  });
}
