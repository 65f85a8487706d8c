// SQL built from values becomes SQL with placeholders, and the values become the second argument of the call.
// The placeholder is the driver's (PEP 249, paramstyle); a cursor whose driver the file does not name is left alone.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import { endOf, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import type { HolePiece } from '../pieces.ts';
import { inOrder, moveHoles, type Host, type Style, type Value } from '../sql-text.ts';
import { importedPackages } from './imports.ts';
import { builtString, removalEdit } from './pieces.ts';
import { calledName, callOf, isSteady, onlyValueOf, type Call } from './tree.ts';

const QUESTION = inOrder('?', /\?/g);
const FORMAT = inOrder('%s', /%s/g);
const NUMBERED: Style = { by: 'position', write: (index) => `:${index + 1}` };
const DOLLAR: Style = { by: 'position', write: (index) => `$${index + 1}` };
/** By package. What the documentation of each calls its paramstyle, or the one that its examples use. */
const STYLES: Readonly<Record<string, Style>> = {
  sqlite3: QUESTION,
  aiosqlite: QUESTION,
  pyodbc: QUESTION,
  pypyodbc: QUESTION,
  duckdb: QUESTION,
  mariadb: QUESTION,
  psycopg: FORMAT,
  psycopg2: FORMAT,
  aiopg: FORMAT,
  pymysql: FORMAT,
  aiomysql: FORMAT,
  asyncmy: FORMAT,
  MySQLdb: FORMAT,
  mysql: FORMAT,
  flask_mysqldb: FORMAT,
  flaskext: FORMAT,
  pymssql: FORMAT,
  cx_Oracle: NUMBERED,
  oracledb: NUMBERED,
  django: FORMAT,
};
const ASYNCPG = /^asyncpg\b/;
const METHODS = ['execute', 'raw', 'fetch', 'fetchrow', 'fetchval', 'fetch_all', 'fetch_one'];

/** `cursor.execute(f"… id = {id}")` becomes `cursor.execute("… id = ?", (id,))`. */
export function parameterise({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.open || call.args[0] !== node) return undefined;
  const method = calledName(arena, call.callee);
  const separate = ASYNCPG.test(finding.sink);
  const style = separate ? DOLLAR : styleFor(arena, finding.sink);
  if (style === undefined || !METHODS.includes(method) || call.keywords.size > 0) return undefined;
  const value = onlyValueOf(arena, node);
  const built = builtString(arena, value >= 0 ? value : node);
  if (built === undefined) return undefined;
  const holes = built.pieces.filter((it) => it.kind === 'hole');
  if (value >= 0 && !holes.every((it) => isSteady(arena, it.node, node))) return undefined;
  const taker = separate ? argumentsOf(arena, call) : sequenceOf(arena, call);
  if (taker === undefined) return undefined;
  const moved = moveHoles(built.pieces, style, taker.items, hostOf(arena));
  // A `%` that stays would be read as a placeholder once there are parameters.
  if (
    moved === undefined ||
    (style === FORMAT && taker.items.length === 0 && hasPercent(built.pieces, moved.removals))
  )
    return undefined;
  const rest = built.without(moved.removals.map((it) => it.hole));
  if (rest === undefined) return undefined;
  const edits = [...moved.removals.map((it) => removalEdit(arena, it)), ...rest, taker.write(moved.values)];
  return { title: 'Pass the values as query parameters', edits, safe: true };
}

function hasPercent(
  pieces: readonly { readonly kind: string; readonly raw?: string }[],
  removals: readonly {
    readonly before: unknown;
    readonly after: unknown;
    readonly cutBefore: number;
    readonly cutAfter: number;
  }[],
): boolean {
  return pieces.some((it) => {
    if (it.kind !== 'text') return false;
    const raw = it.raw ?? '';
    const from = removals.find((one) => one.after === it)?.cutAfter ?? 0;
    const to = raw.length - (removals.find((one) => one.before === it)?.cutBefore ?? 0);
    return raw.slice(from, to).includes('%');
  });
}

/** The style of the only driver that the file imports; Django's connections speak one of their own. */
function styleFor(arena: Arena, sink: string): Style | undefined {
  if (/^django\b/.test(sink)) return FORMAT;
  if (!/^DB-API\b|^sqlite3\b|^(?:psycopg2?|pymysql|MySQLdb)\b/.test(sink)) return undefined;
  const imported = importedPackages(arena);
  const styles = new Set(
    Object.keys(STYLES)
      .filter((it) => imported.has(it))
      .map((it) => STYLES[it]),
  );
  return styles.size === 1 ? [...styles][0] : undefined;
}

interface Taker {
  readonly items: readonly string[];
  write(values: readonly Value[]): TextChange;
}

/** The parameters as one tuple or list behind the text. */
function sequenceOf(arena: Arena, call: Call): Taker | undefined {
  const [text, given] = call.args;
  if (given === undefined)
    return { items: [], write: (values) => insertAt(endOf(arena, text!), `, ${tuple(values)}`) };
  if (!/^(?:tuple|list)$/.test(typeOf(arena, given))) return undefined;
  const items = arena.namedChildren(given);
  if (items.some((it) => /splat/.test(typeOf(arena, it)))) return undefined;
  const isList = typeOf(arena, given) === 'list';
  const write = (values: readonly Value[]): TextChange =>
    replaceNode(arena, given, isList ? `[${codes(values)}]` : tuple(values));
  return { items: items.map((it) => arena.textOf(it)), write };
}

/** The parameters as arguments of their own. */
function argumentsOf(arena: Arena, call: Call): Taker {
  const items = call.args.slice(1).map((it) => arena.textOf(it));
  const last = call.args.at(-1)!;
  const write = (values: readonly Value[]): TextChange =>
    insertAt(
      endOf(arena, last),
      values
        .slice(items.length)
        .map((it) => `, ${it.code}`)
        .join(''),
    );
  return { items, write };
}

const codes = (values: readonly Value[]): string => values.map((it) => it.code).join(', ');
const tuple = (values: readonly Value[]): string => `(${codes(values)}${values.length === 1 ? ',' : ''})`;

function hostOf(arena: Arena): Host {
  return {
    code: (hole) => codeOf(arena, hole.node),
    joined: (prefix, code, suffix) => {
      const parts = [
        prefix === '' ? '' : JSON.stringify(prefix),
        `str(${code})`,
        suffix === '' ? '' : JSON.stringify(suffix),
      ];
      return /["'\\{}\n]/.test(prefix + code + suffix)
        ? parts.filter((it) => it !== '').join(' + ')
        : `f"${prefix}{${code}}${suffix}"`;
    },
    isEscaped: (hole) => isQuoted(arena, hole),
    name: () => 'value',
  };
}

function codeOf(arena: Arena, node: Node): string {
  const text = arena.textOf(node);
  return /^(?:named_expression|yield|lambda)$/.test(typeOf(arena, node)) ? `(${text})` : text;
}

/** A value that is quoted for SQL already, or made into another text by a format, is not the value to pass. */
function isQuoted(arena: Arena, hole: HolePiece): boolean {
  if (typeOf(arena, hole.node) === 'interpolation') return true;
  return (
    typeOf(arena, hole.node) === 'call' &&
    /escape|quote|literal|adapt|join/i.test(textOf(arena, arena.child(hole.node, 'function')))
  );
}
