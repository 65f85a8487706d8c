// What the engine sees in a file, resolved to places: the answer to "why is nothing found here?" and to "what is this call?".
// Plain data; front doors put it into words.

import type { Fid } from '../flow/domain.ts';
import type { Noticed } from '../flow/notice.ts';
import type { Explained, Range } from './engine.ts';
import { type Located, rangeOf } from './findings.ts';

/** What was noticed in one file, in source order, each thing once. */
export function explained(
  uri: string,
  noticed: readonly Noticed[],
  locate: (fid: Fid) => Located | undefined,
  nameOf: (fid: Fid) => { readonly uri: string; readonly name: string } | undefined,
): Explained[] {
  const found = new Map<string, Explained>();
  for (const it of noticed) {
    const where = locate(it.site.fid);
    if (where === undefined || where.uri !== uri || it.site.e <= it.site.s) continue;
    const range = rangeOf(where, it.site);
    const code = where.text.slice(where.start + it.site.s, where.start + it.site.e);
    const made = makeExplained(it, range, code, nameOf);
    const key = JSON.stringify(made);
    if (!found.has(key)) found.set(key, made);
  }
  return [...found]
    .sort(([a, x], [b, y]) => compare(x.range, y.range) || (a < b ? -1 : 1))
    .map(([, it]) => it);
}

function makeExplained(
  it: Noticed,
  range: Range,
  code: string,
  nameOf: (fid: Fid) => { readonly uri: string; readonly name: string } | undefined,
): Explained {
  switch (it.n) {
    case 'source':
      return { what: 'source', range, code, kind: it.kind, name: it.what };
    case 'sink':
      return { what: 'sink', range, code, kind: it.kind, name: it.name, state: it.state };
    case 'safe':
      return { what: 'safe', range, code, kinds: it.kinds, name: it.by };
    case 'call': {
      const functions = it.functions.map(nameOf).filter((fn) => fn !== undefined);
      return { what: 'call', range, code, name: it.name, models: it.models, functions };
    }
    default:
      return it satisfies never;
  }
}

function compare(a: Range, b: Range): number {
  return a.start.line - b.start.line || a.start.character - b.start.character;
}
