// What the server tells the extension about findings beyond diagnostics: everything a tree and a walk along a path need.
// Shared by both sides, so it must stay free of imports with code. URIs are spelled as the editor spells them.

import type { Confidence, Severity } from '../rules/schema.ts';

export type { Confidence, Severity } from '../rules/schema.ts';

/** Notification, server to client: all that is shown of one file. No findings: forget the file. */
export const FINDINGS_NOTIFICATION = 'faultline/findings';

export interface Place {
  readonly line: number;
  readonly character: number;
}
export interface Span {
  readonly start: Place;
  readonly end: Place;
}
export interface ToldStep {
  readonly uri: string;
  readonly range: Span;
  readonly text: string;
  readonly role: 'source' | 'step' | 'sink';
}
export interface ToldFinding {
  readonly rule: string;
  /** Short words for the rule: `SQL built from user input`. */
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly range: Span;
  readonly message: string;
  readonly fingerprint: string;
  /** A fix has been confirmed by analysing the mended text. Only known for open files. */
  readonly fixable: boolean;
  /** It stands in the baseline of accepted findings. */
  readonly accepted: boolean;
  /** Best first; empty for checks, which have no flow. */
  readonly paths: readonly { readonly source: string; readonly steps: readonly ToldStep[] }[];
}
export interface FileFindings {
  readonly uri: string;
  /** Version of the open document they belong to. */
  readonly version?: number;
  readonly findings: readonly ToldFinding[];
  /** Whether it is known which of them have fixes. */
  readonly fixesKnown: boolean;
}

/** Names one finding in a command's arguments. */
export interface FindingRef {
  readonly uri: string;
  readonly fingerprint: string;
}

export const SHOW_PATH_COMMAND = 'faultline.showPath';
export const NEXT_STEP_COMMAND = 'faultline.nextStep';
export const PREVIOUS_STEP_COMMAND = 'faultline.previousStep';
export const CLOSE_PATH_COMMAND = 'faultline.closePath';
export const GROUP_COMMAND = 'faultline.groupFindings';
export const FILTER_COMMAND = 'faultline.filterFindings';
export const CLEAR_FILTER_COMMAND = 'faultline.clearFilter';

/** The finding that a command's argument names, undefined if it is something else. */
export function readFindingRef(value: unknown): FindingRef | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { uri, fingerprint } = value as Record<string, unknown>;
  return typeof uri === 'string' && typeof fingerprint === 'string' ? { uri, fingerprint } : undefined;
}
