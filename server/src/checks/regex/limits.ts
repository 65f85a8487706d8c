// The bounds of the search in regular expressions, with the reason beside each. All count steps or places; a pattern
// beyond them is not reported, because nothing is reported that was not tried.

/** Characters of a pattern that is looked at; longer ones are generated tables of words. */
export const LENGTH = 5_000;
/** Places of one automaton; a choice of a few hundred words has a thousand. */
export const POSITIONS = 1_500;
/** Places that a counted repetition may be written out to; `{1,63}` is a loop for all that matters. */
export const COPIES = 40;
/** The same for a single character, which costs one place a time. */
export const SINGLE_COPIES = 120;
/** Steps of all searches in one automaton. */
export const SEARCH = 150_000;
/** Sets of places, and the length of a text, in the search for an ending that is not accepted. */
export const SUBSETS = 300;
export const ENDING = 3;
/** Suspects of one pattern that are tried. */
export const SUSPECTS = 6;
/** Steps of all trials of one pattern. */
export const TRIALS = 1_500_000;
/** Rounds in which an exponential suspect must keep doubling, and the steps after which fewer are enough. */
export const ROUNDS = 9;
export const TRIAL = 150_000;
/**
 * How many times the steps of a round those of the next must be. Two ways a round make it 2; for a polynomial of degree 4
 * it is 1.4 in round 9.
 */
export const GROWTH = 1.7;
/** Characters of a text for which a whole trial is too much for a polynomial. */
export const SHORT = 30;
/** Length of the shorter text on which a polynomial suspect is tried; the other is twice as long. */
export const SPAN = 40;
