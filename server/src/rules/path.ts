// The `at:` notation of rule files: text such as `express.Router#get(1..)<0>.query` read into steps, and back into text.
// Alternatives `{a,b}` are expanded first, so one text may give many paths; an error quotes the place it stopped at.

import type { ArgSel } from './schema.ts';

/**
 * One step from a value to another. As a key `null` is any element (`[*]`), `*` any member (`.*`); `decorated` is what a
 * decorator is put on; the parameter `return` is what the function returns.
 */
export type PathStep =
  | { readonly s: 'member'; readonly key: string | null }
  | { readonly s: 'call' }
  | { readonly s: 'arg'; readonly arg: ArgSel['arg'] }
  | { readonly s: 'param'; readonly param: number | '*' | 'return' }
  | { readonly s: 'decorated' }
  | { readonly s: 'paramDecorator' };

export interface ApiPath {
  /** Package, `global`, or `%file:<glob>` for the exports of files by convention. */
  readonly root: string;
  readonly steps: readonly PathStep[];
  /** Written with a trailing `=`: an assignment to the last member. */
  readonly set: boolean;
}
/** A path that ends in a selection of a call's arguments or result. `path` is the callee. */
export interface Selected {
  readonly path: ApiPath;
  readonly sel: ArgSel;
}
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** More alternatives than this in one row is a typing error rather than a wish. */
const MAX_ALTERNATIVES = 2_000;

/** Parses one `at:` text. `packages` are what `$pkg` stands for. Gives every expanded path, or one error sentence. */
export function parsePaths(text: string, packages: readonly string[] = []): Parsed<ApiPath[]> {
  const expanded = expandPackages(text, packages);
  if (!expanded.ok) return expanded;
  const paths: ApiPath[] = [];
  for (const one of expanded.value) {
    const parsed = parsePath(one);
    if (!parsed.ok) return parsed;
    paths.push(parsed.value);
  }
  return { ok: true, value: paths };
}

/**
 * Splits a path at its last argument selector: `db.query(0).sql` is callee `db.query` and argument 0, `.sql` below it.
 * `f()` selects the result. A path without either gives undefined.
 */
export function splitSelection(path: ApiPath): Selected | undefined {
  for (let i = path.steps.length - 1; i >= 0; i--) {
    const step = path.steps[i]!;
    if (step.s === 'member') continue;
    if (step.s !== 'arg' && step.s !== 'call') return undefined;
    const below = path.steps.slice(i + 1).map((it) => memberKey(it));
    const callee = { root: path.root, steps: path.steps.slice(0, i), set: false };
    return { path: callee, sel: { arg: step.s === 'arg' ? step.arg : 'return', path: below } };
  }
  return undefined;
}

/** `@app.route<return>`, `@app.route<return>[0]`: what a function that is known by where it stands returns. */
export function splitResult(path: ApiPath): Selected | undefined {
  const at = path.steps.findLastIndex((it) => it.s !== 'member');
  const step = path.steps[at];
  if (step?.s !== 'param' || step.param !== 'return') return undefined;
  const below = path.steps.slice(at + 1).map((it) => memberKey(it));
  return { path: { ...path, steps: path.steps.slice(0, at + 1) }, sel: { arg: 'return', path: below } };
}

/** Parses the `to:` of a flow row: `return`, `return.rows`, `(1)`, `(this).body`, `(-1)<1>`. */
export function parseTarget(text: string): Parsed<{ sel: ArgSel; param?: number }> {
  const parser = new Cursor(text.trim());
  let arg: ArgSel['arg'];
  if (parser.take('return')) arg = 'return';
  else if (parser.peek() === '(') {
    const read = readArgument(parser);
    if (typeof read === 'string') return { ok: false, error: read };
    if (read === undefined) return fail(parser, 'an argument number, `this` or a name');
    arg = read.arg;
  } else return fail(parser, '`return` or an argument such as `(0)` or `(this)`');
  const path: ArgSel['path'][number][] = [];
  for (;;) {
    if (parser.done()) return { ok: true, value: { sel: { arg, path } } };
    if (parser.peek() === '<') {
      const param = readParam(parser);
      if (typeof param !== 'number' || path.length > 0 || !parser.done()) {
        return fail(parser, 'a parameter number such as `<0>` at the end');
      }
      return { ok: true, value: { sel: { arg, path }, param } };
    }
    const key = readMember(parser);
    if (key === undefined) return fail(parser, 'a field such as `.rows` or `[*]`');
    path.push(givenKey(key.key));
  }
}

/** The text of a path for messages: `mysql2.Connection#query`, `fetch`, `document.location`. */
export function printPath(root: string, steps: readonly PathStep[]): string {
  let text = root === 'global' ? '' : root === '%jsx' ? 'JSX' : root.replace(/^%file:/, 'exports of ');
  let typeBefore = false;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    if (step.s === 'member') {
      text += printMember(step.key, text === '');
      typeBefore = step.key !== null && /^[A-Z]/.test(step.key);
      continue;
    }
    if (step.s === 'call' && typeBefore && steps[i + 1]?.s === 'member') {
      text += printMember((steps[++i] as { key: string | null }).key, false).replace(/^\./, '#');
      typeBefore = false;
      continue;
    }
    typeBefore = false;
    if (step.s === 'call') text += '()';
    else if (step.s === 'arg') text += `(${printArg(step.arg)})`;
    else if (step.s === 'param')
      text = step.param === 'return' ? `what ${text} returns` : `${text}<${step.param}>`;
    else text = (step.s === 'decorated' ? '@' : '@@') + text;
  }
  return text;
}

function printMember(key: string | null, first: boolean): string {
  if (key === null) return '[*]';
  if (!/^(?:[\w$]+|\*)$/.test(key)) return `["${key}"]`;
  return first ? key : `.${key}`;
}

function printArg(arg: ArgSel['arg']): string {
  if (typeof arg !== 'object') return String(arg);
  return 'from' in arg ? `${arg.from}..` : `${arg.name}:`;
}

/** A key below an argument, where `.*` and `[*]` both mean any. Other steps the caller's loop has refused. */
function memberKey(step: PathStep): ArgSel['path'][number] {
  return step.s === 'member' && step.key !== '*' ? givenKey(step.key) : null;
}
/** `[(1)]` is read as a member whose name no member has, and means the key that argument 1 is. */
function givenKey(key: string | null): ArgSel['path'][number] {
  const arg = /^\((\d+)\)$/.exec(key ?? '')?.[1];
  return arg === undefined ? key : { arg: Number(arg) };
}

/** Substitutes `$pkg` and expands braces. */
function expandPackages(text: string, packages: readonly string[]): Parsed<string[]> {
  const usesPackage = /^@{0,2}\$pkg\b/.test(text);
  if (usesPackage && packages.length === 0) {
    return { ok: false, error: `\`${text}\` uses $pkg, but the file has no \`packages:\` list` };
  }
  const named = usesPackage ? packages.map((it) => text.replace('$pkg', () => `"${it}"`)) : [text];
  const out: string[] = [];
  for (const one of named) {
    const expanded = expandBraces(one);
    if (!expanded.ok) return expanded;
    out.push(...expanded.value);
    if (out.length > MAX_ALTERNATIVES) {
      return { ok: false, error: `\`${text}\` has more than ${MAX_ALTERNATIVES} alternatives` };
    }
  }
  return { ok: true, value: out };
}

/** `a.{b,c}` gives `a.b` and `a.c`; braces in quotes stay as they are, braces may nest. */
function expandBraces(text: string): Parsed<string[]> {
  const open = indexOutsideQuotes(text, 0, '{');
  if (open < 0) {
    if (indexOutsideQuotes(text, 0, '}') >= 0)
      return { ok: false, error: `\`${text}\` has a \`}\` without a \`{\`` };
    return { ok: true, value: [text] };
  }
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  let quoted = false;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    if (quoted) continue;
    if (c === '{') depth++;
    else if (c === ',' && depth === 1) {
      parts.push(text.slice(start, i));
      start = i + 1;
    } else if (c === '}' && --depth === 0) {
      parts.push(text.slice(start, i));
      return combine(text.slice(0, open), parts, text.slice(i + 1));
    }
  }
  return { ok: false, error: `\`${text}\` has a \`{\` that is never closed` };
}

function combine(before: string, parts: readonly string[], after: string): Parsed<string[]> {
  const tails = expandBraces(after);
  if (!tails.ok) return tails;
  const out: string[] = [];
  for (const part of parts) {
    const inner = expandBraces(part.trim());
    if (!inner.ok) return inner;
    for (const middle of inner.value) for (const tail of tails.value) out.push(before + middle + tail);
    if (out.length > MAX_ALTERNATIVES) break;
  }
  return { ok: true, value: out };
}

function indexOutsideQuotes(text: string, from: number, wanted: string): number {
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === wanted) return i;
  }
  return -1;
}

/** A position in the text being read. */
class Cursor {
  readonly text: string;
  i = 0;
  constructor(text: string) {
    this.text = text;
  }
  peek(): string | undefined {
    return this.text[this.i];
  }
  done(): boolean {
    return this.i >= this.text.length;
  }
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.i)) return false;
    this.i += word.length;
    return true;
  }
  match(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.i;
    const found = sticky.exec(this.text) ?? undefined;
    if (found !== undefined) this.i += found[0].length;
    return found;
  }
}

function fail(cursor: Cursor, expected: string): { ok: false; error: string } {
  const rest = cursor.done() ? 'the end' : `\`${cursor.text.slice(cursor.i, cursor.i + 20)}\``;
  return { ok: false, error: `in \`${cursor.text}\`: expected ${expected} but found ${rest}` };
}

function parsePath(raw: string): Parsed<ApiPath> {
  let text = raw.trim();
  const set = text.endsWith('=');
  if (set) text = text.slice(0, -1).trimEnd();
  const cursor = new Cursor(text);
  const prefix = cursor.match(/@{0,2}/)![0];
  const root = readRoot(cursor);
  if (root === undefined)
    return fail(cursor, 'a package name (quoted if it has other characters than letters, digits, - _ $ /)');
  const steps: PathStep[] = [];
  let decorator = prefix === '@';
  while (!cursor.done()) {
    if (decorator && cursor.peek() === '<' && steps.at(-1)?.s !== 'arg') {
      steps.push({ s: 'decorated' });
      decorator = false;
    }
    const read = readStep(cursor);
    if (typeof read === 'string') return { ok: false, error: read };
    if (read === undefined) return fail(cursor, '`.name`, `#name`, `["key"]`, `[*]`, `(…)` or `<…>`');
    steps.push(...read);
  }
  if (decorator) return fail(cursor, 'the parameters of the decorated function, e.g. `<*>`');
  if (prefix === '@@') steps.push({ s: 'paramDecorator' });
  if (set && steps.at(-1)?.s !== 'member') return fail(cursor, 'a member before `=`');
  return { ok: true, value: { root: root.replace(/^node:/, ''), steps, set } };
}

function readRoot(cursor: Cursor): string | undefined {
  const quoted = cursor.match(/"([^"]+)"/);
  return quoted?.[1] ?? cursor.match(/[A-Za-z0-9_$/-]+/)?.[0];
}

function readStep(cursor: Cursor): readonly PathStep[] | string | undefined {
  const c = cursor.peek();
  if (c === '#') {
    cursor.i++;
    const name = cursor.match(/[A-Za-z0-9_$]+|\*/);
    if (name === undefined) return fail(cursor, 'the name of an instance member after `#`').error;
    return [{ s: 'call' }, { s: 'member', key: name[0] }];
  }
  if (c === '.' || c === '[') {
    const member = readMember(cursor);
    return member === undefined ? undefined : [{ s: 'member', key: member.key }];
  }
  if (c === '(') {
    const read = readArgument(cursor);
    if (typeof read === 'string') return read;
    return [read === undefined ? { s: 'call' } : { s: 'arg', arg: read.arg }];
  }
  if (c !== '<') return undefined;
  const param = readParam(cursor);
  if (param === undefined) return fail(cursor, 'a parameter number, `*` or `return` in `<…>`').error;
  return [{ s: 'param', param }];
}

function readMember(cursor: Cursor): { key: string | null } | undefined {
  const name = cursor.match(/\.([A-Za-z0-9_$]+|\*)/);
  if (name !== undefined) return { key: name[1]! };
  if (cursor.take('[*]')) return { key: null };
  const given = cursor.match(/\[(\(\d+\))\]/);
  if (given !== undefined) return { key: given[1]! };
  const quoted = cursor.match(/\["([^"]*)"\]/) ?? cursor.match(/\[(\d+)\]/);
  return quoted === undefined ? undefined : { key: quoted[1]! };
}

/** `()` gives undefined, `(sel)` the selection, anything else an error sentence. */
function readArgument(cursor: Cursor): { arg: ArgSel['arg'] } | string | undefined {
  const found = cursor.match(/\(\s*(?:(-?\d+)(\.\.)?|(this|\*)|([A-Za-z_$][\w$]*):|())\s*\)/);
  if (found === undefined) {
    return fail(cursor, 'an argument selector: `(0)`, `(-1)`, `(1..)`, `(*)`, `(this)`, `(name:)` or `()`')
      .error;
  }
  if (found[1] !== undefined) {
    const position = Number(found[1]);
    return { arg: found[2] === undefined ? position : { from: position } };
  }
  if (found[3] !== undefined) return { arg: found[3] as 'this' | '*' };
  if (found[4] !== undefined) return { arg: { name: found[4] } };
  return undefined;
}

function readParam(cursor: Cursor): number | '*' | 'return' | undefined {
  const found = cursor.match(/<(\d+|\*|return)>/);
  if (found === undefined) return undefined;
  return found[1] === '*' || found[1] === 'return' ? found[1] : Number(found[1]);
}
