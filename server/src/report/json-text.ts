// JSON text in pieces: a report of a large project can be longer than the longest string JavaScript can hold.
// The pieces joined are what JSON.stringify(value, null, 2) gives.

/** Yields the text of plain data; arrays and objects down to `depth` levels are cut into one piece per element. */
export function* jsonText(value: unknown, depth = 4, indent = ''): Generator<string, void, undefined> {
  const isList = Array.isArray(value);
  const entries = isList
    ? value.map((it, i) => [i, it] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).filter(([, it]) => it !== undefined)
      : [];
  if (depth === 0 || entries.length === 0) {
    yield (JSON.stringify(value, null, 2) ?? 'null').replaceAll('\n', `\n${indent}`);
    return;
  }
  const inner = `${indent}  `;
  let separator = isList ? '[\n' : '{\n';
  for (const [key, it] of entries) {
    yield `${separator}${inner}${isList ? '' : `${JSON.stringify(key)}: `}`;
    yield* jsonText(it, depth - 1, inner);
    separator = ',\n';
  }
  yield `\n${indent}${isList ? ']' : '}'}`;
}
