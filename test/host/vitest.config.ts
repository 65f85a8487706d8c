// Vitest settings of the browser suite, which runs apart from the unit tests because it needs a whole VS Code.
// One file, one worker, tests in their order: they share one workbench, as a person would.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/host/*.host.ts'],
    globalSetup: ['test/host/setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
});
