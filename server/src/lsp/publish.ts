// Who shows what: open documents are answered when the editor pulls, closed files are pushed, and each URI has one owner.
// A result is only shown for the very version it was computed for; older ones are dropped here.

import {
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Report, Uri } from '../engine/engine.ts';
import { wake, type OpenDocument } from './documents.ts';
import { pullProjectFile } from './projectFiles.ts';
import { policyFor } from './projects.ts';
import { STATUS_NOTIFICATION, type DocumentStatus } from './protocol.ts';
import { describe } from './run-safe.ts';
import { shownOf, type Shown } from './shown.ts';
import { settingsFor, type State } from './state.ts';
import { canonical } from './uris.ts';

/** Takes a result of the engine: for an open document if it is for its version, for a closed file if it was scanned. */
export function takeReport(state: State, uri: Uri, report: Report): void {
  const document = state.documents.get(uri);
  if (document === undefined) {
    if (state.closed.has(uri)) showClosed(state, uri, report);
    return;
  }
  // A failure has no version: the engine cannot say what it was doing.
  if (report.version !== document.text.version && report.status !== 'failed') return;
  // Later results for the same text come because other files have changed: they say nothing of how long this one took.
  if (document.shown?.report.version !== document.text.version)
    document.took = performance.now() - document.changedAt;
  document.shown = show(state, uri, { ...report, version: document.text.version });
  sendStatus(state, document, document.shown);
  deliver(state, document);
  wake(document);
  announce(state, uri);
}

/** Tells those who follow what is shown that it has changed for a file. */
export function announce(state: State, uri: Uri): void {
  for (const it of state.onShown) it(uri);
}

/**
 * Brings the current result of an open document to the editor if the editor shows something else.
 * An editor that has not pulled for this version yet is about to, and is not asked to: a refresh makes it pull for
 * every document. After a `save` it is asked, since not every editor pulls then.
 */
export function deliver(state: State, document: OpenDocument, save = false): void {
  const current = currentOf(state, document);
  if (current === undefined) return;
  if (!state.abilities.pull) return push(state, document.uri, current.items, document.text.version);
  if (document.served === undefined) {
    // Nobody has pulled yet (the document may be open without an editor): what a scan has pushed stays current.
    if (state.published.has(document.uri) || state.closed.has(document.uri))
      push(state, document.uri, current.items, document.text.version);
    return;
  }
  const expected = document.waiting.size > 0 || (!save && document.served.version !== document.text.version);
  if (document.served.resultId !== current.resultId && !expected) refresh(state);
}

/** The result for the text as it is now, unless it is to wait for a save. */
export function currentOf(state: State, document: OpenDocument): Shown | undefined {
  if (document.shown === undefined || document.shown.report.version !== document.text.version)
    return undefined;
  return waitsForSave(state, document) ? undefined : document.shown;
}

function waitsForSave(state: State, document: OpenDocument): boolean {
  return document.dirty && settingsFor(state, document.uri).run === 'onSave';
}

/**
 * Answers textDocument/diagnostic with the result for the version the document has at the time of the request.
 * If the text changes meanwhile the editor is told to ask again.
 */
export async function pull(
  state: State,
  params: DocumentDiagnosticParams,
  token: CancellationToken,
): Promise<DocumentDiagnosticReport> {
  const uri = canonical(params.textDocument.uri);
  const own = state.projectDocuments.get(uri);
  if (own !== undefined) return pullProjectFile(state, own);
  const document = state.documents.get(uri);
  if (document === undefined) return { kind: 'full', items: [] };
  if (document.served !== undefined && waitsForSave(state, document)) {
    return answer(params, document.served.resultId, [...document.served.items]);
  }
  const version = document.text.version;
  const shown = await resultFor(state, document, version, token);
  if (shown === undefined) {
    if (!state.documents.has(uri)) return { kind: 'full', items: [] };
    throw new ResponseError(LSPErrorCodes.ServerCancelled, 'The document has changed.', {
      retriggerRequest: true,
    });
  }
  // Pulled diagnostics replace pushed ones: take those back first, so that nothing is shown twice.
  withdraw(state, uri);
  document.served = { version, resultId: shown.resultId, items: shown.items };
  if (document.hidden) {
    document.hidden = false;
    announce(state, uri);
  }
  return answer(params, shown.resultId, [...shown.items]);
}

function answer(
  params: DocumentDiagnosticParams,
  resultId: string,
  items: Diagnostic[],
): DocumentDiagnosticReport {
  if (params.previousResultId === resultId) return { kind: 'unchanged', resultId };
  return { kind: 'full', resultId, items };
}

/** The result for this version; undefined if the document changes or closes, or the request is cancelled, before it. */
export async function resultFor(
  state: State,
  document: OpenDocument,
  version: number,
  token: CancellationToken | undefined,
): Promise<Shown | undefined> {
  const ready = (): boolean => document.shown?.report.version === version;
  const over = (): boolean =>
    ready() ||
    document.text.version !== version ||
    state.documents.get(document.uri) !== document ||
    token?.isCancellationRequested === true;
  if (!over()) {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!over()) return;
        document.waiting.delete(look);
        listener?.dispose();
        resolve();
      };
      document.waiting.add(look);
      const listener = token?.onCancellationRequested(look);
    });
  }
  return ready() && document.text.version === version ? document.shown : undefined;
}

/** Pushes the result of a file that is not open, and remembers that it is ours to keep current. */
export function showClosed(state: State, uri: Uri, report: Report): Shown {
  const shown = show(state, uri, report);
  const before = state.closed.get(uri)?.shown;
  state.closed.set(uri, { shown });
  if (state.documents.has(uri)) return shown;
  if (shown.items.length === 0) withdraw(state, uri);
  else if (before?.resultId !== shown.resultId || !state.published.has(uri)) push(state, uri, shown.items);
  announce(state, uri);
  return shown;
}

/** Forgets a file that no longer exists, or whose results no longer hold. */
export function forgetClosed(state: State, uri: Uri): void {
  state.closed.delete(uri);
  if (state.documents.has(uri)) return;
  withdraw(state, uri);
  announce(state, uri);
}

/** No editor shows a document any more: what a scan would show of its file is pushed, as if it were closed. */
export function hide(state: State, uri: Uri): void {
  const document = state.documents.get(uri);
  if (document?.served === undefined) return;
  document.served = undefined;
  document.hidden = true;
  deliver(state, document);
  announce(state, uri);
}

/** After a document has closed: its diagnostics go, unless it was scanned; then those of the text on disk come back. */
export function handBack(state: State, uri: Uri): void {
  withdraw(state, uri);
  announce(state, uri);
  if (!state.closed.has(uri)) return;
  state.engine
    .quiet()
    .then(() => {
      if (state.documents.has(uri)) return;
      const report = state.engine.report(uri);
      // Without an index the engine does not know the file on disk; what a scan or a save has shown still holds.
      const known = report ?? state.closed.get(uri)?.shown.report;
      if (known !== undefined) showClosed(state, uri, known);
    })
    .catch((error: unknown) => state.log('warn', `No result for the closed file ${uri}: ${describe(error)}`));
}

function push(state: State, uri: Uri, items: readonly Diagnostic[], version?: number): void {
  if (items.length === 0) state.published.delete(uri);
  else state.published.add(uri);
  void state.connection.sendDiagnostics({
    uri: state.uris.toClient(uri),
    ...(version !== undefined && { version }),
    diagnostics: [...items],
  });
}

/** Takes back what was pushed for a file. */
export function withdraw(state: State, uri: Uri): void {
  if (state.published.has(uri)) push(state, uri, []);
}

const refreshing = new WeakMap<State, { again: boolean }>();

/** Asks the editor to pull again; requests that come while one is on its way become one more. */
export function refresh(state: State): void {
  if (!state.abilities.refresh || state.stopping.signal.aborted) return;
  const running = refreshing.get(state);
  if (running !== undefined) {
    running.again = true;
    return;
  }
  const mine = { again: false };
  refreshing.set(state, mine);
  state.connection.languages.diagnostics
    .refresh()
    .catch((error: unknown) => state.log('warn', `The editor did not refresh: ${describe(error)}`))
    .finally(() => {
      refreshing.delete(state);
      if (mine.again) refresh(state);
    });
}

function show(state: State, uri: Uri, report: Report): Shown {
  const { minimumSeverity, minimumConfidence } = settingsFor(state, uri);
  const minimum = { severity: minimumSeverity, confidence: minimumConfidence };
  return shownOf(report, policyFor(state, uri), state.today(), minimum, {
    ...(report.version !== undefined && { version: report.version }),
    related: state.abilities.related,
    toClient: state.uris.toClient,
  });
}

/** Computes again what is shown of everything known: settings or the editor's day have changed. */
export function showAgain(state: State): void {
  for (const document of state.documents.values()) {
    if (document.shown === undefined) continue;
    document.shown = show(state, document.uri, document.shown.report);
    sendStatus(state, document, document.shown);
    deliver(state, document);
    announce(state, document.uri);
  }
  for (const [uri, file] of state.closed) {
    if (settingsFor(state, uri).enable) showClosed(state, uri, file.shown.report);
    else forgetClosed(state, uri);
  }
}

function sendStatus(state: State, document: OpenDocument, shown: Shown): void {
  if (state.abilities.options.showsStatus !== true) return;
  const { report, findings } = shown;
  const partial = report.status === 'analysed' && report.reasons.length > 0;
  const worst = (['error', 'warning', 'info'] as const).find((it) =>
    findings.some((one) => one.severity === it),
  );
  const status: DocumentStatus = {
    uri: state.uris.toClient(document.uri),
    version: document.text.version,
    state: partial ? 'partial' : report.status,
    findings: findings.length,
    suppressed: shown.suppressed,
    ...(worst !== undefined && { worst }),
    milliseconds: Math.round(document.took),
    rules: state.known.ids.length,
    reasons: report.reasons.map((it) => it.text),
  };
  void state.connection.sendNotification(STATUS_NOTIFICATION, status);
}
