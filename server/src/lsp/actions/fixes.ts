// Deterministic fixes as quick fixes: only those that a new analysis has confirmed, safe ones before the others.
// The first safe fix of a finding is the preferred one; a fix that may change behaviour never is.

import type { CodeAction } from 'vscode-languageserver';
import { fixesFor } from '../fixes.ts';
import { diagnosticOf, editOf, type ActionProvider, type ActionRequest } from './provider.ts';

export const FIX_KIND = 'quickfix.faultline';

export const fixActions: ActionProvider = {
  kinds: [FIX_KIND],
  async actions(request) {
    const actions: CodeAction[] = [];
    for (const finding of request.findings) {
      if (request.token.isCancellationRequested) return [];
      actions.push(...(await fixesOf(request, finding)));
    }
    return actions;
  },
};

async function fixesOf(
  { state, document, text, shown, token }: ActionRequest,
  finding: ActionRequest['findings'][number],
): Promise<CodeAction[]> {
  const fixes = await fixesFor(state, document, shown, finding, token);
  if (document.text !== text) return [];
  return fixes.map((fix, index) => ({
    title: fix.title,
    kind: FIX_KIND,
    diagnostics: diagnosticOf(shown, finding),
    isPreferred: fix.preferred && index === 0,
    edit: editOf(
      state,
      document,
      fix.edits.map((it) => ({
        range: { start: text.positionAt(it.start), end: text.positionAt(it.end) },
        newText: it.text,
      })),
    ),
  }));
}
