// Everything the command line takes from its surroundings, as one parameter: streams, folder, clock, engine.
// Commands reach for nothing else, so tests run them in process.

import type { Writable } from 'node:stream';
import type { Engine } from '../engine/engine.ts';
import type { CompiledRules } from '../rules/index.ts';

/** A stream to write to; `isTTY` and `columns` as Node's terminals have them. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin?: NodeJS.ReadableStream;
  /** Working folder, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of Faultline. */
  readonly version: string;
  readonly now: () => Date;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** The shipped rules. Rejects with one clear sentence if the installation is broken. */
  readonly rules: () => Promise<CompiledRules>;
  readonly engine: (rules: CompiledRules) => Promise<Engine>;
}

/** Something the user can put right: printed as one line, exit code 2. */
export class UserError extends Error {}

/** The reader of our output went away (`faultline … | head`): no error, but nothing more to write. */
export class PipeClosed extends Error {}

/**
 * Writes pieces of text one after the other, waiting where the reader is slower. Throws PipeClosed if the reader left
 * and a UserError if the text cannot be written; `name` says where to in its message.
 */
export async function writeAll(stream: Writable, pieces: Iterable<string>, name: string): Promise<void> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    await write(stream, batch, name);
    batch = '';
  }
  if (batch !== '') await write(stream, batch, name);
}

/** Few large writes instead of thousands of small ones. In characters. */
const BATCH = 64 * 1024;

function write(stream: Writable, text: string, name: string): Promise<void> {
  return new Promise((done, fail) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const gone = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
      fail(gone ? new PipeClosed() : new UserError(`cannot write ${name}: ${error.message}`));
    };
    // A failing stream also emits `error`, which without a listener would end the process.
    stream.once('error', failed);
    stream.write(text, (error) => {
      if (error) return failed(error);
      stream.off('error', failed);
      done();
    });
  });
}
