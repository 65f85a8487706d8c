// One spelling per file: editors write the same file URI in several ways (`c:` or `c%3A`, escaped or plain brackets).
// The engine only sees the canonical spelling; what goes back to the editor is spelled as the editor opened it.

import { URI } from 'vscode-uri';

export interface Uris {
  /** Canonical spelling; remembers `uri` as the editor's own. */
  learn(uri: string): string;
  /** The editor's spelling of a canonical URI, or the URI itself. */
  toClient(uri: string): string;
  forget(uri: string): void;
}

/** The spelling that the engine and file discovery use. A URI that cannot be parsed stays as it is. */
export function canonical(uri: string): string {
  try {
    return URI.parse(uri).toString();
  } catch {
    return uri;
  }
}

/** Absolute path of a `file:` URI, undefined for any other scheme. */
export function pathOf(uri: string): string | undefined {
  const parsed = URI.parse(uri);
  return parsed.scheme === 'file' ? parsed.fsPath : undefined;
}

/** Canonical URI of an absolute path. */
export function uriOf(path: string): string {
  return URI.file(path).toString();
}

/** An empty table of spellings. */
export function createUris(): Uris {
  const spelled = new Map<string, string>();
  return {
    learn(uri) {
      const key = canonical(uri);
      if (key !== uri) spelled.set(key, uri);
      return key;
    },
    toClient: (uri) => spelled.get(uri) ?? uri,
    forget: (uri) => void spelled.delete(uri),
  };
}
