// What of a file may leave the machine: comments are blanked, secrets and invisible characters are replaced. Lines stay
// lines, so that a place in the masked text can be found again in the real one.

import type { Arena } from '../syntax/arena.ts';

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
export interface Masked {
  readonly text: string;
  /** The real offset of a masked one; undefined inside something that was replaced. */
  toOriginal(offset: number): number | undefined;
  /** What stands behind the placeholders, by placeholder. Never leaves this process. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** Masks a file. `kept` says which lines (from 0) lie on the path: long literals there are not shortened. */
export function maskFile(arena: Arena, kept: ReadonlySet<number> = new Set()): Masked {
  const { text } = arena;
  const found: Replacement[] = [];
  const secrets = new Map<string, string>();
  const numbers = new Map<string, string>();
  const secret = (start: number, end: number, kind: string): void => {
    const value = text.slice(start, end);
    let name = numbers.get(value);
    if (name === undefined) {
      name = `⟦secret:${kind}:${numbers.size + 1}⟧`;
      numbers.set(value, name);
      secrets.set(name, value);
    }
    found.push({ start, end, text: name + '\n'.repeat(value.split('\n').length - 1) });
  };
  for (let node = 0; node < arena.count; node++) {
    const type = arena.typeName(node);
    const [start, end] = [arena.start[node]!, arena.end[node]!];
    if (type.includes('comment'))
      found.push({ start, end, text: text.slice(start, end).replace(/[^\n\r]/g, ' ') });
    else if (/^(string|template_string|string_literal)$/.test(type))
      literal(arena, node, kept, secret, found);
  }
  for (const [kind, pattern] of TOKENS)
    for (const it of text.matchAll(pattern)) {
      const value = it[1] ?? it[0];
      const start = it.index + it[0].indexOf(value);
      secret(start, start + value.length, kind);
    }
  for (const it of text.matchAll(INVISIBLE))
    found.push({ start: it.index, end: it.index + it[0].length, text: visible(it[0]) });
  return build(text, disjoint(found), secrets);
}

/** Known forms of secrets; a group, if there is one, is the secret part. */
const TOKENS: readonly (readonly [string, RegExp])[] = [
  ['key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ['anthropic', /\bsk-ant-[A-Za-z0-9_-]{16,}/g],
  ['openai', /\bsk-(?:proj-)?[A-Za-z0-9_-]{20,}/g],
  ['aws', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ['github', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/g],
  ['gitlab', /\bglpat-[A-Za-z0-9_-]{16,}/g],
  ['slack', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['stripe', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g],
  ['google', /\bAIza[A-Za-z0-9_-]{30,}/g],
  ['npm', /\bnpm_[A-Za-z0-9]{30,}/g],
  ['sendgrid', /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g],
  ['jwt', /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}/g],
  ['password', /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@'"`]*:([^\s@'"`$]+)@/gi],
];
/** Control characters but for line ends and tabs, zero-width and bidirectional ones, tags, and the fence's own brackets. */
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0⟦⟧]|\u{e0000}|[\u{e0001}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
const visible = (text: string): string => `\\u{${text.codePointAt(0)!.toString(16)}}`;

const SECRET_NAME =
  /secret|token|passw|pwd|api_?key|private_?key|credential|auth_?key|access_?key|encryption_?key|signing/i;
const LONG = 200;

function literal(
  arena: Arena,
  node: number,
  kept: ReadonlySet<number>,
  secret: (start: number, end: number, kind: string) => void,
  found: Replacement[],
): void {
  const [start, end] = [arena.start[node]! + 1, arena.end[node]! - 1];
  if (end <= start) return;
  const value = arena.text.slice(start, end);
  if (value.length >= 4 && !value.includes('${') && SECRET_NAME.test(nameBefore(arena, node)))
    return secret(start, end, 'named');
  if (isRandom(value)) return secret(start, end, 'random');
  if (value.length <= LONG) return;
  const line = arena.text.slice(0, start).split('\n').length - 1;
  if (kept.has(line) || value.includes('\n')) return;
  found.push({ start: start + LONG / 2, end, text: '…' });
}
/** The name that a literal is assigned to, passed as, or compared with. */
function nameBefore(arena: Arena, node: number): string {
  const parent = arena.parent[node]!;
  if (parent < 0) return '';
  return arena.text.slice(Math.max(arena.start[parent]!, arena.start[node]! - 60), arena.start[node]);
}
/** Looks as if it had been drawn by lot: at least 20 characters of many kinds, with digits, and no words. */
function isRandom(value: string): boolean {
  if (value.length < 20 || value.length > 4096 || !/^[A-Za-z0-9+/=_.-]+$/.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || /[a-z]{8}/.test(value)) return false;
  const counts = new Map<string, number>();
  for (const it of value) counts.set(it, (counts.get(it) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits >= 3;
}

/** The first of those that overlap, the longer of those that begin together. */
function disjoint(found: readonly Replacement[]): Replacement[] {
  const res: Replacement[] = [];
  let at = 0;
  for (const it of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (it.start < at) continue;
    res.push(it);
    at = it.end;
  }
  return res;
}

function build(text: string, replaced: readonly Replacement[], secrets: ReadonlyMap<string, string>): Masked {
  let masked = '';
  let at = 0;
  /** Starts of kept pieces in the masked text, and where they come from. */
  const pieces: { readonly from: number; readonly to: number; readonly original: number }[] = [];
  const keep = (end: number): void => {
    pieces.push({ from: masked.length, to: masked.length + (end - at), original: at });
    masked += text.slice(at, end);
  };
  for (const it of replaced) {
    keep(it.start);
    masked += it.text;
    at = it.end;
  }
  keep(text.length);
  return {
    text: masked,
    secrets,
    toOriginal(offset) {
      for (const it of pieces)
        if (offset >= it.from && offset <= it.to) return it.original + (offset - it.from);
      return undefined;
    },
  };
}
