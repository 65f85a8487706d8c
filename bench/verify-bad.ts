// Changes that are no fixes, made of the very findings that real fixes are measured on: none may be accepted.
// Each is made from the syntax tree around the sink, so that it parses; a kind that does not apply to a finding is left out.

import { linesOf, offsetAt } from '../server/src/base/lines.ts';
import type { Finding } from '../server/src/engine/engine.ts';
import type { Arena, Node } from '../server/src/syntax/arena.ts';
import { languageOf } from '../server/src/syntax/language.ts';
import { parseText } from '../server/src/syntax/parser.ts';

export interface BadPatch {
  readonly finding: Finding;
  readonly how: string;
  /** All texts after the change, by URI. */
  readonly texts: ReadonlyMap<string, string>;
}
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
interface Sink {
  readonly finding: Finding;
  readonly arena: Arena;
  readonly argument: Node;
  /** The call, construction or assignment that is the sink; -1 if it is none of these. */
  readonly call: Node;
  readonly statement: Node;
}
type Maker = (it: Sink) => readonly Edit[] | undefined;

/** All bad changes of these findings. With the upstream fix also that fix, spoiled. */
export function badPatches(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  fixed: ReadonlyMap<string, string> | undefined,
): BadPatch[] {
  const res: BadPatch[] = [];
  for (const finding of findings) {
    const sink = sinkOf(finding, texts.get(finding.uri) ?? '');
    if (!sink) continue;
    for (const [how, make] of MAKERS) {
      const edits = make(sink);
      if (!edits) continue;
      const text = apply(sink.arena.text, edits);
      if (text !== sink.arena.text) res.push({ finding, how, texts: new Map(texts).set(finding.uri, text) });
    }
    const spoiled = fixed && spoil(finding.uri, fixed, sink.arena);
    if (spoiled) res.push({ finding, how: 'fix without a check', texts: spoiled });
  }
  return res;
}

const MAKERS: readonly (readonly [string, Maker])[] = [
  [
    'whitespace',
    ({ arena, argument, statement }) => [
      insert(startOf(arena, statement), '\n\n  '),
      insert(startOf(arena, argument), '  '),
    ],
  ],
  [
    'comment',
    ({ arena, statement }) => [insert(startOf(arena, statement), '/* validated by the caller */ ')],
  ],
  [
    'suppression',
    ({ arena, statement }) => [insert(startOf(arena, statement), '// faultline-ignore: reviewed\n')],
  ],
  ['other suppression', ({ arena, statement }) => [insert(startOf(arena, statement), '// nosemgrep\n')]],
  ['rename', rename],
  ['wrong escaping', (it) => wrap(it, (code) => WRONG[it.finding.rule]?.(code) ?? `String(${code}).trim()`)],
  ['no escaping', (it) => wrap(it, (code) => `((value) => value)(${code})`)],
  ['one of two ways', (it) => wrap(it, (code) => `(process.env.STRICT ? Number(${code}) : ${code})`)],
  ['copied', (it) => wrap(it, (code) => `Object.values({ value: ${code} })[0]`)],
  ['hidden in a table', (it) => wrap(it, (code) => `[${code}].concat([])[Date.now() * 0]`)],
  [
    'checked and ignored',
    ({ arena, statement, argument }) => [
      insert(
        startOf(arena, statement),
        `if (!/^[a-z]+$/.test(${flat(arena.textOf(argument))})) { console.warn('odd'); }\n`,
      ),
    ],
  ],
  [
    'swallowed exception',
    ({ arena, statement }) => [
      insert(startOf(arena, statement), 'try {\n'),
      insert(endOf(arena, statement), '\n} catch (error) {}'),
    ],
  ],
  [
    'swallowed and told',
    ({ arena, statement }) => [
      insert(startOf(arena, statement), 'try {\n'),
      insert(endOf(arena, statement), '\n} catch (error) { console.error(error); }'),
    ],
  ],
  [
    'dead branch',
    ({ arena, statement }) => [
      insert(startOf(arena, statement), 'if (false) {\n'),
      insert(endOf(arena, statement), '\n}'),
    ],
  ],
  [
    'dead after return',
    ({ arena, statement }) =>
      inFunction(arena, statement) ? [insert(startOf(arena, statement), 'return;\n')] : undefined,
  ],
  ['moved by index', (it) => moveCallee(it, (callee) => `[${callee}][0]`)],
  ['moved by Reflect', reflected],
  ['moved by name', byName],
  ['moved to a helper', moved],
  [
    'weakened elsewhere',
    ({ arena, statement }) => [
      insert(startOf(arena, statement), `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\n`),
    ],
  ],
  ['deleted check', deletedCheck],
];

/** Escaping that is right somewhere else. */
const WRONG: Readonly<Record<string, (code: string) => string>> = {
  sql: (code) => `require('escape-html')(${code})`,
  shell: (code) => `require('escape-html')(${code})`,
  code: (code) => `require('escape-html')(${code})`,
  path: (code) => `require('escape-html')(${code})`,
  'zip-slip': (code) => `require('escape-html')(${code})`,
  html: (code) => `require('path').normalize(${code})`,
  ssrf: (code) => `require('escape-html')(${code})`,
  'regex-injection': (code) => `encodeURI(${code})`,
};

const startOf = (arena: Arena, node: Node): number => arena.start[node]!;
const endOf = (arena: Arena, node: Node): number => arena.end[node]!;
const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });
const flat = (text: string): string => text.replace(/\s+/g, ' ');
const apply = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((acc, it) => acc.slice(0, it.start) + it.text + acc.slice(it.end), text);

function parsed(uri: string, text: string): Arena | undefined {
  const language = languageOf(uri);
  if (!language) return undefined;
  const tree = parseText(language, text);
  try {
    return tree.arena();
  } finally {
    tree.delete();
  }
}

function sinkOf(finding: Finding, text: string): Sink | undefined {
  const arena = parsed(finding.uri, text);
  if (!arena) return undefined;
  const lines = linesOf(text);
  const [start, end] = [offsetAt(lines, finding.range.start), offsetAt(lines, finding.range.end)];
  let argument = -1;
  for (let node = 0; node < arena.count && argument < 0; node++)
    if (arena.start[node] === start && arena.end[node] === end && arena.isNamed(node)) argument = node;
  if (argument < 0) return undefined;
  let call = -1;
  let statement = -1;
  for (let it = argument; it >= 0 && statement < 0; it = arena.parent[it]!) {
    const type = arena.typeName(it);
    if (call < 0 && it !== argument && /^(call|new)_expression$/.test(type)) call = it;
    if (
      /_statement$|_declaration$/.test(type) &&
      /^(program|statement_block|switch_case)$/.test(arena.typeName(arena.parent[it] ?? 0))
    )
      statement = it;
  }
  return statement < 0 ? undefined : { finding, arena, argument, call, statement };
}

function wrap({ arena, argument }: Sink, make: (code: string) => string): readonly Edit[] {
  return [
    { start: startOf(arena, argument), end: endOf(arena, argument), text: make(arena.textOf(argument)) },
  ];
}

/** Every use of the first variable in the argument gets another name. */
function rename({ arena, argument }: Sink): readonly Edit[] | undefined {
  let name: string | undefined;
  for (let node = argument; node < arena.count && startOf(arena, node) < endOf(arena, argument); node++)
    if (arena.typeName(node) === 'identifier') name ??= arena.textOf(node);
  if (name === undefined) return undefined;
  const edits: Edit[] = [];
  for (let node = 0; node < arena.count; node++) {
    if (arena.textOf(node) !== name || arena.firstChild(node) >= 0) continue;
    if (arena.typeName(node) === 'identifier')
      edits.push({ start: startOf(arena, node), end: endOf(arena, node), text: `${name}Renamed` });
    if (/^shorthand/.test(arena.typeName(node))) return undefined;
  }
  return edits;
}

const inFunction = (arena: Arena, node: Node): boolean => {
  for (let it = arena.parent[node]!; it >= 0; it = arena.parent[it]!)
    if (/function|arrow|method/.test(arena.typeName(it))) return true;
  return false;
};

function callee({ arena, call }: Sink): Node {
  return call < 0 || arena.typeName(call) !== 'call_expression' ? -1 : arena.child(call, 'function');
}
function moveCallee(it: Sink, make: (code: string) => string): readonly Edit[] | undefined {
  const node = callee(it);
  if (node < 0 || it.arena.typeName(node) !== 'identifier') return undefined;
  return [{ start: startOf(it.arena, node), end: endOf(it.arena, node), text: make(it.arena.textOf(node)) }];
}
function reflected(it: Sink): readonly Edit[] | undefined {
  const node = callee(it);
  if (node < 0) return undefined;
  const { arena, call } = it;
  const owner =
    arena.typeName(node) === 'member_expression' ? arena.textOf(arena.child(node, 'object')) : 'null';
  const args = arena.child(call, 'arguments');
  if (args < 0 || owner.includes('(')) return undefined;
  return [
    {
      start: startOf(arena, node),
      end: endOf(arena, node),
      text: `Reflect.apply(${arena.textOf(node)}, ${owner}, `,
    },
    { start: startOf(arena, args), end: startOf(arena, args) + 1, text: '[' },
    { start: endOf(arena, args) - 1, end: endOf(arena, args), text: '])' },
  ];
}
function byName(it: Sink): readonly Edit[] | undefined {
  const node = callee(it);
  if (node < 0 || it.arena.typeName(node) !== 'member_expression') return undefined;
  const property = it.arena.child(node, 'property');
  const name = it.arena.textOf(property);
  return [
    {
      start: startOf(it.arena, property) - 1,
      end: endOf(it.arena, property),
      text: `[process.env.METHOD || '${name}']`,
    },
  ];
}
function moved(it: Sink): readonly Edit[] | undefined {
  const node = callee(it);
  if (node < 0) return undefined;
  const { arena, argument } = it;
  const code = arena.textOf(argument);
  return [
    { start: startOf(arena, argument), end: endOf(arena, argument), text: `heldValue(${code})` },
    insert(arena.text.length, '\nfunction heldValue(value) {\n  return value;\n}\n'),
  ];
}
/** Another condition that leaves its block is taken away; the flaw stays as it is. */
function deletedCheck({ arena, statement }: Sink): readonly Edit[] | undefined {
  const node = checkIn(
    arena,
    (it) => endOf(arena, it) < startOf(arena, statement) || startOf(arena, it) > endOf(arena, statement),
  );
  return node < 0 ? undefined : [{ start: startOf(arena, node), end: endOf(arena, node), text: ';' }];
}
function checkIn(arena: Arena, good: (node: Node) => boolean): Node {
  for (let node = 0; node < arena.count; node++) {
    if (arena.typeName(node) !== 'if_statement' || arena.child(node, 'alternative') >= 0 || !good(node))
      continue;
    if (!/^(statement_block|program)$/.test(arena.typeName(arena.parent[node]!))) continue;
    const last = arena.namedChildren(arena.child(node, 'consequence')).at(-1) ?? -1;
    if (last >= 0 && /^(return|throw)_statement$/.test(arena.typeName(last))) return node;
  }
  return -1;
}
/** The upstream fix, but a check that both versions have is taken away. */
function spoil(
  uri: string,
  fixed: ReadonlyMap<string, string>,
  before: Arena,
): ReadonlyMap<string, string> | undefined {
  const text = fixed.get(uri);
  const arena = text === undefined ? undefined : parsed(uri, text);
  if (!arena) return undefined;
  const node = checkIn(arena, (it) => before.text.includes(arena.textOf(it)));
  if (node < 0) return undefined;
  return new Map(fixed).set(
    uri,
    apply(arena.text, [{ start: startOf(arena, node), end: endOf(arena, node), text: ';' }]),
  );
}
