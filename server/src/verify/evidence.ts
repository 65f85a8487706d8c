// What is known of a change when it comes to the question how a flow ended, and what of it belongs together: the same place
// before and after. Lines that were changed correspond as pieces, because nothing smaller is known of them.

import type { Finding, Observed, Path, Report, Step } from '../engine/engine.ts';
import type { Arena } from '../syntax/arena.ts';
import type { LineMaps } from './compare.ts';
import type { Hunk } from './lines.ts';
import type { Ended, Objection } from './verdict.ts';

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

export type SeenSink = Extract<Observed, { what: 'sink' }>;
type Use = Exclude<Observed, { what: 'sink' }>;

/** A place before and one after the change that are the same line, or lie in the same changed piece. */
export function corresponds(
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

/** The changed piece that a step lies in, or a part of it. */
export function hunkAt(it: Evidence, step: Pick<Step, 'uri' | 'range'>): Hunk | undefined {
  const map = it.maps.get(step.uri);
  for (let line = step.range.start.line; map && line <= step.range.end.line; line++) {
    const now = map.forward(line);
    if (typeof now === 'object') return now;
  }
  return undefined;
}

/** All that the probe saw. */
export const observed = (reports: readonly Report[]): Observed[] => reports.flatMap((x) => x.observed ?? []);

/** Whether a use is one of the data that a path begins with. */
export const isFrom = (it: Evidence, path: Path, use: Use): boolean =>
  corresponds(it, path.steps[0]!, use.source);

/** Sinks of the target's name that a change left in the place of the target's sink. */
export const sinksAfter = (it: Evidence): SeenSink[] =>
  observed(it.after).filter(
    (x): x is SeenSink => x.what === 'sink' && x.name === it.target.sink && corresponds(it, it.target, x),
  );
/** The same before the change: those that lie in the same line or changed piece. */
export function sinksBefore(it: Evidence): SeenSink[] {
  const { target } = it;
  const placeNow = (range: Step['range']): number | Hunk =>
    it.maps.get(target.uri)?.forward(range.start.line) ?? range.start.line;
  const place = placeNow(target.range);
  return observed(it.before).filter(
    (x): x is SeenSink =>
      x.what === 'sink' && x.name === target.sink && x.uri === target.uri && placeNow(x.range) === place,
  );
}
