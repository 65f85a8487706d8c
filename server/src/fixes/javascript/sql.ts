// SQL built from values becomes SQL with placeholders, and the values become parameters of the same call.
// How placeholders are written and where values go is one row for each driver; what is not in the table is left alone.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import { endOf, nodesOf, parentOf, startOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import type { HolePiece, Piece } from '../pieces.ts';
import { inOrder, moveHoles, type Host, type Style, type Value } from '../sql-text.ts';
import { importedModules } from './imports.ts';
import { piecesOf, removalEdit } from './pieces.ts';
import {
  calledName,
  callOf,
  isSteady,
  keyOf,
  onlyDeclaratorOf,
  onlyValueOf,
  pairsOf,
  type Call,
} from './tree.ts';

/**
 * Where a call takes the values: `list` an array as second argument, `record` an object there by name, `option` a key of
 * the options, `statement` the arguments of the call on the prepared statement, `inputs` `.input(name, value)` before the
 * call.
 */
type Takes =
  | { readonly as: 'list'; readonly options?: string }
  | { readonly as: 'record' }
  | { readonly as: 'option'; readonly key: string }
  | { readonly as: 'statement' }
  | { readonly as: 'inputs' };

interface Driver {
  readonly methods: readonly string[];
  readonly style: Style;
  readonly takes: Takes;
  /** The key of the values if the SQL is a member of a record: `{ sql, values }`. */
  readonly beside?: string;
}

const QUESTION = inOrder('?', /\?/g);
const DOLLAR: Style = { by: 'position', write: (index) => `$${index + 1}` };
const LIST: Takes = { as: 'list' };
const byName = (prefix: string): Style => ({ by: 'name', write: (name) => `${prefix}${name}` });

const MYSQL: Driver = { methods: ['query', 'execute'], style: QUESTION, takes: LIST, beside: 'values' };
const KNEX_RAW = [
  'raw',
  'whereRaw',
  'andWhereRaw',
  'orWhereRaw',
  'havingRaw',
  'orHavingRaw',
  'joinRaw',
  'fromRaw',
];
const WHERE = ['where', 'andWhere', 'orWhere', 'having', 'andHaving', 'orHaving'];
/** By package. The facts are from the documentation of each. */
const DRIVERS: Readonly<Record<string, readonly Driver[]>> = {
  mysql: [MYSQL],
  mysql2: [MYSQL],
  mariadb: [MYSQL],
  sqlite3: [{ methods: ['run', 'get', 'all', 'each'], style: QUESTION, takes: LIST }],
  'better-sqlite3': [{ methods: ['prepare'], style: QUESTION, takes: { as: 'statement' } }],
  sqlite: [{ methods: ['prepare'], style: QUESTION, takes: { as: 'statement' } }],
  pg: [{ methods: ['query'], style: DOLLAR, takes: LIST, beside: 'values' }],
  'pg-promise': [
    {
      methods: ['any', 'none', 'one', 'oneOrNone', 'many', 'manyOrNone', 'query', 'result'],
      style: DOLLAR,
      takes: LIST,
    },
  ],
  postgres: [{ methods: ['unsafe'], style: DOLLAR, takes: LIST }],
  knex: [{ methods: KNEX_RAW, style: QUESTION, takes: LIST }],
  sequelize: [{ methods: ['query'], style: QUESTION, takes: { as: 'option', key: 'replacements' } }],
  typeorm: [{ methods: WHERE, style: byName(':'), takes: { as: 'record' } }],
  mssql: [{ methods: ['query', 'batch'], style: byName('@'), takes: { as: 'inputs' } }],
  oracledb: [{ methods: ['execute'], style: byName(':'), takes: { as: 'record' } }],
  // Without `prepare` the driver guesses types from values.
  'cassandra-driver': [
    { methods: ['execute'], style: QUESTION, takes: { as: 'list', options: '{ prepare: true }' } },
  ],
  'neo4j-driver': [{ methods: ['run'], style: byName('$'), takes: { as: 'record' } }],
  'snowflake-sdk': [{ methods: [], style: QUESTION, takes: LIST, beside: 'binds' }],
};

/** Where drivers that take a record look for the SQL. */
const TEXT_KEYS = ['sql', 'text', 'query', 'sqlText'];
/** Models have methods of these that count on objects of unknown type too. */
const KNOWN_BY_NAME = ['pg', 'sqlite3', 'better-sqlite3', 'knex', 'sequelize', 'typeorm'];

/** `db.query("… id = " + id)` becomes `db.query("… id = ?", [id])`. */
export function parameterise({ arena, node: argument, finding }: FixTarget): Fix | undefined {
  const drivers = driversFor(arena, finding.sink, finding.confidence === 'high');
  const pairs = pairsOf(arena, argument);
  const text = TEXT_KEYS.map((it) => pairs?.get(it)).find((it) => it !== undefined);
  const node = text === undefined ? argument : arena.child(text, 'value');
  const value = onlyValueOf(arena, node);
  const pieces = piecesOf(arena, value >= 0 ? value : node);
  if (pieces === undefined) return undefined;
  if (value >= 0 && !pieces.every((it) => it.kind === 'text' || isSteady(arena, it.node, node)))
    return undefined;
  for (const driver of drivers) {
    const existing = takerOf(arena, node, driver);
    const moved =
      existing === undefined ? undefined : moveHoles(pieces, driver.style, existing.items, hostOf(arena));
    if (existing === undefined || moved === undefined) continue;
    const edits = [...moved.removals.map((it) => removalEdit(arena, it)), ...existing.write(moved.values)];
    return { title: 'Pass the values as query parameters', edits, safe: true };
  }
  return undefined;
}

/**
 * The drivers that the sink may belong to: the one it names if the engine knows the object, else the one that the file
 * imports. A method known by name only may be anybody's.
 */
function driversFor(arena: Arena, sink: string, certain: boolean): readonly Driver[] {
  const named = packageOf(sink);
  if (certain || !KNOWN_BY_NAME.includes(named)) return DRIVERS[named] ?? [];
  const imported = importedModules(arena);
  const present = Object.keys(DRIVERS).filter((it) => imported.has(it) || imported.has(`${it}/promise`));
  return present.length === 1 ? DRIVERS[present[0]!]! : [];
}

/** `mysql2` in `mysql2/promise.Pool#query`, `@scope/pkg` in `"@scope/pkg".x`. */
export function packageOf(sink: string): string {
  return /^(@[^/"]+\/[^/."#(]+|[^/."#(]+)/.exec(sink.replace(/^["']/, ''))?.[0] ?? '';
}

/** What takes the values of a call. */
interface Taker {
  /** The values that are passed already, as code. */
  readonly items: readonly string[];
  write(values: readonly Value[]): readonly TextChange[];
}

function takerOf(arena: Arena, node: Node, driver: Driver): Taker | undefined {
  const pair = parentOf(arena, node);
  if (typeOf(arena, pair) === 'pair' && driver.beside !== undefined)
    return arena.child(pair, 'value') === node ? besideOf(arena, pair, driver.beside) : undefined;
  const call = callOf(arena, node);
  if (call === undefined || call.args[0] !== node) return undefined;
  if (!driver.methods.includes(calledName(arena, call.callee))) return undefined;
  switch (driver.takes.as) {
    case 'list':
      return listOf(arena, call, driver.takes.options);
    case 'record':
      return recordOf(arena, call);
    case 'option':
      return optionOf(arena, call, driver.takes.key);
    case 'statement':
      return statementOf(arena, call);
    case 'inputs':
      return inputsOf(arena, call);
    default:
      return driver.takes satisfies never;
  }
}

const codeOf = (values: readonly Value[]): string => values.map((it) => it.code).join(', ');

function afterFirst(arena: Arena, call: Call, text: string): TextChange[] {
  return [insertAt(endOf(arena, call.args[0]!), `, ${text}`)];
}

function isCallback(arena: Arena, node: Node): boolean {
  return /^(?:arrow_function|function_expression)$/.test(typeOf(arena, node));
}

function listOf(arena: Arena, call: Call, options: string | undefined): Taker | undefined {
  const second = call.args[1];
  if (second === undefined || isCallback(arena, second)) {
    const tail = options === undefined ? '' : `, ${options}`;
    return { items: [], write: (values) => afterFirst(arena, call, `[${codeOf(values)}]${tail}`) };
  }
  const items = typeOf(arena, second) === 'array' ? arena.namedChildren(second) : undefined;
  if (items === undefined || items.some((it) => typeOf(arena, it) === 'spread_element')) return undefined;
  return {
    items: items.map((it) => arena.textOf(it)),
    write: (values) => [replaceNode(arena, second, `[${codeOf(values)}]`)],
  };
}

/** `{ id: req.query.id }`, `{ id }` */
function entries(values: readonly Value[]): string {
  return values.map((it) => (it.name === it.code ? it.name : `${it.name}: ${it.code}`)).join(', ');
}

function recordOf(arena: Arena, call: Call): Taker | undefined {
  const second = call.args[1];
  if (second === undefined)
    return { items: [], write: (values) => afterFirst(arena, call, `{ ${entries(values)} }`) };
  if (typeOf(arena, second) !== 'object') return undefined;
  return { items: [], write: (values) => [addToRecord(arena, second, entries(values))] };
}

function addToRecord(arena: Arena, object: Node, text: string): TextChange {
  const last = arena.namedChildren(object).at(-1);
  return last === undefined
    ? replaceNode(arena, object, `{ ${text} }`)
    : insertAt(endOf(arena, last), `, ${text}`);
}

function optionOf(arena: Arena, call: Call, key: string): Taker | undefined {
  const second = call.args[1];
  if (second === undefined)
    return { items: [], write: (values) => afterFirst(arena, call, `{ ${key}: [${codeOf(values)}] }`) };
  const pairs = pairsOf(arena, second);
  // `bind` is another way to pass values, with placeholders of its own.
  if (pairs === undefined || pairs.has(key) || pairs.has('bind')) return undefined;
  return { items: [], write: (values) => [addToRecord(arena, second, `${key}: [${codeOf(values)}]`)] };
}

/** `db.prepare(sql).all(…)`, also through a constant that is used for this one call. */
function statementOf(arena: Arena, call: Call): Taker | undefined {
  const declarator = parentOf(arena, call.node);
  const name = typeOf(arena, declarator) === 'variable_declarator' ? arena.child(declarator, 'name') : -1;
  const used =
    name < 0
      ? call.node
      : nodesOf(arena, 'identifier').filter(
          (it) => it !== name && arena.textOf(it) === arena.textOf(name),
        )[0];
  if (used === undefined || (name >= 0 && onlyDeclaratorOf(arena, used) !== declarator)) return undefined;
  const member = parentOf(arena, used);
  const outer = parentOf(arena, member);
  if (typeOf(arena, member) !== 'member_expression' || typeOf(arena, outer) !== 'call_expression')
    return undefined;
  const method = arena.textOf(arena.child(member, 'property'));
  if (arena.child(outer, 'function') !== member || !['all', 'get', 'run', 'iterate'].includes(method))
    return undefined;
  const list = arena.child(outer, 'arguments');
  const items = arena.namedChildren(list);
  // An array or object binds several values; only plain values can be told apart by position.
  const plain = [
    'identifier',
    'member_expression',
    'string',
    'number',
    'subscript_expression',
    'template_string',
  ];
  if (items.some((it) => !plain.includes(typeOf(arena, it)))) return undefined;
  return {
    items: items.map((it) => arena.textOf(it)),
    write: (values) => [replaceNode(arena, list, `(${codeOf(values)})`)],
  };
}

/** `request.query(sql)` becomes `request.input('id', id).query(sql)`. */
function inputsOf(arena: Arena, call: Call): Taker | undefined {
  if (typeOf(arena, call.callee) !== 'member_expression') return undefined;
  const object = arena.child(call.callee, 'object');
  // `pool.query(…)` has no inputs; a request is made by `request()` or `new Request()`, or called so.
  if (!/request\b(?:\(.*\))?$/is.test(arena.textOf(object))) return undefined;
  const write = (values: readonly Value[]): TextChange[] => {
    const text = values.map((it) => `.input('${it.name}', ${it.code})`).join('');
    return [insertAt(endOf(arena, object), text)];
  };
  return { items: [], write };
}

/** `{ sql: '…', values: […] }`: the values stand beside the text. */
function besideOf(arena: Arena, pair: Node, key: string): Taker | undefined {
  const pairs = pairsOf(arena, parentOf(arena, pair));
  if (pairs === undefined) return undefined;
  const values = pairs.get(key);
  if (values === undefined)
    return { items: [], write: (all) => [insertAt(endOf(arena, pair), `, ${key}: [${codeOf(all)}]`)] };
  const list =
    typeOf(arena, values) === 'pair' && keyOf(arena, values) === key ? arena.child(values, 'value') : -1;
  if (typeOf(arena, list) !== 'array') return undefined;
  const items = arena.namedChildren(list);
  if (items.some((it) => typeOf(arena, it) === 'spread_element')) return undefined;
  return {
    items: items.map((it) => arena.textOf(it)),
    write: (all) => [replaceNode(arena, list, `[${codeOf(all)}]`)],
  };
}

function hostOf(arena: Arena): Host {
  const code = (hole: HolePiece): string => {
    const text = arena.textOf(hole.node);
    return typeOf(arena, hole.node) === 'sequence_expression' ? `(${text})` : text;
  };
  return {
    code,
    joined: (prefix, text, suffix) => `\`${escapeTemplate(prefix)}\${${text}}${escapeTemplate(suffix)}\``,
    isEscaped: (hole) =>
      typeOf(arena, hole.node) === 'call_expression' &&
      /escape|quote|format|literal/i.test(calledName(arena, arena.child(hole.node, 'function'))),
    name: (hole, taken) => parameterName(arena, hole, taken),
  };
}

/** `id` for `req.query.id`; numbered if the file mentions a parameter of this name, which may be of the same query. */
function parameterName(arena: Arena, hole: HolePiece, taken: ReadonlySet<string>): string {
  const wanted = /(?:^|[.\]])([A-Za-z]\w*)(?:\(\))?$/.exec(arena.textOf(hole.node))?.[1] ?? 'value';
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (!taken.has(name) && !new RegExp(`[:@$]${name}\\b`).test(arena.text)) return name;
  }
}

function escapeTemplate(text: string): string {
  return text.replace(/[`\\]|\$\{/g, (it) => `\\${it}`);
}

/** A Prisma query as text becomes a tagged template, whose holes are parameters. */
export function tagTemplate({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args.length !== 1 || packageOf(finding.sink) !== '@prisma/client')
    return undefined;
  const safe = /^\$(queryRaw|executeRaw)Unsafe$/.exec(calledName(arena, call.callee))?.[1];
  const pieces = safe === undefined ? undefined : piecesOf(arena, node);
  if (safe === undefined || pieces === undefined) return undefined;
  const marked = markValues(arena, pieces);
  if (marked === undefined || typeOf(arena, call.callee) !== 'member_expression') return undefined;
  const property = arena.child(call.callee, 'property');
  const edits = [
    { start: startOf(arena, property), end: endOf(arena, call.list), text: `$${safe}${marked}` },
  ];
  return { title: 'Pass the values as query parameters ({0})', names: [`$${safe}`], edits, safe: true };
}

/** The pieces as one template in which every hole is a value without quotes around it; undefined if some is none. */
function markValues(arena: Arena, pieces: readonly Piece[]): string | undefined {
  const marks = { by: 'name', write: (name: string) => name } as const;
  const moved = moveHoles(pieces, marks, [], { ...hostOf(arena), name: () => '' });
  if (moved?.removals.length !== pieces.filter((it) => it.kind === 'hole').length) return undefined;
  let text = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      const before = moved.removals.find((it) => it.after === piece);
      const after = moved.removals.find((it) => it.before === piece);
      const raw = piece.raw.slice(before?.cutAfter ?? 0, piece.raw.length - (after?.cutBefore ?? 0));
      // Escapes mean the same in all three delimiters, except those of the delimiters themselves.
      text += piece.quote === '`' ? raw : raw.replace(/\\(['"])/g, '$1').replace(/`|\$\{/g, '\\$&');
    } else {
      const index = moved.removals.findIndex((it) => it.hole === piece);
      text += `\${${moved.values[index]!.code}}`;
    }
  }
  return `\`${text}\``;
}
