// From an answer to an edit that may be offered: applied to the real text, judged by the verification, and if it is refused
// asked for again with the reasons: once, then once more with more effort. What was refused is never an edit.

import type { Finding } from '../engine/engine.ts';
import type { Verdict } from '../verify/verdict.ts';
import { applyAnswer, type NewText } from './edits.ts';
import type { Effort } from './provider.ts';
import type { FixAnswer } from './schemas.ts';
import type { Ai, Ask, Marked, Question } from './service.ts';

export interface FixTarget {
  /** Absent: hardening of a selection; then nothing may get worse, and more is not claimed. */
  readonly finding?: Finding;
  readonly question: Question;
  /** The real text of a file of the slice. */
  readonly textOf: (uri: string) => string;
  readonly judge: (files: readonly NewText[]) => Promise<Verdict>;
}
export type FixOutcome =
  | {
      readonly found: true;
      readonly files: readonly NewText[];
      readonly answer: FixAnswer;
      readonly model: string;
      /** What the verification says. */
      readonly proof: string;
    }
  | {
      readonly found: false;
      readonly why: string;
      readonly reasons: readonly string[];
      readonly model: string;
    };

const EFFORTS: readonly Effort[] = ['medium', 'medium', 'high'];

/** Up to three candidates; the first one that is accepted. `onCandidate` counts them from 1. */
export async function findFix(
  ai: Ai,
  target: FixTarget,
  ask: Ask = {},
  onCandidate: (n: number) => void = () => undefined,
): Promise<FixOutcome> {
  let objections: readonly string[] = [];
  let last: Marked<FixAnswer> | undefined;
  for (const [i, effort] of EFFORTS.entries()) {
    onCandidate(i + 1);
    const question = { ...target.question, facts: { ...target.question.facts, objections } };
    last = await ai.fix(question, effort, ask);
    const { answer, model } = last;
    if (answer.status !== 'fixed') return { found: false, why: answer.why, reasons: objections, model };
    const judged = await tryOut(answer, target);
    if ('proof' in judged) return { found: true, answer, model, ...judged };
    objections = judged.reasons;
  }
  return { found: false, why: last?.answer.why ?? '', reasons: objections, model: last?.model ?? '' };
}

async function tryOut(
  answer: FixAnswer,
  target: FixTarget,
): Promise<{ files: readonly NewText[]; proof: string } | { reasons: readonly string[] }> {
  if (answer.new_dependency !== null) return { reasons: ['No new dependency may be added.'] };
  const applied = applyAnswer(answer, target.question.slice, target.textOf);
  if ('problem' in applied) return { reasons: [applied.problem] };
  const verdict = await target.judge(applied.files);
  if (verdict.accepted) return { files: applied.files, proof: verdict.text };
  // Reasons quote the code; a model gets our own words for them.
  return { reasons: [...new Set(verdict.objections.map((it) => REASONS[it.code]))] };
}

const REASONS: Readonly<Record<Extract<Verdict, { accepted: false }>['objections'][number]['code'], string>> =
  {
    'too-large': 'The change is too large.',
    declarations: 'Declarations, signatures or exports were changed.',
    dependency: 'No new dependency may be added.',
    syntax: 'The result has a syntax error.',
    'removed-check': 'A check was removed.',
    'swallowed-error': 'An error is caught and nothing is done about it.',
    suppression: 'A warning is silenced.',
    weakened: 'A protection is switched off, or code is made from text.',
    'not-analysed': 'The result cannot be analysed as well as before.',
    'still-there': 'The data still reaches the sink, at least on one way.',
    'new-finding': 'There is a new finding of the analyser.',
    unexplained: 'The analyser only lost sight of the data; use a mitigation that it knows.',
    'goes-elsewhere': 'The data goes to a call of which nothing is known.',
  };
