// Keys of access paths as every language writes them: property names, and names or numbers that are indexes.
// A name that is an index is a number, so that `o['0']` and `o[0]` are the same place.

import type { Key } from '../ir/ir.ts';

/** A property name as a key: names that are array indexes are numbers. */
export function keyOfText(text: string): Key {
  return /^(0|[1-9]\d{0,6})$/.test(text) ? Number(text) : text;
}

/** A number as a key. */
export function keyOfNumber(value: number): Key {
  return keyOfText(String(value));
}
