// A command line built for a shell becomes a program and a list of arguments, so that no shell reads the values.
// Only commands of plain words are rewritten: pipes, redirections, globs and variables need the shell they ask for.

import type { Arena, Node } from '../syntax/arena.ts';
import {
  callOf,
  calledName,
  endOf,
  nodesOf,
  startOf,
  type Call,
  type Fix,
  type FixTarget,
  type TextChange,
} from './fix.ts';
import { piecesOf, type Piece } from './pieces.ts';

const REPLACEMENT: Readonly<Record<string, string>> = { exec: 'execFile', execSync: 'execFileSync' };
/** Everything a shell does more with than passing it on; quotes are read where they enclose a word. */
const SHELL_SYNTAX = /[|&;<>$`\\*?~()[\]{}!#\n\r]/;

/** `exec("convert " + file)` becomes `execFile("convert", [file])`. */
export function avoidShell({ arena, node, sink }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node || !/^(?:node:)?child_process\b/.test(sink))
    return undefined;
  const name = calledName(arena, call.callee) ?? '';
  const replacement = REPLACEMENT[name];
  if (replacement === undefined || hasShellOption(arena, call)) return undefined;
  const pieces = piecesOf(arena, node);
  const words = pieces === undefined ? undefined : wordsOf(arena, pieces);
  if (words === undefined || words.length < 2 || words[0]!.dynamic) return undefined;
  const rename = renamed(arena, call, name, replacement);
  if (rename === undefined) return undefined;
  const [program, ...rest] = words.map((it) => it.code);
  const args = {
    start: startOf(arena, node),
    end: endOf(arena, node),
    text: `${program}, [${rest.join(', ')}]`,
  };
  return {
    title: `Run the program without a shell (${replacement})`,
    edits: [...rename, args],
    preferred: true,
  };
}

/** `{ shell: … }` or options that cannot be read: the program may rely on a certain shell. */
function hasShellOption(arena: Arena, call: Call): boolean {
  return call.args.slice(1).some((it) => {
    const type = arena.typeName(it);
    if (type === 'arrow_function' || type === 'function_expression' || type === 'identifier') return false;
    return type !== 'object' || /\bshell\b|\.\.\./.test(arena.textOf(it));
  });
}

interface Word {
  readonly code: string;
  readonly dynamic: boolean;
}
type Part = { readonly text: string } | { readonly code: string };

/** Splits the command as a shell would; undefined if a shell would do more than that, or a value could be several words. */
function wordsOf(arena: Arena, pieces: readonly Piece[]): Word[] | undefined {
  const words: Part[][] = [];
  let word: Part[] | undefined;
  let quote = '';
  for (const piece of pieces) {
    if (piece.kind === 'hole') {
      (word ??= []).push({ code: arena.textOf(piece.node) });
      continue;
    }
    const raw = unescapeQuotes(piece.raw, piece.quote);
    if (raw === undefined) return undefined;
    for (const char of raw) {
      if (quote === '' && /[ \t]/.test(char)) {
        if (word !== undefined) words.push(word);
        word = undefined;
      } else if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) {
        quote = char;
        word ??= [];
      } else if (quote !== "'" && SHELL_SYNTAX.test(char)) return undefined;
      else (word ??= []).push({ text: char });
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words.map(wordCode);
}

/** `\"` inside a double-quoted literal is a quote of the shell; any other escape is not read. */
function unescapeQuotes(raw: string, quote: string): string | undefined {
  const plain = raw.replaceAll(`\\${quote}`, quote);
  return plain.includes('\\') ? undefined : plain;
}

function wordCode(parts: readonly Part[]): Word {
  const dynamic = parts.some((it) => 'code' in it);
  if (!dynamic) return { code: JSON.stringify(textOf(parts)), dynamic };
  const only = parts[0];
  if (parts.length === 1 && only !== undefined && 'code' in only) return { code: only.code, dynamic };
  const inner = parts.map((it) => ('code' in it ? `\${${it.code}}` : it.text.replace(/[`\\$]/g, '\\$&')));
  return { code: `\`${inner.join('')}\``, dynamic };
}

function textOf(parts: readonly Part[]): string {
  return parts.map((it) => ('text' in it ? it.text : '')).join('');
}

/** The edits that make the call use the other function: on the module object, or where the name was imported. */
function renamed(arena: Arena, call: Call, name: string, replacement: string): TextChange[] | undefined {
  const callee = call.callee;
  if (arena.typeName(callee) === 'member_expression')
    return [replace(arena, arena.child(callee, 'property'), replacement)];
  const uses = nodesOf(arena, 'identifier').filter((it) => arena.textOf(it) === name);
  const imported = importOf(arena, name);
  if (imported === undefined) return undefined;
  const taken = nodesOf(arena, 'identifier').some((it) => arena.textOf(it) === replacement);
  const present = importOf(arena, replacement);
  // A name of the program's own that happens to be the same would be called instead.
  if (taken && present === undefined) return undefined;
  const edits = [replace(arena, callee, replacement)];
  if (present !== undefined) return edits;
  const onlyUse = uses.every((it) => it === callee || it === imported || arena.parent[it] === imported);
  const at = endOf(arena, imported);
  edits.unshift(
    onlyUse ? replace(arena, imported, replacement) : { start: at, end: at, text: `, ${replacement}` },
  );
  return edits;
}

/** The node that imports `name` from child_process by destructuring or a named import, without renaming it. */
function importOf(arena: Arena, name: string): Node | undefined {
  const specifiers = [
    ...nodesOf(arena, 'import_specifier'),
    ...nodesOf(arena, 'shorthand_property_identifier_pattern'),
  ];
  return specifiers.find((it) => arena.textOf(it) === name && isFromChildProcess(arena, it));
}

function isFromChildProcess(arena: Arena, node: Node): boolean {
  for (let it = node; it >= 0; it = arena.parent[it] ?? -1) {
    const type = arena.typeName(it);
    if (type === 'import_statement' || type === 'variable_declarator') {
      return /(?:require\s*\(\s*|from\s*)["'](?:node:)?child_process["']/.test(arena.textOf(it));
    }
  }
  return false;
}

function replace(arena: Arena, node: Node, text: string): TextChange {
  return { start: startOf(arena, node), end: endOf(arena, node), text };
}
