// Raw findings to findings: one per sink and kind, paths resolved to lines of the files as they are now, words from the
// kind's file. The code quoted in messages is text of the analysed program; front doors escape it.

import { createHash } from 'node:crypto';
import { type Lines, positionAt } from '../base/lines.ts';
import type { Doubt, Fact, Fid } from '../flow/domain.ts';
import { stepsOf } from '../flow/via.ts';
import { PATHS } from '../flow/limits.ts';
import type { RawFinding } from '../flow/world.ts';
import type { RuleSet } from '../rules/languages.ts';
import type { Confidence, Kind, Severity } from '../rules/schema.ts';
import type { Finding, Path, Range, Step } from './engine.ts';

/** Where a function's text lies now. */
export interface Located {
  readonly uri: string;
  readonly text: string;
  readonly lines: Lines;
  /** Absolute offset of the function's first character. */
  readonly start: number;
  /** Name of the function, stable under edits elsewhere. */
  readonly name: string;
}

const CONFIDENCE: Readonly<Record<Doubt, Confidence>> = { 0: 'high', 1: 'medium', 2: 'low' };
const LOWER: Readonly<Record<Severity, Severity>> = { error: 'warning', warning: 'info', info: 'info' };
const ORDER: readonly Severity[] = ['error', 'warning', 'info'];
/**
 * How bad a flow from this source is. Callers of a package and the page's own content are reached by a detour only; who
 * types a command line may do as they like anyway.
 */
function severityFrom(it: Fact, kind: Kind): Severity {
  if (it.origin.o !== 'source') return kind.severity;
  switch (it.origin.kind) {
    case 'cli':
      return 'info';
    case 'library-input':
    case 'dom':
      return LOWER[kind.severity];
    default:
      return kind.severity;
  }
}

/** All findings of one file from the raw ones whose sink lies in it, each with at most `limit` paths. Sorted by place, then rule. */
export function makeFindings(
  raw: readonly RawFinding[],
  rules: RuleSet,
  locate: (fid: Fid) => Located | undefined,
  limit = PATHS,
): Finding[] {
  const groups = new Map<string, RawFinding[]>();
  for (const it of raw) {
    const key = `${it.sink.site.fid}:${it.sink.site.s}:${it.sink.site.e}:${it.kind}`;
    const group = groups.get(key);
    if (group) group.push(it);
    else groups.set(key, [it]);
  }
  const flows = flowPlaces(raw, rules);
  const res: { finding: Finding; at: number; anchor: string }[] = [];
  for (const group of [...groups.values()].filter((it) => !isCovered(it[0]!, flows))) {
    const made = makeFinding(group, rules, locate, limit);
    if (made) res.push(made);
  }
  res.sort((a, b) => a.at - b.at || (a.finding.rule < b.finding.rule ? -1 : 1));
  // Equal code in one function is told apart by its number.
  const counts = new Map<string, number>();
  return res.map(({ finding, anchor }) => {
    const nth = counts.get(anchor) ?? 0;
    counts.set(anchor, nth + 1);
    return {
      ...finding,
      fingerprint: `1:${createHash('sha256').update(`${anchor}\n${nth}`).digest('hex').slice(0, 32)}`,
    };
  });
}

/** Places where data flows are reported or pass, each with the CWEs of its kind. */
function flowPlaces(raw: readonly RawFinding[], rules: RuleSet): ReadonlySet<string> {
  const cwes = new Map(rules.kinds.map((it) => [it.kind, it.cwe]));
  const places = new Set<string>();
  for (const it of raw) {
    if (it.check) continue;
    for (const cwe of cwes.get(it.kind) ?? []) {
      places.add(placeKey(it.sink.site, cwe));
      for (const at of stepsOf(it.fact?.via)) places.add(placeKey(at, cwe));
    }
  }
  return places;
}
/** A check that says less of a place than a data flow does there adds nothing. */
function isCovered(it: RawFinding, flows: ReadonlySet<string>): boolean {
  return it.check?.cwe.some((cwe) => flows.has(placeKey(it.sink.site, cwe))) === true;
}
const placeKey = (site: { readonly fid: Fid; readonly s: number; readonly e: number }, cwe: number): string =>
  `${site.fid}:${site.s}:${site.e}:${cwe}`;

function makeFinding(
  group: readonly RawFinding[],
  rules: RuleSet,
  locate: (fid: Fid) => Located | undefined,
  limit: number,
): { finding: Finding; at: number; anchor: string } | undefined {
  const [first] = group;
  if (!first) return undefined;
  const { sink } = first;
  const where = locate(sink.site.fid);
  if (!where) return undefined;
  const at = where.start + sink.site.s;
  const code = where.text.slice(at, where.start + sink.site.e);
  const range = rangeOf(where, sink.site);
  const anchor = [first.kind, where.name, sink.name, code.replace(/\s+/g, ' ')].join('\n');
  if (first.check) {
    const { check } = first;
    return {
      finding: {
        rule: check.id,
        severity: check.severity,
        confidence: 'high',
        cwe: check.cwe,
        uri: where.uri,
        range,
        message: check.message,
        sink: sink.name,
        paths: [],
        fingerprint: '',
        fix: check.fix,
      },
      at,
      anchor,
    };
  }
  const kind = rules.kinds.find((it) => it.kind === first.kind);
  if (!kind) return undefined;
  // What is worse first, then certain before doubtful, remote before local, short before long; the key settles the rest.
  const facts = group.map((it) => it.fact).filter((it) => it !== undefined);
  const rank = (it: Fact): number =>
    it.origin.o === 'source' ? kind.from.indexOf(it.origin.kind) + 1 || 99 : 99;
  facts.sort(
    (a, b) =>
      ORDER.indexOf(severityFrom(a, kind)) - ORDER.indexOf(severityFrom(b, kind)) ||
      a.doubt - b.doubt ||
      rank(a) - rank(b) ||
      (a.via?.len ?? 0) - (b.via?.len ?? 0) ||
      (a.key < b.key ? -1 : 1),
  );
  const paths: Path[] = [];
  for (const it of facts) {
    if (paths.length >= limit) break;
    const path = pathOf(it, first, locate);
    if (path) paths.push(path);
  }
  const best = facts[0];
  if (!best || paths.length === 0) return undefined;
  const library = best.origin.o === 'source' && best.origin.kind === 'library-input';
  const message = kind.message
    .replace('{source}', () => quote(paths[0]!.source))
    .replace('{sink}', () => calledName(sink.name))
    .replace('{detail}', () => sink.detail ?? '');
  return {
    finding: {
      rule: kind.kind,
      severity: severityFrom(best, kind),
      confidence: CONFIDENCE[best.doubt],
      cwe: kind.cwe,
      uri: where.uri,
      range,
      message: library ? `If callers of this package pass untrusted data: ${message}` : message,
      sink: sink.name,
      paths,
      fingerprint: '',
      fix: sink.fix,
    },
    at,
    anchor,
  };
}

const quote = (code: string): string => {
  const plain = code.replace(/\s+/g, ' ').trim();
  return `\`${plain.length > 60 ? `${plain.slice(0, 57)}…` : plain}\``;
};
/** A sink in a sentence; names with a blank are words already, but for what a function returns that models know by its place. */
const calledName = (name: string): string => {
  // A decorator's sign may stand before that of a package's scope.
  const returned = /^what (@{0,2}?)((?:@[\w-]+\/)?[^@\s]\S*) returns$/.exec(name);
  if (returned)
    return `what ${returned[1] === '' ? '' : 'a function under @'}${sinkName(returned[2]!)} returns`;
  return name.includes(' ') ? name : `${sinkName(name)}()`;
};
/** `mysql2.Connection#query` is shown as `Connection.query`, `child_process.exec` as it is. */
const sinkName = (name: string): string => {
  const plain = name.replace(/\(\)/g, '').replace(/ ?=$/, '');
  const hash = plain.lastIndexOf('#');
  if (hash < 0) return plain.replace(/^global\./, '');
  const owner = plain.slice(0, hash);
  return `${owner.slice(owner.lastIndexOf('.') + 1)}.${plain.slice(hash + 1)}`;
};

function pathOf(it: Fact, raw: RawFinding, locate: (fid: Fid) => Located | undefined): Path | undefined {
  if (it.origin.o !== 'source') return undefined;
  const origin = locate(it.origin.site.fid);
  if (!origin) return undefined;
  const source =
    it.origin.kind === 'library-input'
      ? it.origin.what
      : origin.text.slice(origin.start + it.origin.site.s, origin.start + it.origin.site.e) || it.origin.what;
  const steps: Step[] = [];
  const push = (
    fid: Fid,
    site: { s: number; e: number },
    text: string,
    role: Step['role'],
    ending?: Step['ending'],
  ): void => {
    const where = locate(fid);
    if (where)
      steps.push({ uri: where.uri, range: rangeOf(where, site), text, role, ...(ending && { ending }) });
  };
  const what = it.origin.what || source.replace(/\s+/g, ' ').slice(0, 60);
  push(
    it.origin.site.fid,
    it.origin.site,
    it.origin.kind === 'library-input' ? `parameter ${what}, which callers of this package give` : what,
    'source',
  );
  for (const at of stepsOf(it.via)) if (at.text !== 'source') push(at.fid, at, at.text, 'step', at.ending);
  push(raw.sink.site.fid, raw.sink.site, `reaches ${calledName(raw.sink.name)}`, 'sink');
  return { source, steps };
}

export function rangeOf(where: Located, site: { s: number; e: number }): Range {
  return {
    start: positionAt(where.lines, where.start + site.s),
    end: positionAt(where.lines, where.start + site.e),
  };
}
