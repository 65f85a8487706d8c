// Starting the parser runtime: it is said when it was forgotten, and starting twice is starting once.
// In a file of its own, because the runtime is started once per process.

import { expect, it } from 'vitest';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';

it('parses only after the start, and starts once', async () => {
  expect(() => parseText('javascript', 'x')).toThrow('initSyntax() has to finish before anything is parsed.');
  const first = initSyntax();
  expect(initSyntax()).toBe(first);
  await first;
  const tree = parseText('typescript', 'let x: string;');
  expect(tree.hasError()).toBe(false);
  tree.delete();
});
