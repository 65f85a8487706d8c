// A command line for a shell becomes a list of arguments, so that no shell reads the values.
// `os.system` becomes `subprocess.run`; its result is another one, so only where nobody looks at it.

import type { Arena } from '../../syntax/arena.ts';
import { constantOf, wordsOf, type Word } from '../command-words.ts';
import { replaceNode, type TextChange } from '../edits.ts';
import { parentOf, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import { memberCode, useMember } from './imports.ts';
import { builtString } from './pieces.ts';
import { calledName, callOf, removeArgument, unwrap, type Call } from './tree.ts';

const RUNNERS = ['run', 'call', 'check_call', 'check_output', 'Popen'];

/** `subprocess.run("ls " + folder, shell=True)` becomes `subprocess.run(["ls", folder])`. */
export function avoidShell({ arena, node }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.open || call.args[0] !== node) return undefined;
  const command = listOf(arena, node);
  if (command === undefined) return undefined;
  const edits = withoutShell(arena, call) ?? asRun(arena, call);
  if (edits === undefined) return undefined;
  return {
    title: 'Run the program without a shell ({0})',
    names: ['subprocess'],
    edits: [replaceNode(arena, node, command), ...edits],
    safe: true,
  };
}

function withoutShell(arena: Arena, call: Call): TextChange[] | undefined {
  const name = calledName(arena, call.callee);
  if (!RUNNERS.includes(name) || memberCode(arena, 'subprocess', name) !== textOf(arena, call.callee))
    return undefined;
  const shell = call.keywords.get('shell');
  // A program that names its shell relies on it.
  if (shell === undefined || call.keywords.has('executable')) return undefined;
  if (textOf(arena, arena.child(shell, 'value')) !== 'True') return undefined;
  return [removeArgument(arena, call, shell)];
}

/** `os.system(…)` as a statement: nobody asks for its status. */
function asRun(arena: Arena, call: Call): TextChange[] | undefined {
  if (memberCode(arena, 'os', 'system') !== textOf(arena, call.callee)) return undefined;
  if (typeOf(arena, parentOf(arena, call.node)) !== 'expression_statement' || call.keywords.size > 0)
    return undefined;
  const used = useMember(arena, 'subprocess', 'run');
  return used && [...used.edits, replaceNode(arena, call.callee, used.code)];
}

/** The command as a list of words, as code; undefined if a shell would do more than splitting it. */
function listOf(arena: Arena, node: number): string | undefined {
  const built = builtString(arena, unwrap(arena, node));
  const words = built === undefined ? undefined : wordsOf(built.pieces);
  const program = words?.[0];
  if (words === undefined || program === undefined || words.length < 2 || constantOf(program) === undefined)
    return undefined;
  const codes = words.map((it) => wordCode(arena, it));
  return codes.some((it) => it === undefined) ? undefined : `[${codes.join(', ')}]`;
}

/** A word as Python: a string, an expression that is text, or an f-string of both. */
function wordCode(arena: Arena, word: Word): string | undefined {
  const constant = constantOf(word);
  if (constant !== undefined) return JSON.stringify(constant);
  const holes = word.flatMap((it) => ('hole' in it ? [it.hole] : []));
  const [only] = holes;
  const isWhole = word.length === 1 && only !== undefined;
  if (isWhole && typeOf(arena, only.node) !== 'interpolation') {
    const code = arena.textOf(only.node);
    // `"…" + value` has to be text already; a template makes it text.
    return only.inTemplate && !isText(code) ? `str(${code})` : code;
  }
  if (holes.some((it) => typeOf(arena, it.node) === 'interpolation')) return undefined;
  const inner = word.map((it) =>
    'hole' in it ? `{${arena.textOf(it.hole.node)}}` : it.text.replace(/[{}]/g, '$&$&'),
  );
  const code = inner.join('');
  // Before Python 3.12 the quotes of an f-string may not occur inside it.
  if (/\\/.test(code) || (code.includes('"') && code.includes("'"))) return undefined;
  return code.includes('"') ? `f'${code}'` : `f"${code}"`;
}

/** What comes from a request or the command line is text. */
function isText(code: string): boolean {
  return /^(?:request|flask\.request|self\.request|sys\.argv)\b/.test(code);
}
