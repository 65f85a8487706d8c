// Who may ask now: few requests at a time, urgent ones first, equal ones once. The reason to wait (a service that asks for
// patience) holds for everybody; a request that nobody waits for any more dies, on the network too.

import PQueue from 'p-queue';
import { LlmFailure } from './provider.ts';

export type Urgency = 'fix' | 'hover' | 'background';
const PRIORITY: Readonly<Record<Urgency, number>> = { fix: 30, hover: 20, background: 0 };

/** Time, as the scheduler needs it; tests drive it by hand. */
export interface Timer {
  now(): number;
  after(ms: number, fn: () => void): () => void;
}
export const realTimer: Timer = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

export interface SchedulerOptions {
  readonly concurrency?: number;
  readonly timer?: Timer;
  /** Called when the queue begins to wait (until, in milliseconds of the timer) and when it goes on. */
  readonly onPause?: (until: number | undefined) => void;
}
export interface Scheduler {
  /**
   * Runs `work`, or joins the run of the same key that waits or goes on. A caller leaves when its signal fires; the work is
   * aborted when its last caller has left. Rejects with the LlmFailure of the last attempt.
   */
  run<T>(
    key: string,
    urgency: Urgency,
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Aborts everything, for good. */
  stop(): void;
  /** Requests that wait or go on. */
  readonly size: number;
}

interface Flight {
  readonly abort: AbortController;
  readonly id: string;
  urgency: Urgency;
  callers: number;
  result: Promise<unknown>;
}

const CONCURRENCY = 2;
const ATTEMPTS = 3;
/** Longer waits than this are not waited for. Milliseconds. */
const LONGEST_PAUSE = 60_000;
const FIRST_PAUSE = 1000;

/** A scheduler with nothing in it. */
export function createScheduler(options: SchedulerOptions = {}): Scheduler {
  const timer = options.timer ?? realTimer;
  const queue = new PQueue({ concurrency: options.concurrency ?? CONCURRENCY });
  const flights = new Map<string, Flight>();
  let pausedUntil = 0;
  let stopped = false;

  const pause = (ms: number): void => {
    const until = timer.now() + ms;
    if (until <= pausedUntil) return;
    pausedUntil = until;
    queue.pause();
    options.onPause?.(until);
    timer.after(ms, () => {
      if (pausedUntil !== until) return;
      queue.start();
      options.onPause?.(undefined);
    });
  };
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        cancel();
        reject(cancelled());
      };
      const cancel = timer.after(ms, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      signal.addEventListener('abort', leave, { once: true });
    });
  const attempts = async <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (let n = 1; ; n++) {
      try {
        return await work(signal);
      } catch (error) {
        if (signal.aborted) throw cancelled();
        if (!(error instanceof LlmFailure) || !isPassing(error) || n >= ATTEMPTS) throw error;
        const ms = error.retryAfterMs ?? FIRST_PAUSE * 2 ** (n - 1);
        if (ms > LONGEST_PAUSE) {
          pause(LONGEST_PAUSE);
          throw error;
        }
        if (error.code === 'rate' || error.code === 'overloaded') pause(ms);
        await sleep(ms, signal);
      }
    }
  };

  return {
    run<T>(key: string, urgency: Urgency, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal) {
      if (stopped || signal?.aborted) return Promise.reject(cancelled());
      let flight = flights.get(key);
      if (!flight) flights.set(key, (flight = launch(key, urgency, work)));
      else if (PRIORITY[urgency] > PRIORITY[flight.urgency]) raise(flight, urgency);
      return join(flight, signal) as Promise<T>;
    },
    stop() {
      stopped = true;
      for (const it of flights.values()) it.abort.abort();
      queue.clear();
    },
    get size() {
      return flights.size;
    },
  };

  function launch<T>(key: string, urgency: Urgency, work: (signal: AbortSignal) => Promise<T>): Flight {
    const abort = new AbortController();
    const id = `flight ${key}`;
    const flight: Flight = { abort, id, urgency, callers: 0, result: Promise.resolve() };
    const { signal } = abort;
    flight.result = queue
      .add(() => attempts(work, signal), { priority: PRIORITY[urgency], signal, id })
      .catch((error: unknown) => {
        throw error instanceof LlmFailure ? error : signal.aborted ? cancelled() : error;
      })
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
    flight.result.catch(() => undefined);
    return flight;
  }
  function raise(flight: Flight, urgency: Urgency): void {
    flight.urgency = urgency;
    try {
      queue.setPriority(flight.id, PRIORITY[urgency]);
    } catch {
      // It runs already.
    }
  }
  function join(flight: Flight, signal: AbortSignal | undefined): Promise<unknown> {
    flight.callers++;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (--flight.callers === 0) {
          flight.abort.abort();
          // The next one to ask must not join what is dying.
          for (const [key, it] of flights) if (it === flight) flights.delete(key);
        }
        reject(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      flight.result.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    });
  }
}

const cancelled = (): LlmFailure => new LlmFailure('cancelled', 'Cancelled.');
/** Worth another attempt. */
const isPassing = (it: LlmFailure): boolean =>
  it.code === 'rate' || it.code === 'overloaded' || it.code === 'offline' || it.code === 'stalled';
