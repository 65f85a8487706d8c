// A 64-bit running hash in two 32-bit lanes, kept in arrays so that many items are hashed in one walk.
// It is a cache key, not a signature: nothing may rely on it against someone who wants a collision.

/** Running hashes, one per item. */
export interface Hashes {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** `count` fresh hashes. */
export function makeHashes(count: number): Hashes {
  return { low: new Int32Array(count).fill(0x2f0b4f6d), high: new Int32Array(count).fill(0x51ab7c3e) };
}

/** Adds a number (32 bits count) to hash `at`. */
export function mix(hashes: Hashes, at: number, value: number): void {
  const { low, high } = hashes;
  const a = Math.imul(low[at]! ^ value, 0x85ebca6b);
  low[at] = (a << 13) | (a >>> 19);
  const b = Math.imul(high[at]! + value, 0xc2b2ae35);
  high[at] = ((b << 17) | (b >>> 15)) ^ a;
}

/** Adds a part of a text to hash `at`, with its length, so that neighbouring parts cannot trade characters. */
export function mixText(hashes: Hashes, at: number, text: string, start: number, end: number): void {
  const { low, high } = hashes;
  let a = low[at]!;
  let b = high[at]!;
  for (let it = start; it < end; it++) {
    const unit = text.charCodeAt(it);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b + unit, 0x9e3779b1) ^ (b >>> 15);
  }
  low[at] = a;
  high[at] = b;
  mix(hashes, at, end - start);
}

/** The finished hash `at` as 16 hexadecimal digits. */
export function digest(hashes: Hashes, at: number): string {
  return hex(scramble(hashes.low[at]! ^ (hashes.high[at]! >>> 16))) + hex(scramble(hashes.high[at]!));
}

function scramble(value: number): number {
  let it = value;
  it = Math.imul(it ^ (it >>> 16), 0x85ebca6b);
  it = Math.imul(it ^ (it >>> 13), 0xc2b2ae35);
  return (it ^ (it >>> 16)) >>> 0;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
