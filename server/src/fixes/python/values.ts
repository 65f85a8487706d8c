// Values that keep their meaning when they are wrapped: compared as they are, matched as text, written on one line.
// Only the values that the finding's paths lead through are touched.

import { replaceNode } from '../edits.ts';
import { typeOf, type Fix, type FixTarget } from '../fix.ts';
import { useMember } from './imports.ts';
import { builtString } from './pieces.ts';
import { isTainted } from './tainted.ts';
import { unwrap } from './tree.ts';

/** `{"name": data["name"]}` becomes `{"name": {"$eq": data["name"]}}`. */
export function compareAsValue(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  if (typeOf(arena, node) !== 'dictionary') return undefined;
  const edits = arena.namedChildren(node).flatMap((pair) => {
    const value = arena.child(pair, 'value');
    const key = arena.child(pair, 'key');
    const isPlain = typeOf(arena, key) === 'string' && !/^["']\$/.test(arena.textOf(key));
    if (!isPlain || !/^(?:identifier|attribute|subscript|call)$/.test(typeOf(arena, value))) return [];
    return isTainted(target, value) ? [replaceNode(arena, value, `{"$eq": ${arena.textOf(value)}}`)] : [];
  });
  return edits.length === 0
    ? undefined
    : { title: 'Compare with the value, whatever it is ($eq)', edits, safe: true };
}

/** A value in a regular expression is matched as the text it is. */
export function matchAsText(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  const pieces = builtString(arena, node)?.pieces;
  const holes = pieces?.flatMap((it) => (it.kind === 'hole' ? [it.node] : [])) ?? [unwrap(arena, node)];
  const values = holes.filter((it) => holes.length === 1 || isTainted(target, it));
  if (values.length === 0 || values.some((it) => typeOf(arena, it) === 'interpolation')) return undefined;
  const used = useMember(arena, 're', 'escape');
  if (used === undefined) return undefined;
  const edits = values.map((it) => replaceNode(arena, it, `${used.code}(${arena.textOf(it)})`));
  return {
    title: 'Match the value as text, not as a pattern',
    edits: [...used.edits, ...edits],
    safe: false,
  };
}

/** Values in a line of a log keep to that line. */
export function keepOnLine(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  const holes = builtString(arena, node)?.pieces.flatMap((it) => (it.kind === 'hole' ? [it.node] : [])) ?? [];
  const values = holes.filter((it) => holes.length === 1 || isTainted(target, it));
  if (values.length === 0 || values.some((it) => typeOf(arena, it) === 'interpolation')) return undefined;
  // Quotes of the string around it may not occur in the value before Python 3.12.
  const quote = /^\w*(["'])/.exec(arena.textOf(node))?.[1] === "'" ? '"' : "'";
  if (values.some((it) => arena.textOf(it).includes(quote === "'" ? '"' : "'"))) return undefined;
  const blank = (code: string): string =>
    `str(${code}).replace(${quote}\\r${quote}, ${quote} ${quote}).replace(${quote}\\n${quote}, ${quote} ${quote})`;
  const edits = values.map((it) => replaceNode(arena, it, blank(arena.textOf(it))));
  return { title: 'Replace line breaks in the value by blanks', edits, safe: true };
}
