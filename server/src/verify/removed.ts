// Flows that ended because code is gone: the call at the sink, a call on the way, or uses of the data. What may still be
// called in a way that is not seen (by a computed name, by a name in a text) does not count as gone.

import { DEFENCES } from '../checks/check.ts';
import { calleeAround, computedCalls, isNamedIn, mentions, namesBetween } from './code.ts';
import { type Evidence, type Explanation, hunkAt } from './evidence.ts';
import type { Step } from '../engine/engine.ts';
import type { Hunk } from './lines.ts';

/** The call at the sink, or one on the way there, is gone from the code; or only uses of the data were taken out. */
export function removed(it: Evidence, sinkIsLive: boolean): Explanation {
  if (DEFENCES.has(it.target.rule)) {
    const text = 'The filter or comparison is gone, and what took its place is not known to be better.';
    return { objection: { code: 'unexplained', text, uri: it.target.uri } };
  }
  const steps = it.target.paths[0]?.steps ?? [{ ...it.target, text: '', role: 'sink' as const }];
  for (const step of [...steps].reverse()) {
    const code = it.trees.get(step.uri);
    const hunk = hunkAt(it, step);
    if (!code || !hunk) continue;
    const name = calleeAround(code.before, step.range);
    // Still named in the changed piece, it may be called in a way that is not seen.
    const isHidden =
      name === undefined ||
      isNamedIn(code.after, hunk.to, hunk.added, name) ||
      computedCalls(code.after) > computedCalls(code.before);
    if (!isHidden && mentions(code.after, name) < mentions(code.before, name))
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
