// Colours on a terminal, and the decision whether to use any.
// Written out because `util.styleText` is missing from the first releases of Node 20.

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'blue' | 'green' | 'cyan' | 'underline';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

export type Paint = (style: Style, text: string) => string;

/** Gives the text back unchanged. */
export const plain: Paint = (_style, text) => text;

/** Wraps text in escape sequences. */
export const coloured: Paint = (style, text) => {
  const [on, off] = CODES[style];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Colours for this stream? `--no-color` and NO_COLOR win, then FORCE_COLOR, then whether a person is looking. */
export function paintFor(
  wanted: boolean,
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  if (!wanted || (env['NO_COLOR'] ?? '') !== '') return plain;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? plain : coloured;
  return stream.isTTY === true && env['TERM'] !== 'dumb' ? coloured : plain;
}
