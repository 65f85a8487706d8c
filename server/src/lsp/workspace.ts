// The files of the workspace that are not open: read once in the background, then kept current by file events.
// This is what lets a finding in an open file follow data through files nobody has opened.

import { FileChangeType, type FileEvent } from 'vscode-languageserver';
import type { ScanFile } from '../engine/engine.ts';
import { discover, globProblem, type DiscoverEvent } from '../project/discover.ts';
import { fileRefusal } from './admission.ts';
import { forgetClosed, showClosed } from './publish.ts';
import { describe } from './run-safe.ts';
import { settingsFor, type State } from './state.ts';
import { canonical, pathOf } from './uris.ts';

/** Everything discovery says about the workspace's folders, one folder after the other, with their own settings. */
export async function* workspaceFiles(state: State, signal: AbortSignal): AsyncGenerator<DiscoverEvent> {
  const seen = new Set<string>();
  for (const folder of state.folders) {
    const root = pathOf(folder.uri);
    if (root === undefined) continue;
    const settings = settingsFor(state, folder.uri);
    if (!settings.enable) continue;
    const exclude = settings.exclude.filter((glob) => globProblem(glob) === undefined);
    for await (const event of discover([root], { exclude, maxFileSize: settings.maxFileSize }, signal)) {
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

/** Tells the engine about all files of the workspace. Resolves with their number, or when `signal` fires. */
export async function indexWorkspace(state: State, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const event of workspaceFiles(state, signal)) {
    if (signal.aborted) return count;
    if (event.type !== 'file' || !settingsFor(state, event.uri).indexWorkspace) continue;
    state.engine.disk(canonical(event.uri), event.languageId, event.text);
    count++;
  }
  return count;
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
  const below = [...state.closed.keys()].filter((it) => it === uri || it.startsWith(`${uri}/`));
  for (const it of new Set([uri, ...below])) {
    state.engine.disk(it, languageIdOf(state, it), undefined);
    forgetClosed(state, it);
  }
}

async function reread(state: State, uri: string, path: string): Promise<boolean> {
  const refused = await fileRefusal(state, uri, path);
  if (refused !== undefined) return false;
  const { maxFileSize } = settingsFor(state, uri);
  for await (const event of discover([path], { maxFileSize })) {
    if (event.type === 'file') {
      state.engine.disk(uri, event.languageId, event.text);
      return true;
    }
    // Now too large, binary or gone: what was known of it no longer holds.
    state.log('info', `${path} is left out: ${event.reason.text}`);
    deleted(state, uri);
  }
  return false;
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

function languageIdOf(state: State, uri: string): string {
  return state.documents.get(uri)?.text.languageId ?? 'javascript';
}
