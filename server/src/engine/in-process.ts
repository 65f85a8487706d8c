// The engine in this thread: documents, the workspace on disk, and when work happens. Tests, the CLI and the worker all
// run this; the worker only puts messages in front of it.

import { linesOf, offsetAt } from '../base/lines.ts';
import { type LowerCache, makeLowerCache } from '../lang/lower.ts';
import { resourcePath } from '../base/resources.ts';
import { readFileSync } from 'node:fs';
import { type RuleSet, loadRuleSet } from '../rules/languages.ts';
import { languageOf } from '../syntax/language.ts';
import { type ParsedTree, initSyntax, parseText } from '../syntax/parser.ts';
import type { Counters, Edit, Engine, EngineSettings, Report } from './engine.ts';
import { type Clock, type Hooks, realClock, SLICE } from './hooks.ts';
import { scanFiles } from './scan.ts';
import { indexText, indexTree, isManifest, refuse } from './unit.ts';
import { whatIf } from './what-if.ts';
import { type Unit, makeWorkspace } from './workspace.ts';

export type { Clock, Hooks } from './hooks.ts';

/** The solution from nothing starts after this long without a change, in milliseconds. */
const REST = 1000;

interface Document {
  languageId: string;
  version: number;
  text: string;
  tree: ParsedTree | undefined;
}

/** Loads the built rules. Throws if the installation lacks them. */
export function builtRules(): RuleSet {
  return loadRuleSet(readFileSync(resourcePath('rules.json'), 'utf8'));
}

/** Makes an engine in this thread. Rejects if the grammars cannot be loaded. */
export async function createEngine(
  rules: RuleSet,
  clock: Clock = realClock,
  hooks: Hooks = {},
): Promise<Engine> {
  await initSyntax();
  return makeEngine(rules, clock, hooks);
}

function makeEngine(shipped: RuleSet, clock: Clock, hooks: Hooks): Engine {
  let rules = shipped;
  let settings: EngineSettings = { libraryMode: 'auto' };
  const cache: LowerCache = makeLowerCache();
  const docs = new Map<string, Document>();
  /** Files as they are on disk, for when a document closes. */
  const onDisk = new Map<string, { languageId: string; text: string }>();
  const reports = new Map<string, Report>();
  /** package.json and tsconfig.json files by URI. */
  const manifests = new Map<string, string>();
  const listeners: ((uri: string, report: Report) => void)[] = [];
  let workspace = makeWorkspace(rules, settings);
  workspace.solver.at = hooks.at;
  const counters: Counters = { parsed: 0, lowered: 0, ran: 0, reused: 0 };
  /** Files whose text changed since they were last lowered. */
  const dirty = new Set<string>();
  /** Files that changed since the last solution from nothing. */
  const unsettled = new Set<string>();
  let solving: string[][] | undefined;
  let cancelWork: (() => void) | undefined;
  let cancelRest: (() => void) | undefined;
  let disposed = false;
  const waiters: (() => void)[] = [];

  const textOf = (uri: string): { languageId: string; text: string } | undefined =>
    docs.get(uri) ?? onDisk.get(uri);

  const lowerNow = (uri: string): void => {
    hooks.at?.(uri);
    const doc = docs.get(uri);
    const held = textOf(uri);
    if (!held) {
      workspace.drop(uri);
      reports.delete(uri);
      return;
    }
    const language = languageOf(uri, held.languageId);
    if (!language) return;
    const refused = refuse(uri, held.text, doc?.version);
    if (refused) {
      workspace.drop(uri);
      publish(uri, refused);
      return;
    }
    counters.parsed++;
    const before = cache.lowered;
    let unit: Unit;
    if (doc) {
      doc.tree ??= parseText(language, doc.text);
      unit = { uri, text: doc.text, ...indexTree(doc.tree, cache) };
    } else unit = { uri, text: held.text, ...indexText(language, held.text, cache) };
    counters.lowered += cache.lowered - before;
    workspace.touch(workspace.put(unit));
    unsettled.add(uri);
  };

  const publish = (uri: string, report: Report): void => {
    const version = docs.get(uri)?.version;
    const next: Report = version === undefined ? report : { ...report, version };
    const old = reports.get(uri);
    reports.set(uri, next);
    if (old && old.version === next.version && sameReport(old, next)) return;
    for (const it of listeners) it(uri, next);
  };
  const publishAll = (uris: Iterable<string>): void => {
    for (const uri of uris) {
      const report = workspace.report(uri);
      if (report) publish(uri, report);
    }
  };

  const over = (until: number): boolean => clock.now() > until || hooks.urgent?.() === true;

  /** One slice; true when there is nothing left to do. */
  const slice = (until: number): boolean => {
    for (const uri of dirty) {
      dirty.delete(uri);
      // A solution that was under way is begun again, all that was left of it.
      for (const group of solving?.slice(solvingAt) ?? []) for (const it of group) unsettled.add(it);
      solving = undefined;
      lowerNow(uri);
      touched.add(uri);
      if (over(until)) return false;
    }
    const done = workspace.solver.work(() => over(until));
    if (!done) return false;
    for (const uri of workspace.takeChanged()) touched.add(uri);
    if (!solving) {
      // Files that are not open wait for the solution: what is known half-way would only flicker in their list.
      const shown = [...touched].filter((it) => docs.has(it)).sort();
      for (const it of shown) touched.delete(it);
      publishAll(shown);
    }
    return true;
  };
  const touched = new Set<string>();

  /** The solution from nothing of every group of files that something changed in. */
  const settleSlice = (until: number): boolean => {
    if (!solving) {
      if (unsettled.size === 0) return true;
      solving = workspace.components().filter((group) => group.some((it) => unsettled.has(it)) || removed);
      removed = false;
      unsettled.clear();
      solvingAt = 0;
      if (solving.length > 0) workspace.restart(solving[0]!);
    }
    while (solvingAt < solving.length) {
      if (!workspace.solver.work(() => over(until))) return false;
      solvingAt++;
      if (solvingAt < solving.length) workspace.restart(solving[solvingAt]!);
      if (over(until) && solvingAt < solving.length) return false;
    }
    for (const uri of workspace.takeChanged()) touched.add(uri);
    solving = undefined;
    publishAll([...touched].sort());
    touched.clear();
    return true;
  };
  let solvingAt = 0;
  let removed = false;

  const schedule = (): void => {
    if (disposed) return;
    cancelRest?.();
    cancelRest = undefined;
    cancelWork ??= clock.after(0, tick);
  };
  const tick = (): void => {
    cancelWork = undefined;
    if (disposed) return;
    if (!slice(clock.now() + SLICE)) {
      cancelWork = clock.after(0, tick);
      return;
    }
    cancelRest?.();
    cancelRest = clock.after(waiters.length > 0 ? 0 : REST, rest);
  };
  const rest = (): void => {
    cancelRest = undefined;
    if (disposed) return;
    if (!settleSlice(clock.now() + SLICE)) {
      cancelRest = clock.after(0, rest);
      return;
    }
    for (const it of waiters.splice(0)) it();
  };

  const change = (uri: string): void => {
    dirty.add(uri);
    schedule();
  };

  const engine: Engine = {
    configure(next) {
      settings = next;
      workspace.configure(next);
      for (const uri of workspace.uris()) dirty.add(uri);
      schedule();
    },
    extend(models) {
      if (models === undefined && rules === shipped) return;
      rules = models === undefined ? shipped : shipped.with(models);
      // Every summary may be another one now: all is analysed again, from units that need no parsing.
      workspace = makeWorkspace(rules, settings);
      workspace.solver.at = hooks.at;
      for (const [uri, text] of manifests) workspace.manifest(uri, text);
      for (const uri of [...docs.keys(), ...onDisk.keys()]) dirty.add(uri);
      solving = undefined;
      unsettled.clear();
      schedule();
    },
    async explain(uri) {
      await engine.quiet();
      return workspace.explain(uri);
    },
    open(doc) {
      docs.get(doc.uri)?.tree?.delete();
      docs.set(doc.uri, {
        languageId: doc.languageId,
        version: doc.version,
        text: doc.text,
        tree: undefined,
      });
      change(doc.uri);
    },
    change(uri, version, edits) {
      const doc = docs.get(uri);
      if (!doc) return;
      applyEdits(doc, edits);
      doc.version = version;
      change(uri);
    },
    async save(uri) {
      const before = new Map(reports);
      if (dirty.has(uri)) {
        dirty.delete(uri);
        lowerNow(uri);
      }
      await engine.quiet();
      const res: Report[] = [];
      for (const [it, report] of reports)
        if (it === uri || (before.get(it) && !sameReport(before.get(it)!, report))) res.push(report);
      return res;
    },
    close(uri) {
      const doc = docs.get(uri);
      if (!doc) return;
      doc.tree?.delete();
      docs.delete(uri);
      reports.delete(uri);
      if (!onDisk.has(uri)) removed = true;
      unsettled.add(uri);
      change(uri);
    },
    disk(uri, languageId, text) {
      if (isManifest(uri)) {
        workspace.manifest(uri, text);
        if (text === undefined) manifests.delete(uri);
        else manifests.set(uri, text);
        for (const it of workspace.uris()) dirty.add(it);
        schedule();
        return;
      }
      if (text === undefined) {
        onDisk.delete(uri);
        removed = true;
        unsettled.add(uri);
      } else onDisk.set(uri, { languageId, text });
      if (!docs.has(uri)) change(uri);
    },
    report: (uri) => reports.get(uri),
    quiet() {
      return new Promise((resolve) => {
        waiters.push(resolve);
        schedule();
      });
    },
    scan: (files, options, signal) =>
      scanFiles(
        { rules, settings, clock, hooks },
        files.map((it) => ({ ...it, text: docs.get(it.uri)?.text ?? it.text })),
        options.workers,
        signal,
      ),
    onChange: (listener) => void listeners.push(listener),
    whatIf: (overlay, question) => {
      const languageIdOf = (uri: string): string => textOf(uri)?.languageId ?? '';
      // What was told and not yet worked on counts too.
      const changed = [...dirty].map((uri) => ({ uri, text: textOf(uri)?.text }));
      return whatIf(
        { rules, settings, clock, from: workspace, changed, manifests, languageIdOf },
        overlay,
        question,
      );
    },
    counters: async () => {
      const { stats } = workspace.solver;
      const res = { ...counters, ran: stats.ran, reused: stats.reused };
      counters.parsed = counters.lowered = 0;
      stats.ran = stats.reused = 0;
      return res;
    },
    async dispose() {
      disposed = true;
      cancelWork?.();
      cancelRest?.();
      for (const it of docs.values()) it.tree?.delete();
      for (const it of waiters.splice(0)) it();
    },
  };
  return engine;
}

function applyEdits(doc: Document, edits: readonly Edit[]): void {
  for (const it of edits) {
    if (!it.range) {
      doc.tree?.delete();
      doc.tree = undefined;
      doc.text = it.text;
      continue;
    }
    const lines = linesOf(doc.text);
    const start = offsetAt(lines, it.range.start);
    const end = Math.max(start, offsetAt(lines, it.range.end));
    const text = doc.text.slice(0, start) + it.text + doc.text.slice(end);
    doc.tree?.edit(start, end, start + it.text.length, text);
    doc.text = text;
  }
}

const sameReport = (a: Report, b: Report): boolean =>
  a === b || JSON.stringify({ ...a, version: 0 }) === JSON.stringify({ ...b, version: 0 });
