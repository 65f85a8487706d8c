// Read-only documents for what models say and propose. Plain text: nothing in them can be a link, a command or a script.
// Prose has a language of its own, so that the manifest can wrap its lines and leave out what is for code.

import {
  EventEmitter,
  languages,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type TextDocument,
} from 'vscode';

export const SCHEME = 'faultline-ai';
/** See `contributes.languages` and `configurationDefaults` in package.json. */
const PROSE = 'faultline-answer';

export interface Pages {
  readonly disposables: readonly Disposable[];
  /** Sets the text of a page; whoever has it open sees it at once. */
  write(name: string, text: string): Uri;
  /** Opens a page of prose beside the code and leaves the cursor where it is. */
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
      const opened = await workspace.openTextDocument(uri);
      const document = await languages.setTextDocumentLanguage(opened, PROSE);
      const options = { viewColumn: columnOf(document), preserveFocus: true, preview: true };
      await window.showTextDocument(document, options);
    },
  };
}

/** Where the page is already, else where another of our pages is, else beside the code. */
function columnOf(document: TextDocument): ViewColumn {
  const pages = window.visibleTextEditors.filter((it) => it.document.uri.scheme === SCHEME);
  const same = pages.find((it) => it.document === document);
  const prose = pages.find((it) => it.document.languageId === PROSE);
  return same?.viewColumn ?? prose?.viewColumn ?? ViewColumn.Beside;
}
