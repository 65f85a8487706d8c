// A command line built for a shell becomes a program and a list of arguments, so that no shell reads the values.
// The function changes with it (`exec` to `execFile`), where it is called or where it is made a promise of.

import type { Arena, Node } from '../../syntax/arena.ts';
import { constantOf, wordsOf, type Word } from '../command-words.ts';
import { replaceNode, type TextChange } from '../edits.ts';
import { nodesOf, parentOf, textOf, typeOf, within, type Fix, type FixTarget } from '../fix.ts';
import { importsOf, memberCode, useMember } from './imports.ts';
import { namesakes } from './names.ts';
import { piecesOf } from './pieces.ts';
import { callAt, calledName, callOf, pairsOf, removeOption, type Call } from './tree.ts';

const REPLACEMENT: Readonly<Record<string, string>> = { exec: 'execFile', execSync: 'execFileSync' };
const MODULE = 'child_process';

/** `exec("convert " + file)` becomes `execFile("convert", [file])`. */
export function avoidShell({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node || !/^(?:node:)?child_process\b/.test(finding.sink))
    return undefined;
  const pieces = piecesOf(arena, node);
  const words = pieces === undefined ? undefined : wordsOf(pieces);
  const program = words?.[0];
  if (words === undefined || program === undefined || words.length < 2 || constantOf(program) === undefined)
    return undefined;
  const change = functionFor(arena, call, finding.uri);
  if (change === undefined) return undefined;
  const [first, ...rest] = words.map((it) => wordCode(arena, it));
  return {
    title: 'Run the program without a shell ({0})',
    names: [change.name],
    edits: [...change.edits, replaceNode(arena, node, `${first}, [${rest.join(', ')}]`)],
    safe: true,
  };
}

/** The function to call instead, and the edits that make the call use it. */
function functionFor(
  arena: Arena,
  call: Call,
  uri: string,
): { name: string; edits: TextChange[] } | undefined {
  const name = calledName(arena, call.callee);
  const replacement = REPLACEMENT[name];
  if (replacement !== undefined) {
    const edits = hasShellOption(arena, call)
      ? undefined
      : renamed(arena, call.callee, name, replacement, uri);
    return edits && { name: replacement, edits };
  }
  if (/^spawn(?:Sync)?$/.test(name)) {
    const edits = withoutShellOption(arena, call);
    return edits && { name, edits };
  }
  // `const run = promisify(exec)`, used for this one call.
  const made = promisified(arena, call.callee);
  if (made === undefined || hasShellOption(arena, call)) return undefined;
  const edits = renamed(arena, made, 'exec', 'execFile', uri);
  return edits && { name: 'execFile', edits };
}

/** `{ shell: … }` or options that cannot be read: the program may rely on a certain shell. */
function hasShellOption(arena: Arena, call: Call): boolean {
  return call.args.slice(1).some((it) => {
    const type = typeOf(arena, it);
    if (type === 'arrow_function' || type === 'function_expression' || type === 'identifier') return false;
    const pairs = pairsOf(arena, it);
    return pairs === undefined || pairs.has('shell');
  });
}

/** `spawn(command, { shell: true })`: the option goes, since the command is split here. */
function withoutShellOption(arena: Arena, call: Call): TextChange[] | undefined {
  const options = call.args[1];
  if (options === undefined || call.args.length !== 2) return undefined;
  const pair = pairsOf(arena, options)?.get('shell');
  if (pair === undefined || textOf(arena, arena.child(pair, 'value')) !== 'true') return undefined;
  return [removeOption(arena, options, pair)];
}

/** The `exec` in `promisify(exec)` whose result is the called constant, if nothing else uses that. */
function promisified(arena: Arena, callee: Node): Node | undefined {
  if (typeOf(arena, callee) !== 'identifier') return undefined;
  const uses = namesakes(arena, arena.textOf(callee));
  const declarator = uses.length === 2 && uses[1] === callee ? parentOf(arena, uses[0]!) : -1;
  if (typeOf(arena, declarator) !== 'variable_declarator') return undefined;
  const call = callAt(arena, arena.child(declarator, 'value'));
  if (call?.args.length !== 1 || arena.textOf(call.callee) !== memberCode(arena, 'util', 'promisify'))
    return undefined;
  return calledName(arena, call.args[0]!) === 'exec' ? call.args[0] : undefined;
}

/** The edits that turn a mention of a function of child_process into that of another one. */
function renamed(
  arena: Arena,
  mention: Node,
  name: string,
  replacement: string,
  uri: string,
): TextChange[] | undefined {
  if (memberCode(arena, MODULE, name) !== arena.textOf(mention)) {
    // `require('child_process').exec(…)`, or an object that the engine knows and this file does not import.
    if (typeOf(arena, mention) !== 'member_expression') return undefined;
    return [replaceNode(arena, arena.child(mention, 'property'), replacement)];
  }
  if (typeOf(arena, mention) === 'member_expression')
    return [replaceNode(arena, arena.child(mention, 'property'), replacement)];
  const present = memberCode(arena, MODULE, replacement);
  const own = importsOf(arena).flatMap((it) => [...it.members.values()]);
  const binding = own.find((it) => it.name === arena.textOf(mention))?.node;
  const mentions = namesakes(arena, arena.textOf(mention));
  const onlyUse = binding !== undefined && mentions.every((it) => it === mention || it === binding);
  if (present === undefined && onlyUse && mentions.length === 2 && namesakes(arena, replacement).length === 0)
    return [replaceNode(arena, mention, replacement), replaceNode(arena, binding, replacement)];
  const used = useMember(arena, uri, MODULE, replacement);
  return used === undefined ? undefined : [...used.edits, replaceNode(arena, mention, used.code)];
}

/** A word as JavaScript: a string, an expression, or a template of both. */
function wordCode(arena: Arena, word: Word): string {
  const constant = constantOf(word);
  if (constant !== undefined) return JSON.stringify(constant);
  const [only] = word;
  if (word.length === 1 && only !== undefined && 'hole' in only) return arena.textOf(only.hole.node);
  const inner = word.map((it) =>
    'hole' in it ? `\${${arena.textOf(it.hole.node)}}` : it.text.replace(/[`\\$]/g, '\\$&'),
  );
  return `\`${inner.join('')}\``;
}

/** `spawn(program, list, { shell: true })` whose values stand in the list: without a shell they are no syntax. */
export function dropShellOption({ arena, node, finding }: FixTarget): Fix | undefined {
  if (!/^(?:node:)?child_process\.(?:spawn|spawnSync|execFile|execFileSync)/.test(finding.sink))
    return undefined;
  const call = nodesOf(arena, 'call_expression')
    .map((it) => callAt(arena, it))
    .find(
      (it) =>
        it?.args[1] !== undefined && (it.args[1] === node || arena.namedChildren(it.args[1]).includes(node)),
    );
  const options = call?.args.find((it) => typeOf(arena, it) === 'object');
  if (call === undefined || options === undefined || typeOf(arena, call.args[1]!) !== 'array')
    return undefined;
  const pair = pairsOf(arena, options)?.get('shell');
  if (pair === undefined || textOf(arena, arena.child(pair, 'value')) !== 'true') return undefined;
  // What the shell did with constant parts would be lost.
  const parts = call.args.slice(0, 2).flatMap((it) => within(arena, it));
  const constants = parts.filter((it) => typeOf(arena, it) === 'string_fragment');
  if (constants.some((it) => /[\s|&;<>$`\\*?~()[\]{}!#]/.test(arena.textOf(it)))) return undefined;
  const edits = [removeOption(arena, options, pair)];
  return { title: 'Run the program without a shell (a batch file on Windows needs one)', edits, safe: false };
}
