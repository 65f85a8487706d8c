// From a file's text to the unit that a workspace takes: parsed, lowered, its suppression comments found.
// It depends on the text alone, so any thread may do it.

import type { FileIR } from '../ir/ir.ts';
import { type LowerCache, lowerFile } from '../lang/lower.ts';
import type { LanguageId } from '../syntax/language.ts';
import { type ParsedTree, parseText } from '../syntax/parser.ts';
import type { IgnoreComment, Report } from './engine.ts';
import { ignoresOf } from './ignores.ts';

/** Characters above which a document is not analysed; a parse of more would hold up typing in every other file. */
const MAX_TEXT = 2 * 1024 * 1024;

/** What is known of a file from its text alone. Plain data: it crosses threads. */
export interface Indexed {
  readonly ir: FileIR;
  readonly ignores: readonly IgnoreComment[];
}

/** Lowers a parsed text. With a cache, functions whose text it knows are taken from it. */
export function indexTree(tree: ParsedTree, cache?: LowerCache): Indexed {
  // What incremental parsing made of broken code may differ from a fresh parse; that difference must not last.
  if (tree.hasError()) tree.reparse();
  const arena = tree.arena();
  const ir = lowerFile(tree.language, arena, cache);
  return { ir, ignores: ignoresOf(arena, ir.comments) };
}

/** Parses and lowers a whole text. Throws if the parser cannot take it. */
export function indexText(language: LanguageId, text: string, cache?: LowerCache): Indexed {
  const tree = parseText(language, text);
  try {
    return indexTree(tree, cache);
  } finally {
    tree.delete();
  }
}

/** The report of a text that is too long to be analysed, undefined if it is not. */
export function refuse(uri: string, text: string, version: number | undefined): Report | undefined {
  if (text.length <= MAX_TEXT) return undefined;
  const mb = (text.length / 1024 / 1024).toFixed(1);
  return {
    uri,
    version,
    status: 'skipped',
    reasons: [
      { code: 'too-large', text: `${mb} million characters, the limit is ${MAX_TEXT / 1024 / 1024}.` },
    ],
    findings: [],
    lines: 0,
  };
}

/** Whether a file says what imports mean and is not code itself. */
export function isManifest(uri: string): boolean {
  return /\/((package|[tj]sconfig(\.[\w-]+)?)\.json|pyproject\.toml|setup\.cfg)$/.test(uri);
}
