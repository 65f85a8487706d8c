// Read-only documents for what models say and propose. Plain text: nothing in them can be a link, a command or a script.

import { EventEmitter, Uri, ViewColumn, window, workspace, type Disposable } from 'vscode';

const SCHEME = 'faultline-ai';

export interface Pages {
  readonly disposables: readonly Disposable[];
  /** Sets the text of a page; whoever has it open sees it at once. */
  write(name: string, text: string): Uri;
  /** Opens a page beside the code and leaves the cursor where it is. */
  show(uri: Uri): Promise<void>;
}

export function createPages(): Pages {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider = {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri: Uri): string => texts.get(uri.path) ?? '',
  };
  return {
    disposables: [changed, workspace.registerTextDocumentContentProvider(SCHEME, provider)],
    write(name, text) {
      const uri = Uri.from({ scheme: SCHEME, path: `/${name}` });
      texts.set(uri.path, text);
      changed.fire(uri);
      return uri;
    },
    async show(uri) {
      const document = await workspace.openTextDocument(uri);
      await window.showTextDocument(document, {
        viewColumn: ViewColumn.Beside,
        preserveFocus: true,
        preview: true,
      });
    },
  };
}
