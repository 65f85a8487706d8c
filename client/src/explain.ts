// "Why is nothing found here?": the page that tells what the engine sees in the file and in the line of the cursor.
// Each question makes a page of its own, so that a page never changes under the reader.

import { commands, l10n, window, workspace } from 'vscode';
import {
  EXPLAIN_COMMAND,
  EXPLAIN_REQUEST,
  type ExplainParams,
} from '../../server/src/lsp/protocol-project.ts';
import type { Feature } from './feature.ts';
import { showPage } from './page.ts';

export const explain: Feature = ({ client }) => [
  commands.registerCommand(EXPLAIN_COMMAND, async () => {
    const editor = window.activeTextEditor;
    if (editor === undefined) {
      void window.showInformationMessage(
        l10n.t('Open a file first: the question is about the line of the cursor.'),
      );
      return;
    }
    const params: ExplainParams = {
      uri: editor.document.uri.toString(),
      line: editor.selection.active.line,
    };
    const name = workspace.asRelativePath(editor.document.uri);
    const page = await client.sendRequest<string>(EXPLAIN_REQUEST, params);
    await showPage(l10n.t('{0} line {1}', name, editor.selection.active.line + 1), page);
  }),
];
