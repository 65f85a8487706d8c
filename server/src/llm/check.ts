// What of an answer is true of the code that was sent: step ids, quotes, harmless words. What cannot be checked is dropped
// or makes the answer void; nothing here believes the model.

import { FENCE } from './prompt.ts';
import type { Evidence, Explanation, Opinion } from './schemas.ts';
import type { Slice } from './slice.ts';

export type Checked<T> = { readonly answer: T } | { readonly problem: string };

/** Drops quotes that are not in the code; steps must be exactly ours, in order. */
export function checkExplanation(
  it: Explanation,
  slice: Slice,
  steps: readonly string[],
): Checked<Explanation> {
  if (it.path.map((x) => x.step_id).join() !== steps.join())
    return { problem: 'path must have one entry for each given step, in order' };
  const words = [it.summary, it.impact, it.remedy, ...it.path.map((x) => x.what)];
  const problem = wordsProblem(words);
  if (problem !== undefined) return { problem };
  return { answer: { ...it, evidence: it.evidence.filter((x) => isQuoted(x, slice)) } };
}

/**
 * `likely_false` needs a mitigation that can be found in the code and counts for the sink; without it, and with any sign
 * that the code speaks to the model, the verdict is that there is none.
 */
export function checkOpinion(it: Opinion, slice: Slice): Checked<Opinion> {
  const problem = wordsProblem([it.reasoning]);
  if (problem !== undefined) return { problem };
  const evidence = it.evidence.filter((x) => isQuoted(x, slice));
  const mitigation = it.mitigation && isQuoted(it.mitigation.evidence, slice) ? it.mitigation : null;
  const proven = mitigation !== null && mitigation.effective_for_sink;
  const unsure = it.suspected_injection || (it.verdict === 'likely_false' && !proven);
  return { answer: { ...it, evidence, mitigation, verdict: unsure ? 'unsure' : it.verdict } };
}

/** Whether a quote stands in the line it names; spaces do not count. */
export function isQuoted(it: Evidence, slice: Slice): boolean {
  const fold = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const quote = fold(it.quote);
  if (quote === '') return false;
  const line = slice.files.flatMap((file) => file.lines).find((x) => x.number === it.line);
  return line !== undefined && fold(line.text).includes(quote);
}

/** Prose that is to be shown must lead nowhere: no address, no link, no markup, none of our own fences. */
export function wordsProblem(words: readonly string[]): string | undefined {
  for (const it of words) {
    if (/\b[a-z][a-z0-9+.-]*:\/\/|\bwww\.|\bcommand:|\bjavascript:|\bdata:[a-z]+\//i.test(it))
      return 'no addresses';
    if (/\]\(|!\[|^\s*```|<\/?[a-z!][^>]*>/im.test(it)) return 'no markup and no links';
    if (FENCE.test(it)) return 'no fences';
  }
  return undefined;
}
