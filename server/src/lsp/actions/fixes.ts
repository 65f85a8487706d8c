// Deterministic fixes as quick fixes: only those that a new analysis has confirmed, safe ones before the others.
// The first safe fix of a finding is the preferred one; a fix that may change behaviour never is.

import type { CodeAction, TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextChange } from '../../fixes/index.ts';
import { confirmNow, knownFixes } from '../fixes.ts';
import { l10n } from '../l10n.ts';
import { diagnosticOf, editOf, type ActionProvider } from './provider.ts';

export const FIX_KIND = 'quickfix.faultline';

export const fixActions: ActionProvider = {
  kinds: [FIX_KIND],
  actions({ state, document, text, shown, findings }) {
    // The answer is what is known; what is not is looked for now, for the next time the editor asks.
    void confirmNow(state, document, shown, findings);
    const actions = findings.flatMap((finding) => {
      const fixes = knownFixes(shown, finding) ?? [];
      const preferred = fixes.find((it) => it.safe);
      return fixes.map((fix): CodeAction => ({
        title: l10n.t(fix.title, ...(fix.names ?? [])),
        kind: FIX_KIND,
        diagnostics: diagnosticOf(shown, finding),
        isPreferred: fix === preferred,
        edit: editOf(state, document, toTextEdits(text, fix.edits)),
      }));
    });
    const [safe, others] = [true, false].map((it) => actions.filter((one) => one.isPreferred === it));
    return [...safe!, ...others!];
  },
};

/** Changes by offset as LSP edits of the same text. */
export function toTextEdits(text: TextDocument, changes: readonly TextChange[]): TextEdit[] {
  return changes.map((it) => ({
    range: { start: text.positionAt(it.start), end: text.positionAt(it.end) },
    newText: it.text,
  }));
}
