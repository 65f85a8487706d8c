// Tells the server when the last tab of a document closes: VS Code may keep the document open for minutes, but nobody sees
// it, and what its diagnostics were is forgotten with the tab.

import { TabInputText, TabInputTextDiff, window, type Tab, type Uri } from 'vscode';
import { HIDDEN_NOTIFICATION } from '../../server/src/lsp/protocol.ts';
import type { Feature } from './feature.ts';

export const tabs: Feature = ({ client }) => [
  window.tabGroups.onDidChangeTabs(({ closed }) => {
    if (closed.length === 0 || !client.isRunning()) return;
    const left = new Set(window.tabGroups.all.flatMap((it) => it.tabs.flatMap(urisOf)).map(String));
    for (const uri of closed.flatMap(urisOf).map(String))
      if (!left.has(uri)) void client.sendNotification(HIDDEN_NOTIFICATION, { uri });
  }),
];

function urisOf({ input }: Tab): Uri[] {
  if (input instanceof TabInputText) return [input.uri];
  return input instanceof TabInputTextDiff ? [input.original, input.modified] : [];
}
