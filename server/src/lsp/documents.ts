// The documents that are open in the editor, with the text and version the editor has.
// Edits are cleaned here (positions clamped to the text, ends in order), so that the engine's copy cannot drift from ours.

import type { Diagnostic, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Doc, Edit, Reason, Uri } from '../engine/engine.ts';
import type { Shown } from './shown.ts';

export interface OpenDocument {
  /** Canonical URI, the key. */
  readonly uri: Uri;
  text: TextDocument;
  /** Changed since it was opened or saved. */
  dirty: boolean;
  /** It has been decided whether the engine is told about it; not before the settings are known. */
  admitted: boolean;
  /** Why the engine is not told about it, undefined if it is. */
  refused: Reason | undefined;
  /** The last result for some version of this text. */
  shown: Shown | undefined;
  /** The last answer to a pull; what the editor shows now. */
  served:
    | { readonly version: number; readonly resultId: string; readonly items: readonly Diagnostic[] }
    | undefined;
  /** No editor shows it, and none has pulled since. */
  hidden: boolean;
  /** When the text last changed, in milliseconds of the process's clock. */
  changedAt: number;
  /** Milliseconds from the last change of the text to the first result for it. */
  took: number;
  /** Called at a new result, a change, a close: whoever waits looks again. */
  readonly waiting: Set<() => void>;
}

/** Applies the changes of a didChange to a document and gives them as clean edits, one after the other. */
export function applyChanges(
  document: OpenDocument,
  changes: readonly TextDocumentContentChangeEvent[],
  version: number,
): Edit[] {
  return changes.map((change) => {
    const clean = cleaned(document.text, change);
    document.text = TextDocument.update(document.text, [clean], version);
    return clean;
  });
}

function cleaned(
  text: TextDocument,
  change: TextDocumentContentChangeEvent,
): { range?: Edit['range']; text: string } & TextDocumentContentChangeEvent {
  if (!('range' in change) || change.range === undefined) return { text: change.text };
  const from = text.offsetAt(change.range.start);
  const to = text.offsetAt(change.range.end);
  const range = { start: text.positionAt(Math.min(from, to)), end: text.positionAt(Math.max(from, to)) };
  return { range, text: change.text };
}

/** The document as the engine takes it. */
export function docOf(document: OpenDocument): Doc {
  const { languageId, version } = document.text;
  return { uri: document.uri, languageId, version, text: document.text.getText() };
}

/** Wakes everybody who waits for news of this document. */
export function wake(document: OpenDocument): void {
  for (const waiter of [...document.waiting]) waiter();
}
