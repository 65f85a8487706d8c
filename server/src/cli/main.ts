// The program `faultline`: runs the command and ends the process with its exit code.
// The first interrupt ends the scan in order, the second one at once.

import { runCommand } from './program.ts';
import { processIo } from './surroundings.ts';

const INTERRUPTED = 130;

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
  });
}
// Without a listener a reader that goes away (`faultline … | head`) would end the process with a stack trace;
// every write reports its own failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  // Everything is written when this resolves; exiting then also ends whatever a failed engine may have left running.
  process.exit(await runCommand(process.argv.slice(2), await processIo(stop.signal)));
} catch (error) {
  console.error(`faultline: ${(error as Error).message}`);
  process.exit(2);
}
