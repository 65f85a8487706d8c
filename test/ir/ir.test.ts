// Every case of the Markdown files in this folder: the code is lowered and its printed IR compared.
// With UPDATE_IR=1 the files are rewritten instead; every changed expectation is then to be read by eye.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { printFile } from '../../server/src/ir/print.ts';
import { lowerFile } from '../../server/src/lang/lower.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';
import { readCases, writeCases } from './cases.ts';
import type { IrCase } from './cases.ts';
import { violations } from './verify.ts';

beforeAll(initSyntax);

const folder = new URL('.', import.meta.url);

function lower(one: IrCase): ReturnType<typeof lowerFile> {
  const tree = parseText(one.language, one.code);
  try {
    return lowerFile(one.language, tree.arena());
  } finally {
    tree.delete();
  }
}

const print = (one: IrCase): string => printFile(lower(one)).trim();

for (const name of readdirSync(folder).filter((it) => it.endsWith('.md'))) {
  const file = new URL(name, folder);
  const markdown = readFileSync(file, 'utf8');
  describe(name, () => {
    if (process.env['UPDATE_IR']) {
      it('is rewritten', () => writeFileSync(file, writeCases(markdown, print)));
      return;
    }
    const cases = readCases(markdown);
    it('has its cases', () => expect(cases.length).toBeGreaterThanOrEqual(60));
    for (const one of cases) {
      it(one.title, () => {
        expect(violations(lower(one), one.code)).toEqual([]);
        expect(print(one)).toBe(one.expected);
      });
    }
  });
}
