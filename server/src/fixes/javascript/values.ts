// Values that keep their meaning when they are wrapped: compared as they are, matched as text, written on one line.
// Only the values that the finding's paths lead through are touched.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import { startOf, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import { memberCode, moduleName } from './imports.ts';
import { piecesOf } from './pieces.ts';
import { isTainted } from './tainted.ts';
import { callOf, calledName, isPure, keyOf, unwrap } from './tree.ts';

/** `{ name: req.body.name }` becomes `{ name: { $eq: req.body.name } }`: an object with operators is then only a value. */
export function compareAsValue(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  const edits: TextChange[] = [];
  for (const it of typeOf(arena, node) === 'object' ? arena.namedChildren(node) : [node]) {
    if (typeOf(arena, it) === 'shorthand_property_identifier') {
      const name = arena.textOf(it);
      if (isTainted(target, it)) edits.push(replaceNode(arena, it, `${name}: { $eq: ${name} }`));
      continue;
    }
    const isPair = typeOf(arena, it) === 'pair';
    if (!isPair && it === node && typeOf(arena, arena.parent[node] ?? -1) !== 'pair') continue;
    const key = isPair ? keyOf(arena, it) : keyOf(arena, arena.parent[node] ?? -1);
    const value = isPair ? arena.child(it, 'value') : it;
    // The value of an operator (`$in`, `$or`) has a form of its own.
    if (key === undefined || key.startsWith('$')) continue;
    if (!/^(?:identifier|member_expression|subscript_expression)$/.test(typeOf(arena, value))) continue;
    if (isTainted(target, value)) edits.push(replaceNode(arena, value, `{ $eq: ${arena.textOf(value)} }`));
  }
  return edits.length === 0
    ? undefined
    : { title: 'Compare with the value, whatever it is ($eq)', edits, safe: true };
}

/** A value in a regular expression is matched as the text it is. */
export function matchAsText(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  const pieces = piecesOf(arena, node, true);
  const holes = pieces?.flatMap((it) => (it.kind === 'hole' ? [it.node] : [])) ?? [unwrap(arena, node)];
  const values = holes.filter((it) => holes.length === 1 || isTainted(target, it));
  // A pattern that the program has made itself would be escaped too.
  if (values.length === 0 || values.some((it) => !isPure(arena, it))) return undefined;
  const escape = escaperOf(arena);
  const edits = values.map((it) => replaceNode(arena, it, escape(arena.textOf(it))));
  return { title: 'Match the value as text, not as a pattern', edits, safe: false };
}

/** The function of a package that the file imports, else the expression of MDN's guide to regular expressions. */
function escaperOf(arena: Arena): (code: string) => string {
  const own = moduleName(arena, 'escape-string-regexp') ?? memberCode(arena, 'lodash', 'escapeRegExp');
  return own === undefined
    ? (code) => `String(${code}).replace(/[.*+?^\${}()|[\\]\\\\]/g, '\\\\$&')`
    : (code) => `${own}(${code})`;
}

/** Values in a line of a log keep to that line. */
export function keepOnLine(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  const holes = piecesOf(arena, node)?.flatMap((it) => (it.kind === 'hole' ? [it.node] : [])) ?? [];
  const values = holes.filter((it) => holes.length === 1 || isTainted(target, it));
  if (values.length === 0) return undefined;
  const edits = values.map((it) =>
    replaceNode(arena, it, `String(${arena.textOf(it)}).replace(/[\\r\\n]/g, ' ')`),
  );
  return { title: 'Replace line breaks in the value by blanks', edits, safe: true };
}

/** `console.log(text, value)` becomes `console.log('%s', text, value)`. */
export function constantFormat({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node || !/^(?:global\.console|util)\./.test(finding.sink))
    return undefined;
  const edits = [insertAt(startOf(arena, node), "'%s', ")];
  return { title: "Pass the value to a constant format ('%s')", edits, safe: true };
}

/** A target that is a path of this site is kept, any other is replaced by the start page or the default. */
export function keepOnSite({ arena, node, finding }: FixTarget): Fix | undefined {
  if (!/redirect|location|sendRedirect/i.test(finding.sink)) return undefined;
  let target = unwrap(arena, node);
  let instead = "'/'";
  if (
    /^(?:\|\||\?\?)$/.test(
      textOf(arena, typeOf(arena, target) === 'binary_expression' ? arena.child(target, 'operator') : -1),
    )
  ) {
    const right = arena.child(target, 'right');
    if (!/^["'`]\/(?![/\\])/.test(textOf(arena, right))) return undefined;
    instead = arena.textOf(right);
    target = arena.child(target, 'left');
  }
  if (
    !/^(?:identifier|member_expression|subscript_expression)$/.test(typeOf(arena, target)) ||
    !isPure(arena, target)
  )
    return undefined;
  const code = arena.textOf(target);
  const edits = [replaceNode(arena, node, `/^\\/(?![/\\\\\\s])/.test(${code}) ? ${code} : ${instead}`)];
  return { title: 'Go to paths of this site only', edits, safe: false };
}

/** Text that is run to get data out of it is read as data. */
export function readAsJson({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node) return undefined;
  const name = calledName(arena, call.callee);
  if (finding.rule === 'deserialize') {
    if (!/^(?:node-serialize|serialize-to-js)\b/.test(finding.sink) || call.args.length !== 1)
      return undefined;
    const edits = [replaceNode(arena, call.callee, 'JSON.parse')];
    return { title: 'Read it as JSON (JSON.parse); functions in it are refused', edits, safe: false };
  }
  if (!/^(?:eval|Function)$/.test(name) || call.args.length !== 1) return undefined;
  const isFunction = name === 'Function';
  const outer = isFunction ? callOfResult(arena, call.node) : call.node;
  const value = isFunction ? returned(arena, node) : parenthesised(arena, node);
  if (outer === undefined || value === undefined) return undefined;
  const edits = [replaceNode(arena, outer, `JSON.parse(${arena.textOf(value)})`)];
  return { title: 'Read it as JSON (JSON.parse); code is refused', edits, safe: false };
}

/** `new Function(…)()`: the call of what was made. */
function callOfResult(arena: Arena, made: Node): Node | undefined {
  let it = made;
  while (typeOf(arena, arena.parent[it] ?? -1) === 'parenthesized_expression') it = arena.parent[it]!;
  const call = arena.parent[it] ?? -1;
  if (typeOf(arena, call) !== 'call_expression' || arena.child(call, 'function') !== it) return undefined;
  return arena.namedChildren(arena.child(call, 'arguments')).length === 0 ? call : undefined;
}

/** `'(' + text + ')'`, the way to evaluate a record, or the text alone. */
function parenthesised(arena: Arena, node: Node): Node | undefined {
  const pieces = piecesOf(arena, node);
  if (pieces === undefined) {
    return /^(?:identifier|member_expression|subscript_expression|call_expression)$/.test(typeOf(arena, node))
      ? node
      : undefined;
  }
  const text = pieces.map((it) => (it.kind === 'text' ? it.raw : '\u0000')).join('');
  const hole = pieces.find((it) => it.kind === 'hole');
  return /^\(\s*\0\s*\);?$/.test(text) ? hole?.node : undefined;
}

/** `'return ' + text` */
function returned(arena: Arena, node: Node): Node | undefined {
  const pieces = piecesOf(arena, node);
  const text = pieces?.map((it) => (it.kind === 'text' ? it.raw : '\u0000')).join('') ?? '';
  const hole = pieces?.find((it) => it.kind === 'hole');
  return /^\s*return\s*\(?\s*\0\s*\)?;?$/.test(text) ? hole?.node : undefined;
}
