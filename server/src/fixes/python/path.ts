// Paths built from a folder and a name of the caller's: kept inside the folder by a comparison, by Flask, or by taking
// the last part of the name only.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import {
  indentAt,
  lineBreakOf,
  nodesOf,
  parentOf,
  startOf,
  textOf,
  typeOf,
  type Fix,
  type FixTarget,
} from '../fix.ts';
import { importedPackages, memberCode, useName } from './imports.ts';
import { callAt, calledName, callOf, namesakes, onlyValueOf, type Call } from './tree.ts';

/** `send_file(os.path.join(DIR, name))` becomes `send_from_directory(DIR, name)`. */
export function sendFromFolder({ arena, node }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.open || call.args[0] !== node) return undefined;
  if (memberCode(arena, 'flask', 'send_file') !== textOf(arena, call.callee)) return undefined;
  const joined = joinOf(arena, node);
  if (joined?.args.length !== 2) return undefined;
  const used = useName(arena, 'flask', 'send_from_directory');
  if (used === undefined) return undefined;
  const [folder, name] = joined.args as [Node, Node];
  const edits = [
    ...used.edits,
    replaceNode(arena, call.callee, used.code),
    replaceNode(arena, node, `${arena.textOf(folder)}, ${arena.textOf(name)}`),
  ];
  return { title: 'Let Flask keep the file inside the folder (send_from_directory)', edits, safe: true };
}

/** `os.path.join(DIR, name)` becomes `os.path.join(DIR, os.path.basename(name))`. */
export function keepBaseName({ arena, node }: FixTarget): Fix | undefined {
  const joined = joinOf(arena, valueOf(arena, node));
  const last = joined?.args.at(-1);
  const basename = memberCode(arena, 'os.path', 'basename') ?? pathMember(arena, 'basename');
  if (last === undefined || basename === undefined || typeOf(arena, last) === 'string') return undefined;
  const edits = [replaceNode(arena, last, `${basename}(${arena.textOf(last)})`)];
  return { title: 'Allow only a file name, no folders (os.path.basename)', edits, safe: false };
}

/** A check before the use that the path lies inside the folder it is built from. */
export function keepInside({ arena, node }: FixTarget): Fix | undefined {
  const value = valueOf(arena, node);
  const joined = joinOf(arena, value);
  const folder = joined?.args[0];
  const statement = statementAround(arena, node);
  const [real, separator] = ['realpath', 'sep'].map((it) => pathMember(arena, it));
  if (folder === undefined || statement < 0 || real === undefined || separator === undefined)
    return undefined;
  if (!isFixed(arena, folder)) return undefined;
  const isName = value !== node;
  const name = isName ? arena.textOf(node) : freshName(arena, 'path');
  const refusal = refusalIn(arena);
  const separatorAt = `${lineBreakOf(arena.text)}${indentAt(arena.text, startOf(arena, statement))}`;
  const unit = /^\t/.test(indentAt(arena.text, startOf(arena, statement))) ? '\t' : '    ';
  const check = `if not ${name}.startswith(${real}(${arena.textOf(folder)}) + ${separator}):${separatorAt}${unit}${refusal.code}${separatorAt}`;
  const whole = `${real}(${arena.textOf(value)})`;
  const edits: TextChange[] = [...refusal.edits];
  if (isName) edits.push(replaceNode(arena, value, whole), insertAt(startOf(arena, statement), check));
  else {
    const assigned = `${name} = ${whole}${separatorAt}${check}`;
    edits.push(insertAt(startOf(arena, statement), assigned), replaceNode(arena, node, name));
  }
  return { title: 'Refuse paths that lead out of the folder', edits, safe: refusal.answered };
}

function valueOf(arena: Arena, node: Node): Node {
  const value = onlyValueOf(arena, node);
  return value < 0 ? node : value;
}

/** `os.path.join(…)`. */
function joinOf(arena: Arena, node: Node): Call | undefined {
  const call = callAt(arena, node);
  if (call === undefined || call.open || calledName(arena, call.callee) !== 'join') return undefined;
  return textOf(arena, call.callee) === pathMember(arena, 'join') && call.args.length > 1 ? call : undefined;
}

/** How the file writes a member of `os.path`, which `import os` brings with it. */
function pathMember(arena: Arena, member: string): string | undefined {
  const direct = memberCode(arena, 'os.path', member);
  if (direct !== undefined) return direct;
  const path = memberCode(arena, 'os', 'path');
  return path === undefined ? undefined : `${path}.${member}`;
}

/** Whether an expression is the same folder at every call: literals, constants of the module, settings of the program. */
function isFixed(arena: Arena, node: Node): boolean {
  switch (typeOf(arena, node)) {
    case 'string':
      return nodesOf(arena, 'interpolation').every((it) => parentOf(arena, it) !== node);
    case 'identifier': {
      if (arena.textOf(node) === '__file__') return true;
      const uses = namesakes(arena, arena.textOf(node));
      const assigned = uses.filter((it) => arena.child(parentOf(arena, it), 'left') === it);
      const [only] = assigned;
      const statement = parentOf(arena, parentOf(arena, only ?? -1));
      return assigned.length === 1 && parentOf(arena, statement) === 0;
    }
    case 'attribute':
      return /^(?:settings|current_app|app)\b/.test(arena.textOf(node));
    case 'subscript':
      return /^(?:current_app|app)\.config\[/.test(arena.textOf(node));
    case 'call': {
      const call = callAt(arena, node);
      const isPath = /^(?:os\.)?(?:path\.)?(?:join|dirname|abspath|realpath|getcwd)$/.test(
        textOf(arena, call?.callee ?? -1),
      );
      return isPath && call!.args.every((it) => isFixed(arena, it));
    }
    default:
      return false;
  }
}

/** The simple statement around an expression, if it stands on a line of its own in a block; or -1. */
function statementAround(arena: Arena, expression: Node): Node {
  for (let it = expression; it >= 0; it = parentOf(arena, it)) {
    const parent = parentOf(arena, it);
    const type = typeOf(arena, parent);
    if (type === 'block' || type === 'module') {
      const isSimple = /^(?:expression_statement|return_statement|with_statement)$/.test(typeOf(arena, it));
      const line = arena.text.slice(
        arena.text.lastIndexOf('\n', startOf(arena, it) - 1) + 1,
        startOf(arena, it),
      );
      return isSimple && line.trim() === '' ? it : -1;
    }
    if (
      /^(?:lambda|conditional_expression|boolean_operator|.*_comprehension|generator_expression)$/.test(type)
    )
      return -1;
    if (typeOf(arena, it) === 'block') return -1;
  }
  return -1;
}

/** What ends the handling of a request: the exception that the framework answers with 403, else one of the language. */
function refusalIn(arena: Arena): {
  readonly code: string;
  readonly edits: readonly TextChange[];
  readonly answered: boolean;
} {
  const imported = importedPackages(arena);
  // Flask's `abort(403)` raises this too.
  const [module, name] = imported.has('flask')
    ? ['werkzeug.exceptions', 'Forbidden']
    : ['django.core.exceptions', 'PermissionDenied'];
  const used = imported.has('flask') || imported.has('django') ? useName(arena, module!, name!) : undefined;
  if (used !== undefined) return { code: `raise ${used.code}`, edits: used.edits, answered: true };
  return { code: "raise ValueError('The path leads out of its folder')", edits: [], answered: false };
}

function freshName(arena: Arena, wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (namesakes(arena, name).length === 0) return name;
  }
}
