// What the extension and the language server say to each other beyond LSP: command ids, custom messages, their types.
// Both sides import this file and nothing else of the other, so it must stay free of imports with code.

import type { Severity } from '../rules/schema.ts';

/** Commands the server carries out; any LSP client can call them through workspace/executeCommand. */
export const SCAN_COMMAND = 'faultline.scanWorkspace';
/** Arguments: SuppressArguments. Inserts a suppression comment through workspace/applyEdit. */
export const SUPPRESS_SERVER_COMMAND = 'faultline.server.suppress';

/** Commands the extension carries out. */
export const SUPPRESS_CLIENT_COMMAND = 'faultline.suppress';
export const RESTART_COMMAND = 'faultline.restart';
export const OUTPUT_COMMAND = 'faultline.showOutput';
export const COVERAGE_COMMAND = 'faultline.showCoverage';

/** Notification, server to client: what is known about an open document. */
export const STATUS_NOTIFICATION = 'faultline/status';
/**
 * Notification, client to server, `{ uri }`: no editor shows this document any more, though it may stay open for a while.
 * What it pulled is forgotten by the client's library then.
 */
export const HIDDEN_NOTIFICATION = 'faultline/hidden';
/** Request, client to server: the coverage of the last scan as Markdown. No parameters; gives a string. */
export const COVERAGE_REQUEST = 'faultline/coverage';
/** Scheme of an address that the client is asked to show; it stands for the page. */
export const COVERAGE_SCHEME = 'faultline-coverage';
/** Command behind links of pages: opens a file (URI, line and character from 0). */
export const OPEN_AT_COMMAND = 'faultline.openAt';

export interface InitializationOptions {
  /** The client asks for the reason of a suppression itself, through SUPPRESS_CLIENT_COMMAND. */
  readonly asksReason?: boolean;
  /** The client shows STATUS_NOTIFICATION. */
  readonly showsStatus?: boolean;
  /** The client can show COVERAGE_SCHEME addresses, and has OPEN_AT_COMMAND for the links of pages. */
  readonly showsCoverage?: boolean;
  /** The client takes FINDINGS_NOTIFICATION. */
  readonly showsFindings?: boolean;
  /** The client has SHOW_PATH_COMMAND, also as a link in hovers. */
  readonly showsPath?: boolean;
  /** A folder for answers of language models: the client asks for them, and answers for consent, settings and key. */
  readonly aiStorage?: string;
  /** The client asks what to teach and what to suppress by path: TEACH_COMMAND, SUPPRESS_PATH_COMMAND. */
  readonly asksDecisions?: boolean;
  /** False in Restricted Mode: what the workspace decides about findings is not read. */
  readonly trusted?: boolean;
  /** The bundle of words of the client's language, by English message. */
  readonly words?: unknown;
  /** Settings for clients that cannot answer workspace/configuration. */
  readonly settings?: unknown;
}

export interface SuppressArguments {
  readonly uri: string;
  readonly fingerprint: string;
  readonly rule: string;
  /** Empty: the comment says `<reason>`, to be filled in. */
  readonly reason: string;
}

export interface DocumentStatus {
  readonly uri: string;
  readonly version: number;
  readonly state: 'analysed' | 'partial' | 'skipped' | 'failed';
  readonly findings: number;
  readonly suppressed: number;
  readonly worst?: Severity;
  /** From the last change to the result, in milliseconds. */
  readonly milliseconds: number;
  /** Kinds and checks that were looked for. */
  readonly rules: number;
  /** Why it was analysed in part or not at all, one sentence each. */
  readonly reasons: readonly string[];
}

/** What executing SCAN_COMMAND gives. */
export interface ScanSummary {
  readonly analysed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly findings: number;
  readonly suppressed: number;
  readonly lines: number;
  readonly cancelled: boolean;
}
