// Turns analysed text into text that is safe and truthful on a terminal, with the width each part takes there.
// Nothing out of a scanned file reaches the terminal unless it passed through here: no escapes, no reordering.

/** A character as it is shown and the columns it takes. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  /** Offset of the character in the line, in UTF-16 code units. */
  readonly at: number;
}

const TAB = 4;

// Characters that reorder or hide text. Joiners stay: emoji and several scripts need them.
const DECEIVING =
  /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\u200c\u200d\ufe00-\ufe0f]$/u;
// East Asian wide and fullwidth blocks (Unicode TR 11), and what is shown as an emoji by default.
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}])$/u;

/** A line of code as cells: tabs become spaces up to the next multiple of four, control characters become visible. */
export function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let at = 0;
  for (const char of line) {
    const cell = char === '\t' ? spaces(TAB - (column % TAB), at) : shown(char, at);
    cells.push(cell);
    column += cell.width;
    at += char.length;
  }
  return cells;
}

/** Text without a line structure (a message, a path) made safe to print: control characters become visible. */
export function printable(text: string): string {
  let out = '';
  for (const char of text) out += shown(char, 0).text;
  return out;
}

/** Columns a printable text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

function spaces(count: number, at: number): Cell {
  return { text: ' '.repeat(count), width: count, at };
}

function shown(char: string, at: number): Cell {
  const code = char.codePointAt(0)!;
  // U+2400 holds a picture of every ASCII control character.
  if (code < 0x20) return { text: String.fromCodePoint(0x2400 + code), width: 1, at };
  if (code === 0x7f) return { text: '\u2421', width: 1, at };
  if (code >= 0xd800 && code <= 0xdfff) return { text: '\ufffd', width: 1, at };
  if ((code >= 0x80 && code < 0xa0) || DECEIVING.test(char)) {
    const text = `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
    return { text, width: text.length, at };
  }
  return { text: char, width: charWidth(char), at };
}

function charWidth(char: string): number {
  if (char <= '\u007e') return 1;
  if (ZERO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
