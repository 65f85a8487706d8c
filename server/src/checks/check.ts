// What a check that is code gives: an id, a place and, for the message, what it saw.
// The words stand in rules/checks/<id>.yaml; code decides only whether.

import type { Span } from '../ir/ir.ts';

export interface Hit extends Span {
  /** Id of the check. */
  readonly check: string;
  /** What was called or written, as messages and fingerprints name it. */
  readonly name: string;
  /** Replaces `{detail}` in the message. */
  readonly detail?: string;
  /** The check looked at just what it is about and found it right: nothing to report, but a fix may be known by it. */
  readonly sound?: true;
}

/**
 * Checks that find fault with a defence (a filter, an escape, a comparison that decides). Without the defence such a
 * finding is gone too, and the code is worse than before.
 */
export const DEFENCES: ReadonlySet<string> = new Set([
  'attribute-quote-kept',
  'double-escaping',
  'escape-without-backslash',
  'host-not-whole',
  'pattern-half-anchored',
  'pattern-host-dot',
  'pattern-unanchored',
  'removal-remakes',
  'replace-first-only',
  'scheme-check-incomplete',
  'script-filter-incomplete',
  'suffix-by-position',
]);
