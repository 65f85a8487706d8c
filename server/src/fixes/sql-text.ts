// Which holes of a built SQL text stand for values, and what becomes of text and values when they are taken out.
// Only holes that stand where SQL takes a value are moved; names of tables and columns cannot be parameters.

import type { HolePiece, Piece, Removal } from './pieces.ts';

/** How a library writes placeholders. */
export type Style =
  | { readonly by: 'position'; readonly write: (index: number) => string; readonly pattern?: RegExp }
  | { readonly by: 'name'; readonly write: (name: string) => string };

/** Each value has a placeholder of its own, in order: `?`, `%s`. */
export function inOrder(placeholder: string, pattern: RegExp): Style {
  return { by: 'position', write: () => placeholder, pattern };
}

export interface Moved {
  readonly removals: readonly Removal[];
  /** All values of the call afterwards, in the order of the placeholders; by name only those that were moved. */
  readonly values: readonly Value[];
}
export interface Value {
  readonly name: string;
  readonly code: string;
}
export interface Host {
  /** The code of a hole. */
  code(hole: HolePiece): string;
  /** The code of a string around a hole: `like '%${x}%'` has the value `%${x}%`. */
  joined(prefix: string, code: string, suffix: string): string;
  /** Whether the value is quoted for SQL already: as a parameter it would be quoted twice. */
  isEscaped(hole: HolePiece): boolean;
  /** A name for a value that nothing else in the text has. */
  name(hole: HolePiece, taken: ReadonlySet<string>): string;
}

/**
 * Takes out every hole that stands for a value. `items` are the values of the placeholders that are there already.
 * Undefined if no hole does, or if some hole is neither certainly a value nor certainly none.
 */
export function moveHoles(
  pieces: readonly Piece[],
  style: Style,
  items: readonly string[],
  host: Host,
): Moved | undefined {
  if (hasComments(pieces)) return undefined;
  const counted = style.by === 'position' ? style.pattern : undefined;
  const values: Value[] = counted === undefined ? items.map((code) => ({ name: '', code })) : [];
  const removals: Removal[] = [];
  const names = new Set<string>();
  let known = 0;
  let sql = '';
  let cutOff = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'text') {
      const raw = piece.raw.slice(cutOff);
      cutOff = 0;
      const present = counted === undefined ? 0 : (outsideQuotes(raw).match(counted)?.length ?? 0);
      values.push(...items.slice(known, known + present).map((code) => ({ name: '', code })));
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
    // Another hole inside the same quotes has no single value.
    if (before.raw.length < place.cutBefore || host.isEscaped(piece)) return undefined;
    const name = style.by === 'name' ? host.name(piece, names) : '';
    names.add(name);
    const put = style.by === 'name' ? style.write(name) : style.write(values.length);
    const { cutBefore, cutAfter } = place;
    removals.push({ hole: piece, before, after, cutBefore, cutAfter, put });
    const plain = place.prefix === '' && place.suffix === '';
    const code = host.code(piece);
    values.push({ name, code: plain ? code : host.joined(place.prefix, code, place.suffix) });
    sql = `${sql.slice(0, sql.length - cutBefore)}?`;
    cutOff = cutAfter;
  }
  // Some other number of placeholders than of values means that this text is not read correctly.
  if (removals.length === 0 || (counted !== undefined && known !== items.length)) return undefined;
  return { removals, values };
}

/** A hole that is a whole value: what is inside its SQL quotes beside it, and how much raw text goes with it. */
interface Place {
  readonly prefix: string;
  readonly suffix: string;
  readonly cutBefore: number;
  readonly cutAfter: number;
}

/** Whether a hole after this SQL stands for a whole value. `like '%` gives prefix `%`. */
function valuePlace(sql: string, next: string): Place | undefined {
  const open = openQuote(sql);
  if (open !== undefined) {
    const close = /^([^'\\]*)(\\?')(?!\\?')/.exec(next);
    const prefix = sql.slice(open.at + open.quote.length);
    if (!open.quote.endsWith("'") || close === null || prefix.includes('\\')) return undefined;
    const [whole, suffix] = close as unknown as [string, string];
    return { prefix, suffix, cutBefore: sql.length - open.at, cutAfter: whole.length };
  }
  if (/^[\w.$"'`(]/.test(next)) return undefined;
  const comparison = /(?:[=<>]|<>|!=|\b(?:like|ilike|regexp|between|is not|is))\s*$/i;
  const inValues = /\bvalues\s*\((?:[^()]|\([^()]*\))*$/i;
  const afterAnd = /\bbetween\s+\S+\s+and\s+$/i;
  const listed = /[(,]\s*$/.test(sql) && inValues.test(sql);
  return comparison.test(sql) || listed || afterAnd.test(sql)
    ? { prefix: '', suffix: '', cutBefore: 0, cutAfter: 0 }
    : undefined;
}

/** The quote that is open at the end of some SQL, as the program writes it: `'` or `\'`. */
function openQuote(sql: string): { readonly quote: string; readonly at: number } | undefined {
  let quote = '';
  let at = -1;
  for (let i = 0; i < sql.length; i++) {
    const char = sql[i]!;
    if (!/["'`]/.test(char) || (quote !== '' && !quote.endsWith(char))) continue;
    if (quote !== '') quote = '';
    else {
      const escaped = sql[i - 1] === '\\' && sql[i - 2] !== '\\';
      [quote, at] = escaped ? [`\\${char}`, i - 1] : [char, i];
    }
  }
  return quote === '' ? undefined : { quote, at };
}

function outsideQuotes(sql: string): string {
  return sql.replace(/'[^']*'|"[^"]*"/g, '');
}

/** A hole after `--` or inside a comment is no value, and quotes there mean nothing. */
function hasComments(pieces: readonly Piece[]): boolean {
  return pieces.some((it) => it.kind === 'text' && /--|\/\*|#/.test(outsideQuotes(it.raw)));
}
