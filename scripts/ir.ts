// A developer's tool: prints the IR of a file, as the taint engine sees it.
// Run with `npx tsx scripts/ir.ts FILE`.

import { readFileSync } from 'node:fs';
import { printFile } from '../server/src/ir/print.ts';
import { lowerFile } from '../server/src/lang/lower.ts';
import { languageOf } from '../server/src/syntax/language.ts';
import { initSyntax, parseText } from '../server/src/syntax/parser.ts';

const file = process.argv[2];
const language = file === undefined ? undefined : languageOf(file);
if (file === undefined || language === undefined) {
  console.error('Usage: npx tsx scripts/ir.ts FILE, where FILE is a JavaScript or TypeScript file.');
  process.exitCode = 2;
} else {
  await initSyntax();
  const tree = parseText(language, readFileSync(file, 'utf8'));
  console.log(printFile(lowerFile(language, tree.arena())));
  tree.delete();
}
