// The findings that a repository accepts as they are: `.faultline/baseline.json`, one entry for each by its fingerprint.
// A fingerprint knows the function and the code, not the line, so edits elsewhere and moved files do not bring it back.

import type { Finding } from '../engine/engine.ts';

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  /** Relative to the folder of `.faultline`, with `/`. */
  readonly file: string;
  /** The words of the finding, for people who read the file. */
  readonly message: string;
}
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
  /** Accepted in this very file. */
  readonly inFile: ReadonlyMap<string, ReadonlySet<string>>;
  /** Accepted in a file that is not there any more: it may have been moved to any other name. */
  readonly moved: ReadonlySet<string>;
}

export const NO_BASELINE: Baseline = { entries: [], inFile: new Map(), moved: new Set() };
/** Version of the file and of the fingerprints it can hold (`1:…`). */
const SCHEMA = 1;

const keyOf = (it: { readonly rule: string; readonly fingerprint: string }): string =>
  `${it.rule} ${it.fingerprint}`;

/**
 * Reads the file. `exists` tells whether a file (relative) is still there. A damaged file gives a problem in one
 * sentence and accepts nothing.
 */
export function readBaseline(
  text: string,
  exists: (file: string) => boolean,
): { readonly baseline: Baseline; readonly problem?: string } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { baseline: NO_BASELINE, problem: `it is not JSON: ${(error as Error).message}` };
  }
  const { schema, findings } = (typeof data === 'object' && data !== null ? data : {}) as Record<
    string,
    unknown
  >;
  if (schema !== SCHEMA || !Array.isArray(findings))
    return { baseline: NO_BASELINE, problem: `it is not a baseline of version ${SCHEMA}` };
  const entries = findings.filter(isEntry);
  const odd = findings.length - entries.length;
  const old = entries.filter((it) => !it.fingerprint.startsWith('1:')).length;
  return {
    baseline: makeBaseline(entries, exists),
    ...(odd > 0 && { problem: `${odd} of its entries cannot be read` }),
    ...(odd === 0 &&
      old > 0 && { problem: `${old} of its fingerprints are of another version; accept them again` }),
  };
}

function isEntry(value: unknown): value is BaselineEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { fingerprint, rule, file } = value as Record<string, unknown>;
  return typeof fingerprint === 'string' && typeof rule === 'string' && typeof file === 'string';
}

function makeBaseline(entries: readonly BaselineEntry[], exists: (file: string) => boolean): Baseline {
  const inFile = new Map<string, Set<string>>();
  const moved = new Set<string>();
  for (const it of entries) {
    const set = inFile.get(it.file) ?? new Set();
    inFile.set(it.file, set.add(keyOf(it)));
  }
  for (const [file, keys] of inFile) if (!exists(file)) for (const key of keys) moved.add(key);
  return { entries, inFile, moved };
}

/** Whether a finding in a file (relative) is accepted. */
export function isAccepted(baseline: Baseline, file: string, finding: Finding): boolean {
  const key = keyOf(finding);
  return baseline.inFile.get(file)?.has(key) === true || baseline.moved.has(key);
}

/**
 * The text of a baseline with these findings added. `stale` says which old entries to leave out (findings that are not
 * there any more). Sorted, so that merging two of them is easy and equal contents are equal texts.
 */
export function writeBaseline(
  old: readonly BaselineEntry[],
  added: readonly BaselineEntry[],
  stale: (entry: BaselineEntry) => boolean = () => false,
): string {
  const all = new Map<string, BaselineEntry>();
  for (const it of [...old.filter((entry) => !stale(entry)), ...added])
    all.set(`${it.file} ${keyOf(it)}`, it);
  const sorted = [...all].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, it]) => it);
  const findings = sorted.map(({ file, rule, fingerprint, message }) => ({
    file,
    rule,
    fingerprint,
    message,
  }));
  return `${JSON.stringify({ schema: SCHEMA, findings }, null, 2)}\n`;
}
