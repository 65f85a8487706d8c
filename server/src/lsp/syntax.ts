// Syntax trees for the few features of the main thread that write code: fixes and suppression comments.
// A tree is made on request, for one document, and given back at once; analysis stays in the engine.

import type { Arena } from '../syntax/arena.ts';
import { languageOf } from '../syntax/language.ts';
import { initSyntax, parseText } from '../syntax/parser.ts';

/** The tree of a text, undefined for a language that is not read. */
export async function treeOf(uri: string, languageId: string, text: string): Promise<Arena | undefined> {
  const language = languageOf(uri, languageId);
  if (language === undefined) return undefined;
  await initSyntax();
  const tree = parseText(language, text);
  try {
    return tree.arena();
  } finally {
    tree.delete();
  }
}
