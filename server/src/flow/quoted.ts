// Text that is nothing but one quoted literal: it begins and ends with a quote and holds none in between. Each of the three
// is checked by itself, so facts remember them as states until all are there.

import type { KindRegistry, KindSet } from '../base/kindset.ts';
import type { Const } from '../ir/ir.ts';
import type { Fact } from './domain.ts';

const QUOTES = ["'", '"'] as const;
type Quote = (typeof QUOTES)[number];
type Part = 'begins' | 'ends' | 'inside';
const state = (part: Part, quote: Quote): string => `%${part}${quote}`;

/** What facts can be safe for on the way to a literal. */
export const QUOTED: readonly string[] = QUOTES.flatMap((it) => [
  state('begins', it),
  state('ends', it),
  state('inside', it),
]);

/** The state of a text that begins or ends with this constant, or whose inside does not hold it. */
export function quoteState(part: Part, c: Const, kinds: KindRegistry): KindSet {
  const quote = QUOTES.find((it) => it === c);
  return quote ? kinds.of([state(part, quote)]) : 0;
}

/** A whole literal does nothing where code is expected: it is a value. Broken ones are not even read. */
export function closeQuotes(facts: readonly Fact[], kinds: KindRegistry): readonly Fact[] {
  const whole = (it: Fact): boolean =>
    QUOTES.some((quote) =>
      (['begins', 'ends', 'inside'] as const).every((part) =>
        kinds.has(it.safe, kinds.bit(state(part, quote))),
      ),
    );
  if (!facts.some(whole)) return facts;
  const safe = kinds.of(['code']);
  return facts.map((it) => (whole(it) ? { ...it, safe: kinds.union(it.safe, safe) } : it));
}
