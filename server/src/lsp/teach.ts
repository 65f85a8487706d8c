// Teaching the engine: which calls could be taught about, and the command that writes the row into the project's models.
// A row that says "safe" can only take findings away; the engine is told at once.

import type { Explained, Finding, Range } from '../engine/engine.ts';
import { relativeTo } from '../project/policy.ts';
import { MODELS_FOLDER } from '../project/folder.ts';
import type { ServerCommand } from './commands.ts';
import { familyOfDocument } from './explain.ts';
import { l10n } from './l10n.ts';
import {
  TEACHABLE_REQUEST,
  TEACH_SERVER_COMMAND,
  type TeachArguments,
  type Teachable,
  type TeachableParams,
} from './protocol-project.ts';
import { changeProjectFile, projectRoot, withEntry } from './projectWrite.ts';
import { projectFor } from './projects.ts';
import { currentOf } from './publish.ts';
import { Refusal } from './refusal.ts';
import type { ServerRequest } from './requests.ts';
import { folderOf, type State } from './state.ts';
import { canonical } from './uris.ts';

const HEAD = '# What this project taught Faultline. The notation is in docs/rules.md.\n';

export const teachableRequest: ServerRequest = {
  method: TEACHABLE_REQUEST,
  fallback: [],
  answer: (state, params) => teachable(state, params as TeachableParams),
};

export const teachCommand: ServerCommand = {
  id: TEACH_SERVER_COMMAND,
  async run(state, { argument }) {
    const args = readArguments(argument);
    if (args === undefined) throw new Refusal(l10n.t('Nothing was named that could be taught.'));
    const root = projectRoot(state, canonical(args.uri));
    const [section, row] = rowOf(args);
    const uri = await changeProjectFile(state, root, [MODELS_FOLDER, args.language, 'taught.yaml'], (text) =>
      withEntry(text, HEAD, section, row),
    );
    return { uri: state.uris.toClient(uri) };
  },
};

/** The section and the row of a model. A call's result is safe or foreign; any argument of a sink does harm. */
function rowOf({ role, callee, kind }: TeachArguments): [section: string, row: object] {
  if (role === 'barrier') return ['barriers', { at: `${callee}()`, kind }];
  if (role === 'source') return ['sources', { at: `${callee}()`, kind }];
  return ['sinks', { at: `${callee}(*)`, kind }];
}

function readArguments(value: unknown): TeachArguments | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const it = value as Record<string, unknown>;
  const isRole = it.role === 'barrier' || it.role === 'source' || it.role === 'sink';
  const texts = [it.uri, it.callee, it.kind, it.language].every((text) => typeof text === 'string');
  return isRole && texts && /^[a-z]+$/.test(it.language as string) ? (value as TeachArguments) : undefined;
}

async function teachable(state: State, params: TeachableParams): Promise<Teachable[]> {
  const uri = canonical(params.uri);
  const document = state.documents.get(uri);
  if (document === undefined) return [];
  const shown = currentOf(state, document);
  const finding = shown?.findings.find((it) => it.fingerprint === params.finding?.fingerprint);
  const found: Teachable[] = [];
  const places = finding === undefined ? new Map([[uri, [params.range]]]) : placesOf(finding);
  for (const [file, ranges] of places) {
    const language = familyOfDocument(file, state.documents.get(file)?.text.languageId ?? '');
    if (language === undefined) continue;
    for (const it of await state.engine.explain(file)) {
      if (it.what !== 'call' || !ranges.some((range) => range === undefined || touches(it.range, range)))
        continue;
      if (finding !== undefined && !isOnTheWay(it, file, finding)) continue;
      const callee = calleeOf(state, it, uri);
      if (callee === undefined || found.some((one) => one.callee === callee)) continue;
      found.push({ uri: state.uris.toClient(file), range: it.range, code: it.code, callee, language });
    }
  }
  return found;
}

/** Where a finding's data passes: the steps of its paths and the argument at the sink, by file. */
function placesOf(finding: Finding): Map<string, Range[]> {
  const places = new Map<string, Range[]>([[finding.uri, [finding.range]]]);
  for (const { steps } of finding.paths)
    for (const it of steps) places.set(it.uri, [...(places.get(it.uri) ?? []), it.range]);
  return places;
}

/** A call around the sink, or around the whole function of a step, gives nothing that reaches the sink. */
function isOnTheWay({ range }: Explained, file: string, finding: Finding): boolean {
  if (file === finding.uri && contains(range, finding.range)) return false;
  const steps = finding.paths.flatMap((it) => it.steps).filter((it) => it.uri === file);
  return steps.some((it) => touches(it.range, range) && it.range.start.line <= range.start.line);
}

/** Whether a range has another inside, and more than that. */
function contains(outer: Range, inner: Range): boolean {
  const before = (a: Range['start'], b: Range['start']): boolean =>
    a.line < b.line || (a.line === b.line && a.character <= b.character);
  const same = JSON.stringify([outer.start, outer.end]) === JSON.stringify([inner.start, inner.end]);
  return !same && before(outer.start, inner.start) && before(inner.end, outer.end);
}

/** How a model names the callee: as the shipped ones do, by file and name, or by name alone. */
function calleeOf(state: State, it: Extract<Explained, { what: 'call' }>, from: string): string | undefined {
  const [fn] = it.functions;
  if (fn !== undefined) {
    const root = projectFor(state, from).policy.root || (folderOf(state, from)?.uri ?? '');
    const path = relativeTo(root, fn.uri);
    return path === undefined ? `"%named".${quoted(fn.name)}` : `"%code:${path}".${fn.name}`;
  }
  return it.models[0] ?? (it.name === '' ? undefined : `"%named".${quoted(it.name)}`);
}

const quoted = (name: string): string => (/^[\w$]+$/.test(name) ? name : JSON.stringify(name));

function touches(a: Range, b: Range): boolean {
  const ends = (x: Range, y: Range): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !ends(a, b) && !ends(b, a);
}
