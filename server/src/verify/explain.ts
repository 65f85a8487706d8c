// How a flow that is not found any more ended. It must end in something the engine knows: if the engine merely lost sight
// of the data (unknown call, computed property, code that is never run), that is no reason to believe in a fix.

import type { Finding, Observed, Path, Report, Step } from '../engine/engine.ts';
import type { Arena } from '../syntax/arena.ts';
import type { LineMaps } from './compare.ts';
import { calleeAround, mentions, namesBetween } from './code.ts';
import type { Hunk } from './lines.ts';
import type { Ended, Objection } from './verdict.ts';

/** What is known of a change when it comes to the question how the flow ended. */
export interface Evidence {
  readonly target: Finding;
  readonly maps: LineMaps;
  /** Changed files, parsed. */
  readonly trees: ReadonlyMap<string, { readonly before: Arena; readonly after: Arena }>;
  readonly before: readonly Report[];
  readonly after: readonly Report[];
  /** The same texts, analysed without belief in what makes data safe for this kind. */
  readonly ablatedBefore: readonly Report[];
  readonly ablatedAfter: readonly Report[];
}
export type Explanation =
  { readonly ended: Ended; readonly text: string } | { readonly objection: Objection };

/** Explains why the target is gone. Call it only if it is. */
export function explain(it: Evidence): Explanation {
  return it.target.paths.length === 0 ? checkEnded(it) : (byAblation(it) ?? atSink(it));
}

/** Every path comes back if what is new on it is not believed: that is what ended it, and it still carries the load. */
function byAblation(it: Evidence): Explanation | undefined {
  const { target } = it;
  const known = endingsOf(it.ablatedBefore, it.maps);
  const returned = it.ablatedAfter
    .flatMap((report) => report.findings)
    .filter((x) => x.rule === target.rule && x.sink === target.sink && corresponds(it, target, x));
  let last: Step | undefined;
  for (const path of target.paths) {
    if (isGone(it, path)) continue;
    const again = returned.flatMap((x) => x.paths).filter((x) => sameSource(it, path, x));
    const ending = again.flatMap((x) => x.steps).findLast((x) => x.ending && isNew(it, known, x));
    if (!ending) return undefined;
    last = ending;
  }
  if (!last?.ending) return undefined;
  return { ended: last.ending, text: `${last.text} (line ${last.range.start.line + 1})` };
}

/** Places where data was made safe before the change already, as they are now. */
function endingsOf(reports: readonly Report[], maps: LineMaps): Set<string> {
  const res = new Set<string>();
  for (const step of reports.flatMap((x) => x.findings.flatMap((f) => f.paths.flatMap((p) => p.steps)))) {
    if (!step.ending) continue;
    const now = maps.get(step.uri)?.forward(step.range.start.line) ?? step.range.start.line;
    if (typeof now === 'number') res.add(`${step.uri}:${now}`);
  }
  return res;
}
const isNew = (it: Evidence, known: ReadonlySet<string>, step: Step): boolean =>
  it.maps.get(step.uri)?.hunkOf(step.range.start.line) !== undefined ||
  !known.has(`${step.uri}:${step.range.start.line}`);

/** A place before and one after the change that are the same line, or lie in the same changed piece. */
function corresponds(
  it: Evidence,
  old: { readonly uri: string; readonly range: Step['range'] },
  now: { readonly uri: string; readonly range: Step['range'] },
): boolean {
  if (old.uri !== now.uri) return false;
  const map = it.maps.get(old.uri);
  const line = map ? map.forward(old.range.start.line) : old.range.start.line;
  if (typeof line === 'number') return line === now.range.start.line;
  return map!.hunkOf(now.range.start.line) === line;
}
function sameSource(it: Evidence, old: Path, now: Path): boolean {
  return old.source === now.source && corresponds(it, old.steps[0]!, now.steps[0]!);
}
/** The expression in which the data came in was taken out of the code. */
function isGone(it: Evidence, path: Path): boolean {
  const [source] = path.steps;
  const hunk = source && it.maps.get(source.uri)?.forward(source.range.start.line);
  if (!source || typeof hunk !== 'object') return false;
  const code = it.trees.get(source.uri);
  return code !== undefined && !linesOf(code.after.text, hunk.to, hunk.added).includes(path.source);
}
const linesOf = (text: string, from: number, count: number): string =>
  text
    .split('\n')
    .slice(from, from + count)
    .join('\n');

function atSink(it: Evidence): Explanation {
  const { target } = it;
  const elsewhere = goesElsewhere(it);
  if (elsewhere) return { objection: elsewhere };
  const seen = observed(it.after).filter(
    (x) => x.what === 'sink' && x.name === target.sink && corresponds(it, target, x),
  );
  const states = new Set(seen.map((x) => (x.what === 'sink' ? x.state : undefined)));
  const beside = observed(it.after).some(
    (x) => x.what === 'beside' && corresponds(it, target, x) && target.paths.some((p) => isFrom(it, p, x)),
  );
  if (!states.has('tainted') && (states.has('constant') || states.has('clean')) && beside)
    return { ended: 'parameterised', text: `passed to ${target.sink} as a value` };
  const harmless = [...states].every((x) => x === 'constant' || x === 'idle');
  if (harmless && states.has('constant'))
    return { ended: 'constant', text: `what ${target.sink} gets is constant` };
  if (harmless && states.has('idle'))
    return { ended: 'reconfigured', text: `${target.sink} is called in a way that does no harm` };
  return removed(it, states.size > 0);
}

/** The call at the sink, or one on the way there, is gone from the code; or only uses of the data were taken out. */
function removed(it: Evidence, sinkIsLive: boolean): Explanation {
  const steps = it.target.paths[0]?.steps ?? [{ ...it.target, text: '', role: 'sink' as const }];
  for (const step of [...steps].reverse()) {
    const code = it.trees.get(step.uri);
    const hunk = hunkAt(it, step);
    if (!code || !hunk) continue;
    const name = calleeAround(code.before, step.range);
    // Still named in the changed piece, it may be called in a way that is not seen.
    const isNamed = name !== undefined && namesBetween(code.after, hunk.to, hunk.added).includes(name);
    if (name !== undefined && !isNamed && mentions(code.after, name) < mentions(code.before, name))
      return { ended: 'sink-removed', text: `the call of ${name}() is gone` };
  }
  const sinkCode = it.trees.get(it.target.uri);
  const name = sinkCode && calleeAround(sinkCode.before, it.target.range);
  const isDead =
    !sinkIsLive &&
    sinkCode !== undefined &&
    name !== undefined &&
    mentions(sinkCode.after, name) >= mentions(sinkCode.before, name);
  if (!isDead && onlyRemoves(it, steps))
    return { ended: 'code-removed', text: 'the change only takes uses of the data out' };
  const text = isDead
    ? `The call of ${name}() is still there, but is never reached.`
    : 'The finding is gone, but nothing the engine knows ended the flow; it may only have lost sight of it.';
  return { objection: { code: 'unexplained', text, uri: it.target.uri } };
}

/** The changed piece that a step lies in, or a part of it. */
function hunkAt(it: Evidence, step: Pick<Step, 'uri' | 'range'>): Hunk | undefined {
  const map = it.maps.get(step.uri);
  for (let line = step.range.start.line; map && line <= step.range.end.line; line++) {
    const now = map.forward(line);
    if (typeof now === 'object') return now;
  }
  return undefined;
}

/** Every changed piece that the flow went through has fewer names than before, and no new ones. */
function onlyRemoves(it: Evidence, steps: readonly Step[]): boolean {
  const touched = new Map<Hunk, string>();
  for (const step of steps) {
    const hunk = hunkAt(it, step);
    if (hunk) touched.set(hunk, step.uri);
  }
  if (touched.size === 0) return false;
  for (const [hunk, uri] of touched) {
    const code = it.trees.get(uri);
    if (!code) return false;
    const old = namesBetween(code.before, hunk.from, hunk.removed);
    const now = namesBetween(code.after, hunk.to, hunk.added);
    if (now.length >= old.length) return false;
    for (const name of now) {
      const at = old.indexOf(name);
      if (at < 0) return false;
      old.splice(at, 1);
    }
  }
  return true;
}

/** Data of the finding reaches a call that nothing is known of and that it did not reach before. */
function goesElsewhere(it: Evidence): Objection | undefined {
  const lost = (reports: readonly Report[]): Exclude<Observed, { what: 'sink' }>[] =>
    observed(reports).filter((x): x is Exclude<Observed, { what: 'sink' }> => x.what === 'lost');
  const had = new Set(lost(it.before).map((x) => x.code.replace(/\s+/g, '')));
  for (const now of lost(it.after)) {
    if (had.has(now.code.replace(/\s+/g, ''))) continue;
    if (it.maps.get(now.uri)?.hunkOf(now.range.start.line) === undefined) continue;
    if (!it.target.paths.some((path) => isFrom(it, path, now))) continue;
    return {
      code: 'goes-elsewhere',
      text: `The data goes to ${now.name || 'another'}() now, of which nothing is known.`,
      uri: now.uri,
      line: now.range.start.line,
    };
  }
  return undefined;
}

const observed = (reports: readonly Report[]): Observed[] => reports.flatMap((x) => x.observed ?? []);
function isFrom(it: Evidence, path: Path, use: Exclude<Observed, { what: 'sink' }>): boolean {
  return corresponds(it, path.steps[0]!, use.source);
}

/** A finding without a flow: the call is still seen and does not match any more, or it is gone. */
function checkEnded(it: Evidence): Explanation {
  const { target } = it;
  const seen = observed(it.after).filter(
    (x) => x.what === 'sink' && x.name === target.sink && corresponds(it, target, x),
  );
  if (seen.length > 0 && seen.every((x) => x.what === 'sink' && x.state === 'idle'))
    return { ended: 'reconfigured', text: `${target.sink} is called in a way that does no harm` };
  return removed(it, seen.length > 0);
}
