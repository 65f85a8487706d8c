// The queue with a clock that is turned by hand: order, joining, leaving, waiting. Nothing here sleeps.

import { expect, test } from 'vitest';
import { LlmFailure } from '../../server/src/llm/provider.ts';
import { createScheduler, type Timer } from '../../server/src/llm/scheduler.ts';

interface HandTimer extends Timer {
  /** Lets time pass and runs what is due. */
  pass(ms: number): Promise<void>;
}
function handTimer(): HandTimer {
  let now = 0;
  let due: { at: number; fn: () => void }[] = [];
  return {
    now: () => now,
    after(ms, fn) {
      const it = { at: now + ms, fn };
      due.push(it);
      return () => void (due = due.filter((x) => x !== it));
    },
    async pass(ms) {
      now += ms;
      const ready = due.filter((it) => it.at <= now);
      due = due.filter((it) => it.at > now);
      for (const it of ready) it.fn();
      await settled();
    },
  };
}
/** Everything that can go on without time or input has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

interface Job {
  readonly run: (signal: AbortSignal) => Promise<string>;
  readonly started: () => boolean;
  readonly signal: () => AbortSignal;
  readonly finish: (value?: string) => void;
  readonly fail: (error: Error) => void;
}
function job(log: string[], name: string): Job {
  let signal: AbortSignal | undefined;
  let finish: (value: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  return {
    run: (given) => {
      signal = given;
      log.push(name);
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
        given.addEventListener('abort', () => reject(new Error('aborted')));
      });
    },
    started: () => signal !== undefined,
    signal: () => signal!,
    finish: (value = name) => finish(value),
    fail: (error) => fail(error),
  };
}
const codeOf = (it: Promise<unknown>): Promise<string> =>
  it.then(
    () => 'ok',
    (error: LlmFailure) => error.code,
  );

test('urgent ones overtake, and two run at a time', async () => {
  const log: string[] = [];
  const scheduler = createScheduler({ timer: handTimer(), concurrency: 1 });
  const jobs = ['a', 'b', 'c', 'd'].map((name) => job(log, name));
  const work = [
    scheduler.run('a', 'background', jobs[0]!.run),
    scheduler.run('b', 'background', jobs[1]!.run),
    scheduler.run('c', 'hover', jobs[2]!.run),
    scheduler.run('d', 'fix', jobs[3]!.run),
  ];
  for (const i of [0, 3, 2, 1]) {
    await settled();
    expect(jobs[i]!.started()).toBe(true);
    jobs[i]!.finish();
  }
  await Promise.all(work);
  expect(log).toEqual(['a', 'd', 'c', 'b']);
});

test('equal questions are asked once; a more urgent caller raises one that waits', async () => {
  const log: string[] = [];
  const scheduler = createScheduler({ timer: handTimer(), concurrency: 1 });
  const [first, one, two] = [job(log, 'first'), job(log, 'one'), job(log, 'two')];
  const work = [
    scheduler.run('first', 'background', first.run),
    scheduler.run('one', 'background', one.run),
    scheduler.run('two', 'background', two.run),
    scheduler.run('two', 'fix', () => Promise.reject(new Error('never run'))),
  ];
  await settled();
  first.finish();
  await settled();
  expect(log).toEqual(['first', 'two']);
  two.finish('both');
  await settled();
  one.finish();
  expect(await Promise.all(work)).toEqual(['first', 'one', 'both', 'both']);
});

test('a request dies with its last caller, and only then', async () => {
  const log: string[] = [];
  const scheduler = createScheduler({ timer: handTimer() });
  const it = job(log, 'it');
  const [a, b] = [new AbortController(), new AbortController()];
  const first = codeOf(scheduler.run('k', 'hover', it.run, a.signal));
  const second = codeOf(scheduler.run('k', 'hover', it.run, b.signal));
  await settled();
  a.abort();
  expect(await first).toBe('cancelled');
  expect(it.signal().aborted).toBe(false);
  b.abort();
  expect(await second).toBe('cancelled');
  expect(it.signal().aborted).toBe(true);
  // Whoever asks now asks anew.
  const again = job(log, 'again');
  const third = scheduler.run('k', 'hover', again.run);
  await settled();
  again.finish();
  expect(await third).toBe('again');
});

test('what waits is cancelled without being run', async () => {
  const log: string[] = [];
  const scheduler = createScheduler({ timer: handTimer(), concurrency: 1 });
  const [first, second] = [job(log, 'first'), job(log, 'second')];
  const running = scheduler.run('1', 'hover', first.run);
  const abort = new AbortController();
  const waiting = codeOf(scheduler.run('2', 'hover', second.run, abort.signal));
  await settled();
  abort.abort();
  expect(await waiting).toBe('cancelled');
  first.finish();
  await running;
  expect(log).toEqual(['first']);
});

test('the wait that a service asks for holds for everybody', async () => {
  const log: string[] = [];
  const timer = handTimer();
  const pauses: (number | undefined)[] = [];
  const scheduler = createScheduler({ timer, concurrency: 1, onPause: (it) => pauses.push(it) });
  let attempts = 0;
  const limited = scheduler.run('limited', 'hover', () =>
    attempts++ === 0
      ? Promise.reject(new LlmFailure('rate', 'slow', { retryAfterMs: 5000 }))
      : Promise.resolve('late'),
  );
  const other = job(log, 'other');
  const second = scheduler.run('other', 'fix', other.run);
  await settled();
  expect(pauses).toEqual([5000]);
  await timer.pass(4999);
  expect(log).toEqual([]);
  await timer.pass(1);
  expect(await limited).toBe('late');
  await settled();
  other.finish();
  expect(await second).toBe('other');
  expect(pauses).toEqual([5000, undefined]);
});

test('three attempts for what passes, one for what does not, none after a long wait', async () => {
  const timer = handTimer();
  const scheduler = createScheduler({ timer });
  const count = async (failure: LlmFailure): Promise<number> => {
    let attempts = 0;
    const work = codeOf(
      scheduler.run(failure.code, 'hover', () => {
        attempts++;
        return Promise.reject(failure);
      }),
    );
    for (let i = 0; i < 4; i++) {
      await settled();
      await timer.pass(10_000);
    }
    expect(await work).toBe(failure.code);
    return attempts;
  };
  expect(await count(new LlmFailure('offline', ''))).toBe(3);
  expect(await count(new LlmFailure('stalled', ''))).toBe(3);
  expect(await count(new LlmFailure('auth', ''))).toBe(1);
  expect(await count(new LlmFailure('quota', ''))).toBe(1);
  expect(await count(new LlmFailure('rate', '', { retryAfterMs: 120_000 }))).toBe(1);
});

test('stopping ends everything', async () => {
  const log: string[] = [];
  const scheduler = createScheduler({ timer: handTimer() });
  const it = job(log, 'it');
  const work = codeOf(scheduler.run('k', 'hover', it.run));
  await settled();
  scheduler.stop();
  expect(await work).toBe('cancelled');
  expect(it.signal().aborted).toBe(true);
  expect(await codeOf(scheduler.run('x', 'hover', it.run))).toBe('cancelled');
});
