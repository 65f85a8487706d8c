// Parsing: web-tree-sitter is started once, grammars are loaded when first needed, trees are kept and edited.
// A ParsedTree owns memory of the wasm heap that no garbage collector sees: whoever makes one must delete() it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import type { Point, Tree } from 'web-tree-sitter';
import { packageRoot, resourcePath } from '../base/resources.ts';
import type { Arena } from './arena.ts';
import { addressOf, flattenCursor, flattenHeap, sameColumns } from './flatten.ts';
import type { Heap } from './flatten.ts';
import { grammarOf } from './language.ts';
import type { GrammarName, LanguageId } from './language.ts';
import { FlatTree, nameTables } from './tree.ts';
import type { Columns, Names } from './tree.ts';

/**
 * Starts the parser runtime. To be awaited once before anything is parsed; further calls return the same promise.
 * Rejects with one sentence if the runtime's wasm file is missing or does not load.
 */
export function initSyntax(): Promise<void> {
  return (started ??= start());
}

/** Parses a whole text. The caller deletes the result. Throws if initSyntax() has not finished. */
export function parseText(language: LanguageId, text: string): ParsedTree {
  return new ParsedTree(language, text);
}

/** How arenas are made: 'heap' (fast) unless the canary found an unknown heap layout. */
export function flattenMode(): 'heap' | 'cursor' {
  return useHeap ? 'heap' : 'cursor';
}

/** A text and its syntax tree, kept in step while the text is edited. */
export class ParsedTree {
  readonly language: LanguageId;
  #text: string;
  #tree: Tree | undefined;
  /** The tree has edits that the parser has not seen. */
  #stale = false;
  #arena: FlatTree | undefined;

  constructor(language: LanguageId, text: string) {
    this.language = language;
    this.#text = text;
    this.#tree = parse(language, text, undefined);
  }

  /** The text as it is now. */
  get text(): string {
    return this.#text;
  }

  /** The flat tree of the current text. It is a copy: it stays valid after edits and after delete(). */
  arena(): Arena {
    const tree = this.#current();
    return (this.#arena ??= flatten(this.language, tree, this.#text));
  }

  /**
   * Tells of an edit: the characters from startIndex to oldEndIndex became those up to newEndIndex of newText, the
   * whole text after the edit. Several edits may follow each other, each on the text that the one before left; the
   * text is parsed when it is next asked for.
   */
  edit(startIndex: number, oldEndIndex: number, newEndIndex: number, newText: string): void {
    const tree = this.#alive();
    const startPosition = pointAt(this.#text, startIndex, 0, { row: 0, column: 0 });
    tree.edit({
      startIndex,
      oldEndIndex,
      newEndIndex,
      startPosition,
      oldEndPosition: pointAt(this.#text, oldEndIndex, startIndex, startPosition),
      newEndPosition: pointAt(newText, newEndIndex, startIndex, startPosition),
    } as Parameters<Tree['edit']>[0]);
    this.#text = newText;
    this.#stale = true;
    this.#arena = undefined;
  }

  /** Whether the tree has a syntax error. Only a tree without any is the same however it was reached. */
  hasError(): boolean {
    return this.#current().rootNode.hasError;
  }

  /** Parses from scratch: what incremental parsing made of broken code may differ from what a fresh start makes. */
  reparse(): void {
    const old = this.#alive();
    this.#tree = parse(this.language, this.#text, undefined);
    this.#stale = false;
    this.#arena = undefined;
    old.delete();
  }

  /** Frees the tree. Arenas that were taken stay valid. Calling it twice does no harm. */
  delete(): void {
    this.#tree?.delete();
    this.#tree = undefined;
    this.#arena = undefined;
  }

  /** The columns of the current tree by the public cursor, for comparing with arena(). */
  columnsByCursor(): Columns {
    return flattenCursor(this.#current());
  }

  #current(): Tree {
    const old = this.#alive();
    if (!this.#stale) return old;
    this.#tree = parse(this.language, this.#text, old);
    this.#stale = false;
    old.delete();
    return this.#tree;
  }

  #alive(): Tree {
    if (!this.#tree) throw new Error('The syntax tree was deleted and cannot be used any more.');
    return this.#tree;
  }
}

interface Grammar {
  readonly language: Language;
  readonly names: Names;
}

/** Characters handed to the parser at a time: small pieces make reparsing after an edit cheaper. */
const CHUNK_FRESH = 4096;
const CHUNK_REPARSE = 256;

/** Node has WebAssembly; the compiler's libraries without a DOM declare its types only. */
const wasm = (
  globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => WebAssembly.Module } }
).WebAssembly;

let started: Promise<void> | undefined;
let heap: Heap | undefined;
/** The runtime has started. */
let ready = false;
let useHeap = false;
const grammars = new Map<GrammarName, Grammar>();
const parsers = new Map<GrammarName, Parser>();

async function start(): Promise<void> {
  const file = firstExisting('web-tree-sitter.wasm', [
    resourcePath('web-tree-sitter.wasm'),
    join(packageRoot(), 'node_modules', 'web-tree-sitter', 'web-tree-sitter.wasm'),
  ]);
  // The options object becomes the runtime's module object, which is how the views of its memory are reached.
  const runtime = { wasmBinary: readFileSync(file) };
  await Parser.init(runtime as unknown as Parameters<typeof Parser.init>[0]);
  const views = runtime as unknown as Partial<Heap>;
  ready = true;
  heap = views.HEAPU8 && views.HEAPU16 && views.HEAPU32 ? (views as Heap) : undefined;
  useHeap = heap !== undefined && canaryIsEqual();
}

/** Text with every feature of the layout: aliases, hidden nodes with fields, inline and heap leaves, errors, missing. */
const CANARY =
  '\n  // c\nclass A extends B { #x = `a${b}c`; get y() { return /r/g } }\nlet { a, b: [c = 1] } = f?.(...d), é = "é";\n' +
  'for (const x of y) if (x) <T.u v={w}>{z}</T.u>; else (;\nx = = ;\nfunction* g(a, b = {c, d() {}}) { yield* a ';

function canaryIsEqual(): boolean {
  const tree = parse('javascript', CANARY, undefined);
  try {
    const columns = flattenHeap(heap!, addressOf(tree), addressOf(tree.language));
    return columns !== undefined && sameColumns(columns, flattenCursor(tree));
  } catch {
    // A layout other than the known one may lead anywhere, also out of bounds; the cursor then does the work.
    return false;
  } finally {
    tree.delete();
  }
}

function flatten(language: LanguageId, tree: Tree, text: string): FlatTree {
  const names = grammarFor(grammarOf(language)).names;
  const columns = useHeap ? flattenHeap(heap!, addressOf(tree), addressOf(tree.language)) : undefined;
  return new FlatTree(text, columns ?? flattenCursor(tree), names);
}

function parse(language: LanguageId, text: string, old: Tree | undefined): Tree {
  if (!ready) throw new Error('initSyntax() has to finish before anything is parsed.');
  const name = grammarOf(language);
  const chunk = old ? CHUNK_REPARSE : CHUNK_FRESH;
  try {
    const tree = parserFor(name).parse((index) => text.slice(index, index + chunk), old);
    if (tree) return tree;
    throw new Error('no tree');
  } catch (cause) {
    // An aborted parser would resume the failed parse with the next text, so it is never used again.
    parsers.delete(name);
    const size = (text.length / 1e6).toFixed(1);
    throw new Error(
      `A ${language} text of ${size} million characters could not be parsed: ${reasonOf(cause)}.`,
      {
        cause,
      },
    );
  }
}

function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.includes('Aborted') || text.includes('memory') ? 'the parser ran out of memory' : text;
}

function parserFor(name: GrammarName): Parser {
  const known = parsers.get(name);
  if (known) return known;
  const parser = new Parser();
  parser.setLanguage(grammarFor(name).language);
  parsers.set(name, parser);
  return parser;
}

function grammarFor(name: GrammarName): Grammar {
  const known = grammars.get(name);
  if (known) return known;
  const file = firstExisting(`${name}.wasm`, [
    resourcePath(`grammars/${name}.wasm`),
    join(packageRoot(), 'grammars', `${name}.wasm`),
  ]);
  const language = Language.loadSync(new wasm.Module(readFileSync(file)));
  const grammar = { language, names: nameTables(language.types, language.fields) };
  grammars.set(name, grammar);
  return grammar;
}

function firstExisting(what: string, paths: readonly string[]): string {
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`Faultline is not installed completely: ${what} was not found at ${paths.join(' or ')}.`);
  }
  return found;
}

/** Row and column of an index, counted from a known point before it. */
function pointAt(text: string, index: number, from: number, point: Point): Point {
  let row = point.row;
  let lineStart = from - point.column;
  for (let it = text.indexOf('\n', from); it >= 0 && it < index; it = text.indexOf('\n', it + 1)) {
    row++;
    lineStart = it + 1;
  }
  return { row, column: index - lineStart };
}
