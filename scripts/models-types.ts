// Follows API paths through TypeScript declarations: from a package's exports, step by step, to the types of a value.
// A node's types are those of its path and of every path that `types:` and `aliases:` rows say is one of it.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { stepOf } from '../server/src/rules/compiled.ts';
import type { Models } from '../server/src/rules/compiled.ts';
import type { PathStep } from '../server/src/rules/path.ts';

export type Verdict =
  | { readonly v: 'known' }
  | { readonly v: 'unknown' }
  /** The step at node `at` does not exist. */
  | { readonly v: 'contradicted'; readonly at: number; readonly why: string };

export interface Resolver {
  verdict(node: number): Verdict;
}

/** What may stand at a node: a value of a type, or a name that is only a type (an interface). */
type Meaning =
  | { readonly m: 'value'; readonly type: ts.Type }
  | { readonly m: 'name'; readonly symbol: ts.Symbol }
  /** The globals of Node and the browser. */
  | { readonly m: 'scope' };
/** `any` anywhere makes everything below undecidable. */
interface Meanings {
  readonly all: readonly Meaning[];
  readonly any: boolean;
}
const NONE: Meanings = { all: [], any: false };
const ANYTHING: Meanings = { all: [], any: true };
/** Generic declarations give new types for ever; a few of them decide as well as all. */
const MEANINGS = 12;
const ROUNDS = 12;

function joined(parts: readonly Meanings[]): Meanings {
  const all: Meaning[] = [];
  for (const it of parts.flatMap((part) => part.all)) {
    if (all.length < MEANINGS && !all.some((other) => same(other, it))) all.push(it);
  }
  return { all, any: parts.some((it) => it.any) };
}

function same(a: Meaning, b: Meaning): boolean {
  if (a.m === 'scope') return b.m === 'scope';
  if (a.m === 'name') return b.m === 'name' && a.symbol === b.symbol;
  return b.m === 'value' && a.type === b.type;
}

/** Parses the declarations of `packages` (installed below `folder`) and gives a resolver over them. */
export function createResolver(models: Models, packages: readonly string[], folder: string): Resolver {
  const { checker, modules } = readPackages(packages, folder);
  const sources = new Map<number, number[]>();
  for (let i = 0; i < models.is.length; i += 2) {
    const list = sources.get(models.is[i + 1]!) ?? [];
    list.push(models.is[i]!);
    sources.set(models.is[i + 1]!, list);
  }
  const label = (node: number): string => models.labels[models.nodes[node * 2 + 1]!]!;
  const found: Meanings[] = Array.from({ length: models.nodes.length / 2 }, () => NONE);
  const meanings = (node: number): Meanings => found[node]!;

  // Aliases and `types:` rows may be circular, so the whole graph is gone through until nothing is added.
  for (let round = 0, grown = true; grown && round < ROUNDS; round++) {
    grown = false;
    for (let node = 0; node < found.length; node++) {
      const next = joined([found[node]!, structural(node), ...(sources.get(node) ?? []).map(meanings)]);
      if (next.all.length === found[node]!.all.length && next.any === found[node]!.any) continue;
      found[node] = next;
      grown = true;
    }
  }
  function structural(node: number): Meanings {
    const parent = models.nodes[node * 2]!;
    if (parent < 0) return rootMeanings(checker, modules, label(node));
    const step = stepOf(label(node));
    if (step.s === 'decorated' || step.s === 'paramDecorator') return ANYTHING;
    const before = meanings(parent);
    if (step.s === 'member' && step.key === 'default' && models.nodes[parent * 2]! < 0) return before;
    const after = joined(before.all.map((it) => stepFrom(checker, it, step)));
    const lost = step.s === 'member' && step.key === '*' && after.all.length === 0;
    return { all: after.all, any: before.any || after.any || lost };
  }

  const verdict = (node: number): Verdict => {
    const here = meanings(node);
    if (here.all.length > 0) return { v: 'known' };
    const parent = models.nodes[node * 2]!;
    if (here.any || parent < 0) return { v: 'unknown' };
    if (meanings(parent).all.length === 0) return verdict(parent);
    const step = label(node);
    // Pseudo members such as `["%chunk"]` and types that exist in the models alone have no declaration.
    if (step.startsWith('.%') || declaredByModels(node)) return { v: 'unknown' };
    const type = meanings(parent).all.map((it) => describe(checker, it));
    return {
      v: 'contradicted',
      at: node,
      why: `no \`${step}\` on ${[...new Set(type)].slice(0, 3).join(' | ')}`,
    };
  };
  /** A type that exists because `types:` rows say what its instances are. */
  const declaredByModels = (node: number): boolean => {
    for (let i = 0; i < models.nodes.length; i += 2) {
      if (models.nodes[i] === node && label(i / 2) === '()' && (sources.has(i / 2) || isTarget(i / 2)))
        return true;
    }
    return sources.has(node);
  };
  const isTarget = (node: number): boolean => {
    for (let i = 0; i < models.is.length; i += 2) if (models.is[i] === node) return true;
    return false;
  };
  return { verdict };
}

interface Packages {
  readonly checker: ts.TypeChecker;
  readonly modules: ReadonlyMap<string, ts.Symbol>;
}

function readPackages(packages: readonly string[], folder: string): Packages {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'all.ts');
  const lines = packages.map((it, i) => `import * as p${i} from ${JSON.stringify(it)};`);
  writeFileSync(file, `${lines.join('\n')}\nexport {};\n`);
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node'],
    typeRoots: [
      join(folder, 'node_modules', '@types'),
      join(folder, '..', '..', 'node_modules', '@types'),
    ].filter(existsSync),
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    esModuleInterop: true,
  });
  const checker = program.getTypeChecker();
  const modules = new Map<string, ts.Symbol>();
  for (const statement of program.getSourceFile(file)!.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
    if (symbol !== undefined) modules.set((statement.moduleSpecifier as ts.StringLiteral).text, symbol);
  }
  return { checker, modules };
}

/** A package is its namespace, its `export =` and its default export at once. */
function rootMeanings(
  checker: ts.TypeChecker,
  modules: ReadonlyMap<string, ts.Symbol>,
  name: string,
): Meanings {
  if (name === 'global' || name === 'dom') return { all: [{ m: 'scope' }], any: false };
  const symbol = modules.get(name);
  if (symbol === undefined) return ANYTHING;
  const found: Meaning[] = [{ m: 'name', symbol }];
  for (const key of ['export=', 'default']) {
    const inner = symbol.exports?.get(key as ts.__String);
    if (inner !== undefined) found.push(...symbolMeanings(checker, inner));
  }
  return { all: found, any: false };
}

function symbolMeanings(checker: ts.TypeChecker, given: ts.Symbol): Meaning[] {
  const symbol = given.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
  const found: Meaning[] = [];
  if (symbol.flags & (ts.SymbolFlags.Type | ts.SymbolFlags.Namespace)) found.push({ m: 'name', symbol });
  if (symbol.flags & ts.SymbolFlags.Value) found.push({ m: 'value', type: checker.getTypeOfSymbol(symbol) });
  return found;
}

function stepFrom(checker: ts.TypeChecker, from: Meaning, step: PathStep): Meanings {
  if (from.m === 'scope') return scopeMember(checker, step);
  if (from.m === 'name') {
    if (step.s === 'member' && step.key !== null) {
      const exported =
        from.symbol.exports?.get(step.key as ts.__String) ?? exportOf(checker, from.symbol, step.key);
      return exported === undefined ? NONE : { all: symbolMeanings(checker, exported), any: false };
    }
    if (step.s !== 'call' || !(from.symbol.flags & ts.SymbolFlags.Type)) return NONE;
    return ofTypes([checker.getDeclaredTypeOfSymbol(from.symbol)]);
  }
  const types = parts(checker, from.type);
  const vague = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter;
  if (types.some((it) => it.flags & vague)) return ANYTHING;
  return ofTypes(types.flatMap((it) => stepType(checker, it, step)));
}

function scopeMember(checker: ts.TypeChecker, step: PathStep): Meanings {
  if (step.s !== 'member' || step.key === null) return NONE;
  if (['window', 'self', 'globalThis', 'global', 'top', 'parent'].includes(step.key))
    return { all: [{ m: 'scope' }], any: false };
  const symbol = checker.resolveName(step.key, undefined, ts.SymbolFlags.Value | ts.SymbolFlags.Type, false);
  return symbol === undefined ? NONE : { all: symbolMeanings(checker, symbol), any: false };
}

function exportOf(checker: ts.TypeChecker, symbol: ts.Symbol, key: string): ts.Symbol | undefined {
  if (!(symbol.flags & ts.SymbolFlags.Module)) return undefined;
  return checker.getExportsOfModule(symbol).find((it) => it.name === key);
}

function ofTypes(types: readonly ts.Type[]): Meanings {
  const all: Meaning[] = types.map((type) => ({ m: 'value', type }));
  return { all, any: types.some((it) => it.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) };
}

/** The members of a union, type parameters replaced by their constraints, promises beside what they promise. */
function parts(checker: ts.TypeChecker, given: ts.Type): ts.Type[] {
  const found = new Set<ts.Type>();
  for (const type of [given, checker.getAwaitedType(given)]) {
    if (type === undefined) continue;
    const base = checker.getBaseConstraintOfType(type) ?? type;
    for (const it of base.isUnion() ? base.types : [base]) found.add(checker.getNonNullableType(it));
  }
  return [...found].filter((it) => !(it.flags & ts.TypeFlags.Never));
}

function stepType(checker: ts.TypeChecker, type: ts.Type, step: PathStep): ts.Type[] {
  switch (step.s) {
    case 'member':
      return memberTypes(checker, type, step.key);
    case 'call':
      return signatures(checker, type).map((it) => checker.getReturnTypeOfSignature(it));
    case 'arg':
      return signatures(checker, type).flatMap((it) => argumentTypes(checker, it, step.arg));
    case 'param':
      return signatures(checker, type).flatMap((it) => argumentTypes(checker, it, step.param));
    default:
      return [];
  }
}

function memberTypes(checker: ts.TypeChecker, type: ts.Type, key: string | null): ts.Type[] {
  if (key === null || key === '*') {
    const indexed = [type.getNumberIndexType(), type.getStringIndexType()].filter((it) => it !== undefined);
    if (indexed.length > 0 || key === null) return [...indexed, ...elements(checker, type)];
    return type.getProperties().map((it) => checker.getTypeOfSymbol(it));
  }
  const property = checker.getPropertyOfType(type, key);
  if (property !== undefined) return [checker.getTypeOfSymbol(property)];
  const indexed = type.getStringIndexType();
  return indexed === undefined ? [] : [indexed];
}

/** What iterating over the value gives. */
function elements(checker: ts.TypeChecker, type: ts.Type): ts.Type[] {
  for (const name of ['asyncIterator', 'iterator']) {
    const method = type.getProperties().find((it) => it.name.startsWith(`__@${name}`));
    if (method === undefined) continue;
    return signatures(checker, checker.getTypeOfSymbol(method)).map((it) => {
      const result = checker.getReturnTypeOfSignature(it) as ts.TypeReference;
      return checker.getTypeArguments(result)[0] ?? result;
    });
  }
  return [];
}

function signatures(checker: ts.TypeChecker, type: ts.Type): readonly ts.Signature[] {
  return [
    ...checker.getSignaturesOfType(type, ts.SignatureKind.Call),
    ...checker.getSignaturesOfType(type, ts.SignatureKind.Construct),
  ];
}

/** Types of the parameters that a selection means in one signature; overloads without them give nothing. */
function argumentTypes(checker: ts.TypeChecker, signature: ts.Signature, arg: unknown): ts.Type[] {
  const last = signature.parameters.length - 1;
  return signature.parameters
    .map((parameter, i) => ({ i, type: checker.getTypeOfSymbol(parameter), rest: isRest(parameter) }))
    .filter(({ i, rest }) => wants(arg, i, last, rest))
    .flatMap(({ type, rest }) => (rest ? [type, ...memberTypes(checker, type, null)] : [type]));
}

function isRest(parameter: ts.Symbol): boolean {
  const declaration = parameter.valueDeclaration;
  return declaration !== undefined && ts.isParameter(declaration) && declaration.dotDotDotToken !== undefined;
}

function wants(arg: unknown, i: number, last: number, rest: boolean): boolean {
  if (arg === '*') return true;
  if (typeof arg === 'number') return arg < 0 ? i >= last + arg : i === arg || (rest && i < arg);
  if (typeof arg === 'object' && arg !== null && 'from' in arg) return i >= (arg.from as number) || rest;
  return false;
}

function describe(checker: ts.TypeChecker, it: Meaning): string {
  if (it.m === 'scope') return 'the globals';
  const text = it.m === 'name' ? `\`${it.symbol.name}\`` : `\`${checker.typeToString(it.type)}\``;
  return text.length > 80 ? `${text.slice(0, 77)}…\`` : text;
}
