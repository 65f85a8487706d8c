// The language server: connects the editor's messages to the features, and the engine's results to the editor.
// The main thread answers from what is known and never analyses; every handler survives its own failure.

import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocumentSyncKind,
  type CodeAction,
  type Connection,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticReport,
  type FileEvent,
  type Hover,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { knownRules } from '../project/folder.ts';
import { ruleInfos } from '../report/rules.ts';
import type { CompiledRules } from '../rules/index.ts';
import { dateOf } from '../project/suppress.ts';
import { abilitiesOf, foldersOf } from './abilities.ts';
import { ACTION_KINDS, codeActions } from './codeActions.ts';
import { commandIds, execute } from './commands.ts';
import { loadSettings } from './configuration.ts';
import { docOf } from './documents.ts';
import { FEATURES } from './features.ts';
import { completeProjectFile, publishProjectProblems } from './projectFiles.ts';
import { isProjectFile, libraryModeOf, loadProjects, reloadProjects } from './projects.ts';
import { TRUSTED_NOTIFICATION } from './protocol-project.ts';
import { hoverAt } from './hover.ts';
import { l10n, useWords } from './l10n.ts';
import { HIDDEN_NOTIFICATION } from './protocol.ts';
import { hide, pull, refresh, showAgain, takeReport } from './publish.ts';
import { registerRequests } from './requests.ts';
import { guarded, runSafe, type Log } from './run-safe.ts';
import type { State } from './state.ts';
import { supervise, type MakeEngine } from './supervisor.ts';
import { canonical, createUris } from './uris.ts';
import type { WordsOf } from './words.ts';
import { admitAll, onDocuments, sayFailure } from './sync.ts';
import { filesChanged, forgetTold, startIndexing } from './workspace.ts';

export interface ServerParts {
  readonly makeEngine: MakeEngine;
  readonly wordsOf: WordsOf;
  /** The shipped rules: their ids and words. */
  readonly rules?: CompiledRules;
  /** Version of Faultline, for the editor's log. */
  readonly version: string;
  /** The local date as `YYYY-MM-DD`. Default: the clock's. */
  readonly today?: () => string;
}

/** The files that the server wants to hear about. Narrow on purpose: every event crosses two processes. */
const WATCHED = [
  '**/.faultline/**/*.{yaml,yml,json}',
  // A folder that goes is one event, not one for each of its files.
  '**/{.faultline,.faultline/models}',
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
  onDocuments(connection, state);
  connection.onDidChangeConfiguration(
    guarded('didChangeConfiguration', log, async (it) => {
      await configure(state, it.settings);
      startIndexing(state);
    }),
  );
  connection.onDidChangeWatchedFiles(
    guarded('didChangeWatchedFiles', log, async ({ changes }) => {
      const own = changes.filter((it) => isProjectFile(it.uri));
      await filesChanged(
        state,
        changes.filter((it) => !isProjectFile(it.uri)),
      );
      if (own.length > 0 || isMove(state, changes)) await reloadProjects(state);
    }),
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
  connection.onCompletion((params, token) =>
    runSafe(
      () => {
        const text = state.projectDocuments.get(canonical(params.textDocument.uri));
        return text === undefined ? [] : completeProjectFile(state, text, params.position);
      },
      [],
      'completion',
      log,
      token,
    ),
  );
  connection.onNotification(
    TRUSTED_NOTIFICATION,
    guarded('trusted', log, () => {
      state.trusted = true;
      return reloadProjects(state);
    }),
  );
  connection.onNotification(
    HIDDEN_NOTIFICATION,
    guarded('hidden', log, ({ uri }: { uri: string }) => hide(state, canonical(uri))),
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
    version: parts.version,
    known: parts.rules === undefined ? { kinds: [], ids: [] } : knownRules(parts.rules),
    ruleInfos: parts.rules === undefined ? new Map() : ruleInfos(parts.rules),
    trusted: true,
    projects: new Map(),
    projectDocuments: new Map(),
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
    scannedWhole: false,
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
  state.trusted = state.abilities.options.trusted !== false;
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
      completionProvider: { triggerCharacters: [':', ' '] },
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
        startIndexing(state);
      }),
    );
  }
  await configure(state, abilities.options.settings);
  startIndexing(state);
}

/** Reads the settings again and lets them take effect everywhere. */
async function configure(state: State, given: unknown): Promise<void> {
  state.settings = await loadSettings(state, given);
  await loadProjects(state);
  state.engine.configure({ libraryMode: libraryModeOf(state) });
  admitAll(state);
  showAgain(state);
  publishProjectProblems(state);
  refresh(state);
}

/** A file that comes or goes may be one that the baseline knows under another name. */
function isMove(state: State, changes: readonly FileEvent[]): boolean {
  const hasBaseline = [...state.projects.values()].some((it) => it.policy.baseline.entries.length > 0);
  return hasBaseline && changes.some((it) => it.type !== FileChangeType.Changed);
}

function restarted(state: State): void {
  forgetTold(state);
  state.log('warn', 'The analysis engine has been restarted.');
  startIndexing(state);
}

function gaveUp(state: State, reason: string): void {
  const text = l10n.t('Faultline has stopped: {0} Use “Faultline: Restart Server” to try again.', reason);
  state.connection.window.showErrorMessage(text);
  for (const document of state.documents.values()) sayFailure(state, document);
}

async function stop(state: State): Promise<void> {
  state.stopping.abort();
  state.indexing.abort();
  await state.engine.dispose();
}
