// What the in-host tests do through the VS Code API: open, edit, wait for diagnostics.
// Waiting is always for the event that changes what is asked; the test's own timeout is the only clock.

import * as vscode from 'vscode';

/** Faultline's diagnostics of a document. */
export function ours(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((it) => it.source === 'faultline');
}

/** The rule of a diagnostic. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const code = diagnostic.code;
  return String(typeof code === 'object' ? code.value : code);
}

/** Resolves with Faultline's diagnostics of a document as soon as they satisfy a test; `what` says it in words. */
export function diagnosticsOf(
  uri: vscode.Uri,
  what: string,
  test: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      listener.dispose();
      const seen = ours(uri).map((it) => `${ruleOf(it)} at line ${it.range.start.line + 1}: ${it.message}`);
      reject(new Error(`${what}: did not happen in ${uri.path}; it has [${seen.join('; ')}]`));
    }, 45_000);
    const look = () => {
      const now = ours(uri);
      if (!test(now)) return;
      clearTimeout(timer);
      listener.dispose();
      resolve(now);
    };
    const listener = vscode.languages.onDidChangeDiagnostics((event) => {
      if (event.uris.some((it) => it.toString() === uri.toString())) look();
    });
    look();
  });
}

/** Absolute URI of a file of the opened folder. */
export function inFolder(path: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, path);
}

/** Opens a file of the folder in an editor. */
export async function show(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(inFolder(path));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Replaces the first occurrence of a text in a document, as an edit that is not saved. */
export async function replace(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const at = document.getText().indexOf(from);
  if (at < 0) throw new Error(`${document.uri.path} does not contain ${from}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(
    document.uri,
    new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)),
    to,
  );
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('the edit was refused');
}

/** Throws away unsaved edits of the active editor. */
export async function revert(document: vscode.TextDocument): Promise<void> {
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

/** The text that the hovers at a position show, without Markdown's escapes. */
export async function hoverText(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .map((it) => (typeof it === 'string' ? it : it.value))
    .join('\n')
    .replace(/\\([\\`*_{}[\]()<>#+.!|~&$:@/-])/g, '$1');
}

/** The quick fixes offered for a range. */
export function quickFixes(
  document: vscode.TextDocument,
  range: vscode.Range,
): Thenable<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
    20,
  );
}

/** What "Fix All" would do to a document, asked for by hand: afterwards all its fixes are known. */
export async function fixAllOf(document: vscode.TextDocument): Promise<vscode.CodeAction | undefined> {
  const whole = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  const [action] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    whole,
    'source.fixAll.faultline',
    1,
  );
  return action;
}
