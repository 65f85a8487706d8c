// How a flow that is not found any more ended. It must end in something the engine knows: if the engine merely lost sight
// of the data (unknown call, computed property, code that is never run), that is no reason to believe in a fix.

import type { Observed, Path, Report, Step } from '../engine/engine.ts';
import { countBetween, namesBetween } from './code.ts';
import type { LineMaps } from './compare.ts';
import {
  type Evidence,
  type Explanation,
  type SeenSink,
  corresponds,
  hunkAt,
  isFrom,
  observed,
  sinksAfter,
  sinksBefore,
} from './evidence.ts';
import { removed } from './removed.ts';
import type { Objection } from './verdict.ts';

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
    // Another sink of the kind may stand there now.
    .filter((x) => x.rule === target.rule && corresponds(it, target, x));
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
  const seen = sinksAfter(it);
  const states = new Set(seen.map((x) => x.state));
  const beside = observed(it.after).some(
    (x) => x.what === 'beside' && corresponds(it, target, x) && target.paths.some((p) => isFrom(it, p, x)),
  );
  if (!states.has('tainted') && (states.has('constant') || states.has('clean')) && beside)
    return { ended: 'parameterised', text: `passed to ${target.sink} as a value` };
  const harmless = isHarmless(it, seen);
  if (harmless && states.has('constant'))
    return { ended: 'constant', text: `what ${target.sink} gets is constant` };
  if (harmless && states.has('idle'))
    return { ended: 'reconfigured', text: `${target.sink} is called in a way that does no harm` };
  return removed(it, states.size > 0);
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

/**
 * None of the sinks left does harm, and more than before are seen not to: a sink that merely cannot be seen any more does
 * not pass for a harmless one beside it.
 */
function isHarmless(it: Evidence, seen: readonly SeenSink[]): boolean {
  const good = (x: SeenSink): boolean => x.state === 'constant' || x.state === 'idle';
  return seen.every(good) && seen.length > sinksBefore(it).filter(good).length;
}

/** A finding without a flow: the call is still seen and does not match any more, or it is gone. */
function checkEnded(it: Evidence): Explanation {
  const { target } = it;
  const seen = sinksAfter(it);
  if (seen.every((x) => x.state === 'idle') && isHarmless(it, seen))
    return { ended: 'reconfigured', text: `${target.sink} is called in a way that does no harm` };
  if (isPatternReplaced(it))
    return { ended: 'reconfigured', text: 'the regular expression is another one, without the flaw' };
  return removed(it, seen.length > 0);
}

/** Only the regular expression, in which the finding lay, was exchanged for another one. */
function isPatternReplaced(it: Evidence): boolean {
  const hunk = hunkAt(it, it.target);
  const code = it.trees.get(it.target.uri);
  if (!it.target.sink.startsWith('/') || !hunk || !code) return false;
  const patterns = [
    countBetween(code.before, hunk.from, hunk.removed, 'regex'),
    countBetween(code.after, hunk.to, hunk.added, 'regex'),
  ] as const;
  const old = namesBetween(code.before, hunk.from, hunk.removed);
  const now = namesBetween(code.after, hunk.to, hunk.added);
  return patterns[0] > 0 && patterns[0] === patterns[1] && old.join() === now.join();
}
