// What a regular expression says of the characters a string can hold, and which kinds of attack need characters that it
// rules out. Only ASCII is told apart; everything else counts as one more character.

import type { Const } from '../ir/ir.ts';
import type { KindRegistry, KindSet } from '../base/kindset.ts';
import { isRegex } from './domain.ts';

/** Allowed characters: index 0–127 ASCII, 128 everything else. */
type Chars = Uint8Array;
const SIZE = 129;
const none = (): Chars => new Uint8Array(SIZE);
const every = (): Chars => new Uint8Array(SIZE).fill(1);
const complement = (set: Chars): Chars => set.map((it) => (it ? 0 : 1));
function add(set: Chars, from: number, to = from): void {
  for (let i = Math.min(from, 128); i <= Math.min(to, 128); i++) set[i] = 1;
}
function union(into: Chars, other: Chars): void {
  for (let i = 0; i < SIZE; i++) if (other[i]) into[i] = 1;
}

/**
 * Characters without which an attack of the kind is not possible. A value free of all of them is safe.
 * html: text context needs a tag; sql: leaving a quoted or bare value; path: leaving the folder.
 */
const NEEDS: Readonly<Record<string, string>> = {
  html: '<',
  sql: '\'"\\; (',
  path: '/\\',
  'zip-slip': '/\\',
  shell: ' \t\n;|&$`\'"<>(){}*?[]#~!\\%',
  argument: '-',
  code: '\'"`()[]{};=+.$\\/ ',
  template: '{}<>%#$',
  ssrf: '/:@.?#%\\',
  redirect: '/:\\.',
  // A bare \r ends no line of a header or a log.
  header: '\n',
  log: '\n',
  nosql: '${}\'"',
  xpath: '\'"[]()/|@ ',
  ldap: '()*\\|&=',
  'regex-injection': '.*+?^${}()|[]\\',
  xml: '<&',
  'format-string': '%{',
};
const WORD = /[A-Za-z0-9_-]/;

/** Kinds that a value of only these characters cannot harm. */
function safeFor(allowed: Chars, kinds: KindRegistry): KindSet {
  const names: string[] = [];
  let word = allowed[128] === 0;
  for (let i = 0; word && i < 128; i++) if (allowed[i] && !WORD.test(String.fromCharCode(i))) word = false;
  // `__proto__` is a word too.
  if (word) return kinds.without(kinds.all, kinds.of(['prototype-key']));
  for (const [kind, needs] of Object.entries(NEEDS)) {
    let safe = true;
    for (const it of needs) if (allowed[it.charCodeAt(0)]) safe = false;
    if (safe) names.push(kind);
  }
  return kinds.of(names);
}

/**
 * A pattern for paths of this site: `/` at the front and no second `/` or `\\` behind it, which browsers read as a host.
 * No alternatives, which could match something else.
 */
const OWN_PATH = /^\^\\?\/(?:\(\?!|\[\^)(?=[^|]*$)(?=[^\])]*\/)(?=[^)]*\\\\)/;

/** States: the text has no quote of this sort, so it stays inside text that is quoted so; see text.ts. */
export const NO_APOSTROPHE = "%no'";
export const NO_QUOTE = '%no"';

/** A pattern for `..` as a part of a path, with or without what stands around it: `(^|[\\/])\.\.([\\/]|$)`. */
const PARENT =
  /^(?:\((?:\?:)?(?:\^|\\?\/|\\\\|\[[\\/]+\]|\|)+\))?(?:\\\.\\\.|\\\.\{2\})(?:\((?:\?:)?(?:\$|\\?\/|\\\\|\[[\\/]+\]|\|)+\))?$/;

/** What is proven of a string that the expression matched (accepted) or did not match. */
export function testSafe(c: Const, accepted: boolean, kinds: KindRegistry): KindSet {
  if (!isRegex(c)) return 0;
  if (accepted && OWN_PATH.test(c.regex) && !c.flags.includes('m')) return kinds.of(['redirect']);
  if (!accepted && c.regex.includes('__proto__')) return kinds.of(['prototype-key', 'prototype-pollution']);
  const parsed = parse(c.regex);
  if (!parsed) return 0;
  if (accepted) {
    if (!parsed.anchored || c.flags.includes('m')) return 0;
    return safeFor(parsed.chars, kinds);
  }
  // Not matching a single class anywhere: none of its characters is there.
  if (parsed.single) return safeFor(complement(parsed.single), kinds);
  if (c.regex.startsWith('\\.\\.') || PARENT.test(c.regex)) return kinds.of(['path', 'zip-slip']);
  return 0;
}

/** Kinds made safe by replacing every match of a pattern: `s.replace(/[<>]/g, '')`. */
export function replaceSafe(what: Const, by: Const, all: boolean, kinds: KindRegistry): KindSet {
  const replacement = typeof by === 'string' ? by : undefined;
  let removed: Chars | undefined;
  if (isRegex(what) && what.flags.includes('g')) removed = parse(what.regex)?.single;
  else if (all && typeof what === 'string' && what.length === 1) add((removed = none()), what.charCodeAt(0));
  if (!removed) return 0;
  const allowed = complement(removed);
  if (replacement === undefined) return safeFor(allowed, kinds);
  const single = kinds.names(safeFor(allowed, kinds));
  // A quote doubled or escaped is the usual SQL escape; it is not in the result alone any more.
  const quote = removed[39] === 1 && /^(''|\\\\'|\\')$/.test(replacement);
  for (const it of replacement.replace(/\$&/g, '')) add(allowed, it.charCodeAt(0));
  const names = new Set(kinds.names(safeFor(allowed, kinds)));
  // An entity contains characters that are harmless in HTML text.
  if (single.includes('html') && !replacement.includes('<')) names.add('html');
  if (quote) names.add('sql');
  // Every metacharacter behind a backslash stands for itself.
  if (replacement === '\\$&' && single.includes('regex-injection')) names.add('regex-injection');
  if (removed[39] === 1 && !replacement.includes("'")) names.add(NO_APOSTROPHE);
  if (removed[34] === 1 && !replacement.includes('"')) names.add(NO_QUOTE);
  return kinds.of(names);
}

/** The characters that a pattern matches every run of, in which it is one of them over and over: `/-+/g`, `/\s\s+/g`. */
export function shortened(c: Const): Chars | undefined {
  if (!isRegex(c) || !c.flags.includes('g') || !c.regex.endsWith('+')) return undefined;
  const once = c.regex.replace(/^(\\?.)\1+(?=\+$)/s, '$1');
  return parse(once)?.single;
}

interface Parsed {
  readonly chars: Chars;
  /** Every alternative starts with `^` and ends with `$`. */
  readonly anchored: boolean;
  /** The whole pattern is one class (with or without a repetition). */
  readonly single: Chars | undefined;
}

/** Reads a pattern; undefined if it uses something that is not understood. */
export function parse(regex: string): Parsed | undefined {
  const state = { text: regex, at: 0, atoms: 0, only: undefined as Chars | undefined, repeats: false };
  const chars = none();
  const ends = alternatives(state, chars, 0);
  if (!ends || state.at !== regex.length) return undefined;
  return {
    chars,
    anchored: ends.start && ends.end,
    single: state.atoms === 1 && !ends.start && !ends.end ? state.only : undefined,
  };
}
type State = { text: string; at: number; atoms: number; only: Chars | undefined; repeats: boolean };

function alternatives(
  state: State,
  chars: Chars,
  depth: number,
): { start: boolean; end: boolean } | undefined {
  if (depth > 40) return undefined;
  let start = true;
  let end = true;
  for (;;) {
    const it = sequence(state, chars, depth);
    if (!it) return undefined;
    start &&= it.start;
    end &&= it.end;
    if (state.text[state.at] !== '|') return { start, end };
    state.at++;
    state.atoms++;
  }
}

function sequence(state: State, chars: Chars, depth: number): { start: boolean; end: boolean } | undefined {
  let start = false;
  let end = false;
  let first = true;
  const { text } = state;
  while (state.at < text.length && text[state.at] !== '|' && text[state.at] !== ')') {
    const c = text[state.at]!;
    if (c === '^') {
      state.at++;
      if (first) start = true;
      continue;
    }
    if (c === '$') {
      state.at++;
      end = true;
      continue;
    }
    end = false;
    const single: Chars = none();
    if (c === '(') {
      const look = /^\((\?(<?[=!]))/.exec(text.slice(state.at));
      const group = /^\((\?(:|<[A-Za-z_]\w*>|<?[=!]))?/.exec(text.slice(state.at))!;
      state.at += group[0].length;
      const inner = alternatives(state, look ? none() : chars, depth + 1);
      if (!inner || text[state.at] !== ')') return undefined;
      state.at++;
      if (first && inner.start) start = true;
      if (inner.end) end = true;
      state.atoms++;
    } else if (c === '[') {
      const set = klass(state);
      if (!set) return undefined;
      union(single, set);
      state.atoms++;
    } else if (c === '\\') {
      const set = escape(state);
      if (!set) return undefined;
      union(single, set);
      state.atoms++;
    } else {
      state.at++;
      if (c === '.') {
        union(single, every());
        single[10] = 0;
        single[13] = 0;
      } else add(single, c.charCodeAt(0));
      state.atoms++;
    }
    union(chars, single);
    state.only = single;
    const rep = /^([*+?]|\{\d+(,\d*)?\})\??/.exec(text.slice(state.at));
    if (rep) state.at += rep[0].length;
    first = false;
  }
  return { start, end };
}

function escape(state: State): Chars | undefined {
  const c = state.text[state.at + 1];
  if (c === undefined) return undefined;
  state.at += 2;
  const res = none();
  switch (c) {
    case 'd':
      add(res, 48, 57);
      return res;
    case 'w':
      word(res);
      return res;
    case 's':
      space(res);
      return res;
    case 'D':
      add(res, 48, 57);
      return complement(res);
    case 'W':
      word(res);
      return complement(res);
    case 'S':
      space(res);
      return complement(res);
    case 'b':
    case 'B':
      return res;
    case 'A':
    case 'Z':
    case 'z':
      return undefined;
    case 'n':
      add(res, 10);
      return res;
    case 'r':
      add(res, 13);
      return res;
    case 't':
      add(res, 9);
      return res;
    case 'x':
    case 'u': {
      const hex = /^(\{[0-9a-fA-F]+\}|[0-9a-fA-F]{4}|[0-9a-fA-F]{2})/.exec(state.text.slice(state.at));
      if (!hex) return undefined;
      state.at += hex[0].length;
      add(res, Number.parseInt(hex[0].replace(/[{}]/g, ''), 16));
      return res;
    }
    case 'p':
    case 'P':
      return undefined;
    default:
      // A back-reference repeats characters that are counted already.
      if (/[1-9]/.test(c)) return res;
      add(res, c.charCodeAt(0));
      return res;
  }
}
function word(set: Chars): void {
  add(set, 48, 57);
  add(set, 65, 90);
  add(set, 95);
  add(set, 97, 122);
}
function space(set: Chars): void {
  for (const it of [9, 10, 11, 12, 13, 32, 128]) set[it] = 1;
}

function klass(state: State): Chars | undefined {
  const { text } = state;
  state.at++;
  const negated = text[state.at] === '^';
  if (negated) state.at++;
  const res = none();
  let last = -1;
  while (state.at < text.length && text[state.at] !== ']') {
    const c = text[state.at]!;
    if (c === '\\') {
      const before = text[state.at + 1]!;
      const set = before === 'b' ? ((state.at += 2), none()) : escape(state);
      if (!set) return undefined;
      union(res, set);
      const only = set.reduce((acc, it) => acc + it, 0) === 1 ? set.indexOf(1) : -1;
      last = only;
      continue;
    }
    if (c === '-' && last >= 0 && text[state.at + 1] !== undefined && text[state.at + 1] !== ']') {
      state.at++;
      let to: number;
      if (text[state.at] === '\\') {
        const set = escape(state);
        if (!set) return undefined;
        to = set.indexOf(1);
      } else to = text.charCodeAt(state.at++);
      add(res, last, to);
      last = -1;
      continue;
    }
    state.at++;
    last = Math.min(c.charCodeAt(0), 128);
    add(res, last);
  }
  if (text[state.at] !== ']') return undefined;
  state.at++;
  return negated ? complement(res) : res;
}
