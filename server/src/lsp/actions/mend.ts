// Removing a suppression comment that hides nothing any more, or that has ended. The finding it hid comes back by itself.

import type { CodeAction, TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from '../../engine/engine.ts';
import { l10n } from '../l10n.ts';
import { editOf, touches, type ActionProvider } from './provider.ts';

export const MEND_KIND = 'quickfix.faultline.suppression';

export const mendActions: ActionProvider = {
  kinds: [MEND_KIND],
  actions({ state, document, text, shown, range }) {
    const offered: CodeAction[] = [];
    for (const problem of shown.judged.problems) {
      if (problem.code !== 'unused' && problem.code !== 'expired') continue;
      if (!touches(problem.range, range) || !isAlone(text.getText(problem.range))) continue;
      const title =
        problem.code === 'unused'
          ? l10n.t('Remove the unused suppression')
          : l10n.t('Remove the expired suppression');
      const code = `suppression-${problem.code}`;
      const diagnostics = shown.items.filter((it) => it.code === code && it.range === problem.range);
      const edit = editOf(state, document, [removal(text, problem.range)]);
      const isPreferred = problem.code === 'unused';
      offered.push({ title, kind: MEND_KIND, diagnostics, isPreferred, edit });
    }
    return offered;
  },
};

/** Whether the comment is nothing but one suppression: other words and other suppressions are the person's to keep. */
function isAlone(comment: string): boolean {
  return (
    /^(?:\/\/+|#+|\/\*+|<!--)\s*faultline-ignore\b/.test(comment) &&
    comment.match(/faultline-ignore/g)?.length === 1
  );
}

/** The whole line if there is nothing else on it, else the comment with the spaces before it. */
function removal(text: TextDocument, { start, end }: Range): TextEdit {
  const before = text.getText({ start: { line: start.line, character: 0 }, end: start });
  const after = text.getText({ start: end, end: { line: end.line + 1, character: 0 } });
  const spaces = /\s*$/.exec(before)![0].length;
  if (spaces === before.length && after.trim() === '')
    return {
      range: { start: { line: start.line, character: 0 }, end: { line: end.line + 1, character: 0 } },
      newText: '',
    };
  const from = { line: start.line, character: start.character - spaces };
  return { range: { start: from, end }, newText: '' };
}
