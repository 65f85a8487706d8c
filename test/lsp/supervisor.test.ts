// The crash policy: a dead engine is replaced, documents are opened again, and a file that kills twice is left out.
// The engine here only records what it is told and dies on request; what it would find does not matter.

import { expect, test } from 'vitest';
import type { Doc, Engine, Report } from '../../server/src/engine/engine.ts';
import { EngineDied, supervise, type Supervisor } from '../../server/src/lsp/supervisor.ts';

interface Mortal {
  readonly told: string[];
  die(uri?: string): void;
  report(uri: string): void;
}

/** A supervisor over engines that can be killed. `doc` is the one open document. */
function scene(doc: Doc): {
  supervisor: Supervisor;
  engines: Mortal[];
  reports: [string, Report][];
  events: string[];
  settled: () => Promise<void>;
} {
  const engines: Mortal[] = [];
  const reports: [string, Report][] = [];
  const events: string[] = [];
  const make = (): Engine => {
    const told: string[] = [];
    let exit: (error: Error, uri?: string) => void = () => undefined;
    let changed: (uri: string, report: Report) => void = () => undefined;
    engines.push({
      told,
      die: (uri) => exit(new Error('out of memory'), uri),
      report: (uri) => changed(uri, { uri, status: 'analysed', reasons: [], findings: [], lines: 1 }),
    });
    const never = new Promise<never>(() => undefined);
    return {
      extend: () => undefined,
      explain: () => Promise.resolve([]),
      configure: (it) => void told.push(`configure ${it.libraryMode}`),
      open: (it) => void told.push(`open ${it.uri} ${it.version}`),
      change: (uri, version) => void told.push(`change ${uri} ${version}`),
      save: () => never,
      close: (uri) => void told.push(`close ${uri}`),
      disk: (uri) => void told.push(`disk ${uri}`),
      report: () => undefined,
      quiet: () => never,
      async *scan() {
        yield* [];
        await never;
      },
      onChange: (listener) => void (changed = listener),
      onExit: (listener) => void (exit = listener),
      counters: () => never,
      dispose: async () => void told.push('dispose'),
    };
  };
  const supervisor = supervise(make, {
    documents: () => [doc],
    onReport: (uri, report) => reports.push([uri, report]),
    onRestarted: () => events.push('restarted'),
    onGaveUp: (reason) => events.push(`gave up: ${reason}`),
    log: () => undefined,
  });
  const settled = async (): Promise<void> => supervisor.ready().catch(() => undefined);
  return { supervisor, engines, reports, events, settled };
}

const DOC: Doc = { uri: 'file:///a.js', languageId: 'javascript', version: 7, text: '' };

test('a new engine gets the settings and the open documents', async () => {
  const { supervisor, engines, events, settled } = scene(DOC);
  await settled();
  supervisor.configure({ libraryMode: 'on' });
  engines[0]!.die();
  await settled();
  expect(engines[1]!.told).toEqual(['configure on', 'open file:///a.js 7']);
  expect(events).toEqual(['restarted']);
});

test('whoever waits for a dead engine is told so', async () => {
  const { supervisor, engines, settled } = scene(DOC);
  await settled();
  const waiting = [supervisor.save(DOC.uri), supervisor.quiet()];
  const scan = supervisor
    .scan([], { workers: 1 }, new AbortController().signal)
    [Symbol.asyncIterator]()
    .next();
  await settled();
  engines[0]!.die();
  for (const it of [...waiting, scan]) await expect(it).rejects.toBeInstanceOf(EngineDied);
});

test('a file that kills the engine twice is left out and named', async () => {
  const { supervisor, engines, reports, settled } = scene(DOC);
  await settled();
  engines[0]!.die(DOC.uri);
  await settled();
  expect(supervisor.failure(DOC.uri)).toBeUndefined();
  engines[1]!.die(DOC.uri);
  await settled();
  expect(reports.at(-1)).toMatchObject([DOC.uri, { status: 'failed', reasons: [{ code: 'crashed' }] }]);
  expect(supervisor.report(DOC.uri)?.status).toBe('failed');
  supervisor.change(DOC.uri, 8, []);
  supervisor.disk('file:///b.js', 'javascript', '');
  expect(engines[2]!.told).toEqual(['disk file:///b.js']);
});

test('without a name, the document that was told last and not reported on is blamed', async () => {
  const { supervisor, engines, settled } = scene(DOC);
  await settled();
  for (const version of [8, 9]) {
    supervisor.change(DOC.uri, version, []);
    engines.at(-1)!.die();
    await settled();
  }
  expect(supervisor.failure(DOC.uri)).toBeDefined();
});

test('a document that was reported on is not blamed', async () => {
  const { supervisor, engines, settled } = scene(DOC);
  await settled();
  for (const version of [8, 9]) {
    supervisor.change(DOC.uri, version, []);
    engines.at(-1)!.report(DOC.uri);
    engines.at(-1)!.die();
    await settled();
  }
  expect(supervisor.failure(DOC.uri)).toBeUndefined();
});

test('engines that keep dying for no known reason are not started for ever', async () => {
  const { supervisor, engines, events, settled } = scene(DOC);
  for (let i = 0; i < 5; i++) {
    await settled();
    engines.at(-1)!.die();
  }
  await expect(supervisor.ready()).rejects.toBeInstanceOf(EngineDied);
  expect(engines).toHaveLength(5);
  expect(events.at(-1)).toBe('gave up: The analysis engine died 5 times in a row: out of memory');
});

test('an engine that cannot be started says why', async () => {
  const gaveUp: string[] = [];
  const supervisor = supervise(() => Promise.reject(new Error('no rules.json')), {
    documents: () => [],
    onReport: () => undefined,
    onRestarted: () => undefined,
    onGaveUp: (reason) => gaveUp.push(reason),
    log: () => undefined,
  });
  await expect(supervisor.ready()).rejects.toThrow('no rules.json');
  expect(gaveUp).toEqual(['The analysis engine does not start: no rules.json']);
});
