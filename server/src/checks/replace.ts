// Checks of text that is made safe by replacing: what one replacement leaves, and what the next one undoes.
// A chain is what one value goes through: `s.replace(a, b).replace(c, d)`, also over several assignments.

import type { CallOp } from '../ir/ir.ts';
import type { Hit } from './check.ts';
import { type Chars, NO_CHARS, has, single, union } from './regex/chars.ts';
import { type Node, type Pattern, parsePattern } from './regex/pattern.ts';
import { type Seen, type View, isPattern } from './view.ts';

/** One replacement whose pattern is known. */
export interface Step {
  readonly op: CallOp;
  /** The one text that it finds, if there is only one. */
  readonly text: string | undefined;
  /** The characters it finds, if it finds single characters. */
  readonly chars: Chars | undefined;
  readonly pattern: Pattern | undefined;
  /** How the pattern is written. */
  readonly source: string;
  /** What is put there; undefined if that is not known, or a function. */
  readonly by: string | undefined;
  readonly all: boolean;
}

/** The replacement that a call is, undefined if it is none or its pattern is not known. */
export function stepOf(seen: Seen): Step | undefined {
  if (seen.method !== 'replace' && seen.method !== 'replaceAll') return undefined;
  const [what, by] = seen.args;
  const rest = { op: seen.op, by: typeof by === 'string' ? by : undefined };
  if (typeof what === 'string') {
    const point = [...what].length === 1 ? what.codePointAt(0)! : -1;
    return {
      ...rest,
      text: what,
      chars: point < 0 ? undefined : [point, point],
      pattern: undefined,
      source: what,
      all: seen.method === 'replaceAll',
    };
  }
  if (!isPattern(what)) return undefined;
  const pattern = parsePattern(what.regex, what.flags);
  if (!pattern) return undefined;
  return {
    ...rest,
    text: textOf(pattern.root),
    chars: charsOf(pattern.root),
    pattern,
    source: what.regex,
    all: what.flags.includes('g'),
  };
}

const kept = new WeakMap<View, ReadonlyMap<CallOp, Step>>();
/** All replacements of a function whose patterns are known. */
export function stepsIn(view: View): ReadonlyMap<CallOp, Step> {
  let steps = kept.get(view);
  if (steps) return steps;
  steps = new Map(
    [...view.seen.values()].flatMap((it) => {
      const step = stepOf(it);
      return step ? [[it.op, step]] : [];
    }),
  );
  kept.set(view, steps);
  return steps;
}

/** The text that a pattern finds, if it can find only one. */
function textOf(node: Node): string | undefined {
  switch (node.t) {
    case 'set': {
      const c = single(node.set);
      return c < 0 ? undefined : String.fromCodePoint(c);
    }
    case 'group':
      return textOf(node.item);
    case 'seq': {
      let res = '';
      for (const it of node.items) {
        const text = textOf(it);
        if (text === undefined) return undefined;
        res += text;
      }
      return res;
    }
    default:
      return undefined;
  }
}
/** The characters a pattern finds, if it finds one character at a time. */
function charsOf(node: Node): Chars | undefined {
  switch (node.t) {
    case 'set':
      return node.set;
    case 'group':
      return charsOf(node.item);
    case 'seq':
      return node.items.length === 1 ? charsOf(node.items[0]!) : undefined;
    case 'repeat':
      return node.min >= 1 ? charsOf(node.item) : undefined;
    case 'alt': {
      const parts = node.items.map(charsOf);
      return parts.every((it) => it !== undefined) ? union(...parts) : undefined;
    }
    default:
      return undefined;
  }
}

/** What came before a replacement on the same value, nearest first; `json`: the value began as JSON text. */
export interface Chain {
  readonly steps: readonly Step[];
  readonly json: boolean;
  /** Everything the value went through is a known replacement or leaves characters as they are. */
  readonly whole: boolean;
}
const KEEPS = new Set([
  'trim',
  'trimStart',
  'trimEnd',
  'toString',
  'slice',
  'substring',
  'substr',
  'toLowerCase',
  'toUpperCase',
]);
/** Calls of a chain that are looked at. */
const LENGTH = 24;

export function chainBefore(view: View, steps: ReadonlyMap<CallOp, Step>, op: CallOp): Chain {
  const found: Step[] = [];
  let at: CallOp = op;
  for (let i = 0; i < LENGTH; i++) {
    const from = view.origin({ root: at.callee.root, path: at.callee.path.slice(0, -1) }, at.id);
    if (from?.op !== 'call') return { steps: found, json: false, whole: from === undefined };
    const method = from.callee.path.at(-1);
    const step = steps.get(from);
    if (step) found.push(step);
    else if (method === 'stringify') return { steps: found, json: true, whole: true };
    else if (typeof method !== 'string' || !(KEEPS.has(method) || method === 'replace'))
      return { steps: found, json: false, whole: true };
    at = from;
  }
  return { steps: found, json: false, whole: false };
}

/** All checks of replacements in a function. */
export function checkReplacements(view: View): Hit[] {
  const steps = stepsIn(view);
  const hits: Hit[] = [];
  for (const step of steps.values()) {
    const chain = chainBefore(view, steps, step.op);
    const after = [...steps.values()].filter((it) => chainBefore(view, steps, it.op).steps.includes(step));
    const hit =
      firstOnly(view, step, [...chain.steps, ...after]) ??
      lostBackslash(step, chain) ??
      twice(step, chain, after) ??
      expands(step);
    if (hit) hits.push(hit);
    else hits.push(...soundness(step));
  }
  return hits;
}

const hit = (check: string, step: Step, detail: string): Hit => ({
  check,
  s: step.op.s,
  e: step.op.e,
  name: 'String#replace',
  detail,
});

/** What the checks of replacements are about and find right: every occurrence goes, the escape character too. */
function soundness(step: Step): Hit[] {
  const res: Hit[] = [];
  const note = (check: string): void =>
    void res.push({ check, s: step.op.s, e: step.op.e, name: 'String#replace', sound: true });
  if (step.all && isFilter(step)) note('replace-first-only');
  if (step.all && step.by !== undefined && ESCAPED.test(step.by) && has(step.chars ?? NO_CHARS, BACKSLASH))
    note('escape-without-backslash');
  return res;
}

/** Characters that mean something in some language, so that replacing one is meant to make text safe. */
const SPECIAL = '\'"\\&<>\n\r\t*|{}[]%`';
const PAIRS = ['[]', '{}', '()', '<>'];

/** Only the first of several is replaced. */
function firstOnly(view: View, step: Step, others: readonly Step[]): Hit | undefined {
  if (step.all || step.by === undefined || view.repeats(step.op)) return undefined;
  const { text, by } = step;
  const isEncoded = text !== undefined && (text === '%25' || (text === '/' && /^%2f$/i.test(by)));
  if (!isEncoded && !isFilter(step)) return undefined;
  // What is put there must be nothing or an escape: otherwise a piece of text is exchanged, not made safe.
  if (by !== '' && !isEncoded && !isEscape(by)) return undefined;
  if (text !== undefined && by === '') {
    // Taking off a pair of brackets or quotes, or a line end, is no defence.
    const pair = PAIRS.find((it) => it.includes(text) && text !== '<' && text !== '>');
    const other = others.find((it) => it.text === pair?.replace(text, '') && it.by === '');
    if (pair && other && step.pattern === undefined && isOrdered(step, other, pair)) return undefined;
    if (/['"`]/.test(text) && others.some((it) => it.text === text && it.by === '')) return undefined;
    if (/[\n\r\t]/.test(text) && others.length === 0) return undefined;
  }
  return hit('replace-first-only', step, JSON.stringify(text ?? step.source));
}
/** What it finds is special in some language, or steps out of a folder. */
function isFilter({ text, chars }: Step): boolean {
  if (text === undefined) return isSpecialSet(chars);
  return (text.length === 1 && SPECIAL.includes(text)) || /^[\\/]?\.\.[\\/]?$/.test(text);
}
/** The opening bracket goes first, as one takes off brackets. */
const isOrdered = (a: Step, b: Step, pair: string): boolean =>
  (a.op.id < b.op.id ? a.text : b.text) === pair[0] && b.pattern === undefined;
const isSpecialSet = (set: Chars | undefined): boolean => {
  if (set === undefined || set.length === 0) return false;
  for (let i = 0; i < set.length; i += 2)
    for (let c = set[i]!; c <= set[i + 1]!; c++)
      if (c > 127 || !SPECIAL.includes(String.fromCharCode(c))) return false;
  return true;
};
const isEscape = (by: string): boolean => /^(\\+.?|\\\$[&\d]|&#?\w+;?|%[0-9a-f]{2}|(.)\2)$/i.test(by);

const BACKSLASH = 92;
/** A backslash before what was found. */
const ESCAPED = /^\\(\$&|\$1|['"`|$[\]{}()<>*?;&!#~^%])$/;
/** A quote is escaped with a backslash, but a backslash that is there already is not. */
function lostBackslash(step: Step, chain: Chain): Hit | undefined {
  const { by, chars } = step;
  if (by === undefined || chars === undefined || chain.json) return undefined;
  if (!ESCAPED.test(by)) return undefined;
  if (has(chars, BACKSLASH) || !['"', "'", '`', '|', '[', '{'].some((it) => has(chars, it.charCodeAt(0))))
    return undefined;
  if (chain.steps.some((it) => has(it.chars ?? NO_CHARS, BACKSLASH))) return undefined;
  return hit('escape-without-backslash', step, JSON.stringify(step.source));
}

/** `<a/>` is written as `<a></a>`: what stands in an attribute becomes markup. */
function expands(step: Step): Hit | undefined {
  const isExpansion = step.by !== undefined && /^<\$\d><\/\$\d>$/.test(step.by);
  return isExpansion && /^<.*\/>$/s.test(step.source.replaceAll('\\/', '/'))
    ? hit('self-closing-expanded', step, step.by!)
    : undefined;
}

/** A later replacement changes what an earlier one made. */
function twice(step: Step, chain: Chain, after: readonly Step[]): Hit | undefined {
  for (const meta of ['&', '\\', '%']) {
    // Escaping: the character that all escapes begin with must be escaped first.
    if (
      step.all &&
      step.text === meta &&
      step.by !== undefined &&
      step.by.length > 1 &&
      step.by.startsWith(meta)
    ) {
      const early = chain.steps.find(
        (it) =>
          it.all &&
          it.chars &&
          !has(it.chars, meta.charCodeAt(0)) &&
          it.by?.startsWith(meta) &&
          it.by.length > 1 &&
          !/^\\\$/.test(it.by),
      );
      if (early) return hit('double-escaping', step, JSON.stringify(meta));
    }
    // Unescaping: it must come last.
    if (
      step.all &&
      step.by === meta &&
      step.text !== undefined &&
      step.text.length > 1 &&
      step.text.startsWith(meta)
    ) {
      const late = after.find(
        (it) =>
          it.all &&
          it.text !== undefined &&
          it.text !== step.text &&
          it.text.length > 1 &&
          it.text.startsWith(meta),
      );
      if (late) return hit('double-escaping', step, JSON.stringify(step.text));
    }
  }
  return undefined;
}
