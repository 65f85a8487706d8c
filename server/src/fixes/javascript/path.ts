// Paths built from a folder and a name of the caller's: kept inside the folder by a comparison, by Express, or by taking
// the last part of the name only.

import type { Arena, Node } from '../../syntax/arena.ts';
import { replaceNode, type TextChange } from '../edits.ts';
import { nodesOf, parentOf, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import { memberCode, useModule } from './imports.ts';
import { freshName, namesakes } from './names.ts';
import { piecesOf } from './pieces.ts';
import { linesBefore, refusalAt, statementAround } from './statements.ts';
import { callAt, calledName, callOf, isFunction, onlyDeclaratorOf, type Call } from './tree.ts';

/** `res.sendFile(path.join(DIR, name))` becomes `res.sendFile(name, { root: DIR })`. */
export function sendFromRoot({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node || !/#sendFile\b/.test(finding.sink)) return undefined;
  const joined = joinOf(arena, node);
  if (joined === undefined || joined.args.length !== 2 || calledName(arena, call.callee) !== 'sendFile')
    return undefined;
  const [folder, name] = joined.args as [Node, Node];
  const second = call.args[1];
  // Options of its own could hold a root already; only none, or a callback, is certain.
  if (second !== undefined && !isFunction(arena, second)) return undefined;
  const text = `${arena.textOf(name)}, { root: ${arena.textOf(folder)} }`;
  const edits = [replaceNode(arena, node, text)];
  return { title: 'Let Express keep the file inside the folder (root)', edits, safe: true };
}

/** `path.join(DIR, name)` becomes `path.join(DIR, path.basename(name))`: only files of that very folder. */
export function keepBaseName({ arena, node, finding }: FixTarget): Fix | undefined {
  const value = valueOf(arena, node);
  const last = joinOf(arena, value)?.args.at(-1) ?? lastHoleOf(arena, value);
  if (last === undefined || /^(?:string|spread_element)$/.test(typeOf(arena, last))) return undefined;
  const present = memberCode(arena, 'path', 'basename');
  const module = present === undefined ? useModule(arena, finding.uri, 'path', 'path') : undefined;
  const code = present ?? (module === undefined ? undefined : `${module.code}.basename`);
  if (code === undefined) return undefined;
  const edits = [...(module?.edits ?? []), replaceNode(arena, last, `${code}(${arena.textOf(last)})`)];
  return { title: 'Allow only a file name, no folders (path.basename)', edits, safe: false };
}

/** A check before the use that the path lies inside the folder it is built from. */
export function keepInside({ arena, node, finding }: FixTarget): Fix | undefined {
  const value = valueOf(arena, node);
  const folder = folderOf(arena, value);
  const statement = statementAround(arena, node);
  // Where other parts are values too, each may lead out: `join(DIR, a, b)` is still one path inside DIR.
  if (folder === undefined || statement < 0 || !isFixed(arena, folder.node)) return undefined;
  const module = useModule(arena, finding.uri, 'path', 'path');
  if (module === undefined) return undefined;
  const path = module.code;
  const isName = value !== node;
  const name = isName ? arena.textOf(node) : freshName(arena, 'file');
  const refusal = refusalAt(arena, node, 403, 'The path leads out of its folder');
  const check = `if (!${name}.startsWith(${path}.resolve(${folder.code}) + ${path}.sep)) ${refusal.code}`;
  const code = textOf(arena, callAt(arena, value)?.callee ?? -1);
  // An absolute name is a name below the folder for `join` and a path of its own for `resolve`: the call stays.
  const whole = code === `${path}.resolve` ? arena.textOf(value) : `${path}.resolve(${arena.textOf(value)})`;
  const lines = isName ? [check] : [`const ${name} = ${whole};`, check];
  const edits: TextChange[] = [...module.edits, linesBefore(arena, statement, lines)];
  if (!isName) edits.push(replaceNode(arena, node, name));
  else if (whole !== arena.textOf(value)) edits.push(replaceNode(arena, value, whole));
  return { title: 'Refuse paths that lead out of the folder', edits, safe: refusal.answered };
}

/** What a constant name stands for, else the expression itself. */
function valueOf(arena: Arena, node: Node): Node {
  const declarator = typeOf(arena, node) === 'identifier' ? constantOf(arena, node) : -1;
  return declarator < 0 ? node : arena.child(declarator, 'value');
}

/** The `const` that declares a name, which is used at this place for the first time. */
function constantOf(arena: Arena, use: Node): Node {
  const once = onlyDeclaratorOf(arena, use);
  if (once >= 0) return once;
  const same = nodesOf(arena, 'identifier').filter((it) => arena.textOf(it) === arena.textOf(use));
  const declarator = parentOf(arena, same[0] ?? -1);
  const isConst = /^const\b/.test(textOf(arena, parentOf(arena, declarator)));
  return same[1] === use && isConst && typeOf(arena, declarator) === 'variable_declarator' ? declarator : -1;
}

/** Whether an expression is the same folder at every call: literals, constants of the file, what the process says. */
function isFixed(arena: Arena, node: Node): boolean {
  switch (typeOf(arena, node)) {
    case 'string':
      return true;
    case 'identifier': {
      if (arena.textOf(node) === '__dirname') return true;
      const [first] = namesakes(arena, arena.textOf(node));
      const declaration = parentOf(arena, parentOf(arena, first ?? -1));
      const isTop = typeOf(arena, parentOf(arena, declaration)) === 'program';
      return isTop && /^(?:const|import)\b/.test(textOf(arena, declaration));
    }
    case 'member_expression':
      return isFixed(arena, arena.child(node, 'object'));
    case 'call_expression': {
      const call = callAt(arena, node);
      if (textOf(arena, call?.callee ?? -1) === 'process.cwd') return true;
      return joinOf(arena, node)?.args.every((it) => isFixed(arena, it)) === true;
    }
    case 'binary_expression':
    case 'template_string':
      // The literal text in front of the first value; the values are not part of the folder.
      return true;
    default:
      return false;
  }
}

interface Folder {
  readonly code: string;
  readonly node: Node;
}

/** The folder that a path is built below: the first argument of `join`, or all that stands before the first value. */
function folderOf(arena: Arena, value: Node): Folder | undefined {
  const joined = joinOf(arena, value);
  if (joined !== undefined) {
    const [first, ...rest] = joined.args;
    if (first === undefined || rest.length === 0 || typeOf(arena, first) === 'spread_element')
      return undefined;
    return { code: arena.textOf(first), node: first };
  }
  const text = templateOrSum(arena, value);
  if (text === undefined) return undefined;
  const { base, between } = text;
  // `DIR + '/' + name` and `${DIR}/${name}`; `'/srv/' + name`.
  if (base >= 0) return between === '/' ? { code: arena.textOf(base), node: base } : undefined;
  const folder = between.slice(0, between.lastIndexOf('/'));
  return folder === '' || /['\\]/.test(folder) ? undefined : { code: `'${folder}'`, node: value };
}

/** The first value of a built string if it stands at the front, and the text up to the next one. */
function templateOrSum(
  arena: Arena,
  value: Node,
): { readonly base: Node; readonly between: string } | undefined {
  const pieces = piecesOf(arena, value, true);
  if (pieces === undefined) return undefined;
  const [first, second, third] =
    pieces[0]?.kind === 'text' && pieces[0].raw === '' ? pieces.slice(1) : pieces;
  if (first?.kind === 'text') return second?.kind === 'hole' ? { base: -1, between: first.raw } : undefined;
  if (first === undefined || second?.kind !== 'text' || third?.kind !== 'hole') return undefined;
  return { base: first.node, between: second.raw };
}

/** The last part of a path that is built as a string, if nothing but its ending comes after it. */
function lastHoleOf(arena: Arena, value: Node): Node | undefined {
  const pieces = piecesOf(arena, value, true);
  const last = pieces?.at(-1);
  const hole = last?.kind === 'hole' ? last : pieces?.at(-2);
  if (pieces === undefined || hole?.kind !== 'hole') return undefined;
  const before = pieces[pieces.indexOf(hole) - 1];
  const after = last?.kind === 'text' ? last.raw : '';
  return before?.kind === 'text' && before.raw.endsWith('/') && !after.includes('/') ? hole.node : undefined;
}

/** `path.join(…)` or `path.resolve(…)`. */
function joinOf(arena: Arena, node: Node): Call | undefined {
  const call = callAt(arena, node);
  if (call === undefined) return undefined;
  const callee = textOf(arena, call.callee);
  const known = ['join', 'resolve'].map((it) => memberCode(arena, 'path', it));
  return known.includes(callee) ? call : undefined;
}
