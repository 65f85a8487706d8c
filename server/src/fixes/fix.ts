// What a deterministic fix is, what a fixer is given, and the reading of trees that all languages share.
// A fix gives edits only when it is certain of what the code means; whether it helps is decided by analysing the result.

import type { Finding } from '../engine/engine.ts';
import type { Arena, Node } from '../syntax/arena.ts';
import type { TextChange } from './edits.ts';

export interface Fix {
  /**
   * An order to the editor: `Pass the values as query parameters`. It says what else changes, if anything does.
   * Translated, so always literal; `{0}` stands for the first of `names`.
   */
  readonly title: string;
  /** Names of the program that the title mentions. */
  readonly names?: readonly string[];
  readonly edits: readonly TextChange[];
  /** Nothing but the flaw changes for those who use the program as it is meant. */
  readonly safe: boolean;
}
/** A stretch of the text, offsets. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}
export interface FixTarget {
  readonly arena: Arena;
  /** The node with the finding's range: the argument at the sink, or the call that a check is about. */
  readonly node: Node;
  readonly finding: Finding;
  /** Where the paths of the finding begin, if that is in this file. */
  readonly sources: readonly Stretch[];
  /** Where they pass in this file, their beginnings too. */
  readonly steps: readonly Stretch[];
}
/** Gives a fix if it is certain, undefined otherwise; never throws for odd code. */
export type Fixer = (target: FixTarget) => Fix | undefined;

/** Whether the node is a source and nothing else: `req.query.name`, `request.args.get('name')`. */
export function readsSource({ arena, node, sources }: FixTarget): boolean {
  return sources.some((it) => {
    const rest = arena.text.slice(it.end, endOf(arena, node));
    const member = /^(?:\([^()]*\))?(?:\.get\([^()]*\)|\.\w+|\[[^\]]*\])*$/;
    return it.start === startOf(arena, node) && it.end <= endOf(arena, node) && member.test(rest);
  });
}

/** The outermost expression with exactly this range, -1 if there is none: a statement without `;` has the range too. */
export function nodeAt(arena: Arena, start: number, end: number): Node {
  for (let node = 0; node < arena.count && (arena.start[node] ?? 0) <= start; node++) {
    if (arena.start[node] !== start || arena.end[node] !== end || !arena.isNamed(node)) continue;
    if (!/statement$|^(?:program|module|block)$/.test(arena.typeName(node))) return node;
  }
  return -1;
}

export function startOf(arena: Arena, node: Node): number {
  return arena.start[node] ?? 0;
}

export function endOf(arena: Arena, node: Node): number {
  return arena.end[node] ?? 0;
}

export function parentOf(arena: Arena, node: Node): Node {
  return node < 0 ? -1 : (arena.parent[node] ?? -1);
}

/** The type of a node, '' for no node. */
export function typeOf(arena: Arena, node: Node): string {
  return node < 0 ? '' : arena.typeName(node);
}

/** The text of a node, '' for no node. */
export function textOf(arena: Arena, node: Node): string {
  return node < 0 ? '' : arena.textOf(node);
}

/** All nodes of some types, in source order. */
export function nodesOf(arena: Arena, ...types: readonly string[]): Node[] {
  const found: Node[] = [];
  for (let node = 0; node < arena.count; node++) if (types.includes(arena.typeName(node))) found.push(node);
  return found;
}

/** The nodes below a node and the node itself, in source order. */
export function within(arena: Arena, root: Node): Node[] {
  const found: Node[] = [];
  const end = endOf(arena, root);
  for (let node = root; node < arena.count && (node === root || startOf(arena, node) < end); node++) {
    found.push(node);
  }
  return found;
}

/** The white space at the front of the line in which an offset lies. */
export function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? '';
}

/** The line break that the file uses. */
export function lineBreakOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
