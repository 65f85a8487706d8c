// What the extension and the server say to each other about a project's decisions: suppressions, baseline, models, export.
// Shared by both sides, so it must stay free of imports with code. URIs are spelled as the editor spells them.

import type { FindingRef, Span } from './protocol-findings.ts';

/** Notification, client to server: the workspace is trusted from now on. */
export const TRUSTED_NOTIFICATION = 'faultline/trusted';

/** Request: what the engine sees at a place, as Markdown. Parameters: ExplainParams; gives a string. */
export const EXPLAIN_REQUEST = 'faultline/explain';
export const EXPLAIN_COMMAND = 'faultline.explainHere';
export interface ExplainParams {
  readonly uri: string;
  /** From 0; undefined: the whole file. */
  readonly line?: number;
}

/** Request: calls that the engine could be taught about. Parameters: TeachableParams; gives Teachable[]. */
export const TEACHABLE_REQUEST = 'faultline/teachable';
export const TEACH_COMMAND = 'faultline.teach';
/** Arguments: TeachArguments. Writes a row into the project's models. */
export const TEACH_SERVER_COMMAND = 'faultline.server.teach';
export interface TeachableParams {
  readonly uri: string;
  /** Calls on the path of this finding; without it the calls at `range`. */
  readonly finding?: FindingRef;
  readonly range?: Span;
}
/** A call, and how models write its callee. */
export interface Teachable {
  readonly uri: string;
  readonly range: Span;
  readonly code: string;
  /** `validator.escape`, `"%code:lib/html.js".clean`, `"%named".clean`. */
  readonly callee: string;
  /** Family of languages whose models the row belongs to. */
  readonly language: string;
}
export interface TeachArguments {
  readonly uri: string;
  readonly role: 'barrier' | 'source' | 'sink';
  readonly callee: string;
  /** What it makes safe for, what it is a sink of; `*` for all. Of a source: `remote` and its like. */
  readonly kind: string;
  readonly language: string;
}

export const ACCEPT_COMMAND = 'faultline.acceptFindings';
/** Arguments: AcceptArguments. Writes findings into the baseline; gives how many. */
export const ACCEPT_SERVER_COMMAND = 'faultline.server.accept';
export interface AcceptArguments {
  /** One finding; without it all of the workspace, after a scan. */
  readonly finding?: FindingRef;
}

export const SUPPRESS_PATH_COMMAND = 'faultline.suppressPath';
/** Arguments: SuppressPathArguments. Writes into `.faultline/faultline.yaml`. */
export const SUPPRESS_PATH_SERVER_COMMAND = 'faultline.server.suppressPath';
export interface SuppressPathArguments {
  readonly uri: string;
  readonly rule: string;
  /** The file, its folder and all below, or the rule everywhere in the project. */
  readonly scope: 'file' | 'folder' | 'off';
  readonly reason: string;
  /** `YYYY-MM-DD` */
  readonly until?: string;
}

/** Request: every suppression that is known. Gives ToldSuppression[]. */
export const SUPPRESSIONS_REQUEST = 'faultline/suppressions';
export const REFRESH_SUPPRESSIONS_COMMAND = 'faultline.refreshSuppressions';
export interface ToldSuppression {
  readonly where: 'comment' | 'settings' | 'baseline';
  readonly uri: string;
  /** From 1. */
  readonly line?: number;
  readonly ids: readonly string[];
  readonly reason: string;
  readonly until?: string;
  readonly state: 'active' | 'expired' | 'unused' | 'reasonless' | 'malformed';
}

export const SCAN_CHANGED_COMMAND = 'faultline.scanChanged';
export const SCAN_OPEN_COMMAND = 'faultline.scanOpen';
/** What SCAN_COMMAND may be given; without it everything is scanned. */
export interface ScanArguments {
  readonly scope: 'all' | 'changed' | 'open';
  /** For `changed`: the files. */
  readonly uris?: readonly string[];
}

export const EXPORT_COMMAND = 'faultline.exportReport';
/** Arguments: ExportArguments. Scans, and gives the report as text. */
export const EXPORT_SERVER_COMMAND = 'faultline.server.export';
export interface ExportArguments {
  readonly format: 'sarif' | 'markdown' | 'json';
}

export const OPEN_SETTINGS_COMMAND = 'faultline.openProjectSettings';
export const DEMO_COMMAND = 'faultline.openDemo';
