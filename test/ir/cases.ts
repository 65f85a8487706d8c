// Reads and rewrites the Markdown files of IR cases: a heading, the code, and the IR that it must become.
// The code block's language is the language that it is lowered as.

import type { LanguageId } from '../../server/src/syntax/language.ts';

/** One case of such a file. */
export interface IrCase {
  readonly title: string;
  readonly language: LanguageId;
  readonly code: string;
  readonly expected: string;
}

const LANGUAGES: Readonly<Record<string, LanguageId>> = {
  js: 'javascript',
  jsx: 'javascriptreact',
  ts: 'typescript',
  tsx: 'typescriptreact',
  py: 'python',
};

const CASE = /^## (.+)\n+```(\w+)\n([\s\S]*?)\n```\n(?:\n+```ir\n([\s\S]*?)\n?```\n)?/gm;

/** All cases of a file. Throws on a heading without code, so that none is skipped silently. */
export function readCases(markdown: string): IrCase[] {
  const cases = [...markdown.matchAll(CASE)].map((it): IrCase => {
    const language = LANGUAGES[it[2]!];
    if (!language)
      throw new Error(`Case "${it[1]}" is written in "${it[2]}", which is none of js, jsx, ts, tsx, py.`);
    return { title: it[1]!, language, code: it[3]!, expected: it[4] ?? '' };
  });
  const headings = [...markdown.matchAll(/^## /gm)].length;
  if (headings !== cases.length)
    throw new Error(`${headings} headings, but ${cases.length} cases with code.`);
  return cases;
}

/** The same file with other expectations. */
export function writeCases(markdown: string, printed: (it: IrCase) => string): string {
  const cases = readCases(markdown);
  let index = 0;
  return markdown.replace(CASE, (_whole, title: string, fence: string, code: string) => {
    const it = cases[index++]!;
    return `## ${title}\n\n\`\`\`${fence}\n${code}\n\`\`\`\n\n\`\`\`ir\n${printed(it)}\n\`\`\`\n`;
  });
}
