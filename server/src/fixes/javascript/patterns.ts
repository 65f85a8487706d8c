// Patterns and replacements that do not do what they are there for: all occurrences, the whole text, the right order.
// Only literal patterns are rewritten; what a variable holds may be used elsewhere.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode } from '../edits.ts';
import { endOf, startOf, textOf, typeOf, within, type Fix, type FixTarget } from '../fix.ts';
import { callAt, calledName, type Call } from './tree.ts';

/** `s.replace("'", x)` becomes `s.replace(/'/g, x)`, which every version of the language has. */
export function replaceAll({ arena, node }: FixTarget): Fix | undefined {
  const call = callAt(arena, node);
  const what = call?.args[0] ?? -1;
  if (call === undefined || calledName(arena, call.callee) !== 'replace') return undefined;
  const title = 'Replace every occurrence';
  if (typeOf(arena, what) === 'regex')
    return { title, edits: [insertAt(endOf(arena, what), 'g')], safe: true };
  // Escapes of the string would have to be those of a pattern.
  if (typeOf(arena, what) !== 'string' || arena.textOf(what).includes('\\')) return undefined;
  const text = arena.textOf(what).slice(1, -1);
  if (text === '') return undefined;
  const pattern = text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return { title, edits: [replaceNode(arena, what, `/${pattern}/g`)], safe: true };
}

/** `s.replace(/'/g, "\\'")` with the backslashes that are there escaped first. */
export function escapeBackslashFirst({ arena, node }: FixTarget): Fix | undefined {
  const call = callAt(arena, node);
  const object = call === undefined ? -1 : arena.child(call.callee, 'object');
  if (call === undefined || object < 0 || !/^replace(?:All)?$/.test(calledName(arena, call.callee)))
    return undefined;
  const edits = [insertAt(endOf(arena, object), ".replace(/\\\\/g, '\\\\\\\\')")];
  return { title: 'Escape backslashes first', edits, safe: true };
}

/** The replacement of `&` moved to the front of a chain that escapes, or to the end of one that decodes. */
export function orderReplacements({ arena, node }: FixTarget): Fix | undefined {
  const chain = chainAround(arena, node);
  if (chain === undefined || chain.length < 2) return undefined;
  const at = chain.findIndex((it) => it.node === node);
  const lists = chain.map((it) => arena.textOf(it.list));
  const [own] = lists.splice(at, 1);
  if (own === undefined) return undefined;
  // What is last in the chain makes escapes and comes too late; what is first decodes and comes too early.
  if (at === chain.length - 1) lists.unshift(own);
  else if (at === 0) lists.push(own);
  else return undefined;
  const edits = chain.map((it, index) => replaceNode(arena, it.list, lists[index]!));
  return { title: 'Put the replacements in the right order', edits, safe: true };
}

/** The calls of `replace` that one value goes through, in order, if nothing else is between them. */
function chainAround(arena: Arena, node: Node): Call[] | undefined {
  const isReplace = (it: Call | undefined): it is Call =>
    it !== undefined &&
    /^replace(?:All)?$/.test(calledName(arena, it.callee)) &&
    typeOf(arena, it.callee) === 'member_expression';
  let last = callAt(arena, node);
  if (!isReplace(last)) return undefined;
  for (;;) {
    const member: Node = arena.parent[last.node] ?? -1;
    const outer: Call | undefined =
      typeOf(arena, member) === 'member_expression' ? callAt(arena, arena.parent[member] ?? -1) : undefined;
    if (!isReplace(outer) || outer.callee !== member) break;
    last = outer;
  }
  const chain: Call[] = [];
  for (let it: Call | undefined = last; isReplace(it); it = callAt(arena, arena.child(it.callee, 'object')))
    chain.unshift(it);
  // All must be of one method, since only the arguments change places.
  return new Set(chain.map((it) => calledName(arena, it.callee))).size === 1 ? chain : undefined;
}

/** `/^www.example.com$/` with `\.` for the dots between the labels of a host. */
export function escapeDots({ arena, node }: FixTarget): Fix | undefined {
  const isString = typeOf(arena, node) === 'string';
  if (!isString && typeOf(arena, node) !== 'regex') return undefined;
  const text = arena.textOf(node);
  // A dot in a class is a dot already.
  if (/\[[^\]]*\./.test(text)) return undefined;
  const fixed = text.replace(/(?<=[A-Za-z0-9-])\.(?=[A-Za-z0-9-])/g, isString ? '\\\\.' : '\\.');
  if (fixed === text) return undefined;
  return {
    title: 'Match the dots of the host as dots',
    edits: [replaceNode(arena, node, fixed)],
    safe: true,
  };
}

/** `/https?:\/\/example\.com/` with `^` in front. */
export function anchorStart({ arena, node }: FixTarget): Fix | undefined {
  const regex = regexIn(arena, node);
  if (regex === undefined || hasTopChoice(sourceOf(arena, regex)) || sourceOf(arena, regex).startsWith('^'))
    return undefined;
  const edits = [insertAt(startOf(arena, regex) + 1, '^')];
  return { title: 'Match from the beginning of the text (^)', edits, safe: false };
}

/** `/^a|b|c$/` becomes `/^(?:a|b|c)$/`. */
export function groupChoice({ arena, node }: FixTarget): Fix | undefined {
  const regex = regexIn(arena, node);
  if (regex === undefined) return undefined;
  const source = sourceOf(arena, regex);
  const front = source.startsWith('^') ? '^' : '';
  const back = /(?<!\\)\$$/.test(source) ? '$' : '';
  const middle = source.slice(front.length, source.length - back.length);
  if (front + back === '' || /(?<!\\)[$^]/.test(middle.replace(/\[[^\]]*\]/g, ''))) return undefined;
  const start = startOf(arena, regex) + 1;
  const edits = [{ start, end: start + source.length, text: `${front}(?:${middle})${back}` }];
  return { title: 'Anchor all of the choice, not only its end', edits, safe: false };
}

/** `x.indexOf(y) === x.length - y.length` becomes `x.endsWith(y)`. */
export function endsWith({ arena, node }: FixTarget): Fix | undefined {
  const text = arena.textOf(node).replace(/\s+/g, ' ');
  const match =
    /^([\w$.[\]]+)\.(?:lastIndexOf|indexOf)\(([\w$.[\]'"]+)\) (===?|!==?) \1\.length - \2\.length$/.exec(
      text,
    );
  if (match === null || typeOf(arena, node) !== 'binary_expression') return undefined;
  const code = `${match[3]!.startsWith('!') ? '!' : ''}${match[1]}.endsWith(${match[2]})`;
  return { title: 'Compare the end (endsWith)', edits: [replaceNode(arena, node, code)], safe: true };
}

/** `url.startsWith('https://example.com')` with the `/` that ends the host. */
export function endHost({ arena, node }: FixTarget): Fix | undefined {
  const call = callAt(arena, node);
  const host = call?.args[0] ?? -1;
  if (call === undefined || calledName(arena, call.callee) !== 'startsWith') return undefined;
  if (typeOf(arena, host) !== 'string' || !/^["'][a-z]+:\/\/[\w.-]+["']$/i.test(arena.textOf(host)))
    return undefined;
  const edits = [insertAt(endOf(arena, host) - 1, '/')];
  return { title: 'Compare the whole host (with the `/` behind it)', edits, safe: false };
}

/** The only literal pattern in an expression. */
function regexIn(arena: Arena, node: Node): Node | undefined {
  const found = within(arena, node).filter((it) => typeOf(arena, it) === 'regex');
  return found.length === 1 ? found[0] : undefined;
}

function sourceOf(arena: Arena, regex: Node): string {
  return textOf(arena, arena.child(regex, 'pattern'));
}

/** Whether a pattern is a choice as a whole: `a|b`. */
function hasTopChoice(source: string): boolean {
  let depth = 0;
  const plain = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
  for (const char of plain) {
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}
