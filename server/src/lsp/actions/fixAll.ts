// All safe fixes of a file in one edit, for the command "Fix All" and for those who have it done on save.
// On save it answers from what is known, so that saving never waits; who asks by hand gets what there is to know.

import type { CodeAction } from 'vscode-languageserver';
import { confirmNow, knownFixAll } from '../fixes.ts';
import { toTextEdits } from './fixes.ts';
import { l10n } from '../l10n.ts';
import { diagnosticOf, editOf, type ActionProvider } from './provider.ts';

export const FIX_ALL_KIND = 'source.fixAll.faultline';

export const fixAllActions: ActionProvider = {
  kinds: [FIX_ALL_KIND],
  async actions({ state, document, text, shown, invoked, token }) {
    const work = confirmNow(state, document, shown);
    if (invoked && knownFixAll(shown) === undefined) await untilCancelled(work, token);
    const all = knownFixAll(shown);
    if (all === undefined || all.findings.length === 0 || document.text !== text) return [];
    const count = all.findings.length;
    const action: CodeAction = {
      title:
        count === 1
          ? l10n.t('Apply the safe fix of Faultline')
          : l10n.t('Apply {0} safe fixes of Faultline', count),
      kind: FIX_ALL_KIND,
      diagnostics: all.findings.flatMap((it) => diagnosticOf(shown, it)),
      edit: editOf(state, document, toTextEdits(text, all.edits)),
    };
    return [action];
  },
};

/** Waits for work, but not longer than the editor does. */
async function untilCancelled(
  work: Promise<void>,
  token: { onCancellationRequested(listener: () => void): { dispose(): void } },
): Promise<void> {
  let listener: { dispose(): void } | undefined;
  const cancelled = new Promise<void>((resolve) => {
    listener = token.onCancellationRequested(() => resolve());
  });
  await Promise.race([work, cancelled]);
  listener?.dispose();
}
