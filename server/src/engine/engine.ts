// The boundary that lsp/, cli/ and every other front door programs against.
// Everything here is plain data: it crosses worker threads, and it is the same in process and over a worker.

import type { CompiledRules } from '../rules/compiled.ts';
import type { Confidence, Severity } from '../rules/schema.ts';

/** A file: URI (or any other scheme for an unsaved document), exactly as the editor spells it. */
export type Uri = string;

export interface Position {
  /** From 0. */
  readonly line: number;
  /** UTF-16 code units from 0. */
  readonly character: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}
export interface Doc {
  readonly uri: Uri;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}
/** An edit as in LSP: absent range replaces everything. Applied one after the other. */
export interface Edit {
  readonly range?: Range;
  readonly text: string;
}

export interface Step {
  readonly uri: Uri;
  readonly range: Range;
  /** What happens here: `req.query.id is read`, `passed to find() as name`, … */
  readonly text: string;
  readonly role: 'source' | 'step' | 'sink';
  /** Only in the answer to a question that ablates: what would have ended the flow here. */
  readonly ending?: 'sanitised' | 'guarded' | 'anchored';
}
/** One way from a source to the sink. First step is the source, last the sink. */
export interface Path {
  readonly source: string;
  readonly steps: readonly Step[];
}

export interface Finding {
  /** Kind or check id: `sql`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly cwe: readonly number[];
  readonly uri: Uri;
  /** The argument at the sink. */
  readonly range: Range;
  readonly message: string;
  /** The called sink as models name it: `mysql2.Connection#query`. */
  readonly sink: string;
  /** Best path first; empty for checks. */
  readonly paths: readonly Path[];
  /** Survives edits elsewhere in the file and moves of the file's other functions; version prefix `1:`. */
  readonly fingerprint: string;
  /** Id of the deterministic fix, if the rule has one. */
  readonly fix?: string;
  /** Something hides it: a comment in the code, unless `by` says that the project's settings or its baseline do. */
  readonly suppressed?: { readonly reason: string; readonly by?: 'project' | 'baseline' };
}

/** Why something was analysed in part, or not at all. */
export interface Reason {
  readonly code:
    | 'syntax-error'
    | 'budget'
    | 'too-large'
    | 'long-lines'
    | 'minified'
    | 'generated'
    | 'binary'
    | 'encoding'
    | 'unsupported'
    | 'excluded'
    | 'ignored'
    | 'unreadable'
    | 'vanished'
    | 'not-a-file'
    | 'symlink'
    | 'crashed';
  /** One sentence with the figure that decided, e.g. `20.1 MB, the limit is 1 MB`. */
  readonly text: string;
}
/**
 * A comment that mentions `faultline-ignore`, and the code it stands for: its own line if code precedes it there, else
 * the next code line and the whole statement that begins on it, without the blocks nested in that statement.
 * Front doors decide with project/suppress.ts what it hides.
 */
export interface IgnoreComment {
  readonly text: string;
  readonly range: Range;
  readonly covers: readonly Range[];
}
/** What came of one file. `skipped` and `failed` files have no findings. `failed` counts as a failure (exit 2). */
export interface Report {
  readonly uri: Uri;
  readonly version?: number;
  readonly status: 'analysed' | 'skipped' | 'failed';
  readonly reasons: readonly Reason[];
  readonly findings: readonly Finding[];
  readonly lines: number;
  /** Suppression comments of the file, in source order; absent means none. */
  readonly ignores?: readonly IgnoreComment[];
  /** Only in the answer to a question. */
  readonly observed?: readonly Observed[];
}
/** What a verification wants to know beside the reports; see flow/probe.ts. */
export interface Question {
  /** Kind or check id. */
  readonly kind: string;
  /** What makes data safe for the kind is a step of the path and not believed. */
  readonly ablate: boolean;
}
/**
 * A sink of the kind in question with what arrives there, or a place that dangerous data reaches: a call of which nothing
 * is known (`lost`), or another argument of a sink, where it is a value and not code (`beside`).
 */
export type Observed =
  | {
      readonly what: 'sink';
      /** As models name it. */
      readonly name: string;
      readonly uri: Uri;
      readonly range: Range;
      readonly code: string;
      readonly state: 'tainted' | 'constant' | 'clean' | 'idle';
    }
  | {
      readonly what: 'lost' | 'beside';
      readonly name: string;
      readonly uri: Uri;
      readonly range: Range;
      readonly code: string;
      readonly source: { readonly uri: Uri; readonly range: Range };
    };
/**
 * Something the engine sees in a file. `tainted`: data from a source arrives; `parameter`: it depends on the callers;
 * `safe`: it was made safe before; `clean`, `constant`: nothing from outside arrives.
 */
export type Explained =
  | {
      readonly what: 'source';
      readonly range: Range;
      readonly code: string;
      readonly kind: string;
      readonly name: string;
    }
  | {
      readonly what: 'sink';
      readonly range: Range;
      readonly code: string;
      readonly kind: string;
      readonly name: string;
      readonly state: 'tainted' | 'parameter' | 'safe' | 'clean' | 'constant';
    }
  | {
      readonly what: 'safe';
      readonly range: Range;
      readonly code: string;
      /** `*` for all. */
      readonly kinds: readonly string[];
      /** What makes it safe; empty for a check in the code. */
      readonly name: string;
    }
  | {
      readonly what: 'call';
      readonly range: Range;
      readonly code: string;
      /** As it is called. */
      readonly name: string;
      /** The callee as models name it, if they know it. */
      readonly models: readonly string[];
      /** Functions of the program that it runs. */
      readonly functions: readonly { readonly uri: Uri; readonly name: string }[];
    };
/** A text to be analysed instead of what stands in the file; undefined: as if there were no such file. */
export interface Overlay {
  readonly uri: Uri;
  readonly text: string | undefined;
}
export interface ScanFile {
  readonly uri: Uri;
  readonly languageId: string;
  readonly text: string;
}
export interface ScanOptions {
  /** Parallel index workers, 1 to 4. The result does not depend on it. */
  readonly workers: number;
}
export type ScanEvent =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly phase: 'index' | 'analyse';
    }
  | { readonly type: 'report'; readonly report: Report };

/** Counters that tests assert (never times): how much work was done since they were last reset. */
export interface Counters {
  parsed: number;
  lowered: number;
  ran: number;
  reused: number;
}

export interface EngineSettings {
  /** Sources of kind `library-input`: parameters of exported functions. `auto`: packages without a server. */
  readonly libraryMode: 'auto' | 'on' | 'off';
}

/** Asynchronous and versioned: the same over a worker or in process. */
export interface Engine {
  configure(settings: EngineSettings): void;
  /** Puts a project's own models on top of the shipped ones, in place of those given before; undefined takes them away. */
  extend(models: CompiledRules | undefined): void;
  /** Folders whose files may import each other. Files are given by scan() or index(). */
  open(doc: Doc): void;
  change(uri: Uri, version: number, edits: readonly Edit[]): void;
  /** Analyses this file and the files that depend on it, now. Reports of open and scanned files that changed. */
  save(uri: Uri): Promise<readonly Report[]>;
  close(uri: Uri): void;
  /** A file on disk appeared, changed or vanished (text undefined). Open documents win over the disk's text. */
  disk(uri: Uri, languageId: string, text: string | undefined): void;
  /** What is known now; never waits. Undefined: nothing yet. */
  report(uri: Uri): Report | undefined;
  /** Resolves once all tiers have run for everything told so far. */
  quiet(): Promise<void>;
  /** Analyses these files together (they may import each other). Ends early when aborted. */
  scan(files: readonly ScanFile[], options: ScanOptions, signal: AbortSignal): AsyncIterable<ScanEvent>;
  /** Called whenever the report of a document has changed. */
  onChange(listener: (uri: Uri, report: Report) => void): void;
  /**
   * What the reports of these files, and of all that they have to do with, would be if these texts stood there (open, on
   * disk or new); leaves nothing behind and calls no listener. Reports of files outside `overlay` are part of the answer
   * to a question only. Fixes are offered only after this. Absent: no fixes are offered.
   */
  whatIf?(overlay: readonly Overlay[], question?: Question): Promise<readonly Report[]>;
  /** What is seen in a file, as it is now. Empty for a file that is not analysed. */
  explain(uri: Uri): Promise<readonly Explained[]>;
  /** Worker only: the engine died and answers no more. `uri` is the file it was working on, if known. */
  onExit?(listener: (error: Error, uri?: Uri) => void): void;
  counters(): Promise<Counters>;
  dispose(): Promise<void>;
}
