// Analyses files apart from any document: what the command line and the workspace scan do.
// Files go into the workspace in sorted order, whichever thread read them: the result depends on the files alone.

import type { RuleSet } from '../rules/languages.ts';
import { languageOf } from '../syntax/language.ts';
import type { EngineSettings, Reason, Report, ScanEvent, ScanFile } from './engine.ts';
import { type Clock, type Hooks, SLICE } from './hooks.ts';
import { indexAll, type Job } from './index-pool.ts';
import { isManifest, refuse } from './unit.ts';
import { makeWorkspace } from './workspace.ts';

/** What a scan takes from the engine it belongs to. */
export interface ScanContext {
  readonly rules: RuleSet;
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly hooks: Hooks;
}

/**
 * Analyses the files together and gives progress and one report for each; manifests have none. `workers` threads read
 * the files, this one included; the result does not depend on their number. Ends early when aborted.
 */
export async function* scanFiles(
  { rules, settings, clock, hooks }: ScanContext,
  files: readonly ScanFile[],
  workers: number,
  signal: AbortSignal,
): AsyncGenerator<ScanEvent> {
  const workspace = makeWorkspace(rules, settings);
  workspace.solver.keepMemos = false;
  workspace.solver.at = hooks.at;
  let breathe = clock.now() + SLICE * 4;
  const pause = async (): Promise<void> => {
    if (clock.now() < breathe) return;
    await new Promise((resolve) => setImmediate(resolve));
    breathe = clock.now() + SLICE * 4;
  };
  const jobs: Job[] = [];
  for (const it of [...files].sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0))) {
    const language = languageOf(it.uri, it.languageId);
    const refused = refuse(it.uri, it.text, undefined);
    if (isManifest(it.uri)) workspace.manifest(it.uri, it.text);
    else if (refused) yield { type: 'report', report: refused };
    else if (language) jobs.push({ uri: it.uri, language, text: it.text });
    else yield { type: 'report', report: without(it.uri, 'skipped', UNSUPPORTED) };
  }
  let done = 0;
  const options = { workers, signal, at: hooks.at, pause, indexer: hooks.indexer };
  for await (const it of indexAll(jobs, options)) {
    const { uri, text } = it.job;
    if ('failure' in it)
      yield { type: 'report', report: without(uri, 'failed', { code: 'crashed', text: it.failure }) };
    else workspace.put({ uri, text, ...it.indexed });
    yield { type: 'progress', done: ++done, total: jobs.length, phase: 'index' };
    await pause();
  }
  if (signal.aborted) return;
  done = 0;
  const groups = workspace.components();
  const total = groups.reduce((acc, it) => acc + it.length, 0);
  for (const group of groups) {
    workspace.restart(group);
    for (;;) {
      if (signal.aborted) return;
      const until = clock.now() + SLICE * 4;
      if (workspace.solver.work(() => clock.now() > until)) break;
      await pause();
    }
    workspace.takeChanged();
    for (const uri of group) {
      done++;
      const report = workspace.report(uri);
      if (report) yield { type: 'report', report };
    }
    for (const uri of group) workspace.release(uri);
    yield { type: 'progress', done, total, phase: 'analyse' };
    await pause();
  }
}

const UNSUPPORTED: Reason = { code: 'unsupported', text: 'The language of this file is not supported.' };

function without(uri: string, status: 'skipped' | 'failed', reason: Reason): Report {
  return { uri, status, reasons: [reason], findings: [], lines: 0 };
}
