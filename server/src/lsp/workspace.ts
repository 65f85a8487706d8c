// The files of the workspace that are not open: read once in the background, then kept current by file events.
// This is what lets a finding in an open file follow data through files nobody has opened.

import { createHash } from 'node:crypto';
import { FileChangeType, type FileEvent } from 'vscode-languageserver';
import type { Reason, ScanFile } from '../engine/engine.ts';
import { unfit } from '../project/classify.ts';
import { discover, globProblem, type DiscoverEvent, type FoundFile } from '../project/discover.ts';
import { excludedBy } from '../project/folder.ts';
import { fileRefusal } from './admission.ts';
import { policyFor, sizeLimitOf } from './projects.ts';
import { forgetClosed, showClosed } from './publish.ts';
import { describe } from './run-safe.ts';
import { settingsFor, type State } from './state.ts';
import { canonical, pathOf, uriOf } from './uris.ts';

/** Everything discovery says about the workspace's folders, one folder after the other, with their own settings. */
export async function* workspaceFiles(state: State, signal: AbortSignal): AsyncGenerator<DiscoverEvent> {
  const seen = new Set<string>();
  for (const folder of state.folders) {
    const root = pathOf(folder.uri);
    if (root === undefined) continue;
    const settings = settingsFor(state, folder.uri);
    if (!settings.enable) continue;
    const options = {
      exclude: settings.exclude.filter((glob) => globProblem(glob) === undefined),
      excludedBy: (path: string) => excludedBy(policyFor(state, folder.uri), uriOf(path)),
      maxFileSize: sizeLimitOf(state, folder.uri),
    };
    for await (const event of discover([root], options, signal)) {
      // Folders of a workspace may lie in each other.
      if (seen.has(event.uri)) continue;
      seen.add(event.uri);
      yield event;
    }
  }
}

/** A discovered file as the engine takes it, under the name it has as a document. */
export function scanFileOf(event: DiscoverEvent & { type: 'file' }): ScanFile {
  return { uri: canonical(event.uri), languageId: event.languageId, text: event.text };
}

interface Told {
  readonly languageId: string;
  /** Of the text, so that telling the same again costs no analysis. */
  readonly hash: string;
}
/** The files on disk that the engine has been told about. */
const told = new WeakMap<State, Map<string, Told>>();

function toldBy(state: State): Map<string, Told> {
  const files = told.get(state) ?? new Map<string, Told>();
  told.set(state, files);
  return files;
}

/** Whether the engine has been told what is on disk of a file. */
export function isIndexed(state: State, uri: string): boolean {
  return toldBy(state).has(uri);
}

/** Tells the engine what is on disk of a file, unless it knows. */
export function tell(state: State, file: ScanFile): void {
  const hash = createHash('sha1').update(file.text).digest('base64url');
  if (toldBy(state).get(file.uri)?.hash === hash) return;
  toldBy(state).set(file.uri, { languageId: file.languageId, hash });
  state.engine.disk(file.uri, file.languageId, file.text);
}

function untell(state: State, uri: string): void {
  const before = toldBy(state).get(uri);
  if (before === undefined) return;
  toldBy(state).delete(uri);
  state.engine.disk(uri, before.languageId, undefined);
}

/** A new engine knows nothing. */
export function forgetTold(state: State): void {
  told.delete(state);
}

/**
 * Tells the engine about all files of the workspace, and takes back those that are left out since the last time.
 * Resolves with the number of source files, or when `signal` fires.
 */
export async function indexWorkspace(state: State, signal: AbortSignal): Promise<number> {
  const before = new Set(toldBy(state).keys());
  let count = 0;
  for await (const event of workspaceFiles(state, signal)) {
    if (signal.aborted) return count;
    if (!settingsFor(state, canonical(event.uri)).indexWorkspace) continue;
    if (event.type !== 'file') continue;
    const file = scanFileOf(event);
    tell(state, file);
    before.delete(file.uri);
    if (event.languageId !== 'json') count++;
  }
  if (!signal.aborted) for (const uri of before) untell(state, uri);
  return count;
}

/** Reads the workspace in the background; an older reading ends. */
export function startIndexing(state: State): void {
  state.indexing.abort();
  state.indexing = new AbortController();
  const { signal } = state.indexing;
  const began = performance.now();
  state.engine
    .ready()
    .then(() => indexWorkspace(state, signal))
    .then((count) =>
      state.log(
        'info',
        `Read ${count} ${count === 1 ? 'file' : 'files'} of the workspace in ${Math.round(performance.now() - began)} ms.`,
      ),
    )
    .catch((error: unknown) => state.log('error', `The workspace could not be read: ${describe(error)}`));
}

/** Tells the engine about files that were created, changed or deleted outside the editor. */
export async function filesChanged(state: State, events: readonly FileEvent[]): Promise<void> {
  const touched: string[] = [];
  for (const event of events) {
    const uri = canonical(event.uri);
    const path = pathOf(uri);
    if (path === undefined) continue;
    if (event.type === FileChangeType.Deleted) deleted(state, uri);
    else if (await reread(state, uri, path)) touched.push(uri);
  }
  if (state.closed.size > 0) await showTouched(state, touched);
}

/** A deleted path may have been a folder: everything below it is gone too. */
function deleted(state: State, uri: string): void {
  for (const it of [...toldBy(state).keys(), ...state.closed.keys()]) {
    if (it !== uri && !it.startsWith(`${uri}/`)) continue;
    untell(state, it);
    forgetClosed(state, it);
  }
}

/** Takes in a file that has changed. False if it is no source file that is looked at. */
async function reread(state: State, uri: string, path: string): Promise<boolean> {
  // Without an index only what a scan has shown is kept current.
  if (!settingsFor(state, uri).indexWorkspace && !state.closed.has(uri)) return false;
  const refused = await fileRefusal(state, uri, path);
  if (refused !== undefined) return false;
  const maxFileSize = sizeLimitOf(state, uri);
  for await (const event of discover([path], { maxFileSize })) {
    // The manifests around a named file come after it; they are known, or have events of their own.
    if (canonical(event.uri) !== uri) continue;
    const reason = event.type === 'file' ? unsuitable(event) : event.reason;
    if (event.type === 'file' && reason === undefined) {
      tell(state, scanFileOf(event));
      return event.languageId !== 'json';
    }
    // Now too large, generated, binary or gone: what was known of it no longer holds.
    state.log('info', `${path} is left out: ${reason?.text}`);
    deleted(state, uri);
  }
  return false;
}

/** A named file is read even if it is generated; a file that merely changed on disk is judged as in a folder. */
function unsuitable(event: FoundFile): Reason | undefined {
  return event.languageId === 'json' ? undefined : unfit(event.path, event.text);
}

/** Once the engine has taken the new texts in, shows the results of those files that a scan has shown before. */
async function showTouched(state: State, touched: readonly string[]): Promise<void> {
  try {
    await state.engine.quiet();
  } catch (error) {
    state.log('warn', `No results for changed files: ${describe(error)}`);
    return;
  }
  for (const uri of touched) {
    const report = state.engine.report(uri);
    if (report !== undefined && !state.documents.has(uri)) showClosed(state, uri, report);
  }
}

/** A document has been saved: what is on disk is known without reading it. */
export function savedToDisk(state: State, file: ScanFile): void {
  // Files that the index leaves out stay out of it; whoever imports them resolves to the open document meanwhile.
  if (toldBy(state).has(file.uri)) tell(state, file);
}
