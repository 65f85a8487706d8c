// The builder that every language's lowering writes one function with: variables, scopes, blocks, operations.
// Operations other than `copy` and `delete` write whole variables only, so writing a field is always a `copy`.

import type {
  Arg,
  CombineOp,
  Const,
  FuncIR,
  Key,
  Op,
  Param,
  Place,
  RecordOp,
  Span,
  Stmt,
  Test,
  Var,
} from '../ir/ir.ts';
import type { Arena, Node } from '../syntax/arena.ts';

/** A function inside the one being lowered: what its parent needs to know to create it. */
export interface Child {
  /** Index relative to the parent's. */
  readonly fn: number;
  /** Free names in the order `captures` binds them. */
  readonly free: readonly string[];
}

/** A function while it is being built. */
export interface Builder {
  readonly arena: Arena;
  readonly kind: FuncIR['kind'];
  /** Start of the item in the text; all spans are relative to it. */
  readonly base: number;
  readonly vars: Var[];
  /** The place of each variable, made once. */
  readonly places: Place[];
  readonly params: Param[];
  readonly free: number[];
  readonly freeByName: Map<string, number>;
  /** Innermost last. */
  readonly scopes: Map<string, number>[];
  /** Where operations go now. */
  block: Stmt[];
  nextId: number;
  depth: number;
  thisVar: number;
  argumentsVar: number;
  superVar: number;
  /** Something was nested beyond a limit and is known by its names only. */
  truncated: boolean;
}

/** An empty function whose text starts at `base`. */
export function makeBuilder(arena: Arena, kind: FuncIR['kind'], base: number): Builder {
  return {
    arena,
    kind,
    base,
    vars: [],
    places: [],
    params: [],
    free: [],
    freeByName: new Map(),
    scopes: [new Map()],
    block: [],
    nextId: 0,
    depth: 0,
    thisVar: -1,
    argumentsVar: -1,
    superVar: -1,
    truncated: false,
  };
}

/** The finished function. `length` is that of its text in characters. */
export function finish(
  b: Builder,
  about: Pick<FuncIR, 'name' | 'isAsync' | 'isGenerator' | 'length' | 'hasError'>,
): FuncIR {
  return {
    name: about.name,
    kind: b.kind,
    isAsync: about.isAsync,
    isGenerator: about.isGenerator,
    vars: b.vars,
    params: b.params,
    free: b.free,
    thisVar: b.thisVar,
    argumentsVar: b.argumentsVar,
    superVar: b.superVar,
    body: b.block,
    size: b.nextId,
    length: about.length,
    hasError: about.hasError,
    ...(b.truncated && { truncated: true }),
  };
}

// Variables and scopes

/** A new variable that no name refers to yet. */
export function addVar(b: Builder, name: string, kind: Var['kind']): number {
  const v = b.vars.length;
  b.vars.push({ name, kind });
  b.places.push({ root: v, path: [] });
  return v;
}

/** A new temporary. */
export function temp(b: Builder): number {
  return addVar(b, '', 'temp');
}

/** The place of a variable itself. */
export function placeOf(b: Builder, v: number): Place {
  return b.places[v]!;
}

/** The place of a key below a place. */
export function below(place: Place, key: Key): Place {
  return { root: place.root, path: [...place.path, key] };
}

/** Declares a local in the innermost scope; a second declaration of the name means the same variable. */
export function declare(b: Builder, name: string): number {
  return declareIn(b, b.scopes[b.scopes.length - 1]!, name);
}

/** The same in the function's outermost scope: `var`. */
export function declareOuter(b: Builder, name: string): number {
  return declareIn(b, b.scopes[0]!, name);
}

function declareIn(b: Builder, scope: Map<string, number>, name: string): number {
  const known = scope.get(name);
  if (known !== undefined) return known;
  const v = addVar(b, name, 'local');
  scope.set(name, v);
  return v;
}

/** The variable that a name means here. A name that nothing declares becomes a free variable. */
export function resolve(b: Builder, name: string): number {
  for (let it = b.scopes.length - 1; it >= 0; it--) {
    const v = b.scopes[it]!.get(name);
    if (v !== undefined) return v;
  }
  return resolveFree(b, name);
}

/** The free variable of a name that this function does not declare. */
export function resolveFree(b: Builder, name: string): number {
  const known = b.freeByName.get(name);
  if (known !== undefined) return known;
  const v = addVar(b, name, 'free');
  b.free.push(v);
  b.freeByName.set(name, v);
  return v;
}

/** Runs `body` in a scope of its own. */
export function inScope<T>(b: Builder, body: () => T): T {
  b.scopes.push(new Map());
  const result = body();
  b.scopes.pop();
  return result;
}

// Blocks

/** The statements that `body` emits, kept out of the current block. */
export function collect(b: Builder, body: () => void): Stmt[] {
  const outer = b.block;
  const inner: Stmt[] = [];
  b.block = inner;
  body();
  b.block = outer;
  return inner;
}

// Spans

/** The span of a node relative to the item. */
export function spanOf(b: Builder, node: Node): Span {
  return { s: b.arena.start[node]! - b.base, e: b.arena.end[node]! - b.base };
}

/** An argument with the span of its node. */
export function argOf(b: Builder, place: Place, node: Node, spread?: boolean): Arg {
  const s = b.arena.start[node]! - b.base;
  const e = b.arena.end[node]! - b.base;
  return spread ? { place, s, e, spread } : { place, s, e };
}

// Operations

type WithoutStamp<T> = T extends Op ? Omit<T, 'id' | 's' | 'e'> : never;

/** Appends an operation with the node's span. For rare operations; the frequent ones have functions of their own. */
export function emit(b: Builder, node: Node, op: WithoutStamp<Op>): void {
  emitAt(b, spanOf(b, node), op);
}

/** Appends an operation with this span. */
export function emitAt(b: Builder, span: Span, op: WithoutStamp<Op>): void {
  b.block.push({ ...op, s: span.s, e: span.e, id: b.nextId++ } as Op);
}

/** A constant in `into` or a new temporary; `lost` as ConstOp has it. */
export function constant(b: Builder, node: Node, value: Const, into?: number, lost?: string): Place {
  const to = placeOf(b, into ?? temp(b));
  b.block.push({
    op: 'const',
    to,
    value,
    ...(lost !== undefined && { lost }),
    s: b.arena.start[node]! - b.base,
    e: b.arena.end[node]! - b.base,
    id: b.nextId++,
  });
  return to;
}

/** Moves a value; nothing happens if it is already there. */
export function copy(b: Builder, node: Node, to: Place, from: Place): void {
  if (to === from || (to.root === from.root && to.path.length === 0 && from.path.length === 0)) return;
  b.block.push({
    op: 'copy',
    to,
    from,
    s: b.arena.start[node]! - b.base,
    e: b.arena.end[node]! - b.base,
    id: b.nextId++,
  });
}

/** Appends a call of a place with these arguments. */
export function call(
  b: Builder,
  node: Node,
  to: Place,
  callee: Place,
  calleeSpan: Span,
  args: readonly Arg[],
): void {
  const s = b.arena.start[node]! - b.base;
  b.block.push({
    op: 'call',
    to,
    callee,
    calleeSpan,
    args,
    s,
    e: b.arena.end[node]! - b.base,
    id: b.nextId++,
  });
}

/** Appends the making of an object. */
export function record(b: Builder, node: Node, to: Place, props: RecordOp['props']): void {
  const s = b.arena.start[node]! - b.base;
  b.block.push({ op: 'record', to, props, s, e: b.arena.end[node]! - b.base, id: b.nextId++ });
}

/** Appends the making of a list. */
export function list(b: Builder, node: Node, to: Place, items: readonly Arg[]): void {
  const s = b.arena.start[node]! - b.base;
  b.block.push({ op: 'list', to, items, s, e: b.arena.end[node]! - b.base, id: b.nextId++ });
}

/** Appends a return. */
export function giveBack(b: Builder, node: Node, from: Place): void {
  const s = b.arena.start[node]! - b.base;
  b.block.push({ op: 'return', from, s, e: b.arena.end[node]! - b.base, id: b.nextId++ });
}

/** Appends a value made of others. */
export function combine(
  b: Builder,
  node: Node,
  to: Place,
  how: CombineOp['how'],
  from: readonly Place[],
  operator?: string,
): void {
  const s = b.arena.start[node]! - b.base;
  b.block.push({ op: 'combine', to, how, from, operator, s, e: b.arena.end[node]! - b.base, id: b.nextId++ });
}

/** A test that a place is truthy, as wide as the node. */
export function truthy(b: Builder, node: Node, a: Place, pre: readonly Stmt[]): Test {
  return { t: 'truthy', a, pre, ...spanOf(b, node) };
}
