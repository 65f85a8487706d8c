// Reads `.faultline/faultline.yaml`: what a repository decided about findings. Editor, command line and CI obey it alike.
// A broken row is left out and named with its place; what is left out hides nothing.

import { isMap, isScalar, isSeq, type Node as YamlNode } from 'yaml';
import type { Confidence, Severity } from '../rules/schema.ts';
import { readYaml, type Entry, type Problem, type Reader } from '../rules/yaml.ts';
import { globProblem } from './discover.ts';
import { anyGlob, type PathTest } from './globs.ts';
import { isDate } from './suppress.ts';

/** What becomes of a rule's findings: none, another severity, one more or less. */
export type Change = 'off' | Severity | 'up' | 'down';

export interface RuleChange {
  /** Undefined: everywhere. */
  readonly covers: PathTest | undefined;
  /** By kind or check id; `*` for all others. */
  readonly rules: ReadonlyMap<string, Change>;
}
export interface FileSuppression {
  readonly ids: readonly string[];
  readonly files: readonly string[];
  readonly covers: PathTest;
  readonly until?: string;
  readonly reason: string;
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly lastLine: number;
}
export interface ProjectConfig {
  readonly exclude: readonly string[];
  readonly minimumSeverity?: Severity;
  readonly minimumConfidence?: Confidence;
  /** Bytes. */
  readonly maxFileSize?: number;
  readonly libraryMode?: 'auto' | 'on' | 'off';
  /** How the editor shows findings of the baseline. */
  readonly accepted: 'hint' | 'hide';
  /** The later ones win. */
  readonly changes: readonly RuleChange[];
  readonly suppress: readonly FileSuppression[];
}

export const NO_CONFIG: ProjectConfig = { exclude: [], accepted: 'hint', changes: [], suppress: [] };

/** A key of the file with what it takes; completion and messages read the same table. */
export interface KeyInfo {
  readonly key: string;
  readonly about: string;
  readonly values?: readonly string[];
}
export const KEYS: readonly KeyInfo[] = [
  { key: 'exclude', about: 'Globs of files and folders that are not analysed.' },
  {
    key: 'minimumSeverity',
    about: 'Findings below this severity are not shown.',
    values: ['error', 'warning', 'info'],
  },
  {
    key: 'minimumConfidence',
    about: 'Findings below this confidence are not shown.',
    values: ['high', 'medium', 'low'],
  },
  { key: 'maxFileSize', about: 'Files larger than this are not analysed, in kilobytes.' },
  {
    key: 'libraryMode',
    about: 'Whether parameters of exported functions are input from outside.',
    values: ['auto', 'on', 'off'],
  },
  {
    key: 'accepted',
    about: 'How the editor shows findings that the baseline accepts.',
    values: ['hint', 'hide'],
  },
  {
    key: 'rules',
    about: 'Rules switched off or given another severity, by kind or check id; `*` for all others.',
  },
  { key: 'paths', about: 'The same for some files only: a list of `files` and `rules`.' },
  {
    key: 'suppress',
    about: 'Findings hidden by path: a list of `rule`, `files`, `reason` and perhaps `until`.',
  },
];
export const CHANGES: readonly Change[] = ['off', 'error', 'warning', 'info', 'up', 'down'];
export const PATH_KEYS: readonly KeyInfo[] = [
  { key: 'files', about: 'Globs of the files it is about.' },
  { key: 'rules', about: 'What becomes of rules in these files.' },
];
export const SUPPRESS_KEYS: readonly KeyInfo[] = [
  { key: 'rule', about: 'The kind or check, or a list of them.' },
  { key: 'files', about: 'Globs of the files it is about.' },
  { key: 'until', about: 'The last day on which it holds, `YYYY-MM-DD`.' },
  { key: 'reason', about: 'Why these findings may stay.' },
];

/** Reads the file. `known` are the ids of all rules; an id that is none of them is a problem. Never throws. */
export function readConfig(
  file: string,
  text: string,
  known: readonly string[],
): { readonly config: ProjectConfig; readonly problems: readonly Problem[] } {
  const reader = readYaml(file, text);
  if (reader.root === null) return { config: NO_CONFIG, problems: reader.problems };
  const ctx: Ctx = { reader, known: new Set(known) };
  const found: { -readonly [K in keyof ProjectConfig]?: ProjectConfig[K] } = {};
  const changes: RuleChange[] = [];
  for (const entry of reader.entries(reader.root, 'the file', namesOf(KEYS))) {
    switch (entry.key) {
      case 'exclude':
        found.exclude = globsAt(ctx, entry);
        break;
      case 'minimumSeverity':
        found.minimumSeverity = wordAt(ctx, entry, ['error', 'warning', 'info']);
        break;
      case 'minimumConfidence':
        found.minimumConfidence = wordAt(ctx, entry, ['high', 'medium', 'low']);
        break;
      case 'libraryMode':
        found.libraryMode = wordAt(ctx, entry, ['auto', 'on', 'off']);
        break;
      case 'accepted':
        found.accepted = wordAt(ctx, entry, ['hint', 'hide']) ?? 'hint';
        break;
      case 'maxFileSize':
        found.maxFileSize = sizeAt(ctx, entry);
        break;
      case 'rules':
        // What holds everywhere comes first, so that a path can say otherwise.
        changes.unshift({ covers: undefined, rules: rulesAt(ctx, entry) });
        break;
      case 'paths':
        changes.push(...listAt(ctx, entry).flatMap((it) => pathAt(ctx, it)));
        break;
      case 'suppress':
        found.suppress = listAt(ctx, entry).flatMap((it) => suppressAt(ctx, it));
        break;
    }
  }
  return { config: { ...NO_CONFIG, ...defined(found), changes }, problems: reader.problems };
}

/** The changes in the editor's settings, which have been checked for their form: they are the person's own. */
export function readSettingsRules(
  rules: Readonly<Record<string, Change>>,
  paths: readonly { readonly files: readonly string[]; readonly rules: Readonly<Record<string, Change>> }[],
): RuleChange[] {
  const all: RuleChange = { covers: undefined, rules: new Map(Object.entries(rules)) };
  const some = paths.map((it) => ({ covers: anyGlob(it.files), rules: new Map(Object.entries(it.rules)) }));
  return [...(all.rules.size > 0 ? [all] : []), ...some];
}

interface Ctx {
  readonly reader: Reader;
  readonly known: ReadonlySet<string>;
}

const namesOf = (keys: readonly KeyInfo[]): string[] => keys.map((it) => it.key);

function defined<T extends object>(it: T): T {
  return Object.fromEntries(Object.entries(it).filter(([, value]) => value !== undefined)) as T;
}

/** YAML 1.1 habits: `off` and `on` may come as booleans. */
function wordAt<T extends string>(ctx: Ctx, entry: Entry, words: readonly T[]): T | undefined {
  const value = isScalar(entry.value) ? entry.value.value : undefined;
  const text = value === true ? 'on' : value === false ? 'off' : value;
  const word = words.find((it) => it === text);
  if (word === undefined)
    ctx.reader.problem(entry.value ?? entry.at, `\`${entry.key}\` must be one of ${words.join(', ')}`);
  return word;
}

function sizeAt(ctx: Ctx, entry: Entry): number | undefined {
  const value = isScalar(entry.value) ? entry.value.value : undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value * 1024;
  ctx.reader.problem(entry.value ?? entry.at, '`maxFileSize` must be a number of kilobytes above 0');
  return undefined;
}

function globsAt(ctx: Ctx, entry: Entry): string[] {
  const good: string[] = [];
  for (const item of ctx.reader.items(entry.value)) {
    const text = ctx.reader.text({ ...entry, value: item });
    if (text === undefined) continue;
    const problem = globProblem(text);
    if (problem === undefined) good.push(text);
    else ctx.reader.problem(item ?? entry.at, `the glob “${text}” cannot be used: ${problem}`);
  }
  return good;
}

function rulesAt(ctx: Ctx, entry: Entry): Map<string, Change> {
  const rules = new Map<string, Change>();
  for (const it of ctx.reader.entries(entry.value, `\`${entry.key}\``)) {
    if (!isKnown(ctx, it.key, it.at)) continue;
    const change = wordAt(ctx, it, CHANGES);
    if (change !== undefined) rules.set(it.key, change);
  }
  return rules;
}

function isKnown(ctx: Ctx, id: string, at: number | YamlNode): boolean {
  if (id === '*' || ctx.known.size === 0 || ctx.known.has(id)) return true;
  ctx.reader.problem(at, `no rule is called \`${id}\`; \`faultline rules\` lists them`);
  return false;
}

function listAt(ctx: Ctx, entry: Entry): YamlNode[] {
  if (isSeq(entry.value)) return (entry.value.items as (YamlNode | null)[]).filter((it) => it !== null);
  ctx.reader.problem(entry.value ?? entry.at, `\`${entry.key}\` must be a list`);
  return [];
}

function pathAt(ctx: Ctx, node: YamlNode): RuleChange[] {
  const parts = fieldsOf(ctx, node, 'an entry of `paths`', PATH_KEYS);
  const files = parts.get('files');
  const rules = parts.get('rules');
  if (files === undefined || rules === undefined) {
    ctx.reader.problem(node, 'an entry of `paths` needs `files` and `rules`');
    return [];
  }
  return [{ covers: anyGlob(globsAt(ctx, files)), rules: rulesAt(ctx, rules) }];
}

function suppressAt(ctx: Ctx, node: YamlNode): FileSuppression[] {
  const parts = fieldsOf(ctx, node, 'an entry of `suppress`', SUPPRESS_KEYS);
  const [rule, files] = [parts.get('rule'), parts.get('files')];
  if (rule === undefined || files === undefined) {
    ctx.reader.problem(node, 'an entry of `suppress` needs `rule` and `files`');
    return [];
  }
  const ids = (ctx.reader.texts(rule) ?? []).filter((id) => isKnown(ctx, id, rule.value ?? rule.at));
  const globs = globsAt(ctx, files);
  const until = parts.get('until');
  const day = until === undefined ? undefined : ctx.reader.text(until);
  if (until !== undefined && (day === undefined || !isDate(day))) {
    ctx.reader.problem(until.value ?? until.at, '`until` must be a day such as 2027-01-31');
    return [];
  }
  const why = parts.get('reason');
  const reason = why === undefined ? undefined : ctx.reader.text(why);
  if (reason === undefined) {
    ctx.reader.problem(node, 'an entry of `suppress` needs a `reason`');
    return [];
  }
  if (ids.length === 0 || globs.length === 0) return [];
  const line = ctx.reader.placeOf(node).line;
  const lastLine = ctx.reader.placeOf((node.range?.[1] ?? 1) - 1).line;
  const covers = anyGlob(globs);
  return [{ ids, files: globs, covers, ...(day !== undefined && { until: day }), reason, line, lastLine }];
}

function fieldsOf(ctx: Ctx, node: YamlNode, what: string, keys: readonly KeyInfo[]): Map<string, Entry> {
  if (!isMap(node)) {
    ctx.reader.problem(node, `${what} must be a mapping with ${namesOf(keys).join(', ')}`);
    return new Map();
  }
  return new Map(ctx.reader.entries(node, what, namesOf(keys)).map((it) => [it.key, it]));
}
