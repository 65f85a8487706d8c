// Entry of the tests that run inside the extension host: started by VS Code itself through --extensionTestsPath.
// Results go to the file named by FAULTLINE_REPORT as JSON, because the workbench mixes its own lines into the console.

import { writeFileSync } from 'node:fs';
import { defineFeatures } from './features.ts';
import { defineSuite } from './suite.ts';

/** One test and how it ended. */
export interface Result {
  readonly name: string;
  /** Undefined if it passed. */
  readonly error?: string;
}

const TEST_TIMEOUT_MS = 60_000;

/** Runs the suite. Throws if a test failed, which is how VS Code learns its exit code. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_TIMEOUT_MS });
  mocha.suite.emit('pre-require', globalThis as never, null as never, mocha);
  defineSuite();
  defineFeatures();
  const results: Result[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => results.push({ name: test.fullTitle() }));
    runner.on('fail', (test, error: Error) =>
      results.push({ name: test.fullTitle(), error: error.stack ?? error.message }),
    );
  });
  const report = process.env.FAULTLINE_REPORT;
  if (report !== undefined) writeFileSync(report, JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} failed`);
}
