// The rule index that flow/ asks: which node a value is, what its members and results are, and the roles of a node.
// Every question is one or two map look-ups; overlapping callback rows are joined once, when the index is made.

import picomatch from 'picomatch';
import { mergeRules, stepOf } from './compiled.ts';
import type { CompiledRules, Models, Role } from './compiled.ts';
import { printPath } from './path.ts';
import type { PathStep } from './path.ts';
import type { NodeId, Roles, RuleIndex } from './schema.ts';

export { compileRules } from './compile.ts';
export { mergeRules };
export type { CompiledRules } from './compiled.ts';
export type { RuleFile } from './load.ts';
export type { Problem } from './yaml.ts';

const NO_MODELS: Models = { labels: [], nodes: [], is: [], roles: [], uses: [] };

/** More distinct labels than this cannot be: the key of a child is `node * LABELS + label`. */
const LABELS = 1 << 20;
/** Labels of steps that mean several arguments, parameters or members. */
const WIDE = /^(?:\(\*\)|\(\d+\.\.\)|<\*>|\[\*\]|\.\*)$/;
const FILE = '%file:';
const PARAMS = '%params:';
const CODE = '%code:';
const NAMED = '%named';

/** Knows nothing: every look-up fails. */
export const emptyRules: RuleIndex = createIndex({
  version: 1,
  hash: '0',
  kinds: [],
  checks: [],
  models: {},
});

/**
 * Makes the index of one language out of the text of dist/rules.json or of compiled rules. Throws an Error with one
 * clear sentence if the text is not what `scripts/rules.mjs` writes.
 */
export function loadRules(json: string | CompiledRules, language = 'javascript'): RuleIndex {
  if (typeof json !== 'string') return createIndex(json, language);
  let data: Partial<CompiledRules> | null;
  try {
    data = JSON.parse(json) as Partial<CompiledRules> | null;
  } catch (error) {
    throw new Error(`The compiled rules are damaged (${(error as Error).message}); build them again.`, {
      cause: error,
    });
  }
  if (
    data?.version !== 1 ||
    !Array.isArray(data.kinds) ||
    !Array.isArray(data.checks) ||
    typeof data.models !== 'object'
  ) {
    throw new Error('The compiled rules are of another version; build them again.');
  }
  return createIndex(data as CompiledRules, language);
}

/** Child look-up by interned label, with room for the nodes that `joinWildcards` adds. */
interface Graph {
  readonly parents: number[];
  readonly labels: number[];
  readonly names: string[];
  readonly labelIds: Map<string, number>;
  readonly children: Map<number, number>;
  readonly is: Map<number, number[]>;
}

function createIndex(rules: CompiledRules, language = 'javascript'): RuleIndex {
  const models = rules.models[language] ?? NO_MODELS;
  const graph = readGraph(models);
  joinWildcards(graph);
  const rolesOf = readRoles(models);
  const kinds = new Map(rules.kinds.map((it) => [it.kind, it]));
  const closures = new Map<number, readonly number[]>();
  const byName = methodsByName(graph, rolesOf);
  const checks = new Map(rules.checks.map((it) => [it.id, it]));
  const sinkNames = namesOfSinks(graph, rolesOf);
  const conventions = fileConventions(graph);
  const byParams = roots(graph, PARAMS).map((it) => ({ names: it.rest.split(','), node: it.node }));
  const codes = roots(graph, CODE);
  const named = graph.children.get(-LABELS + (graph.labelIds.get(NAMED) ?? -1)) ?? -1;
  const child = (node: number, label: string): number => {
    const id = graph.labelIds.get(label);
    return id === undefined ? -1 : (graph.children.get(node * LABELS + id) ?? -1);
  };
  let lastPath: string | undefined;
  let lastExports: readonly NodeId[] = [];
  const index: RuleIndex = {
    kinds: rules.kinds,
    check: (id) => checks.get(id),
    kind: (name) => kinds.get(name),
    hash: rules.hash,
    name: (node) => nameOf(graph, node),
    root: (packageName) => child(-1, packageName.startsWith('node:') ? packageName.slice(5) : packageName),
    closure(node) {
      let found = closures.get(node);
      if (found === undefined) closures.set(node, (found = closureOf(graph, node)));
      return found;
    },
    member(node, key) {
      const found = key === null ? -1 : child(node, `.${key}`);
      if (found >= 0) return found;
      const any = key === null || /^\d+$/.test(String(key)) ? child(node, '[*]') : -1;
      return any >= 0 ? any : child(node, '.*');
    },
    call: (node) => child(node, '()'),
    instance: (node) => child(node, '()'),
    argument: (node, arg, argc) => argumentNodes(child, node, arg, argc),
    param: (node, param) => paramNode(child, node, param),
    callbackParam: (node, arg, argc, param) =>
      argumentNodes(child, node, arg, argc)
        .map((it) => paramNode(child, it, param))
        .filter((it) => it >= 0),
    decoratedParam: (node, param) => paramNode(child, child(node, '@'), param),
    result: (node) => (node < 0 ? -1 : child(node, '<return>')),
    decoratedResult: (node) => {
      const decorated = child(node, '@');
      return decorated < 0 ? -1 : child(decorated, '<return>');
    },
    paramDecorator: (node) => child(node, '@@'),
    fileExports(path) {
      // Asked for each variable of a module in turn, so the last answer is kept.
      if (path !== lastPath) {
        lastPath = path;
        lastExports = conventions.filter((it) => it.matches(path)).map((it) => it.node);
      }
      return lastExports;
    },
    codeFunction:
      codes.length === 0
        ? undefined
        : (path, name) => {
            const at = codes.find((it) => path === it.rest || path.endsWith(`/${it.rest}`));
            return at === undefined ? -1 : memberPath(child, at.node, name);
          },
    namedFunction: named < 0 ? undefined : (name) => memberPath(child, named, name),
    namedParams: (names) =>
      byParams.filter((it) => it.names.every((name, i) => names[i] === name)).map((it) => it.node),
    roles: (node) => rolesOf.get(node),
    methodsByName: (name) => byName.get(name) ?? [],
    isSinkName: (name) => sinkNames.has(name),
  };
  return index;
}

/** The node of a dotted name below a node: `Cleaner.run`. */
function memberPath(child: (node: number, label: string) => number, from: number, name: string): number {
  let node = name === '' ? -1 : from;
  for (const part of name.split('.')) node = node < 0 ? -1 : child(node, `.${part}`);
  return node;
}

function readGraph(models: Models): Graph {
  const graph: Graph = {
    parents: [],
    labels: [],
    names: [...models.labels],
    labelIds: new Map(models.labels.map((it, i) => [it, i])),
    children: new Map(),
    is: new Map(),
  };
  for (let i = 0; i < models.nodes.length; i += 2) addNode(graph, models.nodes[i]!, models.nodes[i + 1]!);
  for (let i = 0; i < models.is.length; i += 2) addIs(graph, models.is[i]!, models.is[i + 1]!);
  return graph;
}

function addNode(graph: Graph, parent: number, label: number): number {
  const node = graph.parents.push(parent) - 1;
  graph.labels.push(label);
  graph.children.set(parent * LABELS + label, node);
  return node;
}

function addIs(graph: Graph, from: number, to: number): void {
  const list = graph.is.get(from);
  if (list === undefined) graph.is.set(from, [to]);
  else if (!list.includes(to)) list.push(to);
}

/**
 * A look-up finds one child only, so a more precise row must also be the more general ones: argument 1 of `f(1)<0>` is
 * an argument of `f(*)<0>` too, and gets the parameters that only the general row has.
 */
function joinWildcards(graph: Graph): void {
  const wide = graph.names.map((it) => WIDE.test(it));
  const siblings = new Map<number, number[]>();
  for (let node = 0; node < graph.parents.length; node++) {
    if (graph.parents[node]! >= 0 && wide[graph.labels[node]!]) siblings.set(graph.parents[node]!, []);
  }
  for (let node = 0; node < graph.parents.length; node++) siblings.get(graph.parents[node]!)?.push(node);
  for (const group of siblings.values()) joinSiblings(graph, group);
}

function joinSiblings(graph: Graph, siblings: readonly number[]): void {
  for (const wide of siblings) {
    if (!WIDE.test(graph.names[graph.labels[wide]!]!)) continue;
    const step = stepAt(graph, wide);
    for (const narrow of siblings) {
      if (narrow === wide || !covers(step, stepAt(graph, narrow))) continue;
      addIs(graph, narrow, wide);
      if (step.s === 'arg') copyParams(graph, wide, narrow);
    }
  }
}

/** Gives `narrow` every parameter node that `wide` has: `callbackParam` asks one argument node only. */
function copyParams(graph: Graph, wide: number, narrow: number): void {
  for (const param of paramsOf(graph, wide)) {
    const label = graph.labels[param]!;
    const own = graph.children.get(narrow * LABELS + label) ?? addNode(graph, narrow, label);
    addIs(graph, own, param);
  }
  joinSiblings(graph, paramsOf(graph, narrow));
}

function paramsOf(graph: Graph, parent: number): number[] {
  const found: number[] = [];
  for (let node = 0; node < graph.parents.length; node++) {
    if (graph.parents[node] === parent && stepAt(graph, node).s === 'param') found.push(node);
  }
  return found;
}

function stepAt(graph: Graph, node: number): PathStep {
  return stepOf(graph.names[graph.labels[node]!]!);
}

/** Whether every argument, parameter or element that `narrow` means is also meant by `wide`. */
function covers(wide: PathStep, narrow: PathStep): boolean {
  if (wide.s === 'member') {
    if (narrow.s !== 'member') return false;
    return wide.key === '*' || (wide.key === null && /^\d+$/.test(narrow.key ?? ''));
  }
  if (wide.s === 'param') return narrow.s === 'param' && wide.param === '*' && narrow.param !== 'return';
  if (wide.s !== 'arg' || narrow.s !== 'arg' || narrow.arg === 'this' || narrow.arg === 'return')
    return false;
  if (wide.arg === '*') return true;
  if (typeof wide.arg !== 'object' || !('from' in wide.arg)) return false;
  if (typeof narrow.arg === 'number') return narrow.arg < 0 || narrow.arg >= wide.arg.from;
  return typeof narrow.arg === 'object' && 'from' in narrow.arg && narrow.arg.from > wide.arg.from;
}

type ChildOf = (node: number, label: string) => number;

/**
 * The most precise rows for argument `arg` of `argc`: its position from either end, else a range, else any. Rows for both
 * ends count: `get(1).handler` are the options and `get(-1)<0>` the handler of a route that may have either there.
 */
function argumentNodes(child: ChildOf, node: number, arg: number, argc: number): readonly number[] {
  const exact = [child(node, `(${arg})`), argc > 0 ? child(node, `(${arg - argc})`) : -1];
  const found = exact.filter((it) => it >= 0);
  for (let from = arg; found.length === 0 && from >= 0; from--) {
    const range = child(node, `(${from}..)`);
    if (range >= 0) found.push(range);
  }
  if (found.length > 0) return found;
  const any = child(node, '(*)');
  return any >= 0 ? [any] : [];
}

function paramNode(child: ChildOf, node: number, param: number): number {
  if (node < 0) return -1;
  const found = child(node, `<${param}>`);
  return found >= 0 ? found : child(node, '<*>');
}

/** Roots such as `%file:pages/api/**`: conventions by which a framework calls what a file exports. */
function fileConventions(graph: Graph): { matches: (path: string) => boolean; node: number }[] {
  return roots(graph, FILE).map((it) => ({ matches: picomatch(it.rest, { dot: true }), node: it.node }));
}

/** Roots whose name starts with `prefix`, and the rest of their names. */
function roots(graph: Graph, prefix: string): { rest: string; node: number }[] {
  const out: { rest: string; node: number }[] = [];
  for (let node = 0; node < graph.parents.length; node++) {
    if (graph.parents[node]! >= 0) continue;
    const name = graph.names[graph.labels[node]!]!;
    if (name.startsWith(prefix)) out.push({ rest: name.slice(prefix.length), node });
  }
  return out;
}

/** The node itself first, then everything it also is. */
function closureOf(graph: Graph, node: number): readonly number[] {
  if (!graph.is.has(node)) return [node];
  const seen = new Set([node]);
  for (const it of seen) for (const next of graph.is.get(it) ?? []) seen.add(next);
  return [...seen];
}

function nameOf(graph: Graph, node: number): string {
  const steps: PathStep[] = [];
  let at = node;
  while (at >= 0 && graph.parents[at]! >= 0) {
    steps.unshift(stepAt(graph, at));
    at = graph.parents[at]!;
  }
  return at < 0 ? '' : printPath(graph.names[graph.labels[at]!]!, steps);
}

type MutableRoles = { -readonly [K in keyof Roles]: Roles[K] extends readonly (infer T)[] ? T[] : Roles[K] };

function readRoles(models: Models): Map<number, Roles> {
  const out = new Map<number, MutableRoles>();
  for (let i = 0; i < models.uses.length; i += 2) {
    const node = models.uses[i]!;
    let roles = out.get(node);
    if (roles === undefined) {
      roles = {
        sources: [],
        sinks: [],
        barriers: [],
        guards: [],
        flows: [],
        natives: [],
        checks: [],
        sets: [],
        setChecks: [],
        givenChecks: [],
        results: [],
        closed: false,
        ends: false,
      };
      out.set(node, roles);
    }
    addRole(roles, models.roles[models.uses[i + 1]!]!);
  }
  return out;
}

function addRole(roles: MutableRoles, it: Role): void {
  switch (it.r) {
    case 'source':
      roles.sources.push(it.role);
      return;
    case 'sink':
      roles.sinks.push(it.role);
      return;
    case 'set':
      roles.sets.push(it.role);
      return;
    case 'barrier':
      roles.barriers.push(it.role);
      return;
    case 'guard':
      roles.guards.push(it.role);
      return;
    case 'flow':
      roles.flows.push(it.role);
      return;
    case 'native':
      roles.natives.push(it.role);
      return;
    case 'check':
      roles.checks.push(it.role);
      return;
    case 'setCheck':
      roles.setChecks.push(it.role);
      return;
    case 'givenCheck':
      roles.givenChecks.push(it.role);
      return;
    case 'result':
      roles.results.push(it.role);
      return;
    case 'closed':
      roles.closed = true;
      return;
    case 'ends':
      roles.ends = true;
      return;
  }
}

/** Last member names of everything that has a sink. */
function namesOfSinks(graph: Graph, rolesOf: ReadonlyMap<number, Roles>): Set<string> {
  const out = new Set<string>();
  for (const [node, roles] of rolesOf) {
    const step = stepAt(graph, node);
    if (roles.sinks.length > 0 && step.s === 'member' && step.key !== null) out.add(step.key);
  }
  return out;
}

function methodsByName(graph: Graph, rolesOf: ReadonlyMap<number, Roles>): Map<string, NodeId[]> {
  const out = new Map<string, NodeId[]>();
  for (const [node, roles] of rolesOf) {
    const step = stepAt(graph, node);
    if (
      step.s !== 'member' ||
      step.key === null ||
      ![...roles.sinks, ...roles.sets].some((it) => it.byName === true)
    )
      continue;
    const list = out.get(step.key);
    if (list === undefined) out.set(step.key, [node]);
    else list.push(node);
  }
  return out;
}
