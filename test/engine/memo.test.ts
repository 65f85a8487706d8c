// What is remembered of earlier runs saves work and decides nothing: a solution from nothing takes the same runs with
// memos of another order of work as without any. So bounds on runs are met in both or in neither.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { builtRules, createEngine } from '../../server/src/engine/in-process.ts';
import { indexText, isManifest } from '../../server/src/engine/unit.ts';
import { type Workspace, makeWorkspace } from '../../server/src/engine/workspace.ts';
import type { ScanFile } from '../../server/src/engine/engine.ts';
import { languageOf } from '../../server/src/syntax/language.ts';
import { readCases, scanFilesOf } from '../support/cases.ts';

const rules = builtRules();
// The grammars are loaded once for all.
await (await createEngine(rules)).dispose();
const cases = readCases(fileURLToPath(new URL('../cases', import.meta.url)));

function workspaceOf(files: readonly ScanFile[], typed: boolean): Workspace {
  const workspace = makeWorkspace(rules, { libraryMode: 'auto' });
  workspace.solver.keepMemos = typed;
  for (const it of files) {
    const language = languageOf(it.uri, it.languageId);
    if (isManifest(it.uri)) workspace.manifest(it.uri, it.text);
    else if (language) {
      const changed = workspace.put({ uri: it.uri, text: it.text, ...indexText(language, it.text) });
      if (!typed) continue;
      // As in an editor: each file is worked on as it comes, long before the others are there.
      workspace.touch(changed);
      workspace.solver.work();
    }
  }
  return workspace;
}

/** Solves all from nothing: how many runs that took, and what came of it. */
function solved(workspace: Workspace): { runs: number; reports: string } {
  const { stats } = workspace.solver;
  const before = stats.ran + stats.reused;
  for (const group of workspace.components()) {
    workspace.restart(group);
    workspace.solver.work();
  }
  workspace.takeChanged();
  const reports = workspace.uris().map((it) => workspace.report(it));
  return { runs: stats.ran + stats.reused - before, reports: JSON.stringify(reports, undefined, 1) };
}

test.each(cases)('$name takes the same runs', (it) => {
  const files = scanFilesOf(it.files);
  const fresh = solved(workspaceOf(files, false));
  const typed = workspaceOf([...files].reverse(), true);
  expect(solved(typed)).toEqual(fresh);
  expect(solved(typed)).toEqual(fresh);
});
