// The files of one analysis and their solution: texts in, reports out. It knows no time and no threads; whoever drives
// it decides when to work and for how long.

import { kindRegistry, type KindRegistry } from '../base/kindset.ts';
import { type Lines, linesOf } from '../base/lines.ts';
import type { FileIR } from '../ir/ir.ts';
import { nativesOf } from '../lang/lower.ts';
import { familyOf } from '../syntax/language.ts';
import { STATES } from '../flow/guards.ts';
import type { Fid } from '../flow/domain.ts';
import { type Manifest, type Target, folderOf, readManifest, resolveModule } from '../names/modules.ts';
import type { Probe } from '../flow/probe.ts';
import { importsOwnName, resolvePython } from '../names/python.ts';
import type { RuleSet } from '../rules/languages.ts';
import type { EngineSettings, Explained, IgnoreComment, Observed, Reason, Report } from './engine.ts';
import { observe } from './observe.ts';
import type { Noticed } from '../flow/notice.ts';
import { explained } from './explain.ts';
import { type Located, makeFindings } from './findings.ts';
import { type FileState, makeFile, makeIds } from './program.ts';
import { makeSolver, type Solver } from './solver.ts';
import { libraryFindings, makesLibrary } from './library.ts';
import { PATHS, PROBED } from '../flow/limits.ts';
import type { RawFinding } from '../flow/world.ts';

/** One file, lowered, as the workspace takes it. */
export interface Unit {
  readonly uri: string;
  readonly text: string;
  readonly ir: FileIR;
  readonly ignores: readonly IgnoreComment[];
}
interface Held {
  readonly unit: Unit;
  readonly lines: Lines;
  state: FileState;
  /** Files that its imports mean, as last resolved. */
  targets: readonly string[] | undefined;
}

export interface Workspace {
  readonly solver: Solver;
  readonly kinds: KindRegistry;
  /** Adds or replaces a file; gives the functions whose meaning changed. */
  put(unit: Unit): Fid[];
  drop(uri: string): void;
  /** A package.json or tsconfig.json; text undefined when it is gone. */
  manifest(uri: string, text: string | undefined): void;
  configure(settings: EngineSettings): void;
  has(uri: string): boolean;
  uris(): string[];
  /** Groups of files that import each other, each sorted by who imports whom. */
  components(): string[][];
  /** Starts the solution of these files (a component) from nothing. */
  restart(uris: readonly string[]): void;
  /** Re-runs these functions and whatever depends on them. */
  touch(fids: Iterable<Fid>): void;
  /** Files whose findings may have changed since the last call. */
  takeChanged(): Set<string>;
  report(uri: string): Report | undefined;
  /** What the probe saw in a file: its sinks, and where dangerous data went instead. */
  observed(uri: string): readonly Observed[];
  /** The file as it was put. */
  unit(uri: string): Unit | undefined;
  /** What the engine sees in a file as things stand. */
  explain(uri: string): Explained[];
  /** Frees what a reported file held; only for scans, where nothing is asked of it again. */
  release(uri: string): void;
}

function registryOf(rules: RuleSet): KindRegistry {
  const follows = rules.kinds.flatMap((it) => (it.follows ? [[it.kind, it.follows] as const] : []));
  return kindRegistry([...rules.kinds.map((it) => it.kind), ...STATES], follows);
}

/**
 * With a probe the workspace answers `observed`; its findings are then no result to show. Without one it may look up in
 * another workspace of the same rules what that has run already.
 */
export function makeWorkspace(
  rules: RuleSet,
  initial: EngineSettings,
  probe?: Probe,
  lender?: Workspace,
): Workspace {
  const kinds = lender?.kinds ?? registryOf(rules);
  const fids = makeIds();
  const cids = makeIds();
  const files = new Map<string, Held>();
  const manifests = new Map<string, Manifest>();
  const manifestTexts = new Map<string, string>();
  const owner = new Map<Fid, { uri: string; index: number }>();
  /** Functions whose runs have findings in a file. */
  const finders = new Map<string, Set<Fid>>();
  const foundIn = new Map<Fid, Set<string>>();
  /** What library mode adds, by the file whose exports are called. */
  const library = new Map<string, readonly RawFinding[]>();
  /** For a file with findings, the files whose lines its last report tells. */
  const tells = new Map<string, ReadonlySet<string>>();
  /** Files whose text is another one since the last `takeChanged`. */
  const moved = new Set<string>();
  let settings = initial;
  let manifestList: readonly Manifest[] = [];
  const resolved = new Map<string, Target>();

  const has = (uri: string): boolean => files.has(uri);
  const resolve = (from: string, specifier: string): Target => {
    const isPython = familyOf(files.get(from)?.unit.ir.language ?? 'javascript') === 'python';
    const byFolder = isPython ? !importsOwnName(from, specifier) : specifier.startsWith('.');
    const key = `${byFolder ? folderOf(from) : from}\n${isPython}\n${specifier}`;
    let it = resolved.get(key);
    if (!it) {
      it = isPython ? resolvePython(from, specifier, has) : resolveModule(from, specifier, has, manifestList);
      if (isPython && it.r === 'file') it = { ...it, module: cids.of(it.uri) };
      resolved.set(key, it);
    }
    return it;
  };
  const solver = makeSolver(kinds, resolve, probe);
  if (probe === undefined) solver.lender = lender?.solver;

  const locate = (fid: Fid): Located | undefined => {
    const at = owner.get(fid);
    const held = at && files.get(at.uri);
    if (!at || !held) return undefined;
    return {
      uri: at.uri,
      text: held.unit.text,
      lines: held.lines,
      start: held.state.ir.starts[at.index]!,
      name: fids.nameOf(fid).slice(at.uri.length),
    };
  };
  /** A file came or went: what imports mean may have changed. */
  const namesChanged = (): void => {
    resolved.clear();
    for (const it of files.values()) it.targets = undefined;
  };
  const targetsOf = (held: Held): readonly string[] => {
    held.targets ??= held.state.imports.flatMap((it) => {
      const to = resolve(held.unit.uri, it);
      return to.r === 'file' && to.uri !== held.unit.uri ? [to.uri] : [];
    });
    return held.targets;
  };
  const isLibrary = (uri: string): boolean => makesLibrary(uri, settings.libraryMode, manifestTexts);

  /** All that was found at sinks in a file, whoever found it. */
  const rawOf = (uri: string): RawFinding[] => {
    const raw: RawFinding[] = [...(finders.get(uri) ?? [])]
      .sort((a, b) => a - b)
      .flatMap((fid) => solver.findings(fid).filter((it) => owner.get(it.sink.site.fid)?.uri === uri));
    for (const from of [...library.keys()].sort())
      for (const it of library.get(from)!) if (owner.get(it.sink.site.fid)?.uri === uri) raw.push(it);
    return raw;
  };

  const workspace: Workspace = {
    solver,
    kinds,
    put(unit) {
      const old = files.get(unit.uri);
      const { language } = unit.ir;
      const speech = { natives: nativesOf(language), rules: rules.of(familyOf(language)) };
      const state = makeFile(unit.uri, unit.ir, speech, fids, cids);
      const oldKeys = new Map(old?.state.infos.map((it, i) => [it.fid, old.state.keys[i]!]));
      const changed: Fid[] = [];
      const importsSame =
        old &&
        old.state.imports.length === state.imports.length &&
        old.state.imports.every((it, i) => it === state.imports[i]);
      files.set(unit.uri, {
        unit,
        lines: linesOf(unit.text),
        state,
        targets: importsSame ? old.targets : undefined,
      });
      state.infos.forEach((info, i) => {
        owner.set(info.fid, { uri: unit.uri, index: i });
        solver.put(info, state.keys[i]!, i, state.infos.length - i);
        if (oldKeys.get(info.fid) !== state.keys[i]) changed.push(info.fid);
        oldKeys.delete(info.fid);
      });
      for (const fid of oldKeys.keys()) {
        solver.drop(fid);
        owner.delete(fid);
      }
      if (!old) namesChanged();
      if (old && old.unit.text !== unit.text) moved.add(unit.uri);
      return changed;
    },
    drop(uri) {
      const held = files.get(uri);
      if (!held) return;
      files.delete(uri);
      for (const info of held.state.infos) {
        solver.drop(info.fid);
        owner.delete(info.fid);
      }
      namesChanged();
    },
    manifest(uri, text) {
      const made = text === undefined ? undefined : readManifest(uri, text);
      if (made) manifests.set(uri, made);
      else manifests.delete(uri);
      if (text === undefined) manifestTexts.delete(uri);
      else manifestTexts.set(uri, text);
      // Nearest first: the longest folder.
      manifestList = [...manifests.values()].sort(
        (a, b) => b.folder.length - a.folder.length || (a.folder < b.folder ? -1 : 1),
      );
      namesChanged();
    },
    configure(next) {
      settings = next;
    },
    has,
    uris: () => [...files.keys()].sort(),
    components() {
      const parent = new Map<string, string>();
      const find = (it: string): string => {
        let root = it;
        while (parent.get(root)! !== root) root = parent.get(root)!;
        while (parent.get(it)! !== root) {
          const up = parent.get(it)!;
          parent.set(it, root);
          it = up;
        }
        return root;
      };
      const uris = [...files.keys()].sort();
      for (const it of uris) parent.set(it, it);
      for (const it of uris)
        for (const to of targetsOf(files.get(it)!)) {
          const a = find(it);
          const b = find(to);
          if (a !== b) parent.set(a < b ? b : a, a < b ? a : b);
        }
      const groups = new Map<string, string[]>();
      for (const it of uris) {
        const root = find(it);
        const group = groups.get(root);
        if (group) group.push(it);
        else groups.set(root, [it]);
      }
      return [...groups.values()].map((group) => sortByImports(group, (it) => targetsOf(files.get(it)!)));
    },
    restart(uris) {
      const all: Fid[] = [];
      uris.forEach((uri, at) => {
        const held = files.get(uri);
        if (!held) return;
        const { infos, keys } = held.state;
        const count = infos.length;
        infos.forEach((info, i) => {
          // Who captures a variable runs after who owns it, unless the owner calls it; again, inner ones run first.
          const order = at * 65536 + Math.min(i, 65535);
          const late = at * 65536 + Math.min(count - i, 65535);
          solver.put(info, keys[i]!, order, late);
          all.push(info.fid);
        });
      });
      solver.reset(all);
    },
    touch: (them) => solver.touch(them),
    takeChanged() {
      const res = new Set<string>();
      const touched = new Set<string>();
      if (moved.size > 0)
        for (const [uri, others] of tells) for (const it of others) if (moved.has(it)) res.add(uri);
      moved.clear();
      for (const fid of solver.takeChanged()) {
        const own = owner.get(fid);
        if (own) touched.add(own.uri);
        for (const uri of foundIn.get(fid) ?? []) {
          res.add(uri);
          finders.get(uri)?.delete(fid);
        }
        const now = new Set<string>();
        for (const it of solver.findings(fid)) {
          const at = owner.get(it.sink.site.fid);
          if (at) now.add(at.uri);
        }
        if (now.size > 0) foundIn.set(fid, now);
        else foundIn.delete(fid);
        for (const uri of now) {
          res.add(uri);
          let set = finders.get(uri);
          if (!set) finders.set(uri, (set = new Set()));
          set.add(fid);
        }
        if (own) res.add(own.uri);
      }
      const sinkUri = (it: RawFinding): string | undefined => owner.get(it.sink.site.fid)?.uri;
      for (const uri of touched) {
        const old = library.get(uri) ?? [];
        const name = (fid: Fid, index: number): string => {
          const at = owner.get(fid);
          const func = at && files.get(at.uri)?.state.ir.funcs[at.index];
          return func ? (func.params[index]?.name ?? `arguments[${index}]`) : '';
        };
        const now = isLibrary(uri) ? libraryFindings(uri, solver, rules, kinds, name, probe) : [];
        for (const it of [...old, ...now]) {
          const at = sinkUri(it);
          if (at !== undefined) res.add(at);
        }
        if (now.length > 0) library.set(uri, now);
        else library.delete(uri);
      }
      return res;
    },
    report(uri) {
      const held = files.get(uri);
      if (!held) return undefined;
      const raw = rawOf(uri);
      const told = new Set<string>();
      const findings = makeFindings(
        raw.filter((it) => it.sink.as === undefined),
        rules,
        (fid) => {
          const at = locate(fid);
          if (at) told.add(at.uri);
          return at;
        },
        // A verification looks for each path among those that are left: none must be missing for want of room.
        probe ? PATHS * PROBED : PATHS,
      );
      if (findings.length > 0) tells.set(uri, told);
      else tells.delete(uri);
      const reasons: Reason[] = [];
      const { errors } = held.state.ir;
      if (errors.length > 0) {
        const line = linesOf(held.unit.text.slice(0, errors[0]!.s)).starts.length;
        reasons.push({
          code: 'syntax-error',
          text: `${errors.length} syntax error${errors.length > 1 ? 's' : ''}, the first in line ${line}; what could be read was analysed.`,
        });
      }
      const cut = held.state.infos.filter((it) => solver.partial(it.fid)).map((it) => it.ir.name);
      if (cut.length > 0)
        reasons.push({
          code: 'budget',
          text: `Too much to follow in ${someOf(cut)}; some paths were left out.`,
        });
      const deep = held.state.ir.funcs.filter((it) => it.truncated).map((it) => it.name);
      if (deep.length > 0)
        reasons.push({
          code: 'budget',
          text: `Code nested too deeply in ${someOf(deep)}; its innermost parts were left out.`,
        });
      return {
        uri,
        status: 'analysed',
        reasons,
        findings,
        lines: countOf(held.lines),
        ignores: held.unit.ignores.length > 0 ? held.unit.ignores : undefined,
      };
    },
    observed(uri) {
      const held = files.get(uri);
      if (!held) return [];
      const sinks = held.state.infos.flatMap((it) => solver.seen(it.fid));
      return observe(sinks, rawOf(uri), locate);
    },
    unit: (uri) => files.get(uri)?.unit,
    explain(uri) {
      const noticed: Noticed[] = [];
      for (const { fid } of files.get(uri)?.state.infos ?? []) solver.observe(fid, (it) => noticed.push(it));
      return explained(uri, noticed, locate, (fid) => {
        const at = owner.get(fid);
        const name = at && files.get(at.uri)?.state.ir.funcs[at.index]?.name;
        return at && name ? { uri: at.uri, name } : undefined;
      });
    },
    release(uri) {
      const held = files.get(uri);
      if (!held) return;
      for (const info of held.state.infos) solver.forget(info.fid);
      held.state = { ...held.state, infos: [], keys: [], ir: { ...held.state.ir, funcs: [], comments: [] } };
    },
  };
  return workspace;
}

/** The first three functions by their names, and how many more there are. */
function someOf(names: readonly string[]): string {
  const some = names.slice(0, 3).map((it) => it || 'an anonymous function');
  return `${some.join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

/** Lines as people and `wc` count them: what follows the last line end is a line only if there is something. */
function countOf({ starts, length }: Lines): number {
  return starts.at(-1) === length ? starts.length - 1 : starts.length;
}

/** Imported files before their importers, otherwise by name; cycles are entered at the first name. */
function sortByImports(uris: readonly string[], targets: (uri: string) => readonly string[]): string[] {
  const res: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const inside = new Set(uris);
  for (const start of uris) {
    // Iterative: import chains of real projects can be thousands long.
    const stack: { uri: string; next: number }[] = [];
    if (!state.has(start)) {
      state.set(start, 'open');
      stack.push({ uri: start, next: 0 });
    }
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = targets(top.uri)[top.next++];
      if (to === undefined) {
        state.set(top.uri, 'done');
        res.push(top.uri);
        stack.pop();
      } else if (inside.has(to) && !state.has(to)) {
        state.set(to, 'open');
        stack.push({ uri: to, next: 0 });
      }
    }
  }
  return res;
}
