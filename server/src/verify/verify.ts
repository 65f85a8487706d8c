// Whether a change mends a finding: its form, the findings after it, and how the flow ended. A fix is accepted only for a
// reason that the engine knows; that a scanner has fallen silent is none.

import type { Engine, Finding, Overlay } from '../engine/engine.ts';
import type { Arena } from '../syntax/arena.ts';
import { languageOf } from '../syntax/language.ts';
import { initSyntax, parseText } from '../syntax/parser.ts';
import { findingObjections } from './compare.ts';
import { declarationObjections } from './declarations.ts';
import { explain } from './explain.ts';
import { mapLines, type LineMap } from './lines.ts';
import { shapeObjections } from './shape.ts';
import { ENDED, type Objection, type Verdict } from './verdict.ts';

/** One file of a change; undefined text: there is no such file. */
export interface ChangedFile {
  readonly uri: string;
  readonly languageId?: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}
export interface VerifyOptions {
  /** More objections of the caller, a limit on size, say; analysed only if there are none. */
  readonly objections?: readonly Objection[];
  readonly signal?: AbortSignal;
  /** Proposed by a model and not by a person: declarations and signatures must stay as they are. */
  readonly own?: boolean;
}

/**
 * Judges a change of some files by what an engine that knows the files as they are says of it. The engine is asked up to
 * four times and keeps nothing. The finding must be one that the engine reports now; throws otherwise, or if aborted.
 */
export async function verifyChange(
  engine: Pick<Engine, 'whatIf'>,
  finding: Pick<Finding, 'fingerprint' | 'uri' | 'rule'>,
  files: readonly ChangedFile[],
  { objections = [], signal, own = false }: VerifyOptions = {},
): Promise<Verdict> {
  const { trees, maps, found } = await readChange(files, objections, own);
  if (found.length > 0) return { accepted: false, objections: found };
  const now: Overlay[] = files.map((it) => ({ uri: it.uri, text: it.after }));
  const was: Overlay[] = files.map((it) => ({ uri: it.uri, text: it.before }));
  const ask = async (overlay: readonly Overlay[], ablate: boolean) => {
    signal?.throwIfAborted();
    return (await engine.whatIf?.(overlay, { kind: finding.rule, ablate })) ?? [];
  };
  const before = await ask(was, false);
  const target = before
    .flatMap((it) => it.findings)
    .find((it) => it.fingerprint === finding.fingerprint && it.uri === finding.uri);
  if (!target) {
    // The changed files have nothing to do with the finding's: then it is as it was.
    const text = 'The change touches no file that the finding depends on.';
    return { accepted: false, objections: [{ code: 'still-there', text, uri: finding.uri }] };
  }
  const after = await ask(now, false);
  found.push(...findingObjections(target, before, after, maps));
  if (found.length > 0) return { accepted: false, objections: found };
  const ablatedBefore = await ask(was, true);
  const ablatedAfter = await ask(now, true);
  const why = explain({ target, maps, trees, before, after, ablatedBefore, ablatedAfter });
  if ('objection' in why) return { accepted: false, objections: [why.objection] };
  return { accepted: true, ended: why.ended, text: `${ENDED[why.ended]}: ${why.text}.` };
}

/**
 * Judges a change for which there is no finding: its form is sound and no finding comes. That it makes anything better is
 * not claimed.
 */
export async function verifyHarmless(
  engine: Pick<Engine, 'whatIf'>,
  files: readonly ChangedFile[],
  { objections = [], signal, own = false }: VerifyOptions = {},
): Promise<Verdict> {
  const { maps, found } = await readChange(files, objections, own);
  if (found.length > 0) return { accepted: false, objections: found };
  const question = { kind: '', ablate: false };
  const ask = async (overlay: readonly Overlay[]) => {
    signal?.throwIfAborted();
    return (await engine.whatIf?.(overlay, question)) ?? [];
  };
  const before = await ask(files.map((it) => ({ uri: it.uri, text: it.before })));
  const after = await ask(files.map((it) => ({ uri: it.uri, text: it.after })));
  found.push(...findingObjections(undefined, before, after, maps));
  if (found.length > 0) return { accepted: false, objections: found };
  return { accepted: true, ended: 'harmless', text: `${ENDED.harmless}.` };
}

/** The changed files, parsed and compared, and what is to be said against their form. */
async function readChange(files: readonly ChangedFile[], objections: readonly Objection[], own: boolean) {
  await initSyntax();
  const trees = new Map<string, { readonly before: Arena; readonly after: Arena }>();
  const maps = new Map<string, LineMap>();
  const found: Objection[] = [...objections];
  for (const it of files) {
    const lines = mapLines(it.before ?? '', it.after ?? '');
    maps.set(it.uri, lines);
    const before = treeOf(it, it.before ?? '');
    const after = treeOf(it, it.after ?? '');
    if (!before || !after) continue;
    trees.set(it.uri, { before, after });
    if (it.after !== undefined) found.push(...shapeObjections({ uri: it.uri, before, after, lines }));
    if (own) found.push(...declarationObjections(it.uri, before, after));
  }
  return { trees, maps, found };
}

function treeOf(file: ChangedFile, text: string): Arena | undefined {
  const language = languageOf(file.uri, file.languageId);
  if (!language) return undefined;
  const tree = parseText(language, text);
  try {
    return tree.arena();
  } finally {
    tree.delete();
  }
}
