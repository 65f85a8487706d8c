// Text formats that several languages fill in: C's `%s` and the braces of `'{}'.format()`.
// Lowering takes literal formats apart, flow those that it finds in constants.

/** One piece of a format: literal text, or a place for a value named by key or position, and the letter of its form. */
export type FormatPiece =
  | string
  | {
      readonly key: string | undefined;
      readonly letter: string;
      /** Members below the value: `{0.name[k]}`. */
      readonly path?: readonly string[];
    };

/** Takes a `%` format apart: `'%s=%(name)d'`. A width of `*` takes an argument of its own and gives undefined. */
export function percentPieces(format: string): FormatPiece[] | undefined {
  const pieces: FormatPiece[] = [];
  const conversion = /%(?:\(([^)]*)\))?[#0\- +]*(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%])/g;
  let from = 0;
  for (const it of format.matchAll(conversion)) {
    if (it[2] === '*' || it[3] === '*') return undefined;
    if (it.index > from) pieces.push(format.slice(from, it.index));
    if (it[4] === '%') pieces.push('%');
    else pieces.push({ key: it[1], letter: it[4]! });
    from = it.index + it[0].length;
  }
  if (from < format.length) pieces.push(format.slice(from));
  return pieces;
}

/** Takes a format with braces apart: `'{} {0} {name.attr:>8}'`. Automatic positions are counted. */
export function bracePieces(format: string): FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let next = 0;
  let from = 0;
  for (const it of format.matchAll(/\{\{|\}\}|\{([^{}:!]*)(?:![rsa])?(?::((?:[^{}]|\{[^{}]*\})*))?\}/g)) {
    if (it.index > from) pieces.push(format.slice(from, it.index));
    from = it.index + it[0].length;
    if (it[1] === undefined) {
      pieces.push(it[0][0]!);
      continue;
    }
    const [name = '', ...path] = it[1].split(/[.[\]]+/);
    const key = name === '' ? String(next++) : name;
    pieces.push({ key, letter: (it[2] ?? '').slice(-1), path: path.filter((part) => part !== '') });
  }
  if (from < format.length) pieces.push(format.slice(from));
  return pieces;
}

/** Whether a conversion or the type of a format specification only takes numbers. */
export function isNumeric(letter: string): boolean {
  return /^[dioxXeEfFgGbn]$/.test(letter);
}
