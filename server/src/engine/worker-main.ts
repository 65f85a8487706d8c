// Entry point of the analysing thread: the in-process engine with messages in front of it.

import { parentPort, workerData } from 'node:worker_threads';
import type { Engine } from './engine.ts';
import { realClock } from './hooks.ts';
import { builtRules, createEngine } from './in-process.ts';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('This file is the engine worker and is started by Faultline itself.');
const mail = new Int32Array((workerData as WorkerData).mail);
const post = (it: FromWorker): void => port.postMessage(it);

const starting: Promise<Engine> = createEngine(builtRules(), realClock, {
  urgent: () => Atomics.load(mail, 0) > 0,
  at: (uri) => post({ m: 'at', uri }),
}).then((engine) => {
  engine.onChange((uri, report) => post({ m: 'report', uri, report }));
  return engine;
});
const scans = new Map<number, AbortController>();

port.on('message', (it: ToWorker) => {
  Atomics.sub(mail, 0, 1);
  void starting.then((engine) => handle(engine, it));
});

function handle(engine: Engine, it: ToWorker): void {
  switch (it.m) {
    case 'configure':
      return engine.configure(it.settings);
    case 'extend':
      return engine.extend(it.models);
    case 'explain':
      return reply(it.id, engine.explain(it.uri));
    case 'open':
      return engine.open(it.doc);
    case 'change':
      return engine.change(it.uri, it.version, it.edits);
    case 'close':
      engine.close(it.uri);
      return post({ m: 'gone', uri: it.uri });
    case 'disk':
      return engine.disk(it.uri, it.languageId, it.text);
    case 'save':
      return reply(it.id, engine.save(it.uri));
    case 'quiet':
      return reply(it.id, engine.quiet());
    case 'counters':
      return reply(it.id, engine.counters());
    case 'whatIf':
      return reply(it.id, engine.whatIf?.(it.overlay, it.question) ?? Promise.resolve([]));
    case 'scan': {
      const abort = new AbortController();
      scans.set(it.id, abort);
      return reply(
        it.id,
        (async () => {
          for await (const event of engine.scan(it.files, it.options, abort.signal))
            post({ m: 'event', id: it.id, event });
        })().finally(() => scans.delete(it.id)),
      );
    }
    case 'abort':
      return scans.get(it.id)?.abort();
    case 'dispose':
      return reply(it.id, engine.dispose());
    default:
      return it satisfies never;
  }
}

function reply(id: number, work: Promise<unknown>): void {
  work.then(
    (value) => post({ m: 'reply', id, value }),
    (error: unknown) =>
      post({ m: 'reply', id, error: error instanceof Error ? error.message : String(error) }),
  );
}
