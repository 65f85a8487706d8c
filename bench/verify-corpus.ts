// Reads corpora of vulnerable and patched versions (`*.jsonl.gz`: a case a line with files and labels) for the bench.
// Their text stays in memory: nothing of a corpus is written into the project.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Finding } from '../server/src/engine/engine.ts';
import { languageOf } from '../server/src/syntax/language.ts';

interface CorpusFile {
  readonly path: string;
  readonly lang: string;
  readonly text: string;
}
interface Label {
  readonly path: string;
  readonly cwes?: readonly string[];
  readonly cwe: string;
  /** From 1; a label covers `from` to `to`, both included. */
  readonly line: number;
  readonly from?: number;
  readonly to?: number;
}
interface Case {
  readonly case: string;
  readonly group: string;
  readonly files: readonly CorpusFile[];
  readonly labels: readonly Label[];
}
export interface Pair {
  readonly name: string;
  /** Text by URI. */
  readonly vulnerable: ReadonlyMap<string, string>;
  readonly patched: ReadonlyMap<string, string>;
  readonly isLabelled: (finding: Finding) => boolean;
}

/** The corpora that consist of pairs. */
const NAMES = ['ossf-cve', 'cwe-bench-java'];

/** All pairs in a folder of corpora that have code in a supported language. Throws if the folder has none of the corpora. */
export function readPairs(folder: string): Pair[] {
  const found = NAMES.flatMap((name) =>
    ['open', 'sealed', 'all']
      .map((part) => join(folder, `${name}.${part}.jsonl.gz`))
      .concat(join(folder, `${name}.jsonl.gz`))
      .filter((it) => existsSync(it)),
  );
  if (found.length === 0) throw new Error(`${folder} holds none of ${NAMES.join(', ')} (*.jsonl.gz)`);
  return found.flatMap((path) => pairsOf(gunzipSync(readFileSync(path)).toString('utf8')));
}

function pairsOf(lines: string): Pair[] {
  const groups = new Map<string, { vulnerable?: Case; patched?: Case }>();
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    const it = JSON.parse(line) as Case;
    const group = groups.get(it.group) ?? {};
    groups.set(it.group, { ...group, [it.case.endsWith('@pre') ? 'vulnerable' : 'patched']: it });
  }
  const pairs: Pair[] = [];
  for (const [name, { vulnerable, patched }] of groups) {
    if (!vulnerable || !patched || !vulnerable.files.some((it) => languageOf(it.path) !== undefined))
      continue;
    const { labels } = vulnerable;
    pairs.push({
      name,
      vulnerable: textsOf(vulnerable),
      patched: textsOf(patched),
      isLabelled: (finding) => labels.some((it) => isAbout(name, it, finding)),
    });
  }
  return pairs;
}

/** Both versions get the same URIs. */
const uriOf = (group: string, path: string): string =>
  `file:///${group}/${path.split('/').slice(1).join('/')}`;
const textsOf = (it: Case): ReadonlyMap<string, string> =>
  new Map(it.files.map((file) => [uriOf(it.group, file.path), file.text]));

/** A finding of one of the label's weaknesses with its sink, or a step of a path, in the labelled lines. */
function isAbout(group: string, label: Label, finding: Finding): boolean {
  const cwes = label.cwes ?? [label.cwe];
  if (!finding.cwe.some((it) => cwes.includes(`CWE-${it}`))) return false;
  const uri = uriOf(group, label.path);
  const [from, to] = [label.from ?? label.line, label.to ?? label.line];
  const places = [finding, ...finding.paths.flatMap((path) => path.steps)];
  return places.some(
    (it) => it.uri === uri && it.range.start.line + 1 >= from && it.range.start.line + 1 <= to,
  );
}
