// The commands about what a project accepts: `faultline audit` lists every suppression, `faultline accept` writes the baseline.
// Both run a whole scan first: what is unused, and what is there to accept, only the analysis knows.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pathFrom } from '../base/paths.ts';
import type { Finding } from '../engine/engine.ts';
import { readBaseline, writeBaseline, type BaselineEntry } from '../project/baseline.ts';
import { BASELINE_FILE, FOLDER } from '../project/folder.ts';
import type { SuppressionEntry } from '../project/suppressions.ts';
import { printable } from '../report/printable.ts';
import { pathOf, plural } from '../report/result.ts';
import { UserError, writeAll, type Io } from './io.ts';
import type { ScanRun } from './scan.ts';

/** Prints all suppressions of a scan: comments, entries of the settings, the baseline. Exit code 1 if one is no good. */
export async function audit(run: ScanRun, json: boolean, io: Io): Promise<number> {
  const entries = run.result.suppressions;
  if (json) await writeAll(io.stdout, [`${JSON.stringify(entries, null, 2)}\n`], 'to standard output');
  else await writeAll(io.stdout, auditText(entries, io.cwd), 'to standard output');
  return entries.some((it) => it.state !== 'active') ? 1 : 0;
}

function* auditText(entries: readonly SuppressionEntry[], cwd: string): Generator<string> {
  for (const it of entries) {
    const place = it.line === undefined ? '' : `:${it.line}`;
    const until = it.until === undefined ? '' : ` until ${it.until}`;
    const state = it.state === 'active' ? '' : ` [${it.state}]`;
    const reason = it.reason === '' ? 'no reason given' : it.reason;
    const path = relative(cwd, it.path) || it.path;
    yield `${printable(`${path}${place}  ${it.ids.join(', ')}${until}${state}: ${reason}`)}\n`;
  }
  const odd = entries.filter((it) => it.state !== 'active').length;
  yield `${plural(entries.length, 'suppression')}${odd === 0 ? '' : `, ${odd} of them expired, unused or without a reason`}.\n`;
}

/**
 * Adds the findings of a scan to the baseline. With `prune`, entries that nothing corresponds to any more are taken out.
 * Without a `.faultline` folder one is made in the scanned folder.
 */
export async function accept(run: ScanRun, prune: boolean, io: Io): Promise<number> {
  if (run.result.failed.length > 0)
    throw new UserError('not every file could be analysed, so nothing was accepted; scan first');
  const folder = run.project.root ?? run.root;
  const path = join(folder, FOLDER, BASELINE_FILE);
  const old = await readFile(path, 'utf8').then(
    (text) => readBaseline(text, () => true).baseline.entries,
    () => [],
  );
  const open = run.result.findings.filter((it) => it.suppressed === undefined);
  const entries = open.map((it) => entryOf(it, folder));
  const kept = new Set(
    run.result.findings
      .filter((it) => it.suppressed?.by === 'baseline')
      .map((it) => keyOf(entryOf(it, folder))),
  );
  const stale = (it: BaselineEntry): boolean => prune && !kept.has(keyOf(it));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, writeBaseline(old, entries, stale));
  const gone = old.filter(stale).length;
  const rest = gone > 0 ? `, ${gone} taken out` : '';
  const words = `${plural(entries.length, 'finding')} accepted in ${relative(io.cwd, path)}${rest}.\n`;
  await writeAll(io.stdout, [words], 'to standard output');
  return 0;
}

function keyOf(it: BaselineEntry): string {
  return `${it.file} ${it.rule} ${it.fingerprint}`;
}

function entryOf(it: Finding, root: string): BaselineEntry {
  const file = pathFrom(root, pathOf(it.uri));
  return { file, rule: it.rule, fingerprint: it.fingerprint, message: it.message };
}
