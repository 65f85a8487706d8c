// Text that would be read as HTML: written as text where the page takes it, or escaped where a response is built.
// Escaping uses a function that the file has already; the analysis of the result says whether it really escapes.

import type { Arena, Node } from '../../syntax/arena.ts';
import { replaceNode, type TextChange } from '../edits.ts';
import { parentOf, readsSource, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import { isTextPlace } from '../html-text.ts';
import { memberCode, moduleName } from './imports.ts';
import { namesakes } from './names.ts';
import { piecesOf } from './pieces.ts';
import { hasMarkup, isTainted, valuesOf } from './tainted.ts';
import { callOf, calledName, unwrap } from './tree.ts';

const AS_TEXT: Readonly<Record<string, string>> = { insertAdjacentHTML: 'insertAdjacentText', html: 'text' };

/** `element.innerHTML = name` becomes `element.textContent = name`; so do the calls that do the same. */
export function writeAsText(target: FixTarget): Fix | undefined {
  const { arena, node, finding } = target;
  // Markup in the literal parts would be shown as characters.
  if (hasMarkup(arena, node)) return undefined;
  const safe = isPlain(target, node);
  const assignment = parentOf(arena, node);
  if (typeOf(arena, assignment) === 'assignment_expression') {
    const left = arena.child(assignment, 'left');
    const property = typeOf(arena, left) === 'member_expression' ? arena.child(left, 'property') : -1;
    if (arena.child(assignment, 'right') !== node || textOf(arena, property) !== 'innerHTML')
      return undefined;
    // `+=` would lose the elements that are there.
    if (textOf(arena, arena.child(assignment, 'operator')) === '+=') return undefined;
    return asText('textContent', replaceNode(arena, property, 'textContent'), safe);
  }
  const call = callOf(arena, node);
  const name = call === undefined ? '' : calledName(arena, call.callee);
  const instead = AS_TEXT[name];
  if (call === undefined || instead === undefined || call.args.at(-1) !== node) return undefined;
  if (name === 'html' && !/^jquery/i.test(finding.sink)) return undefined;
  return asText(instead, replaceNode(arena, arena.child(call.callee, 'property'), instead), safe);
}

function asText(name: string, edit: TextChange, safe: boolean): Fix {
  const rest = { names: [name], edits: [edit], safe };
  return safe
    ? { title: 'Write it as text ({0})', ...rest }
    : { title: 'Write it as text ({0}); markup in it is shown as characters', ...rest };
}

/** Whether a value is text that nobody meant as markup: literals, and what comes from a source through text methods. */
function isPlain(target: FixTarget, node: Node, depth = 3): boolean {
  const { arena } = target;
  const pieces = piecesOf(arena, node);
  if (pieces !== undefined)
    return pieces.every((it) => it.kind === 'text' || isPlain(target, it.node, depth));
  const it = unwrap(arena, node);
  switch (typeOf(arena, it)) {
    case 'string':
      return true;
    case 'identifier': {
      const values = depth === 0 ? [] : valuesOf(arena, it);
      return values.length > 0 && values.every((value) => isPlain(target, value, depth - 1));
    }
    case 'member_expression':
    case 'subscript_expression':
      return isTainted(target, it);
    case 'call_expression':
      return TEXT_CALLS.test(calledName(arena, arena.child(it, 'function'))) && isTainted(target, it);
    default:
      return false;
  }
}

const TEXT_CALLS =
  /^(?:get|getItem|trim|toString|String|decodeURIComponent|slice|substring|toUpperCase|toLowerCase)$/;

/** `"<b>" + name` becomes `"<b>" + escapeHtml(name)`, with an escaping function of the file. */
export function escapeHoles(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  const escape = escaperOf(arena);
  if (escape === undefined) return undefined;
  const pieces = piecesOf(arena, node);
  if (pieces === undefined) return escapeWhole(target, escape);
  const holes = pieces.filter((it) => it.kind === 'hole' && !arena.textOf(it.node).startsWith(`${escape}(`));
  // What another function has escaped for some other place would be escaped twice.
  if (holes.some((it) => isTreated(arena, it.node))) return undefined;
  const tainted = holes.filter((it) => isTainted(target, it.node));
  // If nothing says which values come from outside, all of them may be; then markup among them would be escaped too.
  const known = tainted.length > 0 || holes.length === 1;
  const edits: TextChange[] = [];
  for (const it of tainted.length > 0 ? tainted : holes) {
    const before = pieces
      .slice(0, pieces.indexOf(it))
      .map((one) => (one.kind === 'text' ? one.raw : 'x'))
      .join('');
    // Escaping does not help inside scripts, styles, comments, attribute names or unquoted values.
    if (!isTextPlace(before) || hasMarkup(arena, it.node)) return undefined;
    edits.push(replaceNode(arena, it.node, `${escape}(${arena.textOf(it.node)})`));
  }
  if (edits.length === 0) return undefined;
  const rest = { names: [escape], edits, safe: known };
  return known
    ? { title: 'Escape the value for HTML ({0})', ...rest }
    : { title: 'Escape all values for HTML ({0}), markup too', ...rest };
}

function isTreated(arena: Arena, node: Node): boolean {
  const callee = typeOf(arena, node) === 'call_expression' ? arena.child(node, 'function') : -1;
  return /escap|encod|saniti[sz]e|clean/i.test(calledName(arena, callee));
}

/** A response that is nothing but the value. */
function escapeWhole(target: FixTarget, escape: string): Fix | undefined {
  const { arena, node } = target;
  if (!readsSource(target)) return undefined;
  const edits = [replaceNode(arena, node, `${escape}(${arena.textOf(node)})`)];
  return { title: 'Escape the value for HTML ({0})', names: [escape], edits, safe: true };
}

/** Functions of packages that escape HTML: the whole module, or a member. */
const ESCAPERS: readonly (readonly [module: string, member: string])[] = [
  ['escape-html', ''],
  ['he', 'encode'],
  ['html-entities', 'encode'],
  ['escape-goat', 'htmlEscape'],
  ['lodash', 'escape'],
  ['lodash.escape', ''],
  ['lodash/escape', ''],
  ['underscore', 'escape'],
  ['validator', 'escape'],
  ['html-escaper', 'escape'],
  ['entities', 'escapeUTF8'],
];
const OWN = [
  'escapeHtml',
  'escapeHTML',
  'htmlEscape',
  'escape_html',
  'encodeHtml',
  'encodeHTML',
  'htmlEncode',
];

/** How the file calls a function that escapes HTML: of a package, or of the project by its name. */
function escaperOf(arena: Arena): string | undefined {
  for (const [module, member] of ESCAPERS) {
    const code = member === '' ? moduleName(arena, module) : memberCode(arena, module, member);
    if (code !== undefined) return code;
  }
  return OWN.find((name) => isDeclaredOnTop(arena, name));
}

function isDeclaredOnTop(arena: Arena, name: string): boolean {
  const [first] = namesakes(arena, name);
  for (let it = first ?? -1; it >= 0; it = parentOf(arena, it)) {
    if (typeOf(arena, parentOf(arena, it)) !== 'program') continue;
    return /^(?:import_statement|function_declaration|lexical_declaration|variable_declaration)$/.test(
      typeOf(arena, it),
    );
  }
  return false;
}
