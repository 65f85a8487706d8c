// What the check of a package's contents lets through and what it refuses.
// The real package is checked by npm test's package stage; here the check itself is.

import { expect, test } from 'vitest';
import { packageProblems } from '../../scripts/package.mjs';

const GOOD = [
  'extension.vsixmanifest',
  '[Content_Types].xml',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/LICENSE.txt',
  'extension/dist/client.cjs',
  'extension/dist/server.js',
  'extension/dist/engine-worker.js',
  'extension/dist/index-worker.js',
  'extension/dist/cli.js',
  'extension/dist/rules.json',
  'extension/dist/faultline.schema.json',
  'extension/dist/web-tree-sitter.wasm',
  'extension/dist/grammars/javascript.wasm',
];

test('a package with what it needs has no problems', () => {
  expect(packageProblems({ bytes: 1000, files: GOOD })).toEqual([]);
});

test.each([
  'server/src/lsp/main.ts',
  'test/layers.test.ts',
  'dist/server.js.map',
  'node_modules/yaml/package.json',
  'samples/shop/app.js',
  '.cache/x',
  'rules/kinds/sql.yaml',
])('%s is refused', (name) => {
  const problems = packageProblems({ bytes: 1000, files: [...GOOD, `extension/${name}`] });
  expect(problems).toEqual([`${name} must not be in the package`]);
});

test('a missing bundle is named', () => {
  const files = GOOD.filter((name) => name !== 'extension/dist/engine-worker.js');
  expect(packageProblems({ bytes: 1000, files })).toEqual([
    'dist/engine-worker.js is missing from the package',
  ]);
});

test('a package of 4 MB is too large', () => {
  expect(packageProblems({ bytes: 4 * 1024 * 1024 - 1, files: GOOD })).toEqual([]);
  expect(packageProblems({ bytes: 4 * 1024 * 1024, files: GOOD })).toHaveLength(1);
});
