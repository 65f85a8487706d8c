// The project's own folder and the first minute: its settings file, trust, and the demo of the walkthrough.
// Nothing is made before somebody asks for it.

import { commands, l10n, Uri, window, workspace } from 'vscode';
import {
  DEMO_COMMAND,
  OPEN_SETTINGS_COMMAND,
  TRUSTED_NOTIFICATION,
} from '../../server/src/lsp/protocol-project.ts';
import type { Feature } from './feature.ts';

const TEMPLATE = `# What this repository decided about the findings of Faultline; editor, command line and CI obey it.
# Complete with Ctrl+Space; mistakes are underlined.
#
# exclude: [dist, "**/*.gen.js"]
# minimumConfidence: medium
# rules: { log: off, weak-hash: warning }
# paths:
#   - files: [test]
#     rules: { '*': down }
# suppress:
#   - rule: sql
#     files: [legacy/**]
#     until: 2027-01-31
#     reason: replaced in winter
`;

const DEMO = `// Everything here is made up: a few lines to try Faultline on.
const express = require('express');
const mysql = require('mysql2/promise');

const app = express();
const db = mysql.createPool({});

// 1. See: the argument below is underlined. Hover it.
app.get('/orders', async (req, res) => {
  const customer = req.query.customer;
  const [rows] = await db.query("SELECT * FROM orders WHERE customer = '" + customer + "'");
  res.json(rows);
});

// 2. Follow: the data comes through a function. Run "Faultline: Show Path".
function findByName(name) {
  return db.query(\`SELECT * FROM customers WHERE name = '\${name}'\`);
}
app.get('/customers', async (req, res) => {
  res.json(await findByName(req.query.name));
});

// 3. Fix: put the cursor on an underlined argument and press Ctrl+. (Cmd+. on a Mac).
// 4. Suppress: the same menu hides a finding, for a reason that you give.

// This is not underlined: a number cannot carry SQL.
app.get('/orders/:id', async (req, res) => {
  res.json(await db.query('SELECT * FROM orders WHERE id = ' + Number(req.params.id)));
});
`;

export const project: Feature = ({ client }) => [
  workspace.onDidGrantWorkspaceTrust(() => client.sendNotification(TRUSTED_NOTIFICATION)),
  commands.registerCommand(OPEN_SETTINGS_COMMAND, openSettings),
  commands.registerCommand(DEMO_COMMAND, async () => {
    const document = await workspace.openTextDocument({ language: 'javascript', content: DEMO });
    await window.showTextDocument(document, { preview: false });
  }),
];

async function openSettings(): Promise<void> {
  const active =
    window.activeTextEditor && workspace.getWorkspaceFolder(window.activeTextEditor.document.uri);
  const folder = active ?? workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    void window.showInformationMessage(l10n.t('Open a folder first: the settings belong to a project.'));
    return;
  }
  const uri = Uri.joinPath(folder.uri, '.faultline', 'faultline.yaml');
  try {
    await workspace.fs.stat(uri);
  } catch {
    await workspace.fs.writeFile(uri, new TextEncoder().encode(TEMPLATE));
  }
  await window.showTextDocument(uri);
}
