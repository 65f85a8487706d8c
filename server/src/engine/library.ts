// Whether a file belongs to a package that others call: then parameters of what it exports come from outside.

import type { KindRegistry } from '../base/kindset.ts';
import { type Fact, type FieldKey, type Fid, type Value, fact } from '../flow/domain.ts';
import type { Probe } from '../flow/probe.ts';
import { through } from '../flow/summary.ts';
import { step } from '../flow/via.ts';
import type { RawFinding } from '../flow/world.ts';
import { folderOf } from '../names/modules.ts';
import type { RuleSet } from '../rules/languages.ts';
import type { Solver } from './solver.ts';

/** Packages that answer requests: who depends on one is an application, and its inputs are known by their handlers. */
const PYTHON_SERVERS =
  /^(flask|django|fastapi|starlette|aiohttp|tornado|bottle|pyramid|falcon|sanic|quart|cherrypy|litestar|uvicorn|gunicorn)$/i;
const SERVERS =
  /^(express|koa|fastify|@hapi\/hapi|hapi|restify|next|nuxt|@nestjs\/core|polka|sails|meteor|connect|h3|hono|electron)$/;

/**
 * Decides library mode for a file from the nearest manifest above it (package.json; for Python pyproject.toml or
 * setup.cfg). `auto`: the package has an entry point for others (`main`, `exports`, `module`, or `index.js` of a published package
 * that is no command) and depends on no server framework.
 */
export function makesLibrary(
  uri: string,
  mode: 'auto' | 'on' | 'off',
  manifests: ReadonlyMap<string, string>,
): boolean {
  if (mode !== 'auto') return mode === 'on';
  for (let folder = folderOf(uri); folder.length > 1;) {
    if (/\.pyw?$/.test(uri)) {
      const text = manifests.get(`${folder}pyproject.toml`) ?? manifests.get(`${folder}setup.cfg`);
      if (text !== undefined)
        return once(text, isPythonLibrary) && !/\/(?:tests?|docs?|examples?)\//.test(uri);
    } else {
      const text = manifests.get(`${folder}package.json`);
      if (text !== undefined) return once(text, isLibrary);
    }
    const up = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    if (up === folder || up === '') return false;
    folder = up;
  }
  return false;
}

const known = new Map<string, boolean>();
/** What a manifest says, read once. */
function once(text: string, read: (text: string) => boolean): boolean {
  const cached = known.get(text);
  if (cached !== undefined) return cached;
  if (known.size > 500) known.clear();
  const res = read(text);
  known.set(text, res);
  return res;
}
function isLibrary(text: string): boolean {
  try {
    const data = JSON.parse(text) as Record<string, unknown>;
    const named = data.main !== undefined || data.exports !== undefined || data.module !== undefined;
    // Without an entry point a published package means `index.js`, unless it is a command.
    const published = data.name !== undefined && data.version !== undefined && data.bin === undefined;
    const entry = named || published;
    const needs = Object.keys((data.dependencies ?? {}) as Record<string, unknown>);
    return entry && data.private !== true && !needs.some((it) => SERVERS.test(it));
  } catch {
    return false;
  }
}

/**
 * Whether a pyproject.toml or setup.cfg describes a package for others: it has a name and a way to be built, and needs
 * no server framework. Only the names of its tables and dependencies are read.
 */
function isPythonLibrary(text: string): boolean {
  if (!/^\[(?:project|tool\.poetry|metadata)\]/m.test(text) || !/^name\s*=/m.test(text)) return false;
  if (!/^\[(?:build-system|options)\]/m.test(text)) return false;
  const needs = text.match(/^\s*["']?[A-Za-z][\w.-]*(?=\s*(?:[<>=~![;,"']|$))/gm) ?? [];
  return !needs.some((it) => PYTHON_SERVERS.test(it.trim().replace(/^["']/, '')));
}

/** Levels of exported records and of functions returning functions that callers can reach. */
const REACH = 4;

/**
 * Findings that arise if callers of the package pass untrusted data: sinks that parameters of exported functions reach,
 * (also by way of the object that a constructor of theirs makes), for kinds that take the source kind `library-input`. What is safe for the kind counts only if the probe does not believe it.
 */
export function libraryFindings(
  uri: string,
  solver: Solver,
  rules: RuleSet,
  kinds: KindRegistry,
  paramName: (fid: Fid, index: number) => string,
  probe: Probe | undefined,
): RawFinding[] {
  const exported = new Set<Fid>();
  const makers = new Map<Fid, Maker>();
  collect(solver.exports(uri), solver, exported, makers, REACH);
  const from = new Map(
    rules.kinds.filter((it) => it.from.includes('library-input')).map((it) => [it.kind, it]),
  );
  const res: RawFinding[] = [];
  for (const fid of [...exported].sort((a, b) => a - b)) {
    for (const use of solver.summary(fid)?.uses ?? []) {
      const kind = from.get(use.sink.kind);
      if (!kind || use.sink.target) continue;
      for (const it of givenBy(solver, kinds, makers, use.fact)) {
        const { origin } = it;
        if (origin.o !== 'param' || !exported.has(origin.fid) || origin.index < 0) continue;
        // A key that callers spell out is theirs; keys found in what they pass on may be anybody's.
        if (kind.libraryParts && it.derived === 0 && origin.path.length === 0) continue;
        const believed = probe?.ablate !== true || probe.kind !== use.sink.kind;
        if (believed && kinds.has(it.safe, kinds.bit(use.sink.kind))) continue;
        if (kind.direct && origin.path.length > 0) continue;
        const site = { fid: origin.fid, s: 0, e: 0 };
        const what = paramName(origin.fid, origin.index);
        if (what === '') continue;
        const path = origin.path.map((key) => (typeof key === 'string' ? `.${key}` : '[…]')).join('');
        const source = { o: 'source', kind: 'library-input', site, what: what + path } as const;
        const made = fact(source, it.derived, it.safe, it.doubt, it.via ?? step(undefined, site, 'source'));
        res.push({ kind: use.sink.kind, sink: use.sink, fact: made, doubt: made.doubt });
      }
    }
  }
  return res;
}

/** How a method's object was made: by a constructor, or as a value that callers get. */
type Maker = Fid | Value;

/** What callers gave of a fact: it itself, or for a field of `this` what the object was made of. */
function givenBy(
  solver: Solver,
  kinds: Pick<KindRegistry, 'union'>,
  makers: ReadonlyMap<Fid, Maker>,
  use: Fact,
): readonly Fact[] {
  const { origin } = use;
  const maker = origin.o === 'param' && origin.index === -1 ? makers.get(origin.fid) : undefined;
  if (origin.o !== 'param' || maker === undefined || origin.path.length === 0) return [use];
  if (typeof maker !== 'number')
    return partOf(maker, origin.path, use.derived > 0).map((it) => through(it, use, kinds));
  const res: Fact[] = [];
  for (const { target, value } of solver.summary(maker)?.writes ?? []) {
    if (target.t !== 'param' || target.fid !== maker || target.index !== -1) continue;
    if (target.path.length === 0 || !target.path.every((key, i) => key === origin.path[i])) continue;
    for (const it of partOf(value, origin.path.slice(target.path.length), use.derived > 0))
      if (it.origin.o === 'param' && it.origin.fid === maker) res.push(through(it, use, kinds));
  }
  return res;
}
/** Facts of the part of a tree at a path; with `inside` also those of everything in it. */
function partOf(val: Value, path: readonly FieldKey[], inside: boolean): readonly Fact[] {
  const [key, ...rest] = path;
  if (key !== undefined) {
    const fields = [...(val.fields ?? [])].filter(([it]) => it === key || it === null || key === null);
    return [...val.facts, ...fields.flatMap(([, it]) => partOf(it, rest, inside))];
  }
  const parts = inside ? [...(val.fields?.values() ?? [])].flatMap((it) => partOf(it, [], true)) : [];
  return [...val.facts, ...parts];
}
function collect(val: Value, solver: Solver, into: Set<Fid>, makers: Map<Fid, Maker>, depth: number): void {
  if (depth === 0) return;
  for (const it of val.fns) {
    if (into.has(it.fid)) continue;
    into.add(it.fid);
    const ret = solver.summary(it.fid)?.ret;
    if (ret) collect(ret, solver, into, makers, depth - 1);
    // `new F(x)` fills the object on which methods of `F.prototype` are called.
    for (const method of val.fields?.get('prototype')?.fields?.values() ?? [])
      for (const inner of method.fns) makers.set(inner.fid, it.fid);
  }
  for (const cid of [...val.classes, ...val.inst]) {
    const info = solver.klass(cid);
    if (!info) continue;
    if (info.ctor !== undefined) into.add(info.ctor);
    for (const [name, it] of info.members) {
      if (!/^(static:)?[#_]/.test(name)) into.add(it.fid);
      if (info.ctor !== undefined && !name.startsWith('static:')) makers.set(it.fid, info.ctor);
    }
  }
  for (const it of val.fields?.values() ?? [])
    for (const fn of it.fns) if (!makers.has(fn.fid)) makers.set(fn.fid, val);
  for (const it of val.fields?.values() ?? []) collect(it, solver, into, makers, depth - 1);
}
