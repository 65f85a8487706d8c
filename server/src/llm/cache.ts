// Same code, same answer: replies by a hash of everything that was asked. Kept in the editor's storage of a workspace,
// never in the repository, where somebody else could have put an answer.

import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What is kept of an answer, or of the fact that there was none. */
export interface Entry {
  /** The checked answer; absent: it was refused (24 hours) or of the wrong form (1 hour). */
  readonly answer?: unknown;
  readonly why?: 'refusal' | 'form';
  readonly detail?: string;
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
export interface Cache {
  get(key: string): Entry | undefined;
  put(key: string, entry: Entry): void;
  clear(): void;
}

const HOUR = 3_600_000;
const LIVES = { refusal: 24 * HOUR, form: HOUR } as const;
/** Bytes of all entries. */
const MOST = 20 * 1024 * 1024;

/** The key of a request: a change of rules, words, schema or model is another question. */
export function cacheKey(parts: Readonly<Record<string, unknown>>): string {
  const sorted = Object.keys(parts)
    .sort()
    .map((it) => [it, parts[it]]);
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** A cache in a folder; in memory alone if there is none. Damaged entries are as if they were not there. */
export function createCache(folder: string | undefined, now: () => number): Cache {
  const memory = new Map<string, Entry>();
  const pathOf = (key: string): string => join(folder!, `${key}.json`);
  const read = (key: string): Entry | undefined => {
    const known = memory.get(key);
    if (known || folder === undefined) return known;
    try {
      const it = JSON.parse(readFileSync(pathOf(key), 'utf8')) as Entry & { key?: string };
      if (it.key !== key || typeof it.at !== 'number' || typeof it.model !== 'string') return undefined;
      const time = new Date(now());
      utimesSync(pathOf(key), time, time);
      memory.set(key, it);
      return it;
    } catch {
      return undefined;
    }
  };
  return {
    get(key) {
      const it = read(key);
      return it?.why && now() - it.at > LIVES[it.why] ? undefined : it;
    },
    put(key, entry) {
      memory.set(key, entry);
      if (folder === undefined) return;
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(`${pathOf(key)}.new`, JSON.stringify({ ...entry, key }));
        renameSync(`${pathOf(key)}.new`, pathOf(key));
        shrink(folder);
      } catch {
        // It is kept in memory.
      }
    },
    clear() {
      memory.clear();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Forgets what was not used for the longest time. */
function shrink(folder: string): void {
  const files = readdirSync(folder)
    .filter((it) => it.endsWith('.json'))
    .map((it) => ({ path: join(folder, it), ...statSync(join(folder, it)) }));
  let total = files.reduce((acc, it) => acc + it.size, 0);
  for (const it of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= MOST) return;
    rmSync(it.path, { force: true });
    total -= it.size;
  }
}
