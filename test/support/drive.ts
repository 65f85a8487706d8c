// Drives an engine without waiting: a clock whose time only the test moves, and the reports of a set of files as text.
// What an engine shows at rest is compared by these texts, so two engines agree byte for byte or not at all.

import type { Engine, Report, ScanFile } from '../../server/src/engine/engine.ts';
import { type Clock, builtRules, createEngine } from '../../server/src/engine/in-process.ts';
import type { RuleSet } from '../../server/src/rules/languages.ts';

export interface ManualClock extends Clock {
  /** Runs what is due now, and what that makes due, without moving time. */
  settle(): void;
  /** Moves time to the next appointment and runs it; false if there is none. */
  step(): boolean;
}

/** A clock that stands still until it is told to move, so slices never end early and nothing is left to chance. */
export function manualClock(): ManualClock {
  let time = 0;
  let appointments: { at: number; fn: () => void }[] = [];
  const runOne = (until: number): boolean => {
    let next: { at: number; fn: () => void } | undefined;
    for (const it of appointments) if (it.at <= until && (!next || it.at < next.at)) next = it;
    if (!next) return false;
    const due = next;
    appointments = appointments.filter((it) => it !== due);
    time = Math.max(time, due.at);
    due.fn();
    return true;
  };
  return {
    now: () => time,
    after(ms, fn) {
      const it = { at: time + ms, fn };
      appointments.push(it);
      return () => void (appointments = appointments.filter((other) => other !== it));
    },
    settle() {
      while (runOne(time));
    },
    step: () => runOne(Infinity),
  };
}

let rules: RuleSet | undefined;

/** An engine with the built rules on a clock of its own. Rejects if nothing has been built. */
export async function drivenEngine(): Promise<{ engine: Engine; clock: ManualClock }> {
  const clock = manualClock();
  return { engine: await createEngine((rules ??= builtRules()), clock), clock };
}

/** Runs all tiers to the end. */
export async function toQuiet(engine: Engine, clock: ManualClock): Promise<void> {
  const quiet = engine.quiet();
  while (clock.step());
  await quiet;
}

const isManifest = (uri: string): boolean =>
  /\/((package|[tj]sconfig)\.json|pyproject\.toml|setup\.cfg)$/.test(uri);

/** Opens source files as documents of version 1 and tells of manifests as the disk does. */
export function openAll(engine: Engine, files: readonly ScanFile[]): void {
  for (const it of files.filter((it) => isManifest(it.uri))) engine.disk(it.uri, it.languageId, it.text);
  for (const it of files.filter((it) => !isManifest(it.uri))) engine.open({ ...it, version: 1 });
}

/** The reports of a fresh engine that has these documents open. */
export async function freshReports(files: readonly ScanFile[]): Promise<Report[]> {
  const { engine, clock } = await drivenEngine();
  openAll(engine, files);
  await toQuiet(engine, clock);
  const reports = reportsOf(engine, files);
  await engine.dispose();
  return reports;
}

/** The reports of a scan of these files. */
export async function scanReports(files: readonly ScanFile[], workers = 1): Promise<Report[]> {
  const { engine } = await drivenEngine();
  const reports: Report[] = [];
  for await (const it of engine.scan(files, { workers }, new AbortController().signal))
    if (it.type === 'report') reports.push(it.report);
  await engine.dispose();
  return reports;
}

/** What an engine reports of these files now. Throws if it has no report of one of them. */
export function reportsOf(engine: Engine, files: readonly ScanFile[]): Report[] {
  return files
    .filter((it) => !isManifest(it.uri))
    .map((it) => {
      const report = engine.report(it.uri);
      if (!report) throw new Error(`no report of ${it.uri}`);
      return report;
    });
}

/** Reports as text, by address and without versions: equal texts mean equal results. */
export function textOfReports(reports: readonly Report[]): string {
  return [...reports]
    .sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0))
    .map((it) => JSON.stringify({ ...it, version: undefined }, undefined, 1))
    .join('\n');
}

/** `path:line rule` of every finding, sorted; lines from 1. */
export function foundIn(reports: readonly Report[], pathOf: (uri: string) => string): string[] {
  return reports
    .flatMap((it) => it.findings)
    .map((it) => `${pathOf(it.uri)}:${it.range.start.line + 1} ${it.rule}`)
    .sort();
}
