// A client for tests: it talks to the real server over a real connection in memory, as an editor would.
// Everything is awaited as an event; nothing here waits for time to pass.

import { PassThrough } from 'node:stream';
import {
  CodeActionRequest,
  CodeActionTriggerKind,
  createConnection,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  DocumentDiagnosticRequest,
  InitializeRequest,
  InitializedNotification,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type ApplyWorkspaceEditParams,
  type CancellationToken,
  type ClientCapabilities,
  type CodeAction,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type FileEvent,
  type InitializeResult,
  type MessageActionItem,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  type ShowMessageRequestParams,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { DocumentStatus, InitializationOptions } from '../../server/src/lsp/protocol.ts';
import type { FileFindings } from '../../server/src/lsp/protocol-findings.ts';
import type { MakeEngine } from '../../server/src/lsp/supervisor.ts';
import { startServer } from '../../server/src/lsp/server.ts';
import type { CompiledRules } from '../../server/src/rules/index.ts';
import type { WordsOf } from '../../server/src/lsp/words.ts';

export interface Options {
  readonly makeEngine: MakeEngine;
  readonly wordsOf?: WordsOf;
  readonly rules?: CompiledRules;
  readonly folders?: readonly string[];
  readonly settings?: unknown;
  readonly pull?: boolean;
  readonly options?: InitializationOptions;
  readonly today?: string;
}

/** Everything the server has said, with a way to wait for what it will say. */
export interface Client {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  open(uri: string, text: string, languageId?: string): TextDocument;
  /** Replaces `from` by `to` in the document and sends it as an incremental change. */
  edit(document: TextDocument, from: string, to: string): TextDocument;
  change(document: TextDocument, changes: TextDocumentContentChangeEvent[]): TextDocument;
  save(document: TextDocument): void;
  close(document: TextDocument): void;
  watched(events: FileEvent[]): void;
  /** One pull, as it is answered. */
  pull(document: TextDocument, previousResultId?: string): Promise<DocumentDiagnosticReport>;
  /** Pulls as an editor does: again if the server says that the text has moved on. */
  diagnostics(document: TextDocument): Promise<Diagnostic[]>;
  /** Code actions for a range, as the editor asks for them on its own. */
  actions(
    document: TextDocument,
    range: Range,
    only?: string[],
    token?: CancellationToken,
  ): Promise<CodeAction[]>;
  /** What "Fix All" gives when somebody asks for it: by then all fixes of the document are known. */
  fixAll(document: TextDocument): Promise<CodeAction[]>;
  /** Changes a setting and tells the server. */
  configure(settings: unknown): void;
  /** Resolves with the first value that satisfies `test`, of those already said or yet to come. */
  published(test: (it: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams>;
  /** The same, but only of what is yet to come. */
  publishedNext(test: (it: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams>;
  message(test: (text: string) => boolean): Promise<string>;
  status(test: (it: DocumentStatus) => boolean): Promise<DocumentStatus>;
  /** What the server told the extension about the findings of a file. */
  told(test: (it: FileFindings) => boolean): Promise<FileFindings>;
  /** The same, but only of what is yet to come. */
  toldNext(test: (it: FileFindings) => boolean): Promise<FileFindings>;
  /** Resolves when the fixes of all findings of this version of a document have been looked for. */
  fixesKnown(document: TextDocument): Promise<FileFindings>;
  /** Resolves at the next workspace/diagnostic/refresh. */
  refreshed(): Promise<void>;
  applied(): Promise<ApplyWorkspaceEditParams>;
  progress(test: (value: { kind: string; message?: string }) => boolean): Promise<unknown>;
  log(test: (text: string) => boolean): Promise<string>;
  /** A document that the server asked to have shown. */
  shown(test: (uri: string) => boolean): Promise<string>;
  /** One entry for each workspace/diagnostic/refresh so far. */
  readonly refreshes: readonly number[];
  readonly messages: readonly string[];
  readonly publishedSoFar: readonly PublishDiagnosticsParams[];
  /** The button that the next question is answered with. */
  answer: string | undefined;
  stop(): Promise<void>;
}

/** Starts a server on an engine and initializes it. */
export async function startClient(given: Options): Promise<Client> {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  startServer(server, {
    makeEngine: given.makeEngine,
    wordsOf: given.wordsOf ?? (() => undefined),
    version: 'test',
    ...(given.rules !== undefined && { rules: given.rules }),
    ...(given.today !== undefined && { today: () => given.today! }),
  });
  const connection = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  return clientOn(connection, given);
}

/** Initializes the server at the other end of a connection. */
export async function clientOn(
  connection: ProtocolConnection,
  given: Omit<Options, 'makeEngine'>,
): Promise<Client> {
  const heard = {
    published: log<PublishDiagnosticsParams>(),
    messages: log<string>(),
    logs: log<string>(),
    status: log<DocumentStatus>(),
    told: log<FileFindings>(),
    refreshes: log<number>(),
    applied: log<ApplyWorkspaceEditParams>(),
    progress: log<{ kind: string; message?: string }>(),
    shown: log<string>(),
  };
  let settings: unknown = given.settings ?? {};
  const state: { answer: string | undefined } = { answer: undefined };
  connection.onNotification(PublishDiagnosticsNotification.type, (it) => heard.published.add(it));
  connection.onNotification('faultline/status', (it: DocumentStatus) => heard.status.add(it));
  connection.onNotification('faultline/findings', (it: FileFindings) => heard.told.add(it));
  connection.onNotification('window/showMessage', (it: { message: string }) =>
    heard.messages.add(it.message),
  );
  connection.onNotification('window/logMessage', (it: { message: string }) => heard.logs.add(it.message));
  connection.onNotification('$/progress', (it: { value: { kind: string; message?: string } }) =>
    heard.progress.add(it.value),
  );
  connection.onRequest(
    'window/showMessageRequest',
    (it: ShowMessageRequestParams): MessageActionItem | null => {
      heard.messages.add(it.message);
      return it.actions?.find((action) => action.title === state.answer) ?? null;
    },
  );
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onRequest('window/showDocument', (it: { uri: string }) => {
    heard.shown.add(it.uri);
    return { success: true };
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/configuration', (it: { items: unknown[] }) => it.items.map(() => settings));
  connection.onRequest('workspace/diagnostic/refresh', () => {
    heard.refreshes.add(heard.refreshes.all.length + 1);
    return null;
  });
  connection.onRequest('workspace/applyEdit', (it: ApplyWorkspaceEditParams) => {
    heard.applied.add(it);
    return { applied: true };
  });
  connection.listen();
  const folders = (given.folders ?? []).map((uri) => ({ uri, name: uri }));
  const initialized = await connection.sendRequest(InitializeRequest.type, {
    processId: null,
    rootUri: null,
    workspaceFolders: folders,
    capabilities: capabilities(given.pull !== false),
    initializationOptions: given.options ?? {
      asksReason: true,
      showsStatus: true,
      showsCoverage: true,
      showsFindings: true,
    },
  });
  await connection.sendNotification(InitializedNotification.type, {});

  const pull = (document: TextDocument, previousResultId?: string): Promise<DocumentDiagnosticReport> =>
    connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument: { uri: document.uri },
      ...(previousResultId !== undefined && { previousResultId }),
    });

  const ask = async (
    document: TextDocument,
    range: Range,
    triggerKind: CodeActionTriggerKind,
    only?: string[],
    token?: CancellationToken,
  ): Promise<CodeAction[]> => {
    const context = { diagnostics: [], triggerKind, ...(only !== undefined && { only }) };
    const params = { textDocument: { uri: document.uri }, range, context };
    return ((await connection.sendRequest(CodeActionRequest.type, params, token)) ?? []) as CodeAction[];
  };

  const client: Client = {
    connection,
    initialized,
    open(uri, text, languageId = 'javascript') {
      const document = TextDocument.create(uri, languageId, 1, text);
      void connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId, version: 1, text },
      });
      return document;
    },
    edit(document, from, to) {
      const at = document.getText().indexOf(from);
      if (at < 0) throw new Error(`“${from}” is not in the document`);
      const range = { start: document.positionAt(at), end: document.positionAt(at + from.length) };
      return client.change(document, [{ range, text: to }]);
    },
    change(document, changes) {
      const version = document.version + 1;
      void connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri: document.uri, version },
        contentChanges: changes,
      });
      return TextDocument.update(document, changes, version);
    },
    save: (document) =>
      void connection.sendNotification(DidSaveTextDocumentNotification.type, {
        textDocument: { uri: document.uri },
      }),
    close: (document) =>
      void connection.sendNotification(DidCloseTextDocumentNotification.type, {
        textDocument: { uri: document.uri },
      }),
    watched: (changes) =>
      void connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes }),
    pull,
    async diagnostics(document) {
      for (;;) {
        try {
          const report = await pull(document);
          if (report.kind === 'full') return report.items;
        } catch (error) {
          if ((error as { data?: { retriggerRequest?: boolean } }).data?.retriggerRequest !== true)
            throw error;
        }
      }
    },
    actions: (document, range, only, token) =>
      ask(document, range, CodeActionTriggerKind.Automatic, only, token),
    async fixAll(document) {
      await client.diagnostics(document);
      const whole = { start: { line: 0, character: 0 }, end: document.positionAt(document.getText().length) };
      return ask(document, whole, CodeActionTriggerKind.Invoked, ['source.fixAll.faultline']);
    },
    configure(value) {
      settings = value;
      void connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    },
    published: (test) => heard.published.first(test),
    publishedNext: (test) => heard.published.next(test),
    message: (test) => heard.messages.first(test),
    log: (test) => heard.logs.first(test),
    shown: (test) => heard.shown.first(test),
    status: (test) => heard.status.first(test),
    told: (test) => heard.told.first(test),
    toldNext: (test) => heard.told.next(test),
    fixesKnown: (document) =>
      heard.told.first((it) => it.uri === document.uri && it.version === document.version && it.fixesKnown),
    refreshed: async () => void (await heard.refreshes.next(() => true)),
    applied: () => heard.applied.first(() => true),
    progress: (test) => heard.progress.first(test),
    refreshes: heard.refreshes.all,
    messages: heard.messages.all,
    publishedSoFar: heard.published.all,
    get answer() {
      return state.answer;
    },
    set answer(value) {
      state.answer = value;
    },
    async stop() {
      await connection.sendRequest(ShutdownRequest.type);
      connection.dispose();
    },
  };
  return client;
}

function capabilities(pull: boolean): ClientCapabilities {
  return {
    textDocument: {
      synchronization: { didSave: true, dynamicRegistration: false },
      publishDiagnostics: { relatedInformation: true, versionSupport: true },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
      hover: { contentFormat: ['markdown', 'plaintext'] },
      ...(pull && { diagnostic: { dynamicRegistration: true } }),
    },
    workspace: {
      configuration: true,
      workspaceFolders: true,
      didChangeConfiguration: { dynamicRegistration: true },
      didChangeWatchedFiles: { dynamicRegistration: true },
      workspaceEdit: { documentChanges: true },
      ...(pull && { diagnostics: { refreshSupport: true } }),
    },
    window: { workDoneProgress: true, showDocument: { support: true } },
  };
}

interface Heard<T> {
  readonly all: T[];
  add(value: T): void;
  /** The first that was or will be heard and satisfies the test. */
  first(test: (value: T) => boolean): Promise<T>;
  /** The first that will be heard and satisfies the test. */
  next(test: (value: T) => boolean): Promise<T>;
}

function log<T>(): Heard<T> {
  const all: T[] = [];
  const waiting = new Set<(value: T) => void>();
  return {
    all,
    add(value) {
      all.push(value);
      for (const it of [...waiting]) it(value);
    },
    first(test) {
      const known = all.find(test);
      return known === undefined ? this.next(test) : Promise.resolve(known);
    },
    next: (test) =>
      new Promise((resolve) => {
        const look = (value: T): void => {
          if (!test(value)) return;
          waiting.delete(look);
          resolve(value);
        };
        waiting.add(look);
      }),
  };
}
