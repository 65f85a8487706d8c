// SQL built from values becomes SQL with placeholders, and the values become parameters of the same call.
// Only holes that stand where SQL takes a value are moved; names of tables and columns cannot be parameters.

import type { Arena } from '../syntax/arena.ts';
import {
  callOf,
  calledName,
  endOf,
  isSteady,
  onlyValueOf,
  startOf,
  type Call,
  type Fix,
  type FixTarget,
  type TextChange,
} from './fix.ts';
import { piecesOf, removalEdit, type HolePiece, type Piece, type Removal, type TextPiece } from './pieces.ts';

/** How a library writes placeholders and where it takes the values. */
interface Dialect {
  readonly placeholder: (index: number) => string;
  /** `second`: an array as second argument; `chained`: arguments of `.all()` after `.prepare()`; `replacements`: Sequelize. */
  readonly values: 'second' | 'chained' | 'replacements';
  readonly methods: readonly string[];
}

const QUESTION = (): string => '?';
const MYSQL: Dialect = { placeholder: QUESTION, values: 'second', methods: ['query', 'execute'] };
const DIALECTS: Readonly<Record<string, Dialect>> = {
  mysql: MYSQL,
  mysql2: MYSQL,
  sqlite3: { placeholder: QUESTION, values: 'second', methods: ['run', 'get', 'all', 'each'] },
  'better-sqlite3': { placeholder: QUESTION, values: 'chained', methods: ['prepare'] },
  pg: { placeholder: (index) => `$${index + 1}`, values: 'second', methods: ['query'] },
  knex: { placeholder: QUESTION, values: 'second', methods: ['raw'] },
  sequelize: { placeholder: QUESTION, values: 'replacements', methods: ['query'] },
};

/** `db.query("… id = " + id)` becomes `db.query("… id = ?", [id])`. */
export function parameterise({ arena, node, sink }: FixTarget): Fix | undefined {
  const dialect = DIALECTS[packageOf(sink)];
  const call = callOf(arena, node);
  if (dialect === undefined || call === undefined || call.args[0] !== node) return undefined;
  if (!dialect.methods.includes(calledName(arena, call.callee) ?? '')) return undefined;
  const value = onlyValueOf(arena, node);
  const pieces = piecesOf(arena, value >= 0 ? value : node);
  if (pieces === undefined) return undefined;
  if (value >= 0 && !pieces.every((it) => it.kind === 'text' || isSteady(arena, it.node, node)))
    return undefined;
  const existing = valuesOf(arena, call, dialect);
  if (existing === undefined || hasComments(pieces)) return undefined;
  const moved = moveHoles(arena, pieces, dialect, existing.items);
  if (moved === undefined) return undefined;
  const edits = [...moved.removals.map((it) => removalEdit(arena, it)), existing.write(moved.values)];
  return { title: 'Pass the values as query parameters', edits, preferred: true };
}

/** `mysql2` in `mysql2/promise.Pool#query`, `@scope/pkg` in `@scope/pkg.x`. */
export function packageOf(sink: string): string {
  return /^(@[^/]+\/[^/.#(]+|[^/.#(]+)/.exec(sink.replace(/^["']/, ''))?.[0] ?? '';
}

interface Values {
  /** The values the call already passes, as code. */
  readonly items: readonly string[];
  write(values: readonly string[]): TextChange;
}

/** What the call passes as values now, and how to write them back; undefined if that cannot be told. */
function valuesOf(arena: Arena, call: Call, dialect: Dialect): Values | undefined {
  if (dialect.values === 'chained') return chainedValues(arena, call);
  const [sql, second] = call.args;
  const open = dialect.values === 'replacements' ? '{ replacements: [' : '[';
  const close = dialect.values === 'replacements' ? '] }' : ']';
  const list = (values: readonly string[]): string => `${open}${values.join(', ')}${close}`;
  const insert = (values: readonly string[]): TextChange => {
    const at = endOf(arena, sql!);
    return { start: at, end: at, text: `, ${list(values)}` };
  };
  if (second === undefined) return { items: [], write: insert };
  const type = arena.typeName(second);
  if (dialect.values === 'second' && type === 'array') {
    const items = arena.namedChildren(second);
    if (items.some((it) => arena.typeName(it) === 'spread_element')) return undefined;
    const write = (values: readonly string[]): TextChange => ({
      start: startOf(arena, second),
      end: endOf(arena, second),
      text: list(values),
    });
    return { items: items.map((it) => arena.textOf(it)), write };
  }
  const isCallback = type === 'arrow_function' || type === 'function_expression';
  return dialect.values === 'second' && isCallback ? { items: [], write: insert } : undefined;
}

/** `db.prepare(sql).all(…)`: the values are the arguments of the call on the prepared statement. */
function chainedValues(arena: Arena, call: Call): Values | undefined {
  const member = arena.parent[call.node] ?? -1;
  const outer = member < 0 ? -1 : (arena.parent[member] ?? -1);
  if (
    outer < 0 ||
    arena.typeName(member) !== 'member_expression' ||
    arena.typeName(outer) !== 'call_expression'
  ) {
    return undefined;
  }
  const name = arena.textOf(arena.child(member, 'property'));
  if (arena.child(outer, 'function') !== member || !['all', 'get', 'run', 'iterate'].includes(name))
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
  if (items.some((it) => !plain.includes(arena.typeName(it)))) return undefined;
  const write = (values: readonly string[]): TextChange => ({
    start: startOf(arena, list),
    end: endOf(arena, list),
    text: `(${values.join(', ')})`,
  });
  return { items: items.map((it) => arena.textOf(it)), write };
}

interface Moved {
  readonly removals: readonly Removal[];
  readonly values: readonly string[];
}

/** Takes out every hole that stands for a value. `items` are the values of the placeholders that are there already. */
function moveHoles(
  arena: Arena,
  pieces: readonly Piece[],
  dialect: Dialect,
  items: readonly string[],
): Moved | undefined {
  const numbered = dialect.placeholder(0) !== '?';
  const values = numbered ? [...items] : [];
  const removals: Removal[] = [];
  let known = 0;
  let sql = '';
  let cutOff = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'text') {
      const raw = piece.raw.slice(cutOff);
      cutOff = 0;
      const present = outsideQuotes(raw).split('?').length - 1;
      if (!numbered) values.push(...items.slice(known, known + present));
      known += present;
      sql += raw;
      continue;
    }
    const before = pieces[index - 1];
    const after = pieces[index + 1];
    if (before?.kind !== 'text' || after?.kind === 'hole') return undefined;
    const place = valuePlace(sql, after?.raw ?? '');
    if (place === undefined) {
      // Inside quotes that are no SQL string (a name, or MySQL's other strings) it is not clear what this is.
      if (openQuote(sql) !== undefined) return undefined;
      sql += 'x';
      continue;
    }
    const cut = cutAt(before, after, place);
    if (cut === undefined || isEscaped(arena, piece)) return undefined;
    removals.push({ hole: piece, before, after, ...cut, put: dialect.placeholder(values.length) });
    values.push(valueCode(arena, piece, place));
    sql = `${sql.slice(0, sql.length - cut.cutBefore)}?`;
    cutOff = cut.cutAfter;
  }
  // Some other number of `?` than of values means that this text is not read correctly.
  if (removals.length === 0 || (!numbered && known !== items.length)) return undefined;
  return { removals, values };
}

/** Text inside the SQL quotes around a hole: `like '%` gives prefix `%`. */
interface Place {
  readonly quoted: boolean;
  readonly prefix: string;
  readonly suffix: string;
}

/** Whether a hole after this SQL stands for a whole value, and what is inside its quotes beside it. */
function valuePlace(sql: string, next: string): Place | undefined {
  const open = openQuote(sql);
  if (open !== undefined) {
    if (open.quote !== "'") return undefined;
    const end = next.indexOf("'");
    if (end < 0 || next[end + 1] === "'") return undefined;
    return { quoted: true, prefix: sql.slice(open.at + 1), suffix: next.slice(0, end) };
  }
  if (/^[\w.$"'`(]/.test(next)) return undefined;
  const comparison = /(?:[=<>]|<>|!=|\b(?:like|ilike|regexp|between|is not|is))\s*$/i;
  const inValues = /\bvalues\s*\((?:[^()]|\([^()]*\))*$/i;
  const afterAnd = /\bbetween\s+\S+\s+and\s+$/i;
  const listed = /[(,]\s*$/.test(sql) && inValues.test(sql);
  return comparison.test(sql) || listed || afterAnd.test(sql)
    ? { quoted: false, prefix: '', suffix: '' }
    : undefined;
}

function openQuote(sql: string): { readonly quote: string; readonly at: number } | undefined {
  let quote = '';
  let at = -1;
  for (let i = 0; i < sql.length; i++) {
    const char = sql[i]!;
    if (quote === '' && /["'`]/.test(char)) [quote, at] = [char, i];
    else if (char === quote) quote = '';
  }
  return quote === '' ? undefined : { quote, at };
}

/** How much of the neighbours goes with the hole: its quotes and what is inside them. */
function cutAt(
  before: TextPiece,
  after: TextPiece | undefined,
  place: Place,
): Pick<Removal, 'cutBefore' | 'cutAfter'> | undefined {
  if (!place.quoted) return { cutBefore: 0, cutAfter: 0 };
  const cutBefore = place.prefix.length + 1;
  const cutAfter = place.suffix.length + 1;
  // Escapes in what is cut (`\'`) are not read here; another hole inside the same quotes has no single value.
  const cut = before.raw.slice(-cutBefore) + (after?.raw.slice(0, cutAfter) ?? '');
  if (cut.includes('\\') || before.raw.length < cutBefore || before.raw.at(-cutBefore) !== "'")
    return undefined;
  return { cutBefore, cutAfter };
}

function valueCode(arena: Arena, hole: HolePiece, place: Place): string {
  const text = arena.textOf(hole.node);
  const code = arena.typeName(hole.node) === 'sequence_expression' ? `(${text})` : text;
  if (place.prefix === '' && place.suffix === '') return code;
  return `\`${escapeTemplate(place.prefix)}\${${code}}${escapeTemplate(place.suffix)}\``;
}

/** A value that is already quoted for SQL would be quoted twice as a parameter. */
function isEscaped(arena: Arena, hole: HolePiece): boolean {
  if (arena.typeName(hole.node) !== 'call_expression') return false;
  return /escape|quote|format|literal/i.test(calledName(arena, arena.child(hole.node, 'function')) ?? '');
}

function escapeTemplate(text: string): string {
  return text.replace(/[`\\]|\$\{/g, (it) => `\\${it}`);
}

function outsideQuotes(sql: string): string {
  return sql.replace(/'[^']*'|"[^"]*"/g, '');
}

/** A hole after `--` or inside a comment is no value, and quotes there mean nothing. */
function hasComments(pieces: readonly Piece[]): boolean {
  return pieces.some((it) => it.kind === 'text' && /--|\/\*|#/.test(outsideQuotes(it.raw)));
}
