// What the server has told of all files: the findings that are shown now, with the steps of their paths.
// The one copy on this side; trees, badges and walks read it and listen to it.

import { EventEmitter, type Event } from 'vscode';
import type { FileFindings, FindingRef, ToldFinding } from '../../server/src/lsp/protocol-findings.ts';

export interface FindingStore {
  /** Fires with the URI of the file whose findings have changed; without one when everything is forgotten. */
  readonly onChange: Event<string | undefined>;
  take(file: FileFindings): void;
  /** The server is gone: nothing is known. */
  clear(): void;
  /** Files with findings, sorted by URI. */
  files(): readonly FileFindings[];
  find(ref: FindingRef): ToldFinding | undefined;
}

export function createStore(): FindingStore {
  const files = new Map<string, FileFindings>();
  const changed = new EventEmitter<string | undefined>();
  return {
    onChange: changed.event,
    take(file) {
      if (file.findings.length > 0) files.set(file.uri, file);
      else if (!files.delete(file.uri)) return;
      changed.fire(file.uri);
    },
    clear() {
      files.clear();
      changed.fire(undefined);
    },
    files: () => [...files.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1)),
    find: ({ uri, fingerprint }) => files.get(uri)?.findings.find((it) => it.fingerprint === fingerprint),
  };
}
