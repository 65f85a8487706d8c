// Messages between the thread that talks to the editor and the thread that analyses.
// Plain data only; `id` pairs a reply with its request.

import type { CompiledRules } from '../rules/compiled.ts';
import type {
  Doc,
  Edit,
  EngineSettings,
  Overlay,
  Question,
  Report,
  ScanEvent,
  ScanFile,
  ScanOptions,
  Uri,
} from './engine.ts';

export type ToWorker =
  | { readonly m: 'configure'; readonly settings: EngineSettings }
  | { readonly m: 'extend'; readonly models: CompiledRules | undefined }
  | { readonly m: 'explain'; readonly id: number; readonly uri: Uri }
  | { readonly m: 'open'; readonly doc: Doc }
  | { readonly m: 'change'; readonly uri: Uri; readonly version: number; readonly edits: readonly Edit[] }
  | { readonly m: 'close'; readonly uri: Uri }
  | { readonly m: 'disk'; readonly uri: Uri; readonly languageId: string; readonly text: string | undefined }
  | { readonly m: 'save'; readonly id: number; readonly uri: Uri }
  | { readonly m: 'quiet'; readonly id: number }
  | { readonly m: 'counters'; readonly id: number }
  | {
      readonly m: 'whatIf';
      readonly id: number;
      readonly overlay: readonly Overlay[];
      readonly question: Question | undefined;
    }
  | {
      readonly m: 'scan';
      readonly id: number;
      readonly files: readonly ScanFile[];
      readonly options: ScanOptions;
    }
  | { readonly m: 'abort'; readonly id: number }
  | { readonly m: 'dispose'; readonly id: number };

export type FromWorker =
  | { readonly m: 'report'; readonly uri: Uri; readonly report: Report }
  | { readonly m: 'gone'; readonly uri: Uri }
  /** The file that is worked on from now: named if the worker dies. */
  | { readonly m: 'at'; readonly uri: Uri }
  | { readonly m: 'reply'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly m: 'event'; readonly id: number; readonly event: ScanEvent };

/** What a worker is started with. `mail` counts messages sent and not yet handled: a reason to end a slice early. */
export interface WorkerData {
  readonly mail: SharedArrayBuffer;
}
