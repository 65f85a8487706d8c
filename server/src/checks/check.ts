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
}
