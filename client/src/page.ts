// Pages that the server writes as Markdown: what is seen in a file, what a scan covered. Shown in a panel of our own, since
// the editor's Markdown preview drops links into files. Without scripts; its links can run one command of ours.

import { commands, l10n, Range, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import { OPEN_AT_COMMAND } from '../../server/src/lsp/protocol.ts';
import type { Feature } from './feature.ts';

const STYLE = `
body { font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); line-height: 1.5; padding: 0 1.5em 2em; }
h1 { font-size: 1.5em; font-weight: 600; } h2 { font-size: 1.2em; font-weight: 600; margin-top: 1.6em; } h3 { font-size: 1em; }
ul { padding-left: 1.4em; } li { margin: 0.25em 0; }
code { font-family: var(--vscode-editor-font-family); color: var(--vscode-foreground); background: var(--vscode-textCodeBlock-background); padding: 0 0.3em; border-radius: 3px; }
a:focus-visible { outline: 1px solid var(--vscode-focusBorder); }`;

const open = new Map<string, WebviewPanel>();

/** Shows a page, in place of the one of the same title. */
export async function showPage(title: string, markdown: string): Promise<void> {
  // The editor's own renderer: it knows every form of Markdown, and what the code says is escaped in the text already.
  const body = await commands.executeCommand<string>('markdown.api.render', markdown);
  let panel = open.get(title);
  if (panel === undefined) {
    panel = window.createWebviewPanel('faultline.page', title, ViewColumn.Active, {
      enableScripts: false,
      enableCommandUris: [OPEN_AT_COMMAND],
      enableFindWidget: true,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => open.delete(title));
    open.set(title, panel);
  } else panel.reveal();
  const policy = `default-src 'none'; style-src 'unsafe-inline'`;
  panel.webview.html = `<!DOCTYPE html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"><style>${STYLE}</style></head><body>${body}</body></html>`;
}

/** The command behind the links. */
export const pages: Feature = () => [
  commands.registerCommand(OPEN_AT_COMMAND, async (uri: unknown, line: unknown, character: unknown) => {
    if (typeof uri !== 'string' || typeof line !== 'number' || typeof character !== 'number') return;
    // Beside the page, so that one link after the other can be followed.
    const editors = window.visibleTextEditors.filter((it) => it.viewColumn !== undefined);
    const viewColumn = editors[0]?.viewColumn ?? ViewColumn.Beside;
    try {
      const selection = new Range(line, character, line, character);
      await window.showTextDocument(Uri.parse(uri), { selection, viewColumn });
    } catch {
      void window.showWarningMessage(l10n.t('{0} cannot be opened any more.', uri));
    }
  }),
];
