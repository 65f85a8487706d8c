// Vitest settings of the unit tests: every test/**/*.test.ts.
// The suites in test/host need a whole VS Code and have settings of their own.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 20_000 },
});
