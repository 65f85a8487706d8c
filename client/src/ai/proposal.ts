// A proposed change as a diff to accept or to discard by its buttons. What was proven stands beside it as long as it is open:
// a progress, since no other message goes away with what it is about. It is put in only while the code is what it was made for.

import {
  commands,
  l10n,
  ProgressLocation,
  Range,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type Disposable,
} from 'vscode';
import {
  AI_ACCEPT_COMMAND,
  AI_DISCARD_COMMAND,
  type FixAnswer,
} from '../../../server/src/lsp/protocol-ai.ts';
import { SCHEME, type Pages } from './pages.ts';

export type Accepted = Extract<FixAnswer, { readonly label: string }>;
type NewFile = Accepted['files'][number];

export interface Proposals {
  readonly disposables: readonly Disposable[];
  /** Shows the files as diffs; resolves when the person has decided. */
  offer(proposal: Accepted): Promise<void>;
}

/** True while a proposal is open: shows the buttons of the diff. */
const OPEN = 'faultline.ai.proposal';

export function createProposals(pages: Pages): Proposals {
  let decide: ((accepted: boolean) => void) | undefined;
  const isOpen = (uri: Uri): boolean => uri.scheme === SCHEME && uri.path.startsWith('/proposed/');
  const closeAll = async (): Promise<void> => {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    await window.tabGroups.close(
      tabs.filter((it) => it.input instanceof TabInputTextDiff && isOpen(it.input.modified)),
    );
  };
  return {
    disposables: [
      commands.registerCommand(AI_ACCEPT_COMMAND, () => decide?.(true)),
      commands.registerCommand(AI_DISCARD_COMMAND, () => decide?.(false)),
      // Whoever closes the last diff has decided too.
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some((it) => it.input instanceof TabInputTextDiff && isOpen(it.input.modified)))
          decide?.(false);
      }),
    ],
    async offer(proposal) {
      decide?.(false);
      for (const it of proposal.files) await showDiff(pages, it);
      await commands.executeCommand('setContext', OPEN, true);
      const accepted = await window.withProgress(
        { location: ProgressLocation.Notification, title: wordsOf(proposal), cancellable: true },
        (_progress, token) =>
          new Promise<boolean>((resolve) => {
            decide = resolve;
            token.onCancellationRequested(() => resolve(false));
          }),
      );
      decide = undefined;
      await commands.executeCommand('setContext', OPEN, false);
      await closeAll();
      if (accepted) await apply(proposal.files);
    },
  };
}

/** What changes for those who use the code comes before what was proven. */
function wordsOf({ behaviourChange, label, model }: Accepted): string {
  const changes = behaviourChange === null ? [] : [l10n.t('Changes behaviour: {0}', behaviourChange)];
  const how = l10n.t('Accept or discard it with the buttons above the diff.');
  return [...changes, label, l10n.t('Proposed by {0}.', model), how].join(' ');
}

async function showDiff(pages: Pages, file: NewFile): Promise<void> {
  const real = Uri.parse(file.uri);
  const name = real.path.split('/').at(-1) ?? 'file';
  const proposed = pages.write(`proposed${real.path}`, file.text);
  const title = l10n.t('{0}: proposed fix', name);
  await commands.executeCommand('vscode.diff', real, proposed, title, { preview: false });
}

/** Puts the new texts in, unless a document has changed since they were made, and shows the first of them. */
async function apply(files: readonly NewFile[]): Promise<void> {
  const edit = new WorkspaceEdit();
  for (const it of files) {
    const document = await workspace.openTextDocument(Uri.parse(it.uri));
    if (it.version !== null && document.version !== it.version) {
      void window.showWarningMessage(l10n.t('The code has changed meanwhile. Ask again.'));
      return;
    }
    const whole = new Range(document.positionAt(0), document.positionAt(document.getText().length));
    edit.replace(document.uri, whole, it.text);
  }
  await workspace.applyEdit(edit);
  const [first] = files;
  if (first) await window.showTextDocument(Uri.parse(first.uri), { preview: false });
}
