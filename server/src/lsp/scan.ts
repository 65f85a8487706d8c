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
import { forgetClosed, showClosed, takeReport } from './publish.ts';
import { describe } from './run-safe.ts';
import { settingsFor, type State } from './state.ts';
import { EngineDied } from './supervisor.ts';
import { scanFileOf, workspaceFiles } from './workspace.ts';

export const scanCommand: ServerCommand = {
  id: SCAN_COMMAND,
  failed: (why) => l10n.t('Faultline: the scan could not be finished: {0}', why),
  run: (state, { token, progress }) => scanWorkspace(state, token, progress),
};

const running = new WeakMap<State, Promise<ScanSummary>>();

/**
 * Scans the workspace; a call during a scan joins it. Gives the counts, also when it is cancelled.
 * Shows progress where the client can, and at the end a message that opens the coverage.
 */
export function scanWorkspace(
  state: State,
  token: CancellationToken,
  progressToken: ProgressToken | undefined,
): Promise<ScanSummary> {
  const now = running.get(state);
  if (now !== undefined) return now;
  const scan = scanOnce(state, token, progressToken).finally(() => running.delete(state));
  running.set(state, scan);
  return scan;
}

async function scanOnce(
  state: State,
  token: CancellationToken,
  progressToken: ProgressToken | undefined,
): Promise<ScanSummary> {
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
    progress?.begin('Faultline', 0, 'finding files', true);
    const found = await findFiles(state, abort.signal, (count) => progress?.report(`found ${count} files`));
    const reports = await analyse(state, found.files, abort.signal, (done, total) =>
      progress?.report(Math.floor((done / Math.max(1, total)) * 100), `${done} of ${total} files`),
    );
    return finish(state, found, reports, abort.signal.aborted);
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

/** Analyses the files and shows each result as it comes. Gives the reports; fewer than the files if aborted. */
async function analyse(
  state: State,
  files: readonly ScanFile[],
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<Map<Uri, Report>> {
  const reports = new Map<Uri, Report>();
  const take = (report: Report): void => {
    reports.set(report.uri, report);
    if (state.documents.has(report.uri)) takeReport(state, report.uri, report);
    showClosed(state, report.uri, report);
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
): ScanSummary {
  if (!cancelled) {
    for (const uri of [...state.closed.keys()]) if (!reports.has(uri)) forgetClosed(state, uri);
  }
  const shown = new Map([...reports.keys()].map((uri) => [uri, state.closed.get(uri)?.shown]));
  const coverage = coverageOf([...reports.values()], found.others, shown, cancelled);
  state.coverage = coverage.markdown;
  if (state.folders.length === 0) {
    void state.connection.window.showInformationMessage(
      l10n.t('No folder is open, so there is nothing to scan.'),
    );
    return coverage.summary;
  }
  void tell(state, coverage).catch((error: unknown) => state.log('warn', describe(error)));
  return coverage.summary;
}

/** The message at the end; not awaited by the scan, since a person may leave it standing for hours. */
async function tell(state: State, coverage: Coverage): Promise<void> {
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
