// What a probe saw, resolved to places in the files: sinks with their state, and uses of dangerous data.
// Plain data for verify/, which decides what it means.

import type { Fid } from '../flow/domain.ts';
import type { SeenSink } from '../flow/probe.ts';
import type { RawFinding } from '../flow/world.ts';
import type { Observed } from './engine.ts';
import { type Located, rangeOf } from './findings.ts';

/** Sinks of a file and the uses found in it, in the order given. */
export function observe(
  sinks: readonly SeenSink[],
  raw: readonly RawFinding[],
  locate: (fid: Fid) => Located | undefined,
): Observed[] {
  const res: Observed[] = [];
  for (const it of sinks) {
    const where = locate(it.site.fid);
    if (where) res.push({ what: 'sink', name: it.name, state: it.state, ...placeOf(where, it.site) });
  }
  for (const { sink, fact } of raw) {
    if (sink.as === undefined || fact?.origin.o !== 'source') continue;
    const where = locate(sink.site.fid);
    const from = locate(fact.origin.site.fid);
    if (!where || !from) continue;
    const source = { uri: from.uri, range: rangeOf(from, fact.origin.site) };
    res.push({ what: sink.as, name: sink.name, source, ...placeOf(where, sink.site) });
  }
  return res;
}

function placeOf(
  where: Located,
  site: { readonly s: number; readonly e: number },
): Pick<Observed, 'uri' | 'range' | 'code'> {
  const code = where.text.slice(where.start + site.s, where.start + site.e);
  return { uri: where.uri, range: rangeOf(where, site), code };
}
