// Findings before and after a change: which are the same, whether the one in question is gone, and which are new.
// A finding whose code was touched is never taken for another one: in doubt it is still there.

import type { Finding, Report } from '../engine/engine.ts';
import type { LineMap } from './lines.ts';
import type { Objection } from './verdict.ts';

/** How lines of a file moved; files that are not in it did not change. */
export type LineMaps = ReadonlyMap<string, LineMap>;

/** Objections to what a change does to findings. `target` is one of the findings in `before`, if the change is for one. */
export function findingObjections(
  target: Finding | undefined,
  before: readonly Report[],
  after: readonly Report[],
  maps: LineMaps,
): Objection[] {
  const res: Objection[] = [];
  const partial = partialNow(before, after);
  if (partial !== undefined) res.push(partial);
  const old = before.flatMap((it) => it.findings);
  const now = after.flatMap((it) => it.findings);
  const it = now.find((x) => x.fingerprint === target?.fingerprint);
  if (it) {
    return [...res, { code: 'still-there', text: `The finding is still there: ${it.message}`, ...at(it) }];
  }
  const known = new Set(old.map((it) => it.fingerprint));
  const left = new Set(now.map((it) => it.fingerprint));
  const gone = old.filter((it) => it !== target && !left.has(it.fingerprint));
  for (const it of now.filter((x) => !known.has(x.fingerprint))) {
    const twin = gone.findIndex((x) => isSame(x, it, maps));
    if (twin >= 0) {
      gone.splice(twin, 1);
      continue;
    }
    const moved = it.rule === target?.rule && it.sink === target.sink;
    res.push({
      code: moved ? 'still-there' : 'new-finding',
      text: moved ? `The flow is still there in another form: ${it.message}` : `A new finding: ${it.message}`,
      ...at(it),
    });
  }
  return res;
}

const at = (it: Finding): Pick<Objection, 'uri' | 'line'> => ({ uri: it.uri, line: it.range.start.line });

/** The same finding under another fingerprint: same rule, same sink, on a line that was not touched. */
function isSame(old: Finding, now: Finding, maps: LineMaps): boolean {
  if (old.rule !== now.rule || old.uri !== now.uri || old.sink !== now.sink) return false;
  const line = maps.get(old.uri)?.forward(old.range.start.line) ?? old.range.start.line;
  return line === now.range.start.line;
}

/** A file that can be read less well than before proves nothing. */
function partialNow(before: readonly Report[], after: readonly Report[]): Objection | undefined {
  for (const it of after) {
    const had = new Set(before.find((x) => x.uri === it.uri)?.reasons.map((x) => x.code));
    const more = it.reasons.find((x) => !had.has(x.code));
    if (it.status !== 'analysed' || more)
      return {
        code: 'not-analysed',
        text: `The changed code could not be analysed as well as before: ${more?.text ?? it.status}`,
        uri: it.uri,
      };
  }
  return undefined;
}
