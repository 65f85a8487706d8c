// A command line as a shell would split it: words, each of literal text and values.
// Only what a shell passes on unchanged is read: pipes, redirections, globs and variables need the shell they ask for.

import type { HolePiece, Piece } from './pieces.ts';

export type Part = { readonly text: string } | { readonly hole: HolePiece };
export type Word = readonly Part[];

/** Everything a shell does more with than passing it on; quotes are read where they enclose a word. */
const SHELL_SYNTAX = /[|&;<>$`\\*?~()[\]{}!#\n\r]/;

/**
 * The words of a command; undefined if a shell would do more than splitting. A value becomes one word, or a part of
 * one, which is what a command with a value for a name means.
 */
export function wordsOf(pieces: readonly Piece[]): Word[] | undefined {
  const words: Part[][] = [];
  let word: Part[] | undefined;
  let quote = '';
  for (const piece of pieces) {
    if (piece.kind === 'hole') {
      (word ??= []).push({ hole: piece });
      continue;
    }
    const raw = unescapeQuotes(piece.raw, piece.quote);
    if (raw === undefined) return undefined;
    for (const char of raw) {
      if (quote === '' && /[ \t]/.test(char)) {
        if (word !== undefined) words.push(word);
        word = undefined;
      } else if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) {
        quote = char;
        word ??= [];
      } else if (quote !== "'" && SHELL_SYNTAX.test(char)) return undefined;
      else (word ??= []).push({ text: char });
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words.map(joined);
}

/** `\"` inside a double-quoted literal is a quote of the shell; any other escape is not read. */
function unescapeQuotes(raw: string, quote: string): string | undefined {
  const plain = raw.replaceAll(`\\${quote}`, quote);
  return plain.includes('\\') ? undefined : plain;
}

function joined(parts: readonly Part[]): Word {
  const word: Part[] = [];
  for (const it of parts) {
    const last = word.at(-1);
    if ('text' in it && last !== undefined && 'text' in last)
      word[word.length - 1] = { text: last.text + it.text };
    else word.push(it);
  }
  return word;
}

/** The text of a word without values, undefined for one with values. */
export function constantOf(word: Word): string | undefined {
  if (word.some((it) => 'hole' in it)) return undefined;
  return word.map((it) => ('text' in it ? it.text : '')).join('');
}
