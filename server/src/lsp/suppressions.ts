// The list of all suppressions that are known: comments of open and scanned files, settings and baselines of projects.
// The command line's `faultline audit` lists the same of a whole scan.

import { join } from 'node:path';
import { BASELINE_FILE, CONFIG_FILE, FOLDER } from '../project/folder.ts';
import { baselineEntry, commentsOf, entriesOf, type SuppressionEntry } from '../project/suppressions.ts';
import { shownNow } from './findingsFeed.ts';
import { SUPPRESSIONS_REQUEST, type ToldSuppression } from './protocol-project.ts';
import { usedEntries } from './projectSuppressions.ts';
import type { ServerRequest } from './requests.ts';
import type { State } from './state.ts';
import { pathOf, uriOf } from './uris.ts';

export const suppressionsRequest: ServerRequest = {
  method: SUPPRESSIONS_REQUEST,
  fallback: [],
  answer: (state) => suppressionsOf(state),
};

function suppressionsOf(state: State): ToldSuppression[] {
  const found: ToldSuppression[] = [];
  for (const uri of [...new Set([...state.documents.keys(), ...state.closed.keys()])].sort()) {
    const shown = shownNow(state, uri);
    if (shown === undefined) continue;
    for (const it of commentsOf(shown.report, shown.judged, pathOf(uri) ?? uri))
      found.push(toTell(it, state.uris.toClient(uri)));
  }
  const roots = new Set<string>();
  for (const project of state.projects.values()) {
    const { root, policy } = project;
    if (root === undefined || roots.has(root)) continue;
    roots.add(root);
    const path = (name: string): string => join(root, FOLDER, name);
    const used = usedEntries(state, project);
    for (const it of entriesOf(policy.config, path(CONFIG_FILE), used, state.today()))
      found.push(toTell(it, uriOf(it.path)));
    for (const it of baselineEntry(policy.baseline.entries.length, path(BASELINE_FILE)))
      found.push(toTell(it, uriOf(it.path)));
  }
  return found;
}

function toTell({ where, line, ids, reason, until, state }: SuppressionEntry, uri: string): ToldSuppression {
  return {
    ...{ where, uri, ids, reason, state },
    ...(line !== undefined && { line }),
    ...(until !== undefined && { until }),
  };
}
