// What of the SDK ends in which bundle: the server gets the client and the messages, nothing else gets anything.

import { expect, test } from 'vitest';
import { build } from '../../scripts/build.mjs';

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

test('the slim client is in the server alone, and slim', async () => {
  const files = (await build({ minify: true, write: false })) as unknown as readonly Metafile[];
  const sizes = new Map<string, number>();
  for (const { outputs } of files)
    for (const [name, { inputs }] of Object.entries(outputs)) {
      if (name.endsWith('.map')) continue;
      const size = Object.entries(inputs)
        .filter(([path]) => /node_modules\/(@anthropic-ai\/sdk|p-queue)\//.test(path))
        .reduce((acc, [, it]) => acc + it.bytesInOutput, 0);
      sizes.set(name.replace(/^.*\//, ''), size);
    }
  const { 'server.js': server, ...others } = Object.fromEntries(sizes);
  expect(server).toBeGreaterThan(50_000);
  expect(server).toBeLessThan(160_000);
  expect(Object.values(others).every((it) => it === 0)).toBe(true);
}, 60_000);
