// Reads YAML into values that remember where they stand, so that every complaint names its line and column.
// Reading never throws: what does not fit becomes a problem and an absent value.

import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node as YamlNode, Pair } from 'yaml';

/** A mistake in a file. Line and column are counted from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One mapping entry, or one item of a list. */
export interface Entry {
  readonly key: string;
  readonly at: number;
  readonly value: YamlNode | null;
}

/** A parsed file and the readers over it; `problems` grows as they are used. */
export interface Reader {
  readonly file: string;
  readonly root: YamlNode | null;
  readonly problems: Problem[];
  problem(at: number | YamlNode | null | undefined, message: string): void;
  /** Line and column (from 1) of an offset or a node. */
  placeOf(at: number | YamlNode | null | undefined): { readonly line: number; readonly column: number };
  /** The entries of a mapping; unless `known` is undefined, other keys are refused. */
  entries(node: YamlNode | null, what: string, known?: readonly string[]): Entry[];
  /** The items of a list; a single value counts as a list of one. */
  items(node: YamlNode | null): (YamlNode | null)[];
  text(entry: Entry): string | undefined;
  texts(entry: Entry): string[] | undefined;
  flag(entry: Entry): boolean | undefined;
  numbers(entry: Entry): number[] | undefined;
  /** Literals and lists of them, as they are. */
  plain(node: YamlNode | null): unknown;
}

/** Parses `text`; syntax errors are problems, and what could be read is still there. */
export function readYaml(file: string, text: string): Reader {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const placeOf = (at: number | YamlNode | null | undefined): { line: number; column: number } => {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (at: number | YamlNode | null | undefined, message: string): void =>
    void problems.push({ file, ...placeOf(at), message });
  let root: YamlNode | null = null;
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: false,
    });
    for (const error of [...document.errors, ...document.warnings]) problem(error.pos[0], error.message);
    root = document.contents;
  } catch (error) {
    problem(0, `cannot be read as YAML: ${(error as Error).message}`);
  }
  const scalar = (node: YamlNode | null): unknown => (isScalar(node) ? node.value : undefined);
  const reader: Reader = {
    file,
    root,
    problems,
    problem,
    placeOf,
    entries(node, what, known) {
      if (!isMap(node)) {
        problem(node, `${what} must be a mapping of keys to values`);
        return [];
      }
      const out: Entry[] = [];
      for (const pair of node.items as Pair<YamlNode, YamlNode | null>[]) {
        const key = scalar(pair.key);
        const at = pair.key.range?.[0] ?? 0;
        if (typeof key !== 'string' && typeof key !== 'number') {
          problem(at, `a key of ${what} must be text`);
        } else if (known !== undefined && !known.includes(String(key))) {
          problem(at, `unknown key \`${key}\` in ${what}; known are ${known.join(', ')}`);
        } else out.push({ key: String(key), at, value: pair.value });
      }
      return out;
    },
    items: (node) => (isSeq(node) ? (node.items as YamlNode[]) : [node]),
    text(entry) {
      const value = scalar(entry.value);
      if (typeof value === 'string' && value.trim() !== '') return value.trim();
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      problem(entry.value ?? entry.at, `\`${entry.key}\` must be text`);
      return undefined;
    },
    texts(entry) {
      const out: string[] = [];
      for (const item of reader.items(entry.value)) {
        const text = reader.text({ ...entry, value: item });
        if (text === undefined) return undefined;
        out.push(text);
      }
      return out;
    },
    flag(entry) {
      const value = scalar(entry.value);
      if (typeof value === 'boolean') return value;
      problem(entry.value ?? entry.at, `\`${entry.key}\` must be true or false`);
      return undefined;
    },
    numbers(entry) {
      const out: number[] = [];
      for (const item of reader.items(entry.value)) {
        const value = scalar(item);
        if (typeof value !== 'number' || !Number.isInteger(value)) {
          problem(item ?? entry.at, `\`${entry.key}\` must be a whole number or a list of them`);
          return undefined;
        }
        out.push(value);
      }
      return out;
    },
    plain(node) {
      if (node === null) return null;
      if (isScalar(node)) return node.value;
      if (isSeq(node)) return (node.items as YamlNode[]).map((it) => reader.plain(it));
      return {};
    },
  };
  return reader;
}
