// From a finding (or a selection) to a question for a model: our own words about it, and the code it is about. Files that
// must never be sent are refused here, whatever was allowed.

import { readFile } from 'node:fs/promises';
import type { Finding, Range, Uri } from '../engine/engine.ts';
import { LlmFailure } from '../llm/provider.ts';
import type { Question } from '../llm/service.ts';
import { makeSlice, type Spot } from '../llm/slice.ts';
import { anyGlob } from '../project/globs.ts';
import type { Arena } from '../syntax/arena.ts';
import { languageOf } from '../syntax/language.ts';
import { l10n } from './l10n.ts';
import { folderOf, type State } from './state.ts';
import { treeOf } from './syntax.ts';
import { pathOf } from './uris.ts';

/** A question and the real texts that it was made of. */
export interface Prepared {
  readonly question: Question;
  readonly texts: ReadonlyMap<Uri, string>;
}

/** Names of files that hold secrets; no part of them is ever sent. */
const SECRET_FILES =
  /(?:^|\/)(?:\.env[^/]*|[^/]*\.(?:pem|key|p12|pfx|jks|keystore)|id_[^/]*|\.npmrc|\.netrc|\.pgpass)$/i;
/** Rules about secrets in the code: what they found is what must not leave. */
const SECRET_RULES = /secret|password|credential|hard-?coded|private-key/;

/** Makes the question about a finding. Throws an LlmFailure if it may not be asked. */
export async function questionAbout(state: State, finding: Finding): Promise<Prepared> {
  if (SECRET_RULES.test(finding.rule))
    throw new LlmFailure('config', l10n.t('Findings about secrets in the code are never sent.'));
  const path = finding.paths[0];
  const steps = path ? path.steps : [{ ...finding, role: 'sink' as const, text: '' }];
  const spots = steps.map((it) => ({ uri: it.uri, line: it.range.start.line }));
  const { slice, texts } = await cut(state, spots);
  const words = state.wordsOf(finding.rule);
  const facts = {
    rule: finding.rule,
    cwe: finding.cwe,
    title: words?.title ?? finding.rule,
    why: words?.why ?? '',
    instead: words?.instead ?? '',
    sink: finding.sink,
    steps: steps.map((it, i) => ({ id: `s${i + 1}`, role: it.role, line: slice.numberOf(spots[i]!) })),
  };
  return { question: { uri: finding.uri, facts, slice }, texts };
}

/** Makes the question how the selected code could be made harder to misuse. */
export async function questionOfRange(state: State, uri: Uri, range: Range): Promise<Prepared> {
  const spots: Spot[] = [];
  for (let line = range.start.line; line <= range.end.line && spots.length < 200; line++)
    spots.push({ uri, line });
  const { slice, texts } = await cut(state, spots);
  const facts = {
    rule: 'hardening',
    cwe: [],
    title: 'Hardening of selected code; no finding is known',
    why: 'The code handles data that could come from somebody else.',
    instead:
      'Validation, escaping or parameters for the sinks in this code; otherwise answer cannot_fix_locally.',
    sink: '',
    steps: [],
  };
  return { question: { uri, facts, slice }, texts };
}

async function cut(state: State, spots: readonly Spot[]) {
  const trees = new Map<Uri, { readonly arena: Arena; readonly language: string }>();
  const texts = new Map<Uri, string>();
  for (const uri of new Set(spots.map((it) => it.uri))) {
    checkSendable(state, uri);
    const document = state.documents.get(uri);
    const text = document?.text.getText() ?? (await readFile(pathOf(uri)!, 'utf8'));
    const languageId = document?.text.languageId ?? languageOf(uri) ?? '';
    const arena = await treeOf(uri, languageId, text);
    if (arena) trees.set(uri, { arena, language: languageId });
    texts.set(uri, text);
  }
  return { slice: makeSlice(spots, (uri) => trees.get(uri)), texts };
}

/** Only files of the workspace, on disk, and none that holds secrets. */
export function checkSendable(state: State, uri: Uri): void {
  const path = pathOf(uri);
  if (path === undefined || folderOf(state, uri) === undefined)
    throw new LlmFailure('config', l10n.t('Only code of files in the workspace is sent.'));
  if (SECRET_FILES.test(path.replaceAll('\\', '/')))
    throw new LlmFailure('config', l10n.t('Files that are meant for secrets are never sent.'));
}

/** None that a person has excluded. Globs count from the folder of the file. */
export function checkExcluded(state: State, uris: readonly Uri[], globs: readonly string[]): void {
  const excluded = anyGlob(globs);
  for (const uri of uris) {
    const folder = folderOf(state, uri)?.uri ?? '';
    const path = decodeURIComponent(uri.slice(folder.length).replace(/^\//, ''));
    if (excluded(path))
      throw new LlmFailure('config', l10n.t('Code of {0} is never sent: faultline.ai.exclude.', path));
  }
}
