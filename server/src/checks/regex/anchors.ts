// What patterns for addresses and choices of words leave open: no anchor at the start, an anchor that belongs to one
// alternative only, a dot that stands for any character.

import { type Node, type Pattern, parsePattern } from './pattern.ts';
import { single } from './chars.ts';

const ANY = '\u0001';
const OTHER = '\u0002';
/**
 * A node as text: characters as they are, `.` as ANY, what is neither as OTHER. An optional character counts as there,
 * anchors as nothing.
 */
function shapeOf(node: Node): string {
  switch (node.t) {
    case 'set': {
      if (node.dot) return ANY;
      const c = single(node.set);
      if (c >= 0) return String.fromCodePoint(c);
      // Both cases of one letter.
      const [a, , b] = node.set;
      return node.set.length === 4 && b === a! + 32 ? String.fromCodePoint(b) : OTHER;
    }
    case 'seq':
      return node.items.map(shapeOf).join('');
    case 'group':
      return shapeOf(node.item);
    case 'repeat':
      return node.max === 1 ? shapeOf(node.item) : OTHER;
    case 'alt':
      return OTHER;
    case 'edge':
      return node.kind === 'start' || node.kind === 'end' ? '' : OTHER;
    case 'look':
    case 'ref':
      return OTHER;
    default:
      return node satisfies never;
  }
}
const alternativesOf = (node: Node): readonly Node[] => (node.t === 'alt' ? node.items : [node]);
const partsOf = (node: Node): readonly Node[] => (node.t === 'seq' ? node.items : [node]);
const startsAnchored = (node: Node): boolean => {
  const [first] = partsOf(node);
  return first?.t === 'edge' && first.kind === 'start';
};
const endsAnchored = (node: Node): boolean => {
  const last = partsOf(node).at(-1);
  return last?.t === 'edge' && last.kind === 'end';
};
function hasAnchor(node: Node): boolean {
  switch (node.t) {
    case 'edge':
      return node.kind === 'start' || node.kind === 'end';
    case 'seq':
    case 'alt':
      return node.items.some(hasAnchor);
    case 'group':
    case 'repeat':
    case 'look':
      return hasAnchor(node.item);
    case 'set':
    case 'ref':
      return false;
    default:
      return node satisfies never;
  }
}

/** Names that end hosts; a dot before one of them is meant as a dot. */
const TLD = 'com|net|org|edu|gov|info|io|dev|app|cloud|co|uk|de|fr|eu|us|cn|ru';
const HOST = new RegExp(
  `^(https?)://((?:[\\w-]+|[.${ANY}${OTHER}])*[\\w-][.${ANY}](?:${TLD}))(?:$|[/:?#${OTHER}])`,
  'i',
);
const BARE = new RegExp(`(?:^|//|@)((?:[\\w-]+[.${ANY}])+(?:${TLD}))(?:$|[/:?#])`, 'i');

export interface HostPattern {
  readonly problem: 'unanchored' | 'dot';
  readonly host: string;
}
/** What is wrong with a pattern that is about a host, undefined if nothing is or it is about something else. */
export function hostIn(text: string, flags: string): HostPattern | undefined {
  if (!/[./]/.test(text)) return undefined;
  const pattern = parsePattern(text, flags);
  if (!pattern) return undefined;
  for (const it of alternativesOf(pattern.root)) {
    const shape = shapeOf(it);
    const plain = (found: string): string => found.replaceAll(ANY, '.').replaceAll(OTHER, '…');
    const found = HOST.exec(shape);
    // With capturing groups the pattern takes an address apart; without it decides.
    if (found && !startsAnchored(it) && pattern.groups === 0)
      return { problem: 'unanchored', host: plain(found[2]!) };
  }
  return undefined;
}
/** The host of a pattern in which a dot stands for any character, undefined if there is none. */
export function dottedHost(pattern: Pattern): string | undefined {
  for (const it of alternativesOf(pattern.root)) {
    const shape = shapeOf(it);
    const found = HOST.exec(shape)?.[2] ?? (startsAnchored(it) ? BARE.exec(shape)?.[1] : undefined);
    // A dot and a dot with a repetition is a pattern for any text, not for a host. Another character in the place of
    // the last dot makes no name that anybody can register: `example-com` has no ending.
    const last = found ? Math.max(found.lastIndexOf(ANY), found.lastIndexOf('.')) : 0;
    if (found?.slice(0, last).includes(ANY) && !found.includes(ANY + ANY))
      return found.replaceAll(ANY, '.').replaceAll(OTHER, '…');
  }
  return undefined;
}

/** A choice of words of which not all are anchored: `^a|b` is `(^a)|b`. Which of its alternatives are. */
export function halfAnchored(pattern: Pattern): 'start' | 'end' | 'outer' | undefined {
  const all = alternativesOf(pattern.root);
  if (all.length < 2 || pattern.multiline || !all.every(isWord) || all.some(isGrouped)) return undefined;
  const first = all[0]!;
  const last = all.at(-1)!;
  const inner = all.slice(1, -1);
  if (startsAnchored(first) && endsAnchored(last) && inner.length > 0 && !inner.some(hasAnchor))
    return 'outer';
  if (startsAnchored(first) && !all.slice(1).some(hasAnchor) && !endsAnchored(first)) return 'start';
  if (endsAnchored(last) && !all.slice(0, -1).some(hasAnchor) && !startsAnchored(last)) return 'end';
  return undefined;
}
/** `^(?:a|b)` or a word boundary: whoever wrote it knows what an anchor belongs to. */
const isGrouped = (node: Node): boolean =>
  partsOf(node).some(
    (it) =>
      (it.t === 'edge' && (it.kind === 'word' || it.kind === 'inside')) ||
      (it.t === 'group' && it.index === 0 && it.item.t === 'alt'),
  );
/** Mostly letters, so that the alternatives are of one kind. */
const isWord = (node: Node): boolean =>
  /[a-z]/i.test(shapeOf(node)) || (node.t === 'seq' && wordsInside(node));
const wordsInside = (node: Node): boolean => {
  switch (node.t) {
    case 'seq':
    case 'alt':
      return node.items.some(wordsInside);
    case 'group':
    case 'repeat':
      return wordsInside(node.item);
    case 'set':
      return /[a-z]/i.test(shapeOf(node));
    default:
      return false;
  }
};
