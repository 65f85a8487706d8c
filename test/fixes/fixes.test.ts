// Every case of a fix: found by the engine, proposed, confirmed by a new analysis, and exactly what the case says.
// What is proposed and not confirmed counts as not offered, as in the editor.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { linesOf, offsetAt } from '../../server/src/base/lines.ts';
import type { Finding, ScanFile } from '../../server/src/engine/engine.ts';
import { applyEdits, proposeFixes, titleOf, withoutOverlaps } from '../../server/src/fixes/index.ts';
import { isFix } from '../../server/src/fixes/verify.ts';
import { familyOf, languageOf } from '../../server/src/syntax/language.ts';
import { parseText } from '../../server/src/syntax/parser.ts';
import { readFixCases, type FixCase, type Wanted } from '../support/fix-cases.ts';
import { scanReports } from '../support/drive.ts';

async function offered(files: readonly ScanFile[], finding: Finding): Promise<Wanted[]> {
  const [main, ...others] = files as [ScanFile, ...ScanFile[]];
  const lines = linesOf(main.text);
  const language = languageOf(main.uri, main.languageId)!;
  const tree = parseText(language, main.text);
  const { start, end } = finding.range;
  const fixes = proposeFixes(
    tree.arena(),
    familyOf(language),
    finding,
    offsetAt(lines, start),
    offsetAt(lines, end),
  );
  tree.delete();
  const before = await scanReports(files);
  const good: Wanted[] = [];
  for (const it of fixes) {
    const text = applyEdits(main.text, it.edits);
    const after = await scanReports([{ ...main, text }, ...others]);
    if (isFix([finding], before, after)) good.push({ title: titleOf(it), safe: it.safe, text });
  }
  return good;
}

/** In a language without models nothing is found, so nothing can be mended. */
function hasModels({ files }: FixCase): boolean {
  const [main] = files as [ScanFile];
  const family = familyOf(languageOf(main.uri, main.languageId)!);
  return existsSync(join(import.meta.dirname, '..', '..', 'rules', 'models', family));
}

describe('fixes', () => {
  for (const it of readFixCases(import.meta.dirname).filter(hasModels)) {
    const run = it.fixme === undefined ? test : test.fails;
    run(it.name, async () => {
      const reports = await scanReports(it.files);
      const [first] = reports.find((report) => report.uri === it.files[0]!.uri)!.findings;
      expect(first, `nothing is found in\n${it.files[0]!.text}`).toBeDefined();
      expect(await offered(it.files, first!)).toEqual(it.wanted);
    });
  }
});

describe('changes made together', () => {
  const at = (start: number, end: number, text: string): { start: number; end: number; text: string } => ({
    start,
    end,
    text,
  });
  test('the same edit of two is made once, and what overlaps is left out', () => {
    const { kept, edits } = withoutOverlaps([
      [at(0, 0, 'import x;'), at(5, 8, 'a')],
      [at(0, 0, 'import x;'), at(10, 12, 'b')],
      [at(7, 9, 'c')],
      [at(0, 0, 'import y;'), at(20, 21, 'd')],
      [at(8, 10, 'e')],
    ]);
    expect(kept).toEqual([0, 1, 4]);
    expect(applyEdits('0123456789abcdef', edits)).toBe('import x;01234aebcdef');
  });
});
