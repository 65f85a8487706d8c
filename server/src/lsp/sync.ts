// The documents of the editor: opened, changed, saved and closed, and whether the engine is told about each.
// Files of a `.faultline` folder are documents too, but never the engine's.

import type { Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { oversize, refusalOf } from './admission.ts';
import { applyChanges, docOf, wake, type OpenDocument } from './documents.ts';
import { closeProjectFile, openProjectFile } from './projectFiles.ts';
import { isProjectFile, reloadProjects } from './projects.ts';
import { announce, deliver, handBack, showClosed, takeReport } from './publish.ts';
import { guarded } from './run-safe.ts';
import { refusal, type State } from './state.ts';
import { canonical } from './uris.ts';
import { savedToDisk } from './workspace.ts';

/** Registers the handlers of textDocument/did…. */
export function onDocuments(connection: Connection, state: State): void {
  const { log } = state;
  connection.onDidOpenTextDocument(
    guarded('didOpen', log, ({ textDocument: it }) => {
      const uri = state.uris.learn(it.uri);
      const text = TextDocument.create(uri, it.languageId, it.version, it.text);
      if (isProjectFile(uri)) return openProjectFile(state, text);
      const known = {
        dirty: false,
        admitted: false,
        refused: undefined,
        shown: undefined,
        served: undefined,
        hidden: false,
      };
      const changedAt = performance.now();
      const document: OpenDocument = { uri, text, ...known, changedAt, took: 0, waiting: new Set() };
      state.documents.set(uri, document);
      if (state.settings !== undefined) admit(state, document);
    }),
  );
  connection.onDidChangeTextDocument(
    guarded('didChange', log, ({ textDocument, contentChanges }) => {
      const own = state.projectDocuments.get(canonical(textDocument.uri));
      if (own !== undefined)
        return openProjectFile(state, TextDocument.update(own, contentChanges, textDocument.version));
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
      const uri = canonical(textDocument.uri);
      const document = state.documents.get(uri);
      if (document !== undefined) await saved(state, document);
      // Not every client watches files.
      if (state.projectDocuments.has(uri)) await reloadProjects(state);
    }),
  );
  connection.onDidCloseTextDocument(
    guarded('didClose', log, ({ textDocument }) => {
      const uri = canonical(textDocument.uri);
      const document = state.documents.get(uri);
      if (state.projectDocuments.has(uri)) return closeProjectFile(state, uri);
      if (document === undefined) return;
      state.documents.delete(uri);
      if (document.admitted && document.refused === undefined) state.engine.close(uri);
      handBack(state, uri);
      state.uris.forget(uri);
      wake(document);
    }),
  );
}

/** Decides it again for all documents: settings have changed. */
export function admitAll(state: State): void {
  for (const document of state.documents.values()) admit(state, document);
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
export function sayFailure(state: State, document: OpenDocument): void {
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
