// What a change does to the form of the code, whatever it does to flows: new syntax errors, checks that are gone, warnings
// that are silenced, errors that are swallowed, protection that is switched off. Each is a reason to refuse a fix.

import { linesOf, positionAt } from '../base/lines.ts';
import type { Arena, Node } from '../syntax/arena.ts';
import { codeOf, namesBetween } from './code.ts';
import type { LineMap } from './lines.ts';
import type { Objection } from './verdict.ts';

/** The same file before and after, parsed. */
export interface Change {
  readonly uri: string;
  readonly before: Arena;
  readonly after: Arena;
  readonly lines: LineMap;
}

/** All objections to the form of one changed file. */
export function shapeObjections(change: Change): Objection[] {
  const { uri, before, after } = change;
  const res: Objection[] = [];
  const object = (code: Objection['code'], text: string): void => void res.push({ code, text, uri });
  if (errorsIn(after) > errorsIn(before)) object('syntax', 'The changed file has a new syntax error.');
  const check = removedCheck(change);
  if (check !== undefined) object('removed-check', `A check is gone: ${check}`);
  if (emptyCatches(after) > emptyCatches(before))
    object('swallowed-error', 'An error is caught and nothing is done about it.');
  for (const [what, pattern] of SILENCED)
    if (more(pattern, before.text, after.text)) object('suppression', `The change adds ${what}.`);
  const [old, now] = [codeOf(before), codeOf(after)];
  for (const [what, pattern] of WEAKENED)
    if (more(pattern, old, now)) object('weakened', `The change adds ${what}.`);
  return res;
}

const SILENCED: readonly (readonly [string, RegExp])[] = [
  ['a comment that hides findings of Faultline', /faultline-ignore/g],
  [
    'a comment that silences a checker',
    /\bnosec\b|\bnosemgrep\b|eslint-disable|\bNOLINT|lgtm\[|codeql\[|\bNOSONAR\b|noinspection\b|#\s*noqa\b|pylint:\s*disable|snyk:ignore|bearer:disable/g,
  ],
  ['a comment that silences the type checker', /@ts-(?:ignore|nocheck|expect-error)|#\s*type:\s*ignore/g],
];
/** Looked for in code without comments. */
const WEAKENED: readonly (readonly [string, RegExp])[] = [
  [
    'a switch that stops TLS certificates from being checked',
    /rejectUnauthorized\W{1,4}(?:false|0)|NODE_TLS_REJECT_UNAUTHORIZED|strictSSL\W{1,4}false|verify\s*=\s*False|InsecureSkipVerify\s*:\s*true/g,
  ],
  [
    'an allowance for every origin',
    /Access-Control-Allow-Origin\W{1,6}\*|\borigin\s*:\s*(?:true\b|['"]\*['"])/g,
  ],
  ['`shell: true`', /\bshell\s*[:=]\s*[tT]rue\b/g],
  ['code made from text', /\beval\s*\(|\bnew\s+Function\s*\(|\bexecScript\s*\(/g],
  [
    'a switch that takes away the isolation of a window',
    /nodeIntegration\s*:\s*true|contextIsolation\s*:\s*false|webSecurity\s*:\s*false|sandbox\s*:\s*false/g,
  ],
  ['a cast to `any`', /\bas\s+any\b|<any>/g],
];
const count = (pattern: RegExp, text: string): number => [...text.matchAll(pattern)].length;
const more = (pattern: RegExp, before: string, after: string): boolean =>
  count(pattern, after) > count(pattern, before);

function errorsIn(arena: Arena): number {
  let count = 0;
  for (let node = 0; node < arena.count; node++)
    if (arena.typeName(node) === 'ERROR' || (arena.flags[node]! & 2) !== 0) count++;
  return count;
}

/** Nodes in which the rest of a block is not reached if a condition holds. */
const LEAVES = /^(return|throw|raise|continue|break)_statement$/;
const CHECKS =
  /^(is|has|can|may|check|verify|validate|assert|ensure|require|authori[sz]e|authenticate|permit|guard|protect|csrf|limit|deny|forbid)(?![a-z])/;
/** Predicates of the languages that tell what type a value has; what is done about it is a condition. */
const TYPES =
  /^is(Array|Buffer|String|Number|Function|Object|NaN|Finite|Integer|SafeInteger|Undefined|Null|instance|subclass)$/;

/**
 * A condition that left its block, or a call of a checking function, that is gone without another one in its place: in the
 * same changed piece. What was in a function that is gone went with it, and so did a condition if both the data it asked
 * about and all the code behind it are gone.
 */
function removedCheck(change: Change): string | undefined {
  const { before, after, lines } = change;
  const named = new Set<string>(['']);
  for (let node = 0; node < after.count; node++) named.add(nameOfFunction(after, node) ?? '');
  // That what follows stands in an `else` now leaves the condition what it was.
  const come = [...checksOf(after), ...checksOf(after, true)];
  const take = (good: (it: Check) => boolean): boolean => {
    const at = come.findIndex(good);
    if (at >= 0) come.splice(at, 1);
    return at >= 0;
  };
  // Of several with the same text those that were not touched are themselves.
  const touched = checksOf(before).filter(
    (it) => !take((x) => x.kind === it.kind && x.text === it.text && x.line === lines.forward(it.line)),
  );
  const gone = touched.filter(
    (it) => !take((x) => x.kind === it.kind && x.text === it.text) && named.has(it.inside),
  );
  for (const it of gone) {
    const hunk = lines.forward(it.line);
    if (take((x) => x.kind === it.kind && lines.hunkOf(x.line) === hunk)) continue;
    if (!wentWithItsCode(change, it)) return it.text.slice(0, 80);
  }
  return undefined;
}

interface Check {
  readonly kind: 'condition' | 'call';
  readonly text: string;
  /** From 0. */
  readonly line: number;
  /** Name of the nearest function that has one; empty for none. */
  readonly inside: string;
  readonly node: Node;
}
/** All checks of a file, or (`choices`) the conditions that leave their block but have an `else`. */
function checksOf(arena: Arena, choices = false): Check[] {
  const res: Check[] = [];
  const lines = linesOf(arena.text);
  const add = (node: Node, kind: Check['kind'], text: string): void => {
    const { line } = positionAt(lines, arena.start[node]!);
    res.push({ kind, text, line, inside: functionAround(arena, node), node });
  };
  for (let node = 0; node < arena.count; node++) {
    const type = arena.typeName(node);
    if (type === 'if_statement') {
      // With an `else` it is a choice, not a check.
      if (arena.child(node, 'alternative') < 0 === choices) continue;
      if (leaves(arena, arena.child(node, 'consequence')))
        add(node, 'condition', flat(arena.textOf(arena.child(node, 'condition'))));
    } else if (choices) {
      continue;
    } else if (type === 'call_expression' || type === 'call') {
      const name = /([\w$]+)$/.exec(arena.textOf(arena.child(node, 'function')).slice(-60))?.[1] ?? '';
      if (name !== 'require' && CHECKS.test(name) && !TYPES.test(name)) add(node, 'call', `${name}()`);
    } else if (type === 'identifier' && isHandler(arena, node)) {
      add(node, 'call', arena.textOf(node));
    }
  }
  return res;
}
/** `app.get(path, requireLogin, handler)`: a check that is named and not called. */
function isHandler(arena: Arena, node: Node): boolean {
  const list = arena.parent[node]!;
  return list >= 0 && arena.typeName(list) === 'arguments' && CHECKS.test(arena.textOf(node));
}
/**
 * Nothing that a condition kept from being reached is still there: every line behind it in its function was changed. And
 * none of the variables it asked about is in the function of that name any more, or it is still asked.
 */
function wentWithItsCode({ before, after, lines }: Change, check: Check): boolean {
  if (check.kind !== 'condition') return false;
  const condition = before.child(check.node, 'condition');
  const asked = new Set(variablesIn(before, condition));
  if (asked.size === 0) return false;
  let body = before.parent[check.node]!;
  while (body >= 0 && !isFunction(before, body)) body = before.parent[body]!;
  const ends = linesOf(before.text);
  const last = positionAt(ends, body < 0 ? before.text.length : before.end[body]!).line;
  for (let line = positionAt(ends, before.end[check.node]!).line + 1; line <= last; line++)
    if (typeof lines.forward(line) === 'number' && namesBetween(before, line, 1).length > 0) return false;
  let asks = false;
  for (let node = 0; node < after.count; node++) {
    const type = after.typeName(node);
    if (type === 'if_statement' && flat(after.textOf(after.child(node, 'condition'))) === check.text)
      return true;
    if (type === 'identifier' && asked.has(after.textOf(node)))
      asks ||= functionAround(after, node) === check.inside;
  }
  return !asks;
}
function variablesIn(arena: Arena, top: Node): string[] {
  const res: string[] = [];
  for (let node = top; node < arena.count && arena.start[node]! < arena.end[top]!; node++)
    if (arena.typeName(node) === 'identifier') res.push(arena.textOf(node));
  return res;
}
const flat = (text: string): string => text.replace(/\s+/g, ' ');

function leaves(arena: Arena, block: Node): boolean {
  if (block < 0) return false;
  if (LEAVES.test(arena.typeName(block))) return true;
  const last = arena.namedChildren(block).at(-1);
  return last !== undefined && LEAVES.test(arena.typeName(last));
}

/** The name of the nearest function around a node that has one; empty for none. */
function functionAround(arena: Arena, node: Node): string {
  for (let it = arena.parent[node]!; it >= 0; it = arena.parent[it]!) {
    const name = nameOfFunction(arena, it);
    if (name !== undefined) return name;
  }
  return '';
}
const isFunction = (arena: Arena, node: Node): boolean =>
  /function|method|arrow/.test(arena.typeName(node)) && arena.isNamed(node);
function nameOfFunction(arena: Arena, node: Node): string | undefined {
  if (!isFunction(arena, node)) return undefined;
  const own = arena.child(node, 'name');
  if (own >= 0) return arena.textOf(own);
  const holder = arena.parent[node]!;
  if (holder < 0) return undefined;
  for (const field of ['name', 'left', 'key']) {
    const it = arena.child(holder, field);
    if (it >= 0 && it !== node) return arena.textOf(it).replace(/^.*\./s, '');
  }
  return undefined;
}

function emptyCatches(arena: Arena): number {
  let count = 0;
  for (let node = 0; node < arena.count; node++) {
    if (!/^(catch_clause|except_clause)$/.test(arena.typeName(node))) continue;
    const inside = arena.namedChildren(node).at(-1);
    if (inside === undefined) continue;
    const statements = arena.namedChildren(inside);
    if (
      statements.every(
        (it) => arena.typeName(it) === 'pass_statement' || arena.typeName(it) === 'empty_statement',
      )
    )
      if (/block/.test(arena.typeName(inside))) count++;
  }
  return count;
}
