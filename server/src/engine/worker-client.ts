// The engine over a worker thread, with the same interface as in process. The thread that uses it never analyses.

import { Worker } from 'node:worker_threads';
import { resourcePath } from '../base/resources.ts';
import type { Counters, Engine, Explained, Report, ScanEvent, Uri } from './engine.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** Starts a worker. What is asked before it is ready waits; if it dies every open request is rejected. */
export function createWorkerEngine(script: string = resourcePath('engine-worker.js')): Engine {
  const mail = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(script, { workerData: { mail: mail.buffer } });
  const reports = new Map<Uri, Report>();
  const listeners: ((uri: Uri, report: Report) => void)[] = [];
  const exits: ((error: Error, uri?: Uri) => void)[] = [];
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const streams = new Map<number, (event: ScanEvent) => void>();
  let nextId = 1;
  let at: Uri | undefined;
  let dead: Error | undefined;
  let disposing = false;

  const send = (it: ToWorker): void => {
    if (dead) return;
    Atomics.add(mail, 0, 1);
    worker.postMessage(it);
  };
  const ask = <T>(make: (id: number) => ToWorker): Promise<T> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      const id = nextId++;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      send(make(id));
    });
  const died = (error: Error): void => {
    if (dead) return;
    dead = error;
    for (const it of waiting.values()) it.reject(error);
    waiting.clear();
    if (!disposing) for (const it of exits) it(error, at);
  };

  worker.on('message', (it: FromWorker) => {
    switch (it.m) {
      case 'report':
        reports.set(it.uri, it.report);
        for (const listener of listeners) listener(it.uri, it.report);
        break;
      case 'gone':
        reports.delete(it.uri);
        break;
      case 'at':
        at = it.uri;
        break;
      case 'event':
        streams.get(it.id)?.(it.event);
        break;
      case 'reply': {
        const waiter = waiting.get(it.id);
        waiting.delete(it.id);
        if (it.error !== undefined) waiter?.reject(new Error(it.error));
        else waiter?.resolve(it.value);
        break;
      }
      default:
        it satisfies never;
    }
  });
  worker.on('error', (error) => died(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => died(new Error(`The engine's thread ended with code ${code}.`)));

  return {
    configure: (settings) => send({ m: 'configure', settings }),
    extend: (models) => send({ m: 'extend', models }),
    explain: (uri) => ask<readonly Explained[]>((id) => ({ m: 'explain', id, uri })),
    open: (doc) => send({ m: 'open', doc }),
    change: (uri, version, edits) => send({ m: 'change', uri, version, edits }),
    save: (uri) => ask<readonly Report[]>((id) => ({ m: 'save', id, uri })),
    close(uri) {
      reports.delete(uri);
      send({ m: 'close', uri });
    },
    disk: (uri, languageId, text) => send({ m: 'disk', uri, languageId, text }),
    report: (uri) => reports.get(uri),
    quiet: () => ask<void>((id) => ({ m: 'quiet', id })),
    async *scan(files, options, signal) {
      const events: ScanEvent[] = [];
      let wake: (() => void) | undefined;
      let scanId = 0;
      let ended = false;
      let failed: Error | undefined;
      const finished = ask<void>((id) => {
        scanId = id;
        streams.set(id, (event) => {
          events.push(event);
          wake?.();
        });
        return { m: 'scan', id, files, options };
      }).then(
        () => {
          ended = true;
          wake?.();
        },
        (error: Error) => {
          failed = error;
          ended = true;
          wake?.();
        },
      );
      const abort = (): void => send({ m: 'abort', id: scanId });
      signal.addEventListener('abort', abort, { once: true });
      try {
        for (;;) {
          const event = events.shift();
          if (event) yield event;
          else if (ended) break;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
        if (failed) throw failed;
        await finished;
      } finally {
        signal.removeEventListener('abort', abort);
        streams.delete(scanId);
        if (!ended) abort();
      }
    },
    onChange: (listener) => void listeners.push(listener),
    whatIf: (overlay, question) => ask<readonly Report[]>((id) => ({ m: 'whatIf', id, overlay, question })),
    onExit: (listener) => void exits.push(listener),
    counters: () => ask<Counters>((id) => ({ m: 'counters', id })),
    async dispose() {
      disposing = true;
      if (!dead) await ask((id) => ({ m: 'dispose', id })).catch(() => undefined);
      await worker.terminate();
    },
  };
}
