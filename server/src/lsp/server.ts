// The language server: connects the editor's messages to the features, and the engine's results to the editor.
// The main thread answers from what is known and never analyses; every handler survives its own failure.

import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  TextDocumentSyncKind,
  type CodeAction,
  type Connection,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticReport,
  type Hover,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { dateOf } from '../project/suppress.ts';
import { oversize, refusalOf } from './admission.ts';
import { abilitiesOf, foldersOf } from './abilities.ts';
import { ACTION_KINDS, codeActions } from './codeActions.ts';
import { commandIds, execute } from './commands.ts';
import { loadSettings } from './configuration.ts';
import { applyChanges, docOf, wake, type OpenDocument } from './documents.ts';
import { FEATURES } from './features.ts';
import { hoverAt } from './hover.ts';
import { useWords } from './l10n.ts';
import { announce, deliver, handBack, pull, refresh, showAgain, showClosed, takeReport } from './publish.ts';
import { registerRequests } from './requests.ts';
import { describe, guarded, runSafe, type Log } from './run-safe.ts';
import { refusal, settingsFor, type State } from './state.ts';
import { supervise, type MakeEngine } from './supervisor.ts';
import { canonical, createUris } from './uris.ts';
import type { WordsOf } from './words.ts';
import { filesChanged, indexWorkspace, savedToDisk } from './workspace.ts';

export interface ServerParts {
  readonly makeEngine: MakeEngine;
  readonly wordsOf: WordsOf;
  /** How many kinds and checks there are, for the status. */
  readonly rules?: number;
  /** Version of Faultline, for the editor's log. */
  readonly version: string;
  /** The local date as `YYYY-MM-DD`. Default: the clock's. */
  readonly today?: () => string;
}

/** The files that the server wants to hear about. Narrow on purpose: every event crosses two processes. */
const WATCHED = [
  '**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,py,pyw}',
  '**/{package,tsconfig,jsconfig}.json',
  '**/{pyproject.toml,setup.cfg}',
];

/** Registers all handlers on `connection` and listens. Nothing throws; the process's end is the caller's business. */
export function startServer(connection: Connection, parts: ServerParts): void {
  const log: Log = (level, text) => connection.console[level](text);
  let areConfigured: () => void = () => undefined;
  const configured = new Promise<void>((resolve) => (areConfigured = resolve));
  const state = createState(connection, parts, log, configured);
  connection.onInitialize((params) => initialize(state, params, parts));
  connection.onInitialized(guarded('initialized', log, () => started(state).finally(areConfigured)));
  connection.onShutdown(() => stop(state));
  onDocuments(state);
  connection.onDidChangeConfiguration(
    guarded('didChangeConfiguration', log, async (it) => {
      await configure(state, it.settings);
      index(state);
    }),
  );
  connection.onDidChangeWatchedFiles(
    guarded('didChangeWatchedFiles', log, (it) => filesChanged(state, it.changes)),
  );
  connection.languages.diagnostics.on((params, token) =>
    runSafe<DocumentDiagnosticReport, DiagnosticServerCancellationData>(
      () => pull(state, params, token),
      { kind: 'full', items: [] },
      'diagnostic',
      log,
      token,
    ),
  );
  connection.onHover((params, token) =>
    runSafe<Hover | null>(
      () => hoverAt(state, canonical(params.textDocument.uri), params.position),
      null,
      'hover',
      log,
      token,
    ),
  );
  connection.onCodeAction((params, token) =>
    runSafe<CodeAction[]>(() => codeActions(state, params, token), [], 'codeAction', log, token),
  );
  connection.onExecuteCommand((params, token) => execute(state, params, token));
  registerRequests(connection, state);
  for (const feature of FEATURES) feature(state);
  connection.listen();
}

function createState(connection: Connection, parts: ServerParts, log: Log, configured: Promise<void>): State {
  const state: State = {
    connection,
    log,
    uris: createUris(),
    wordsOf: parts.wordsOf,
    rules: parts.rules ?? 0,
    today: parts.today ?? (() => dateOf(new Date())),
    engine: supervise(parts.makeEngine, {
      documents: () =>
        [...state.documents.values()].filter((it) => it.admitted && it.refused === undefined).map(docOf),
      onReport: (uri, report) => takeReport(state, uri, report),
      onRestarted: () => restarted(state),
      onGaveUp: (reason) => gaveUp(state, reason),
      log,
    }),
    abilities: abilitiesOf(undefined),
    folders: [],
    settings: undefined,
    documents: new Map(),
    closed: new Map(),
    onShown: [],
    onFixes: [],
    published: new Set(),
    coverage: undefined,
    indexing: new AbortController(),
    stopping: new AbortController(),
    configured,
  };
  return state;
}

function initialize(state: State, params: InitializeParams, parts: ServerParts): InitializeResult {
  state.abilities = abilitiesOf(params);
  state.folders = foldersOf(params);
  useWords(state.abilities.options.words);
  const { pull: canPull, codeActionLiterals, folders } = state.abilities;
  return {
    serverInfo: { name: 'Faultline', version: parts.version },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: {
        openClose: true,
        change: TextDocumentSyncKind.Incremental,
        save: { includeText: false },
      },
      hoverProvider: true,
      executeCommandProvider: { commands: [...commandIds], workDoneProgress: true },
      ...(codeActionLiterals && { codeActionProvider: { codeActionKinds: [...ACTION_KINDS] } }),
      ...(canPull && {
        diagnosticProvider: {
          identifier: 'faultline',
          interFileDependencies: true,
          workspaceDiagnostics: false,
        },
      }),
      ...(folders && { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } }),
    },
  };
}

async function started(state: State): Promise<void> {
  const { connection, abilities } = state;
  if (abilities.configurationEvents) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: 'faultline' });
  }
  if (abilities.watching) {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: WATCHED.map((globPattern) => ({ globPattern })),
    });
  }
  if (abilities.folders) {
    connection.workspace.onDidChangeWorkspaceFolders(
      guarded('didChangeWorkspaceFolders', state.log, async (event) => {
        const removed = new Set(event.removed.map((it) => canonical(it.uri)));
        const added = event.added.map((it) => ({ ...it, uri: canonical(it.uri) }));
        state.folders = [...state.folders.filter((it) => !removed.has(it.uri)), ...added];
        await configure(state, undefined);
        index(state);
      }),
    );
  }
  await configure(state, abilities.options.settings);
  index(state);
}

/** Reads the settings again and lets them take effect everywhere. */
async function configure(state: State, given: unknown): Promise<void> {
  state.settings = await loadSettings(state, given);
  state.engine.configure({ libraryMode: settingsFor(state, '').libraryMode });
  for (const document of state.documents.values()) admit(state, document);
  showAgain(state);
  refresh(state);
}

/** Reads the workspace in the background; an older reading ends. */
function index(state: State): void {
  state.indexing.abort();
  state.indexing = new AbortController();
  const { signal } = state.indexing;
  const began = performance.now();
  state.engine
    .ready()
    .then(() => indexWorkspace(state, signal))
    .then((count) =>
      state.log(
        'info',
        `Read ${count} ${count === 1 ? 'file' : 'files'} of the workspace in ${Math.round(performance.now() - began)} ms.`,
      ),
    )
    .catch((error: unknown) => state.log('error', `The workspace could not be read: ${describe(error)}`));
}

function onDocuments(state: State): void {
  const { connection, log } = state;
  connection.onDidOpenTextDocument(
    guarded('didOpen', log, ({ textDocument: it }) => {
      const uri = state.uris.learn(it.uri);
      const text = TextDocument.create(uri, it.languageId, it.version, it.text);
      const known = {
        dirty: false,
        admitted: false,
        refused: undefined,
        shown: undefined,
        served: undefined,
      };
      const changedAt = performance.now();
      const document: OpenDocument = { uri, text, ...known, changedAt, waiting: new Set() };
      state.documents.set(uri, document);
      if (state.settings !== undefined) admit(state, document);
    }),
  );
  connection.onDidChangeTextDocument(
    guarded('didChange', log, ({ textDocument, contentChanges }) => {
      const document = state.documents.get(canonical(textDocument.uri));
      if (document === undefined) return log('warn', `A change of ${textDocument.uri}, which is not open.`);
      const edits = applyChanges(document, contentChanges, textDocument.version);
      document.dirty = true;
      document.changedAt = performance.now();
      changed(state, document, () => state.engine.change(document.uri, textDocument.version, edits));
      wake(document);
    }),
  );
  connection.onDidSaveTextDocument(
    guarded('didSave', log, async ({ textDocument }) => {
      const document = state.documents.get(canonical(textDocument.uri));
      if (document !== undefined) await saved(state, document);
    }),
  );
  connection.onDidCloseTextDocument(
    guarded('didClose', log, ({ textDocument }) => {
      const uri = canonical(textDocument.uri);
      const document = state.documents.get(uri);
      if (document === undefined) return;
      state.documents.delete(uri);
      if (document.admitted && document.refused === undefined) state.engine.close(uri);
      handBack(state, uri);
      state.uris.forget(uri);
      wake(document);
    }),
  );
}

/** Decides whether the engine gets a document, and tells it if that has changed. */
function admit(state: State, document: OpenDocument): void {
  const refused = refusalOf(state, document);
  const told = document.admitted && document.refused === undefined;
  document.admitted = true;
  document.refused = refused;
  if (refused === undefined) {
    if (!told) state.engine.open(docOf(document));
    sayFailure(state, document);
    return;
  }
  if (told) state.engine.close(document.uri);
  takeReport(state, document.uri, refusal(document.uri, document.text.version, refused));
}

/** After an edit: the engine gets it, unless the document is refused or has just become too large. */
function changed(state: State, document: OpenDocument, tell: () => void): void {
  if (!document.admitted) return;
  if (document.refused !== undefined || oversize(state, document) !== undefined)
    return admit(state, document);
  tell();
  sayFailure(state, document);
}

/** A document that the engine will say nothing about must not leave the editor waiting. */
function sayFailure(state: State, document: OpenDocument): void {
  const failure = state.engine.failure(document.uri);
  if (failure !== undefined) takeReport(state, document.uri, failure);
}

async function saved(state: State, document: OpenDocument): Promise<void> {
  document.dirty = false;
  if (!document.admitted) return;
  admit(state, document);
  deliver(state, document, true);
  announce(state, document.uri);
  if (document.refused !== undefined) return;
  const { uri, text } = document;
  savedToDisk(state, { uri, languageId: text.languageId, text: text.getText() });
  for (const report of await state.engine.save(uri)) {
    takeReport(state, report.uri, report);
    // The text of a scanned file has changed on disk; shown again when the document closes.
    if (report.uri === uri && state.closed.has(uri)) showClosed(state, uri, report);
  }
}

function restarted(state: State): void {
  state.log('warn', 'The analysis engine has been restarted.');
  index(state);
}

function gaveUp(state: State, reason: string): void {
  const text = `Faultline has stopped: ${reason} Use “Faultline: Restart Server” to try again.`;
  state.connection.window.showErrorMessage(text);
  for (const document of state.documents.values()) sayFailure(state, document);
}

async function stop(state: State): Promise<void> {
  state.stopping.abort();
  state.indexing.abort();
  await state.engine.dispose();
}
