// A file sent from a folder by a name of the caller's: Express keeps it inside the folder if told which folder that is.
// Where nothing keeps a path inside, the last component of the name does, which changes what callers may ask for.

import type { Arena, Node } from '../syntax/arena.ts';
import { callOf, calledName, endOf, startOf, type Fix, type FixTarget } from './fix.ts';

/** `res.sendFile(path.join(DIR, name))` becomes `res.sendFile(name, { root: DIR })`. */
export function sendFromRoot({ arena, node, sink }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node || !/#(?:sendFile|sendfile)\b/.test(sink)) return undefined;
  const joined = joinOf(arena, node);
  if (joined === undefined || joined.args.length !== 2 || calledName(arena, call.callee) !== 'sendFile')
    return undefined;
  const [folder, name] = joined.args as [Node, Node];
  const second = call.args[1];
  // Options of its own could hold a root already; only none, or a callback, is certain.
  if (second !== undefined && !/^(?:arrow_function|function_expression)$/.test(arena.typeName(second)))
    return undefined;
  const text = `${arena.textOf(name)}, { root: ${arena.textOf(folder)} }`;
  const edits = [{ start: startOf(arena, node), end: endOf(arena, node), text }];
  return { title: 'Let Express keep the file inside the folder (root)', edits, preferred: true };
}

/** `path.join(DIR, name)` becomes `path.join(DIR, path.basename(name))`: only files of that very folder. */
export function keepBaseName({ arena, node }: FixTarget): Fix | undefined {
  const joined = joinOf(arena, node);
  const last = joined?.args.at(-1);
  if (joined === undefined || last === undefined || joined.args.length < 2) return undefined;
  if (/^(?:string|spread_element)$/.test(arena.typeName(last))) return undefined;
  const text = `${joined.object}.basename(${arena.textOf(last)})`;
  const edits = [{ start: startOf(arena, last), end: endOf(arena, last), text }];
  return { title: 'Allow only a file name, no folders (path.basename)', edits, preferred: false };
}

interface Join {
  /** The path module as the code calls it. */
  readonly object: string;
  readonly args: readonly Node[];
}

/** `path.join(…)` or `path.resolve(…)` on a module object. */
function joinOf(arena: Arena, node: Node): Join | undefined {
  if (arena.typeName(node) !== 'call_expression') return undefined;
  const callee = arena.child(node, 'function');
  if (
    arena.typeName(callee) !== 'member_expression' ||
    !/^(?:join|resolve)$/.test(calledName(arena, callee) ?? '')
  ) {
    return undefined;
  }
  const object = arena.textOf(arena.child(callee, 'object'));
  const isModule = new RegExp(
    `\\b${object.replace(/[^\w]/g, '\\$&')}\\b\\s*=\\s*require\\s*\\(\\s*["'](?:node:)?path["']|import\\s+(?:\\*\\s*as\\s+)?${object.replace(/[^\w]/g, '\\$&')}\\s+from\\s+["'](?:node:)?path["']`,
  );
  if (!/^[\w$]+$/.test(object) || !isModule.test(arena.text)) return undefined;
  return { object, args: arena.namedChildren(arena.child(node, 'arguments')) };
}
