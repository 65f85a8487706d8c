// The compiled form of rule files: plain data that is written to dist/rules.json and merged with a project's own models.
// API paths form a forest (one node per path prefix); `is` edges say that a value at one node is also a value at another.

import type {
  BarrierRole,
  CheckRole,
  FlowRole,
  GuardRole,
  Kind,
  NativeRole,
  SinkRole,
  SourceRole,
} from './schema.ts';
import type { ApiPath, PathStep } from './path.ts';

/** What a row says about a node, tagged by the section of the file it stands in. */
export type Role =
  | { readonly r: 'source'; readonly role: SourceRole }
  | { readonly r: 'sink'; readonly role: SinkRole }
  | { readonly r: 'set'; readonly role: SinkRole }
  | { readonly r: 'barrier'; readonly role: BarrierRole }
  | { readonly r: 'guard'; readonly role: GuardRole }
  | { readonly r: 'flow'; readonly role: FlowRole }
  | { readonly r: 'native'; readonly role: NativeRole }
  | { readonly r: 'check'; readonly role: CheckRole }
  | { readonly r: 'setCheck'; readonly role: CheckRole }
  | { readonly r: 'givenCheck'; readonly role: CheckRole }
  | { readonly r: 'result'; readonly role: SinkRole }
  | { readonly r: 'closed' }
  | { readonly r: 'ends' };

/** Whether a role is a check, of whatever sort: it carries the words of its rule. */
export const isCheck = (it: Role): it is Extract<Role, { role: CheckRole }> =>
  it.r === 'check' || it.r === 'setCheck' || it.r === 'givenCheck';

/** The models of one language. */
export interface Models {
  /** Step labels (see `labelOf`), and package names for roots. */
  readonly labels: readonly string[];
  /** Node i is `nodes[2i]` (parent, -1 for a root) and `nodes[2i+1]` (label); a parent comes before its children. */
  readonly nodes: readonly number[];
  /** Pairs: a value at the first node is also a value at the second. */
  readonly is: readonly number[];
  readonly roles: readonly Role[];
  /** Pairs: node, index into `roles`. */
  readonly uses: readonly number[];
}

export interface CompiledRules {
  readonly version: 1;
  /** Of kinds and models; part of every cache key. */
  readonly hash: string;
  readonly kinds: readonly Kind[];
  /** The words of checks that are code, see checks/. */
  readonly checks: readonly CheckRole[];
  readonly models: Readonly<Record<string, Models>>;
}

/** The label of a step in `Models.labels`; `stepOf` reads it back. */
export function labelOf(step: PathStep): string {
  switch (step.s) {
    case 'member':
      return step.key === null ? '[*]' : `.${step.key}`;
    case 'call':
      return '()';
    case 'arg':
      return `(${typeof step.arg !== 'object' ? step.arg : 'from' in step.arg ? `${step.arg.from}..` : `${step.arg.name}:`})`;
    case 'param':
      return `<${step.param}>`;
    case 'decorated':
      return '@';
    case 'paramDecorator':
      return '@@';
  }
}

/** The step a label stands for. */
export function stepOf(label: string): PathStep {
  if (label.startsWith('.')) return { s: 'member', key: label.slice(1) };
  if (label === '[*]') return { s: 'member', key: null };
  if (label === '()') return { s: 'call' };
  if (label === '@') return { s: 'decorated' };
  if (label === '@@') return { s: 'paramDecorator' };
  const inner = label.slice(1, -1);
  if (label.startsWith('<'))
    return { s: 'param', param: inner === '*' || inner === 'return' ? inner : Number(inner) };
  if (inner.endsWith(':')) return { s: 'arg', arg: { name: inner.slice(0, -1) } };
  if (inner.endsWith('..')) return { s: 'arg', arg: { from: Number(inner.slice(0, -2)) } };
  return { s: 'arg', arg: inner === 'this' || inner === '*' ? inner : Number(inner) };
}

/** Builds `Models` row by row; equal paths give the same node. */
export interface ModelBuilder {
  node(path: ApiPath): number;
  is(from: number, to: number): void;
  use(node: number, role: Role): void;
  /** Adds everything another compilation knows. */
  absorb(models: Models): void;
  finish(): Models;
}

export function createBuilder(): ModelBuilder {
  const labels: string[] = [];
  const labelIds = new Map<string, number>();
  const nodes: number[] = [];
  const children = new Map<string, number>();
  const is: number[] = [];
  const isSeen = new Set<string>();
  const roles: Role[] = [];
  const roleIds = new Map<string, number>();
  const uses: number[] = [];
  const usesSeen = new Set<string>();

  const child = (parent: number, label: string): number => {
    let id = labelIds.get(label);
    if (id === undefined) labelIds.set(label, (id = labels.push(label) - 1));
    const key = `${parent} ${id}`;
    let node = children.get(key);
    if (node === undefined) children.set(key, (node = nodes.push(parent, id) / 2 - 1));
    return node;
  };
  const addIs = (from: number, to: number): void => {
    const key = `${from} ${to}`;
    if (from === to || isSeen.has(key)) return;
    isSeen.add(key);
    is.push(from, to);
  };
  const use = (node: number, role: Role): void => {
    const text = JSON.stringify(role);
    let id = roleIds.get(text);
    if (id === undefined) roleIds.set(text, (id = roles.push(role) - 1));
    const key = `${node} ${id}`;
    if (usesSeen.has(key)) return;
    usesSeen.add(key);
    uses.push(node, id);
  };
  return {
    node(path) {
      let at = child(-1, path.root);
      for (const step of path.steps) {
        // `@Get()` and `@Get` are the same decorator: the factory's result is also the factory.
        if (step.s === 'decorated' || step.s === 'paramDecorator') addIs(child(at, '()'), at);
        at = child(at, labelOf(step));
      }
      return at;
    },
    is: addIs,
    use,
    absorb(models) {
      const moved: number[] = [];
      for (let i = 0; i < models.nodes.length; i += 2) {
        const parent = models.nodes[i]!;
        moved.push(child(parent < 0 ? -1 : moved[parent]!, models.labels[models.nodes[i + 1]!]!));
      }
      for (let i = 0; i < models.is.length; i += 2) addIs(moved[models.is[i]!]!, moved[models.is[i + 1]!]!);
      for (let i = 0; i < models.uses.length; i += 2) {
        use(moved[models.uses[i]!]!, models.roles[models.uses[i + 1]!]!);
      }
    },
    finish: () => ({ labels, nodes, is, roles, uses }),
  };
}

/** Both together; kinds of `extra` replace those of the same name. */
export function mergeRules(base: CompiledRules, extra: CompiledRules): CompiledRules {
  const kinds = new Map(base.kinds.map((it) => [it.kind, it]));
  for (const kind of extra.kinds) kinds.set(kind.kind, kind);
  const models: Record<string, Models> = { ...base.models };
  for (const [language, more] of Object.entries(extra.models)) {
    const builder = createBuilder();
    if (base.models[language] !== undefined) builder.absorb(base.models[language]);
    builder.absorb(more);
    models[language] = builder.finish();
  }
  const checks = new Map([...base.checks, ...extra.checks].map((it) => [it.id, it]));
  return pack([...kinds.values()], models, [...checks.values()]);
}

/** Kinds and models with their hash. */
export function pack(
  kinds: readonly Kind[],
  models: Readonly<Record<string, Models>>,
  checks: readonly CheckRole[],
): CompiledRules {
  return { version: 1, hash: hashText(JSON.stringify([kinds, models, checks])), kinds, checks, models };
}

/** 64 bits of FNV-1a over the text, as hexadecimal. */
function hashText(text: string): string {
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ (c + i), 0x01000193);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
