// Keeps an engine running: starts it, replays the open documents into it, and starts another when it dies.
// A file that was being worked on at two deaths is left out and reported as failed, so that no file can stop the rest.

import type {
  Doc,
  Edit,
  Engine,
  EngineSettings,
  Overlay,
  Question,
  Explained,
  Report,
  ScanEvent,
  ScanFile,
  ScanOptions,
  Uri,
} from '../engine/engine.ts';
import type { CompiledRules } from '../rules/compiled.ts';
import { describe, type Log } from './run-safe.ts';

export type MakeEngine = () => Engine | Promise<Engine>;

export interface SupervisorHooks {
  /** The documents that a new engine must be told about, with the text they have now. */
  documents(): Iterable<Doc>;
  onReport(uri: Uri, report: Report): void;
  /** A new engine runs after one died; files on disk must be given to it again. */
  onRestarted(): void;
  /** Engines keep dying and no file can be blamed; nothing is analysed from then on. */
  onGaveUp(reason: string): void;
  log: Log;
}

export interface Supervisor {
  /** Resolves when an engine runs. Rejects if none can be started. */
  ready(): Promise<void>;
  configure(settings: EngineSettings): void;
  extend(models: CompiledRules | undefined): void;
  /** What the engine sees in a file. Rejects with EngineDied if it dies meanwhile. */
  explain(uri: Uri): Promise<readonly Explained[]>;
  open(doc: Doc): void;
  change(uri: Uri, version: number, edits: readonly Edit[]): void;
  close(uri: Uri): void;
  save(uri: Uri): Promise<readonly Report[]>;
  disk(uri: Uri, languageId: string, text: string | undefined): void;
  report(uri: Uri): Report | undefined;
  /** Resolves once everything told so far is analysed. Rejects with EngineDied if the engine dies meanwhile. */
  quiet(): Promise<void>;
  /** Rejects with EngineDied if the engine dies meanwhile. */
  scan(files: readonly ScanFile[], options: ScanOptions, signal: AbortSignal): AsyncIterable<ScanEvent>;
  whatIf(overlay: readonly Overlay[], question?: Question): Promise<readonly Report[] | undefined>;
  /** Why a file gets no results: it killed the engine twice, or no engine runs any more. Undefined if it does. */
  failure(uri: Uri): Report | undefined;
  dispose(): Promise<void>;
}

export class EngineDied extends Error {}

/** A file is left out after this many deaths while it was being worked on. */
const DEATHS_OF_A_FILE = 2;
/** Give up after this many deaths in a row without a single report in between and without a file to blame. */
const DEATHS_IN_A_ROW = 5;

function failed(uri: Uri, text: string): Report {
  return { uri, status: 'failed', reasons: [{ code: 'crashed', text }], findings: [], lines: 0 };
}

interface Running {
  readonly engine: Engine;
  readonly died: Promise<never>;
  dead: Error | undefined;
}

/** Starts the first engine at once. Nothing here throws; failures go to the hooks. */
export function supervise(make: MakeEngine, hooks: SupervisorHooks): Supervisor {
  const deaths = new Map<Uri, number>();
  const leftOut = new Map<Uri, Report>();
  let running: Running | undefined;
  let starting: Promise<void> = Promise.resolve();
  let generation = 0;
  let inARow = 0;
  let settings: EngineSettings | undefined;
  let models: CompiledRules | undefined;
  /** Told to the engine last and not reported on since: the one to blame if the engine cannot say. */
  let pending: Uri | undefined;
  let gaveUp: string | undefined;
  let disposed = false;

  async function start(): Promise<void> {
    const mine = ++generation;
    let engine: Engine;
    try {
      engine = await make();
    } catch (error) {
      if (mine !== generation) return;
      giveUp(`The analysis engine does not start: ${error instanceof Error ? error.message : String(error)}`);
      hooks.log('error', describe(error));
      throw error;
    }
    if (mine !== generation || disposed) return engine.dispose();
    let fail: (error: Error) => void = () => undefined;
    const died = new Promise<never>((_, reject) => (fail = reject));
    died.catch(() => undefined);
    engine.onChange((uri, report) => {
      if (mine !== generation) return;
      inARow = 0;
      if (uri === pending) pending = undefined;
      hooks.onReport(uri, report);
    });
    const now: Running = { engine, died, dead: undefined };
    engine.onExit?.((error, uri) => {
      now.dead = new EngineDied(error.message);
      fail(now.dead);
      if (mine === generation && !disposed) onDeath(error, uri ?? pending);
    });
    running = now;
    if (settings !== undefined) engine.configure(settings);
    if (models !== undefined) engine.extend(models);
    for (const doc of hooks.documents()) tell(doc.uri, (it) => it.open(doc));
  }

  function onDeath(error: Error, blamed: Uri | undefined): void {
    running = undefined;
    // `pending` stays: if nobody can be named again, the same file is the most likely one.
    hooks.log(
      'error',
      `The analysis engine died${blamed === undefined ? '' : ` on ${blamed}`}: ${describe(error)}`,
    );
    if (blamed !== undefined) blame(blamed);
    else inARow++;
    if (inARow >= DEATHS_IN_A_ROW) {
      generation++;
      giveUp(`The analysis engine died ${inARow} times in a row: ${error.message}`);
      return;
    }
    starting = start().then(() => hooks.onRestarted());
    starting.catch(() => undefined);
  }

  function giveUp(reason: string): void {
    gaveUp = reason;
    hooks.onGaveUp(reason);
  }

  function failure(uri: Uri): Report | undefined {
    return leftOut.get(uri) ?? (gaveUp === undefined ? undefined : failed(uri, gaveUp));
  }

  function blame(uri: Uri): void {
    const count = (deaths.get(uri) ?? 0) + 1;
    deaths.set(uri, count);
    if (count < DEATHS_OF_A_FILE) return;
    const text = `analysing it ended the engine ${count} times; it is left out until Faultline is restarted`;
    const report: Report = {
      uri,
      status: 'failed',
      reasons: [{ code: 'crashed', text }],
      findings: [],
      lines: 0,
    };
    leftOut.set(uri, report);
    if (pending === uri) pending = undefined;
    hooks.onReport(uri, report);
  }

  /** Without a running engine nothing is lost: the next one is given all documents as they are then. */
  function tell(uri: Uri, what: (engine: Engine) => void): void {
    if (running === undefined || leftOut.has(uri)) return;
    try {
      what(running.engine);
    } catch (error) {
      hooks.log('error', `The engine refused ${uri}: ${describe(error)}`);
    }
  }

  async function alive(): Promise<Running> {
    await starting;
    if (running === undefined) throw new EngineDied(gaveUp ?? 'no engine is running');
    return running;
  }

  function begin(): Promise<void> {
    starting = start();
    starting.catch(() => undefined);
    return starting;
  }

  void begin().catch(() => undefined);

  return {
    ready: async () => void (await alive()),
    configure(value) {
      settings = value;
      running?.engine.configure(value);
    },
    extend(value) {
      if (models === undefined && value === undefined) return;
      // The same models again would cost an analysis of everything.
      if (models?.hash === value?.hash) return;
      models = value;
      running?.engine.extend(value);
    },
    async explain(uri) {
      const now = await alive();
      return orDied(now, now.engine.explain(uri));
    },
    open(doc) {
      pending = doc.uri;
      tell(doc.uri, (it) => it.open(doc));
    },
    change(uri, version, edits) {
      pending = uri;
      tell(uri, (it) => it.change(uri, version, edits));
    },
    close(uri) {
      if (pending === uri) pending = undefined;
      tell(uri, (it) => it.close(uri));
    },
    async save(uri) {
      const now = await alive();
      return leftOut.has(uri) ? [] : orDied(now, now.engine.save(uri));
    },
    disk: (uri, languageId, text) => tell(uri, (it) => it.disk(uri, languageId, text)),
    report: (uri) => failure(uri) ?? running?.engine.report(uri),
    async quiet() {
      const now = await alive();
      await orDied(now, now.engine.quiet());
    },
    scan: (files, options, signal) => scanOn(alive, files, options, signal),
    async whatIf(overlay, question) {
      const now = await alive();
      return now.engine.whatIf === undefined ? undefined : orDied(now, now.engine.whatIf(overlay, question));
    },
    failure,
    async dispose() {
      disposed = true;
      generation++;
      await running?.engine.dispose();
    },
  };
}

async function* scanOn(
  alive: () => Promise<Running>,
  files: readonly ScanFile[],
  options: ScanOptions,
  signal: AbortSignal,
): AsyncGenerator<ScanEvent> {
  const now = await alive();
  const events = now.engine.scan(files, options, signal)[Symbol.asyncIterator]();
  for (;;) {
    const next = await orDied(now, events.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** The answer of an engine, or EngineDied if it dies first: also if the engine itself rejects because it is dying. */
async function orDied<T>(now: Running, answer: Promise<T>): Promise<T> {
  try {
    return await Promise.race([answer, now.died]);
  } catch (error) {
    throw now.dead ?? error;
  }
}
