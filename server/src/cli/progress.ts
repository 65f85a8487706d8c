// A progress bar for people: on standard error, only on a terminal, gone when the work is done.
// Programs never see it, so reports may be piped while it runs.

import cliProgress from 'cli-progress';
import type { Output } from './io.ts';

export type Phase = 'find' | 'index' | 'analyse';

export interface Progress {
  /** `total` 0 means that it is not known yet. */
  update(phase: Phase, done: number, total: number): void;
  /** Removes the bar; later updates do nothing. */
  stop(): void;
}

const WORDS: Readonly<Record<Phase, string>> = {
  find: 'Looking for files',
  index: 'Reading',
  analyse: 'Analysing',
};
const BAR = 30;

/** A bar on this stream, or one that shows nothing if the stream is no terminal or it is not wanted. */
export function createProgress(stream: Output, wanted: boolean): Progress {
  if (!wanted || stream.isTTY !== true) return { update: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar({
    stream,
    clearOnComplete: true,
    gracefulExit: false,
    // An exit in the middle must leave the terminal as it was.
    linewrap: null,
    format: (_options, params, payload: { phase: Phase }) => line(payload.phase, params.value, params.total),
  });
  let state: 'new' | 'running' | 'over' = 'new';
  return {
    update(phase, done, total) {
      if (state === 'over') return;
      if (state === 'new') bar.start(total, done, { phase });
      state = 'running';
      bar.setTotal(total);
      bar.update(done, { phase });
    },
    stop() {
      if (state === 'running') bar.stop();
      state = 'over';
    },
  };
}

function line(phase: Phase, done: number, total: number): string {
  if (total === 0) return `${WORDS[phase]}: ${done}`;
  const filled = Math.min(BAR, Math.floor((done / total) * BAR));
  return `${WORDS[phase].padEnd(17)} [${'='.repeat(filled)}${' '.repeat(BAR - filled)}] ${done}/${total} files`;
}
