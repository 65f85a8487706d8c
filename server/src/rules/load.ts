// Reads one rule file (a kind or a model) into plain rows with their places; compile.ts turns rows into the index.
// Nothing here throws: a broken row is left out and named as a problem with line and column.

import type { Node as YamlNode } from 'yaml';
import { conditionProblem, nearProblem } from './condition.ts';
import { parsePaths, parseTarget, printPath, splitResult, splitSelection } from './path.ts';
import type { ApiPath, Selected } from './path.ts';
import type { ArgSel, Condition, FlowRole, Kind } from './schema.ts';
import type { CheckRole } from './schema.ts';
import { readYaml } from './yaml.ts';
import type { Entry, Problem, Reader } from './yaml.ts';
import { SOURCE_KINDS, readBuiltIn, readKind, severityOf } from './kind.ts';
import type { Role } from './compiled.ts';

/** A rule file as it lies on disk. */
export interface RuleFile {
  /** Path for messages. */
  readonly file: string;
  readonly text: string;
}

/** A role to attach to a callee or value; `kinds` (with its place) must exist. */
export interface Row {
  readonly at: ApiPath;
  readonly role: Role;
}
/** `a` is also `b`. */
export interface IsRow {
  readonly from: ApiPath;
  readonly to: ApiPath;
}
export interface KindUse {
  readonly kind: string;
  readonly line: number;
  readonly column: number;
}
export interface LoadedFile {
  readonly file: string;
  readonly language: string;
  readonly kind?: Kind;
  readonly check?: CheckRole;
  readonly rows: readonly Row[];
  readonly is: readonly IsRow[];
  /** Paths that conditions name: their nodes must exist. */
  readonly named: readonly ApiPath[];
  /** Every kind a sink, barrier, guard or flow names. */
  readonly kindUses: readonly KindUse[];
  readonly problems: readonly Problem[];
}

/** The sections of a model. */
export const MODEL_SECTIONS = [
  'types',
  'aliases',
  'sources',
  'sinks',
  'barriers',
  'guards',
  'flows',
  'closed',
  'ends',
  'natives',
  'checks',
];
const MODEL_KEYS = ['language', 'packages', ...MODEL_SECTIONS];

/** Reads a rule file; one with a `kind:` key is a kind, one with a `check:` key a built-in check, any other a model. */
export function loadRuleFile(source: RuleFile): LoadedFile {
  const reader = readYaml(source.file, source.text);
  const language = /(?:^|[\\/])models[\\/](\w+)[\\/]/.exec(source.file)?.[1] ?? 'javascript';
  const empty = {
    file: source.file,
    language,
    rows: [],
    is: [],
    named: [],
    kindUses: [],
    problems: reader.problems,
  };
  if (reader.root === null) {
    if (reader.problems.length === 0) reader.problem(0, 'the file is empty');
    return empty;
  }
  const keys = reader.entries(reader.root, 'the file');
  if (keys.some((it) => it.key === 'kind')) return { ...empty, kind: readKind(reader) };
  if (keys.some((it) => it.key === 'check')) return { ...empty, check: readBuiltIn(reader) };
  return { ...readModel(reader, language), file: source.file, problems: reader.problems };
}

/** What the section readers share. */
interface Ctx {
  readonly reader: Reader;
  readonly packages: readonly string[];
  readonly rows: Row[];
  readonly is: IsRow[];
  readonly kindUses: KindUse[];
  /** Paths that conditions name. */
  readonly named: ApiPath[];
}

function readModel(reader: Reader, folder: string): Omit<LoadedFile, 'file' | 'problems'> {
  const entries = reader.entries(reader.root, 'a model', MODEL_KEYS);
  let language = folder;
  let packages: readonly string[] = [];
  for (const entry of entries) {
    if (entry.key === 'language') language = reader.text(entry) ?? language;
    if (entry.key === 'packages') packages = reader.texts(entry) ?? packages;
  }
  const ctx: Ctx = { reader, packages, rows: [], is: [], kindUses: [], named: [] };
  for (const entry of entries) {
    if (!MODEL_SECTIONS.includes(entry.key)) continue;
    if (entry.value === null) {
      reader.problem(entry.at, `\`${entry.key}\` is empty`);
      continue;
    }
    for (const item of reader.items(entry.value)) readRow(ctx, entry.key, item);
  }
  return { language, rows: ctx.rows, is: ctx.is, kindUses: ctx.kindUses, named: ctx.named };
}

function readRow(ctx: Ctx, section: string, item: YamlNode | null): void {
  switch (section) {
    case 'types':
      return readType(ctx, item);
    case 'aliases':
      return readAlias(ctx, item);
    case 'closed':
    case 'ends':
      for (const path of pathsAt(ctx, { key: section, at: 0, value: item })) {
        const selected = splitSelection(path);
        // A member that carries nothing of its owner, or a call whose result carries nothing of its arguments.
        if (selected === undefined && section === 'closed') ctx.rows.push({ at: path, role: { r: section } });
        else if (selected === undefined || selected.sel.arg !== 'return' || selected.sel.path.length > 0) {
          ctx.reader.problem(
            item,
            section === 'closed'
              ? 'a closed call is written `f()`, a closed member `a.b`'
              : 'a call that ends is written `f()`',
          );
        } else ctx.rows.push({ at: selected.path, role: { r: section } });
      }
      return;
    default:
      return readRole(ctx, section, item);
  }
}

/** `- T: path` (its values are instances of T) or `- T: {is: U}` (instances of T are instances of U). */
function readType(ctx: Ctx, item: YamlNode | null): void {
  for (const entry of ctx.reader.entries(item, 'a type row')) {
    const types = parseAt(ctx, entry.key, entry.at).map(instance);
    const isMapping =
      entry.value !== null && 'items' in entry.value && !Array.isArray(ctx.reader.plain(entry.value));
    if (!isMapping) {
      for (const from of pathsAt(ctx, entry))
        for (const to of sameRoot(types, from, ctx)) ctx.is.push({ from, to });
      continue;
    }
    for (const inner of ctx.reader.entries(entry.value, 'a type row', ['is'])) {
      const supers = pathsAt(ctx, inner).map(instance);
      for (const from of types) for (const to of sameRoot(supers, from, ctx)) ctx.is.push({ from, to });
    }
  }
}

/** `- a: b`: whatever is at `a` is also what is at `b`. */
function readAlias(ctx: Ctx, item: YamlNode | null): void {
  for (const entry of ctx.reader.entries(item, 'an alias row')) {
    const targets = pathsAt(ctx, entry);
    for (const from of parseAt(ctx, entry.key, entry.at)) {
      for (const to of sameRoot(targets, from, ctx)) ctx.is.push({ from, to });
    }
  }
}

/**
 * With `$pkg` on both sides a row is about one package at a time: of several targets only those of the same package
 * count, if there are any.
 */
function sameRoot(targets: readonly ApiPath[], of: ApiPath, ctx: Ctx): readonly ApiPath[] {
  if (!ctx.packages.includes(of.root)) return targets;
  const same = targets.filter((it) => it.root === of.root);
  return same.length > 0 ? same : targets;
}

function instance(path: ApiPath): ApiPath {
  return { ...path, steps: [...path.steps, { s: 'call' }] };
}

const ROW_KEYS: Record<string, readonly string[]> = {
  sources: ['at', 'kind', 'what', 'text', 'clears'],
  sinks: ['at', 'kind', 'byName', 'fix', 'unsure'],
  barriers: ['at', 'kind'],
  guards: ['at', 'kind', 'accepts', 'throws', 'pattern', 'anchored'],
  flows: ['at', 'to', 'clears', 'value', 'view', 'common', 'decodes', 'regex', 'pattern', 'joins', 'part'],
  natives: ['at', 'like'],
  checks: [
    'id',
    'call',
    'given',
    'near',
    'without',
    'severity',
    'cwe',
    'title',
    'message',
    'why',
    'instead',
    'fix',
  ],
};

function readRole(ctx: Ctx, section: string, item: YamlNode | null): void {
  const { reader } = ctx;
  const singular = section.slice(0, -1);
  const entries = reader.entries(item, `a ${singular} row`, [...ROW_KEYS[section]!, 'when', 'unless']);
  const get = (key: string): Entry | undefined => entries.find((it) => it.key === key);
  const where = section === 'checks' ? (get('call') ?? get('given')) : get('at');
  if (where === undefined) {
    if (entries.length > 0)
      reader.problem(item, `a ${singular} row needs ${section === 'checks' ? '`call` or `given`' : '`at`'}`);
    return;
  }
  const paths = pathsAt(ctx, where);
  const conditions = {
    ...conditionAt(ctx, 'when', get('when')),
    ...conditionAt(ctx, 'unless', get('unless')),
  };
  const flag = (key: string): boolean | undefined =>
    get(key) === undefined ? undefined : reader.flag(get(key)!);
  /** An argument named by itself: `(0)` or `(this)`. */
  const selector = (entry: Entry | undefined): ArgSel | undefined => {
    const written = entry === undefined ? undefined : reader.text(entry);
    if (entry === undefined || written === undefined) return undefined;
    const target = parseTarget(written);
    if (target.ok) return target.value.sel;
    reader.problem(entry.value, target.error);
    return undefined;
  };
  const text = (key: string): string | undefined =>
    get(key) === undefined ? undefined : reader.text(get(key)!);
  const kinds = (key: string, required: boolean): readonly string[] => {
    const entry = get(key);
    if (entry === undefined) {
      if (required) reader.problem(item, `a ${singular} row needs \`${key}\``);
      return [];
    }
    const found = reader.texts(entry) ?? [];
    if (section !== 'sources' || key === 'clears')
      for (const kind of found) ctx.kindUses.push({ kind, ...place(reader, entry) });
    return found;
  };
  switch (section) {
    case 'sources': {
      const [kind] = kinds('kind', true);
      if (kind === undefined) return;
      if (!SOURCE_KINDS.includes(kind))
        reader.problem(
          get('kind')!.value,
          `\`${kind}\` is not a source kind; known are ${SOURCE_KINDS.join(', ')}`,
        );
      const what = text('what');
      const known = text('text')?.replaceAll('{}', '\uFFFC');
      const clears = kinds('clears', false);
      for (const at of paths) {
        if (at.steps.at(-1)?.s === 'arg')
          reader.problem(where.value, `a source is a value: \`${where.key}\` may not end in an argument`);
        else
          ctx.rows.push({
            at,
            role: {
              r: 'source',
              role: {
                kind,
                ...(what && { what }),
                ...(known && { text: known }),
                ...(clears.length > 0 && { clears }),
                ...conditions,
              },
            },
          });
      }
      return;
    }
    case 'sinks': {
      const found = kinds('kind', true);
      const byName = flag('byName');
      const fix = text('fix');
      const unsure = conditionAt(ctx, 'unsure', get('unsure'));
      for (const kind of found) {
        const rest = {
          ...(byName !== undefined && { byName }),
          ...(fix !== undefined && { fix }),
          ...unsure,
          ...conditions,
        };
        for (const path of paths) {
          if (path.set) {
            const sel: ArgSel = { arg: 0, path: [] };
            ctx.rows.push({ at: path, role: { r: 'set', role: { kind, sel, ...rest } } });
          } else {
            const result = splitResult(path);
            const at = result ?? selected(ctx, path, where, 'sink');
            const r = result === undefined ? 'sink' : 'result';
            if (at !== undefined)
              ctx.rows.push({ at: at.path, role: { r, role: { kind, sel: at.sel, ...rest } } });
          }
        }
      }
      return;
    }
    case 'barriers': {
      const found = kinds('kind', true);
      for (const path of paths) {
        const at = selected(ctx, path, where, 'barrier');
        if (at !== undefined)
          ctx.rows.push({
            at: at.path,
            role: { r: 'barrier', role: { kinds: found, sel: at.sel, ...conditions } },
          });
      }
      return;
    }
    case 'guards': {
      const found = kinds('kind', true);
      const throws = flag('throws');
      const accepts = flag('accepts') ?? true;
      const pattern = selector(get('pattern'));
      const anchored = text('anchored');
      if (anchored !== undefined && anchored !== 'start' && anchored !== 'whole')
        reader.problem(get('anchored')!.value, '`anchored` is `start` or `whole`');
      for (const path of paths) {
        const at = selected(ctx, path, where, 'guard');
        if (at === undefined) continue;
        const role = {
          kinds: found,
          sel: at.sel,
          accepts,
          ...(throws !== undefined && { throws }),
          ...(pattern !== undefined && { pattern }),
          ...((anchored === 'start' || anchored === 'whole') && ({ anchored } as const)),
          ...conditions,
        };
        ctx.rows.push({ at: at.path, role: { r: 'guard', role } });
      }
      return;
    }
    case 'flows':
      return readFlow(ctx, item, {
        paths,
        where,
        to: get('to'),
        clears: kinds('clears', false),
        more: {
          ...(flag('value') !== undefined && { value: flag('value')! }),
          ...(flag('view') !== undefined && { view: flag('view')! }),
          ...(flag('common') !== undefined && { common: flag('common')! }),
          ...(flag('decodes') !== undefined && { decodes: flag('decodes')! }),
          ...(flag('regex') !== undefined && { regex: flag('regex')! }),
          ...(get('pattern') !== undefined && { pattern: selector(get('pattern'))! }),
          ...(flag('joins') !== undefined && { joins: flag('joins')! }),
          ...(flag('part') !== undefined && { part: flag('part')! }),
        },
        conditions,
      });
    case 'natives': {
      const like = text('like');
      for (const path of paths) {
        const at = selected(ctx, path, where, 'native');
        const last = at?.path.steps.at(-1);
        const method = like ?? (last?.s === 'member' && last.key !== null ? last.key : undefined);
        if (at === undefined) continue;
        if (method === undefined || typeof at.sel.arg !== 'number')
          reader.problem(where.value, 'a native is written `pkg.method(0)`: the argument it is called on');
        else
          ctx.rows.push({
            at: at.path,
            role: { r: 'native', role: { method, arg: at.sel.arg, ...conditions } },
          });
      }
      return;
    }
    default:
      return readCheck(ctx, item, {
        given: get('call') === undefined,
        paths,
        text,
        cwe: get('cwe') && reader.numbers(get('cwe')!),
        conditions,
      });
  }
}

interface FlowParts {
  readonly paths: readonly ApiPath[];
  readonly where: Entry;
  readonly to: Entry | undefined;
  readonly clears: readonly string[];
  readonly more: Pick<FlowRole, 'value' | 'view' | 'decodes' | 'regex' | 'pattern' | 'joins' | 'part'>;
  readonly conditions: Conditions;
}

function readFlow(ctx: Ctx, item: YamlNode | null, parts: FlowParts): void {
  const { to, where, clears, more, conditions } = parts;
  if (to === undefined) {
    ctx.reader.problem(item, 'a flow row needs `to`: `return`, `(1)`, `(this)` or `(-1)<1>`');
    return;
  }
  for (const text of ctx.reader.texts(to) ?? []) {
    const target = parseTarget(text);
    if (!target.ok) {
      ctx.reader.problem(to.value, target.error);
      continue;
    }
    for (const path of parts.paths) {
      const at = selected(ctx, path, where, 'flow');
      if (at === undefined) continue;
      const role: FlowRole = {
        from: at.sel,
        to: target.value.sel,
        ...(target.value.param !== undefined && { param: target.value.param }),
        ...(clears.length > 0 && { clears }),
        ...more,
        ...conditions,
      };
      ctx.rows.push({ at: at.path, role: { r: 'flow', role } });
    }
  }
}

interface CheckParts {
  /** The paths are values that no call should get, rather than calls. */
  readonly given: boolean;
  readonly paths: readonly ApiPath[];
  readonly text: (key: string) => string | undefined;
  readonly cwe: readonly number[] | undefined;
  readonly conditions: Conditions;
}

function readCheck(ctx: Ctx, item: YamlNode | null, parts: CheckParts): void {
  const { reader } = ctx;
  const [id, title, message] = ['id', 'title', 'message'].map((key) => {
    const text = parts.text(key);
    if (text === undefined) reader.problem(item, `a check row needs \`${key}\``);
    return text;
  });
  if (parts.cwe === undefined) reader.problem(item, 'a check row needs `cwe`');
  const severity = severityOf(reader, parts.text('severity'), item);
  const [why, instead, fix, near, without] = ['why', 'instead', 'fix', 'near', 'without'].map(parts.text);
  for (const it of [near, without]) {
    const problem = it === undefined ? undefined : nearProblem(it);
    if (problem !== undefined) reader.problem(item, problem);
  }
  if (id === undefined || title === undefined || message === undefined || parts.cwe === undefined) return;
  for (const path of parts.paths) {
    const at = path.set || parts.given ? { path, sel: WHOLE } : splitSelection(path);
    if (at === undefined) {
      reader.problem(
        item,
        'the `call` of a check is written `f()`, `f(0)` to mark an argument, or `x.y =` for an assignment',
      );
      continue;
    }
    const role: CheckRole = {
      id,
      severity,
      cwe: parts.cwe,
      title,
      message,
      ...(why !== undefined && { why }),
      ...(instead !== undefined && { instead }),
      ...(fix !== undefined && { fix }),
      ...(near !== undefined && { near }),
      ...(without !== undefined && { without }),
      ...(at.sel.arg !== 'return' && { sel: at.sel }),
      ...parts.conditions,
    };
    const r = parts.given ? 'givenCheck' : path.set ? 'setCheck' : 'check';
    ctx.rows.push({ at: at.path, role: { r, role } });
  }
}

const WHOLE: ArgSel = { arg: 'return', path: [] };

/** The selection a path ends in; only a barrier or flow may select the result. */
function selected(
  ctx: Ctx,
  path: ApiPath,
  where: Entry,
  what: 'sink' | 'barrier' | 'guard' | 'flow' | 'native',
): Selected | undefined {
  const at = splitSelection(path);
  if (at === undefined) {
    ctx.reader.problem(
      where.value,
      `a ${what} must end in an argument such as \`(0)\`${what === 'barrier' ? ' or a call `f()`' : ''}`,
    );
    return undefined;
  }
  if (at.sel.arg === 'return' && what !== 'barrier') {
    ctx.reader.problem(
      where.value,
      `a ${what} must say which argument it means: \`(0)\`, \`(*)\`, \`(this)\` …`,
    );
    return undefined;
  }
  return at;
}

function pathsAt(ctx: Ctx, entry: Entry): ApiPath[] {
  const out: ApiPath[] = [];
  for (const item of ctx.reader.items(entry.value)) {
    const text = ctx.reader.text({ ...entry, value: item });
    if (text !== undefined) out.push(...parseAt(ctx, text, item ?? entry.at));
  }
  return out;
}

function parseAt(ctx: Ctx, text: string, at: number | YamlNode): ApiPath[] {
  const parsed = parsePaths(text, ctx.packages);
  if (parsed.ok) return parsed.value;
  ctx.reader.problem(at, parsed.error);
  return [];
}

/** One condition, or of `unless` a list of which any may hold. */
function conditionAt(
  ctx: Ctx,
  key: 'when' | 'unless' | 'unsure',
  entry: Entry | undefined,
): Conditions & { unsure?: Condition } {
  if (entry === undefined) return {};
  const found = ctx.reader.items(entry.value).map((item) => {
    const condition: Record<string, unknown> = {};
    for (const it of ctx.reader.entries(item, `\`${key}\``)) {
      const wanted = apiNames(ctx, it, ctx.reader.plain(it.value));
      const problem = conditionProblem(it.key, wanted);
      if (problem === undefined) condition[it.key] = wanted;
      else ctx.reader.problem(it.value ?? it.at, problem);
    }
    return condition as Condition;
  });
  if (found.length === 1) return { [key]: found[0] };
  if (key === 'unless') return { unless: found };
  ctx.reader.problem(entry.value, `\`${key}\` is one condition; rows can be repeated`);
  return {};
}
interface Conditions {
  when?: Condition;
  unless?: Condition | readonly Condition[];
}

/** `=ssl.{A,B}` becomes `=ssl.A` and `=ssl.B`, as the index names them; the nodes must exist for values to be there. */
function apiNames(ctx: Ctx, entry: Entry, wanted: unknown): unknown {
  if (Array.isArray(wanted)) return wanted.flatMap((it) => apiNames(ctx, entry, it));
  if (typeof wanted !== 'string' || !wanted.startsWith('=')) return wanted;
  const paths = parseAt(ctx, wanted.slice(1), entry.value ?? entry.at);
  for (const path of paths) ctx.named.push(path);
  const names = paths.map((it) => `=${printPath(it.root, it.steps)}`);
  return names.length === 1 ? names[0] : names;
}

function place(reader: Reader, entry: Entry): { line: number; column: number } {
  return reader.placeOf(entry.value ?? entry.at);
}
