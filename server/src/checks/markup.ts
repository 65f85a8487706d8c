// Checks of patterns that filter markup and paths: what is still there after they have run. Nothing is guessed: a text is
// made from the pattern, filtered with the counting matcher, and looked at again.

import type { CallOp, ConcatOp } from '../ir/ir.ts';
import type { Hit } from './check.ts';
import { automatonOf } from './regex/automaton.ts';
import { wordWith } from './regex/ambiguity.ts';
import { type Chars, has, union } from './regex/chars.ts';
import { run } from './regex/matcher.ts';
import { type Pattern, parsePattern } from './regex/pattern.ts';
import { type Step, chainBefore, stepsIn } from './replace.ts';
import type { View } from './view.ts';

/** Steps of one trial of a filter. */
const TRIAL = 20_000;
const points = (text: string): number[] => [...text].map((it) => it.codePointAt(0)!);

/** Beginnings of what filters take out, in the smallest form that still does harm. */
const TOKENS = ['<script', '<iframe', '<!--', '../', '/..', ' onx=', 'javascript:'];
/** How a piece that the filter takes out may go on, so that it ends where it should. */
const TAILS = ['', '>', '""', "''", '"">', '-->', ' '];

/** A removal that makes what it removes: `<scr<script>ipt>`. */
export function checkRemovals(view: View): Hit[] {
  const hits: Hit[] = [];
  for (const step of stepsIn(view).values()) {
    const { pattern } = step;
    if (!pattern || step.by !== '' || step.chars !== undefined || view.repeats(step.op)) continue;
    const left = remakes(step.source, pattern, step.all);
    if (left !== undefined)
      hits.push({
        check: 'removal-remakes',
        s: step.op.s,
        e: step.op.e,
        name: 'String#replace',
        detail: JSON.stringify(left),
      });
  }
  return hits;
}

const known = new Map<string, string | undefined>();
const KEPT = 2_000;
/** A text from which one pass of the filter makes a dangerous token. */
function remakes(source: string, pattern: Pattern, all: boolean): string | undefined {
  const key = `${all}${pattern.multiline}${pattern.sticky}/${source}`;
  if (known.has(key)) return known.get(key);
  if (known.size >= KEPT) known.clear();
  const res = tryTokens(pattern, all);
  known.set(key, res);
  return res;
}
function tryTokens(pattern: Pattern, all: boolean): string | undefined {
  const it = automatonOf(pattern.root, pattern.multiline, true);
  // A pattern that takes out any text is no filter.
  if (!it || run(pattern, points('xq xq'), TRIAL).matched) return undefined;
  for (const token of TOKENS) {
    const word = wordWith(it, points(token));
    if (!word) continue;
    const piece = String.fromCodePoint(...word);
    // A pattern for something more special (a certain comment) is no filter of all tokens.
    if (
      piece
        .replace(token, '')
        .replace(/script|iframe/g, '')
        .replace(/[^a-z]/gi, '').length > 2
    )
      continue;
    for (const tail of TAILS)
      for (let i = 1; i < token.length; i++) {
        const text = token.slice(0, i) + piece + tail + token.slice(i);
        if (without(pattern, text, all).includes(token)) return text;
      }
  }
  return undefined;
}

/** The text after the matches are removed, as `replace(pattern, '')` does it. */
function without(pattern: Pattern, text: string, all: boolean): string {
  let res = '';
  let rest = text;
  for (let i = 0; i <= text.length; i++) {
    const found = run(pattern, points(rest), TRIAL);
    if (!found.matched || found.end === found.start) break;
    res += rest.slice(0, found.start);
    rest = rest.slice(found.end);
    if (!all) break;
  }
  return res + rest;
}

/** Elements that a browser runs, each next to what a filter for `<script>a</script>` should take out as well. */
const SCRIPTS = [
  '<script>a\nb</script>',
  '<ScRiPt>a</ScRiPt>',
  '<script >a</script>',
  '<script\nsrc="x">a</script>',
  "<script src='x'>a</script>",
  '<script\tsrc="//x.y/z?w">a</script>',
  '<script src=x>a</script>',
  '<script>a</script >',
  '<script>a</script\n>',
  '<script>a</script x>',
];

/** The first script element that a filter of script elements misses, undefined if the pattern is no such filter. */
export function missedScript(text: string, flags: string): string | undefined {
  if (!/script/i.test(text) || !text.includes('<')) return undefined;
  const key = `script/${flags}/${text}`;
  if (known.has(key)) return known.get(key);
  const pattern = parsePattern(text, flags);
  const takes = (it: string): boolean => {
    const found = run(pattern!, points(it), TRIAL);
    return found.matched && found.start === 0 && found.end === it.length;
  };
  const res = pattern && takes('<script>a</script>') ? SCRIPTS.find((it) => !takes(it)) : undefined;
  known.set(key, res);
  return res;
}

/** Text in a quoted attribute that had characters of HTML replaced, but not the quote. */
export function checkAttributes(view: View): Hit[] {
  const hits: Hit[] = [];
  const steps = stepsIn(view);
  for (const op of view.ops) {
    if (op.op !== 'concat') continue;
    op.parts.forEach((part, i) => {
      if (typeof part === 'string') return;
      const open = openAttribute(op, i);
      if (!open) return;
      const from = view.origin(part.place, op.id);
      const last = from?.op === 'call' ? steps.get(from) : undefined;
      const missing = last && missingQuote(view, steps, last, open);
      if (last && missing)
        hits.push({
          check: 'attribute-quote-kept',
          s: last.op.s,
          e: last.op.e,
          name: 'String#replace',
          detail: missing === '"' ? 'double' : 'single',
        });
    });
  }
  return hits;
}

/** The attribute that is open where a part of a text stands: its quote, and whether its value is a script. */
function openAttribute(op: ConcatOp, index: number): { quote: string; script: boolean } | undefined {
  let before = '';
  for (const it of op.parts.slice(0, index)) before += typeof it === 'string' ? it : '\uFFFC';
  const found = /([\w:-]*)=(["'])((?:(?!\2)[^<>])*)$/.exec(before);
  if (!found) return undefined;
  const [, name, quote, value] = found as unknown as [string, string, string, string];
  const next = op.parts[index + 1];
  if (typeof next !== 'string' || !next.includes(quote)) return undefined;
  const script = /^on[a-z]/i.test(name);
  return script || value === '' ? { quote, script } : undefined;
}
function missingQuote(
  view: View,
  steps: ReadonlyMap<CallOp, Step>,
  last: Step,
  open: { quote: string; script: boolean },
): string | undefined {
  const chain = chainBefore(view, steps, last.op);
  const all = [last, ...chain.steps];
  if (!chain.whole || chain.json || all.some((it) => it.chars === undefined && it.text === undefined))
    return undefined;
  const gone: Chars = union(...all.filter((it) => it.all).map((it) => it.chars ?? []));
  const removes = (c: string): boolean => has(gone, c.charCodeAt(0));
  if (!removes('<') && !removes('>') && !removes('&')) return undefined;
  // A script in an attribute is decoded first, so its own strings end with either quote.
  return (open.script ? [open.quote, "'", '"'] : [open.quote]).find((it) => !removes(it));
}
