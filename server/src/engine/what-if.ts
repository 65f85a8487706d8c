// What reports would be if other texts stood in some files. The files that the change has to do with are solved apart, in a
// workspace of its own made from units that are lowered already, so nothing is left behind.

import type { RuleSet } from '../rules/languages.ts';
import { languageOf } from '../syntax/language.ts';
import type { EngineSettings, Overlay, Question, Report } from './engine.ts';
import { type Clock, SLICE } from './hooks.ts';
import { indexText, isManifest, refuse } from './unit.ts';
import { type Workspace, makeWorkspace } from './workspace.ts';

export interface WhatIf {
  readonly rules: RuleSet;
  readonly settings: EngineSettings;
  readonly clock: Clock;
  /** The files as they are. */
  readonly from: Workspace;
  /** Texts that `from` does not know of yet. */
  readonly changed: readonly Overlay[];
  readonly manifests: ReadonlyMap<string, string>;
  /** As the editor named the language of a file. */
  readonly languageIdOf: (uri: string) => string;
}

/** Reports of the files of the overlay, with a question of every file that is solved together with them. */
export async function whatIf(
  { rules, settings, clock, from, changed, manifests, languageIdOf }: WhatIf,
  overlay: readonly Overlay[],
  question: Question | undefined,
): Promise<readonly Report[]> {
  // What the change does not reach is looked up rather than run again; a question notices more than a plain run.
  const apart = makeWorkspace(rules, settings, question, from);
  apart.solver.keepMemos = false;
  const wanted = new Map(overlay.map((it) => [it.uri, it.text]));
  const res: Report[] = [];
  for (const [uri, text] of manifests) if (!wanted.has(uri)) apart.manifest(uri, text);
  const texts = [...changed.filter((it) => !wanted.has(it.uri)), ...overlay];
  const replaced = new Set(texts.map((it) => it.uri));
  for (const uri of from.uris()) {
    const unit = replaced.has(uri) ? undefined : from.unit(uri);
    if (unit) apart.put(unit);
  }
  for (const { uri, text } of texts) {
    if (isManifest(uri)) apart.manifest(uri, text);
    const language = languageOf(uri, languageIdOf(uri));
    if (text === undefined || !language) continue;
    const refused = refuse(uri, text, undefined);
    if (refused && wanted.has(uri)) res.push(refused);
    else if (!refused) apart.put({ uri, text, ...indexText(language, text) });
  }
  // A file that is taken away was in a group with those that imported it.
  const near = new Set<string>();
  for (const group of from.components())
    if (group.some((it) => wanted.has(it))) for (const it of group) near.add(it);
  const manifest = overlay.some((it) => isManifest(it.uri));
  for (const group of apart.components()) {
    if (!manifest && !group.some((it) => wanted.has(it) || near.has(it))) continue;
    apart.restart(group);
    let until = clock.now() + SLICE * 4;
    while (!apart.solver.work(() => clock.now() > until)) {
      await new Promise((resolve) => setImmediate(resolve));
      until = clock.now() + SLICE * 4;
    }
    apart.takeChanged();
    for (const uri of group) {
      if (question === undefined && !wanted.has(uri)) continue;
      const report = apart.report(uri);
      if (report) res.push(question ? { ...report, observed: apart.observed(uri) } : report);
    }
  }
  return res;
}
