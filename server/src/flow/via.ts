// The path that a fact took, step by step, and how paths are extended, put together and compared.
// A path is never copied: what goes through a call is the caller's path joined with the callee's, which both stay shared.

import type { Fid, Site } from './domain.ts';
import { STEPS } from './limits.ts';

/** What makes data harmless: an escaped or converted copy, a condition that was passed, a fixed beginning. */
export type Ending = 'sanitised' | 'guarded' | 'anchored';

/** One step of a path; `prev` leads back to the source. */
export interface Step extends Site {
  readonly text: string;
  readonly prev: Via | undefined;
  /** Counts the steps before and including this one. */
  readonly len: number;
  /** Would have ended the flow, were it believed; see probe.ts. */
  readonly ending?: Ending;
}
/** The steps of `tail` behind those of `head`. */
interface Joined {
  readonly head: Via;
  readonly tail: Via;
  readonly len: number;
}
export type Via = Step | Joined;

const isStep = (it: Via): it is Step => 'fid' in it;

function last(via: Via): Step {
  let it = via;
  while (!isStep(it)) it = it.tail;
  return it;
}

/** Adds a step to a path; steps at the very same place are not repeated, and none is added to a long path. */
export function step(prev: Via | undefined, site: Site, text: string, ending?: Ending): Via {
  if (prev && (prev.len >= STEPS || isAt(last(prev), site, text))) return prev;
  return { ...stepAt(prev, site, text), ...(ending && { ending }) };
}
const stepAt = (
  prev: Via | undefined,
  { fid, s, e }: { fid: Fid; s: number; e: number },
  text: string,
): Step => ({
  fid,
  s,
  e,
  text,
  prev,
  len: (prev?.len ?? 0) + 1,
});
const isAt = (it: Step, site: Site, text: string): boolean =>
  it.fid === site.fid && it.s === site.s && it.e === site.e && it.text === text;

/** The same with an ending, which is never left out: if the step is there already, it gets it. */
export function endedAt(prev: Via | undefined, site: Site, text: string, ending: Ending): Via {
  const at = prev && last(prev);
  if (!at || !isAt(at, site, text)) return { ...stepAt(prev, site, text), ending };
  return prev === at ? { ...at, ending } : { ...stepAt(prev, site, text), ending };
}

/** A path that goes on with the steps of another one. */
export function chain(head: Via | undefined, tail: Via | undefined): Via | undefined {
  if (!tail || !head) return head ?? tail;
  return head.len >= STEPS ? head : { head, tail, len: Math.min(head.len + tail.len, STEPS) };
}

/** The steps of a path, from the source on. What is beyond the limit is left out unless it is an ending. */
export function stepsOf(via: Via | undefined): Step[] {
  const back: Step[] = [];
  const rest = via ? [via] : [];
  for (let it = nextStep(rest); it; it = nextStep(rest)) {
    const next = back.at(-1);
    if (!next || !isAt(next, it, it.text) || (it.ending && !next.ending)) back.push(it);
  }
  return back.reverse().filter((it, i) => i < STEPS || it.ending);
}

/** Orders paths: short before long, then by their steps from the last one back. 0 if they are the same. */
export function compareVia(a: Via | undefined, b: Via | undefined): number {
  if (a === b) return 0;
  if (!a || !b) return a ? 1 : -1;
  if (a.len !== b.len) return a.len - b.len;
  const xs: Via[] = [a];
  const ys: Via[] = [b];
  for (;;) {
    // Where both are made of the same parts, or have come to a shared beginning, there is nothing to compare.
    while (xs.at(-1) === ys.at(-1)) {
      if (xs.length === 0) return 0;
      xs.pop();
      ys.pop();
    }
    const x = nextStep(xs);
    const y = nextStep(ys);
    if (!x || !y) return x ? 1 : y ? -1 : 0;
    const order = x === y ? 0 : x.fid - y.fid || x.s - y.s || x.e - y.e;
    if (order !== 0) return order;
    if (x.text !== y.text) return x.text < y.text ? -1 : 1;
  }
}
/** Takes the next step from what is still to be visited, which ends with what comes next. */
function nextStep(rest: Via[]): Step | undefined {
  for (;;) {
    const it = rest.pop();
    if (!it) return undefined;
    if (isStep(it)) {
      if (it.prev) rest.push(it.prev);
      return it;
    }
    rest.push(it.head, it.tail);
  }
}
