// What the server knows while it runs: the client's abilities, open documents, settings, and who owns which diagnostics.
// Plain data that the features share; only server.ts creates it.

import type { Connection, WorkspaceFolder } from 'vscode-languageserver';
import type { Reason, Report, Uri } from '../engine/engine.ts';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { KnownRules, Project } from '../project/folder.ts';
import type { OpenDocument } from './documents.ts';
import type { RuleInfo } from '../report/result.ts';
import type { InitializationOptions } from './protocol.ts';
import type { Log } from './run-safe.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import type { Shown } from './shown.ts';
import type { Supervisor } from './supervisor.ts';
import type { Uris } from './uris.ts';
import type { WordsOf } from './words.ts';

export interface ClientAbilities {
  readonly pull: boolean;
  readonly refresh: boolean;
  readonly related: boolean;
  readonly configuration: boolean;
  readonly configurationEvents: boolean;
  readonly watching: boolean;
  readonly progress: boolean;
  readonly folders: boolean;
  readonly documentChanges: boolean;
  readonly codeActionLiterals: boolean;
  readonly markdownHover: boolean;
  readonly options: InitializationOptions;
}

/** Results of closed files, pushed after a scan and kept current by file events until the window closes. */
export interface ClosedFile {
  shown: Shown;
}

export interface State {
  readonly connection: Connection;
  readonly log: Log;
  readonly uris: Uris;
  readonly engine: Supervisor;
  readonly wordsOf: WordsOf;
  readonly today: () => string;
  /** Version of Faultline, for reports. */
  readonly version: string;
  readonly ruleInfos: ReadonlyMap<string, RuleInfo>;
  /** The rules there are, for counts, completion and a project's own files. */
  readonly known: KnownRules;
  /** What the folders' `.faultline` say is read; false in Restricted Mode. */
  trusted: boolean;
  /** By URI of the workspace folder. */
  projects: ReadonlyMap<Uri, Project>;
  /** Open files of `.faultline` folders. They are no documents of the engine. */
  readonly projectDocuments: Map<Uri, TextDocument>;
  abilities: ClientAbilities;
  folders: readonly WorkspaceFolder[];
  /** Settings by folder URI, '' for files outside every folder. Undefined until they have been read. */
  settings: ReadonlyMap<string, Settings> | undefined;
  readonly documents: Map<Uri, OpenDocument>;
  readonly closed: Map<Uri, ClosedFile>;
  /** Called when what is shown of a file has changed, or who shows it. */
  readonly onShown: ((uri: Uri) => void)[];
  /** Called when it is known which findings of an open document have fixes. */
  readonly onFixes: ((uri: Uri) => void)[];
  /** Files whose diagnostics we have pushed and not taken back. */
  readonly published: Set<Uri>;
  /** A scan of the whole workspace has ended: from then on `closed` holds every file. */
  scannedWhole: boolean;
  /** The coverage of the last scan as Markdown. */
  coverage: string | undefined;
  /** Ends the reading of the workspace that is going on, if any. */
  indexing: AbortController;
  /** Fires when the server is told to stop. */
  readonly stopping: AbortController;
  /** Resolves once the settings have been read for the first time. */
  readonly configured: Promise<void>;
}

/** The settings that hold for a file: those of the innermost folder that contains it. */
export function settingsFor(state: State, uri: Uri): Settings {
  const folder = folderOf(state, uri);
  return state.settings?.get(folder?.uri ?? '') ?? state.settings?.get('') ?? DEFAULTS;
}

/** The innermost workspace folder of a file. */
export function folderOf(state: State, uri: Uri): WorkspaceFolder | undefined {
  let best: WorkspaceFolder | undefined;
  for (const folder of state.folders) {
    const inside =
      uri === folder.uri || uri.startsWith(folder.uri.endsWith('/') ? folder.uri : `${folder.uri}/`);
    if (inside && (best === undefined || folder.uri.length > best.uri.length)) best = folder;
  }
  return best;
}

/** A report for a file that the engine is not told about. */
export function refusal(uri: Uri, version: number | undefined, reason: Reason): Report {
  return {
    uri,
    ...(version !== undefined && { version }),
    status: 'skipped',
    reasons: [reason],
    findings: [],
    lines: 0,
  };
}
