// What every part of the extension is given, and what it gives back: things to dispose of.
// One file a feature; features.ts lists them. Features share the store of findings and know nothing of each other.

import type { Disposable, ExtensionContext, LogOutputChannel } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { FindingStore } from './store.ts';

export interface Faultline {
  readonly context: ExtensionContext;
  readonly client: LanguageClient;
  readonly output: LogOutputChannel;
  readonly findings: FindingStore;
}
/** Sets a feature up before the server starts; what it gives lives as long as the extension. */
export type Feature = (it: Faultline) => readonly Disposable[];
