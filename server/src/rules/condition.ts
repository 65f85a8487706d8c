// Decides the `when:` and `unless:` of a rule row against what is known of a call's arguments.
// An argument nothing is known of satisfies neither: a row is never switched on, nor off, by ignorance.

import type { Condition } from './schema.ts';

export type ConstantValue = string | number | boolean | null;

/** What is known of a value. `field` gives undefined for a field that is certainly absent. */
export interface ArgShape {
  readonly shape:
    'string' | 'number' | 'boolean' | 'null' | 'list' | 'record' | 'function' | 'regexp' | 'unknown';
  /** Absent when the value is not known, only its shape. */
  readonly constant?: ConstantValue;
  /** What is known of a string that is not constant; every unknown part is one U+FFFC. */
  readonly text?: string;
  /** Made of what a parameter holds, a source gave or a name holds that nothing defines, rather than of what stands in the code. */
  readonly given?: boolean;
  /** A secret, because the name it was read from says so. */
  readonly secret?: boolean;
  /** Names of the API nodes the value may be: `ssl.CERT_NONE`. */
  readonly names?: readonly string[];
  field(key: string): ArgShape | undefined;
}

/** A call as conditions see it. `count` is undefined if a spread hides how many arguments there are. */
export interface CallShape {
  readonly count: number | undefined;
  /** Position (negative from the end), keyword name, or `this`; undefined if the argument is certainly absent. */
  arg(key: number | string): ArgShape | undefined;
}

/** Whether a row with these conditions applies to the call. */
export function applies(
  role: { readonly when?: Condition; readonly unless?: Condition | readonly Condition[] },
  call: CallShape,
): boolean {
  if (role.when !== undefined && !holds(role.when, call)) return false;
  if (role.unless === undefined) return true;
  return Array.isArray(role.unless)
    ? !role.unless.some((it) => holds(it as Condition, call))
    : !holds(role.unless as Condition, call);
}

/** Whether every entry of the condition certainly holds. */
export function holds(condition: Condition, call: CallShape): boolean {
  for (const [key, wanted] of Object.entries(condition)) {
    if (key === 'args') {
      if (call.count !== wanted) return false;
    } else if (!matches(select(key, call), wanted)) return false;
  }
  return true;
}

/** One sentence saying what is wrong with a condition's key or value, undefined if nothing is. */
export function conditionProblem(key: string, wanted: unknown): string | undefined {
  if (key === 'args') return Number.isInteger(wanted) ? undefined : '`args` is a number of arguments';
  if (!KEY.test(key))
    return `\`${key}\` is not an argument: write \`0\`, \`-1\`, \`1.field\`, a keyword name or \`args:\` for a keyword called so`;
  if (Array.isArray(wanted)) {
    for (const it of wanted) {
      const problem =
        typeof it === 'object' && it !== null ? 'a list may only hold literals' : conditionProblem(key, it);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (typeof wanted === 'object' && wanted !== null)
    return `\`${key}\` must be a literal, a list of literals or a word such as \`$string\``;
  if (typeof wanted !== 'string') return undefined;
  if (wanted.startsWith('$') && !WORDS.has(wanted))
    return `\`${wanted}\` is none of ${[...WORDS].join(', ')}`;
  const pattern = REGEX.exec(wanted);
  if (pattern === null) return undefined;
  try {
    new RegExp(pattern[1]!, pattern[2]);
    return undefined;
  } catch (error) {
    return `\`${wanted}\` is not a regular expression: ${(error as Error).message}`;
  }
}

/** One sentence saying what is wrong with the `near:` of a check, undefined if nothing is. */
export function nearProblem(near: string): string | undefined {
  if (REGEX.test(near)) return conditionProblem('0', near);
  return '`near` is an expression such as `/token|secret/i`';
}

/** Whether some of the names and texts around a call match the `near:` of a check. */
export function isNear(near: string, around: Iterable<string>): boolean {
  const pattern = regex(near, REGEX.exec(near)!);
  for (const it of around) if (pattern.test(it)) return true;
  return false;
}

const KEY = /^(-?\d+|@0|[A-Za-z_$][\w$]*:?)(\.[\w$%-]+)*$/;
const REGEX = /^~?\/(.+)\/([a-z]*)$/s;
/** `=ssl.CERT_NONE`: what models know by this path. The loader has expanded and normalised it. */
const API = /^=(.+)$/;
/** `&2` a number with one of these bits, `<2048` a smaller number. */
const NUMBER = /^([&<])(\d+)$/;
const WORDS = new Set([
  '$string',
  '$number',
  '$boolean',
  '$const',
  '$list',
  '$record',
  '$function',
  '$present',
  '$absent',
  '$unknown',
  '$inert',
  '$given',
  '$secret',
]);
/** A content type that no browser renders as markup; the text may go on with a charset that is not known. */
const INERT = /^(?![\w.+-]*\/?[\w.+-]*(?:html|svg|xml))[\w.+-]+(?:\/[\w.+-]+)?\s*(?:;|$)/i;
const compiled = new Map<string, RegExp>();

function select(key: string, call: CallShape): ArgShape | undefined {
  const [head, ...path] = key.split('.') as [string, ...string[]];
  let value = call.arg(/^-?\d+$/.test(head) ? Number(head) : head.replace(/:$/, ''));
  for (const step of path) {
    if (value === undefined) return undefined;
    if (value.shape === 'unknown') return NOTHING_KNOWN;
    value = value.shape === 'record' || value.shape === 'list' ? value.field(step) : undefined;
  }
  return value;
}

/** A field of a value nothing is known of: it may be there or not, so it matches nothing at all. */
const NOTHING_KNOWN: ArgShape = { shape: 'unknown', field: () => NOTHING_KNOWN };

function matches(value: ArgShape | undefined, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some((it) => matches(value, it));
  if (value === NOTHING_KNOWN) return false;
  if (wanted === '$absent') return value === undefined;
  if (value === undefined) return false;
  if (typeof wanted === 'string') {
    if (wanted.startsWith('$')) return matchesWord(value, wanted);
    const api = API.exec(wanted);
    if (api !== null) return value.names?.includes(api[1]!) === true;
    const limit = NUMBER.exec(wanted);
    if (limit !== null) return typeof value.constant === 'number' && compare(value.constant, limit);
    const pattern = REGEX.exec(wanted);
    if (pattern !== null) {
      const text = value.constant ?? (wanted.startsWith('~') ? value.text : undefined);
      return typeof text === 'string' && regex(wanted, pattern).test(text);
    }
  }
  return value.constant !== undefined && value.constant === wanted;
}

function compare(number: number, [, how, limit]: RegExpExecArray): boolean {
  return how === '<' ? number < Number(limit) : (number & Number(limit)) !== 0;
}

function matchesWord(value: ArgShape, word: string): boolean {
  switch (word) {
    case '$present':
      return true;
    case '$given':
      return value.given === true;
    case '$secret':
      return value.secret === true;
    case '$const':
      return value.constant !== undefined;
    case '$unknown':
      return value.constant === undefined && (value.shape === 'unknown' || value.shape === 'string');
    case '$inert':
      return INERT.test(String(value.constant ?? value.text ?? ''));
    case '$string':
    case '$number':
    case '$boolean':
      return value.shape === word.slice(1) && value.constant !== undefined;
    default:
      return value.shape === word.slice(1);
  }
}

function regex(text: string, parts: RegExpExecArray): RegExp {
  let found = compiled.get(text);
  if (found === undefined)
    compiled.set(text, (found = new RegExp(parts[1]!, parts[2]!.replace(/[gy]/g, ''))));
  return found;
}
