// The limits of lowering, each with its reason.
// Beyond a limit code is not dropped: it becomes a `combine unknown` of the names in it, so taint still passes.

/**
 * Nested expressions and statements that are lowered one inside the other. Hand-written code stays below 100; generated
 * chains of calls and `else if` reach a few hundred; Node's default call stack would overflow at about 1,000.
 */
export const MAX_DEPTH = 500;

/** What a nested statement counts for: it takes about three times the call stack of a nested expression. */
export const STATEMENT_DEPTH = 3;

/** Names collected from code that is nested too deeply. Further ones would not tell more than these. */
export const MAX_NAMES = 64;

/** Operands of `||`, `&&`, `??` that are nested as they stand; longer chains are balanced, so depth grows slowly. */
export const MAX_LOGICAL_NESTING = 16;

/** Lowered functions that the cache keeps: those of about 500 open files with 100 functions each. */
export const MAX_CACHED_FUNCTIONS = 50_000;

/** `else if` branches of one chain: each is nested in the one before, for whoever walks the IR by recursion. */
export const MAX_ELSE_IFS = 400;
