// npm run pictures: takes the pictures of README, docs and walkthrough from a real VS Code with the packaged extension.
// They come from the browser suite, so a picture never shows what the tests have not seen.

import { fail, inRoot, node } from './common.mjs';
import { setup } from './setup.mjs';

await setup();
const { makeVsix } = await import('./package.mjs');
await makeVsix().catch((error) => fail(`pictures: ${error.message}`));
const { code } = await node(
  [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'test/host/vitest.config.ts'],
  { show: true, env: { ...process.env, FAULTLINE_PICTURES: '1' } },
);
process.exit(code);
