// Whether a regular expression can take exponential or polynomial time: suspects are found by structure and then tried
// with a matcher that counts its steps. The answer depends on the pattern alone and is kept.

import { type Automaton, automatonOf } from './automaton.ts';
import { type Suspect, exponentialSuspects, polynomialSuspects, rejected } from './ambiguity.ts';
import { complement, sample, union } from './chars.ts';
import { GROWTH, LENGTH, ROUNDS, SHORT, SPAN, TRIAL, TRIALS } from './limits.ts';
import { run } from './matcher.ts';
import { type Dialect, type Pattern, parsePattern } from './pattern.ts';

export interface Slow {
  readonly how: 'exponential' | 'polynomial';
  /** What the attacker's text begins with and repeats, for the message. */
  readonly prefix: string;
  readonly pump: string;
}

const known = new Map<string, Slow | undefined>();
/** Answers kept; typing a pattern makes a new one with every key. */
const KEPT = 4_000;

/** How slow a pattern can be made, undefined if no slow text was found. */
export function slowness(text: string, flags: string, dialect: Dialect = 'javascript'): Slow | undefined {
  // Without an unbounded repetition nothing can grow.
  if (text.length > LENGTH || !/[*+]|\{\d+,/.test(text)) return undefined;
  const key = `${dialect}/${flags}/${text}`;
  if (known.has(key)) return known.get(key);
  if (known.size >= KEPT) known.clear();
  const pattern = parsePattern(text, flags, dialect);
  const res = pattern && decide(pattern);
  known.set(key, res);
  return res;
}

function decide(pattern: Pattern): Slow | undefined {
  const whole = automatonOf(pattern.root, pattern.multiline, false);
  if (!whole) return undefined;
  const later = pattern.sticky ? undefined : automatonOf(pattern.root, pattern.multiline, true);
  const trial: Trial = { pattern, left: TRIALS };
  const unused = sample(complement(union(...whole.sets)));
  for (const it of exponentialSuspects(whole))
    if (endings(whole, unused, it).some((end) => growsExponentially(trial, it, end)))
      return slow('exponential', it);
  for (const it of polynomialSuspects(whole, later, unused))
    // Many texts (addresses, header values) have no line ends, so one must not be needed.
    if (endings(whole, unused, it).some((end) => !end.includes(10) && growsPolynomially(trial, it, end)))
      return slow('polynomial', it);
  return undefined;
}
/** Steps left for a pattern's trials. */
interface Trial {
  readonly pattern: Pattern;
  left: number;
}
const slow = (how: Slow['how'], it: Suspect): Slow => ({
  how,
  prefix: String.fromCodePoint(...it.prefix),
  pump: String.fromCodePoint(...it.pump),
});

/** Texts after the repetition that may make the match fail: what the automaton rejects, nothing, common characters. */
function endings(it: Automaton, unused: number, { prefix, pump }: Suspect): number[][] {
  const found = rejected(it, [...prefix, ...pump, ...pump]);
  const res = found ? [found] : [];
  for (const end of [[], unused >= 0 ? [unused] : [], [10], [33], [10, 33]])
    if (!res.some((x) => x.join() === end.join())) res.push(end);
  return res;
}
const attack = (it: Suspect, rounds: number, end: readonly number[]): number[] => {
  const res = [...it.prefix];
  for (let i = 0; i < rounds; i++) res.push(...it.pump);
  res.push(...end);
  return res;
};

/** The steps of one search, and whether that was all a trial may take. */
function stepsOf(trial: Trial, text: readonly number[], sticky = false): { steps: number; over: boolean } {
  const limit = Math.min(TRIAL, trial.left);
  const res = run(sticky ? { ...trial.pattern, sticky } : trial.pattern, text, limit);
  trial.left -= res.steps;
  return { steps: res.steps, over: res.over && limit === TRIAL };
}

/** Every round costs a multiple of the one before. A match that is found in the end is no comfort if it took as long. */
function growsExponentially(trial: Trial, it: Suspect, end: readonly number[]): boolean {
  let before = stepsOf(trial, attack(it, 1, end), true).steps;
  let growth = 0;
  let factor = 0;
  for (let rounds = 2; rounds <= ROUNDS && trial.left > 0; rounds++) {
    const { steps, over } = stepsOf(trial, attack(it, rounds, end), true);
    // Over in a few rounds: no polynomial of a degree that occurs takes so much for so short a text.
    if (over) return rounds > 3 ? factor >= GROWTH : it.prefix.length + rounds * it.pump.length < SHORT;
    factor = growth > 0 ? (steps - before) / growth : 0;
    if (rounds > 4 && factor < GROWTH) return false;
    growth = steps - before;
    before = steps;
  }
  return trial.left > 0;
}
/** The steps of a text of once, twice and three times the length grow by more every time. */
function growsPolynomially(trial: Trial, it: Suspect, end: readonly number[]): boolean {
  const rounds = Math.max(Math.floor(SPAN / it.pump.length), 6);
  const counts = [1, 2, 3].map((times) => stepsOf(trial, attack(it, rounds * times, end)));
  if (trial.left <= 0) return false;
  const [one, two, three] = counts.map((x) => x.steps) as [number, number, number];
  // Steps of a quadratic are a·n² + b·n + c; the second difference is 2a·n², that of a line 0.
  return three - 2 * two + one > rounds * rounds * 0.7;
}
