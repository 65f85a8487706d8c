// Declarations: which names a block declares, hoisted functions, variables, enums, namespaces, type aliases.
// Names are declared when their block is entered, so a use before the declaration means the same variable.

import type { Place, RecordOp } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { innerOf, isError } from '../../syntax/tree.ts';
import {
  addVar,
  argOf,
  below,
  constant,
  copy,
  declare,
  declareOuter,
  emit,
  inScope,
  placeOf,
  spanOf,
  temp,
} from '../builder.ts';
import type { Child } from '../builder.ts';
import { lowerClassDeclaration } from './classes.ts';
import {
  createFunction,
  lowerExpression,
  lowerInto,
  lowerStatement,
  lowerUnknown,
  resolveName,
} from './context.ts';
import type { Lo, StatementHandler } from './context.ts';
import { hasToken } from './cut.ts';
import { lowerKey } from './literals.ts';
import { declareImports } from './modules.ts';
import { bindingNames, isPattern, lowerPattern } from './patterns.ts';
import { aliasPlace, typeOf } from './types.ts';

/** Handlers of declaration statements. */
export const declarations: Readonly<Record<string, StatementHandler>> = {
  lexical_declaration: lowerVariables,
  variable_declaration: lowerVariables,
  using_declaration: lowerVariables,
  class_declaration: (lo, node) => lowerClassDeclaration(lo, node),
  abstract_class_declaration: (lo, node) => lowerClassDeclaration(lo, node),
  // Created where their block begins.
  function_declaration: () => {},
  generator_function_declaration: () => {},
  // Declarations without code.
  function_signature: () => {},
  ambient_declaration: () => {},
  interface_declaration: lowerTypeName,
  type_alias_declaration: lowerTypeName,
  enum_declaration: lowerEnum,
  internal_module: lowerNamespace,
  module: lowerNamespace,
  import_alias: lowerImportAlias,
};

const FUNCTIONS: ReadonlySet<string> = new Set(['function_declaration', 'generator_function_declaration']);
const VARIABLES: ReadonlySet<string> = new Set(['lexical_declaration', 'using_declaration']);
const TYPES: ReadonlySet<string> = new Set(['interface_declaration', 'type_alias_declaration']);
const NAMED: ReadonlySet<string> = new Set([
  'class_declaration',
  'abstract_class_declaration',
  'enum_declaration',
  'internal_module',
  'module',
  'import_alias',
]);

/** Declares everything that these statements of one block declare, and creates the block's functions. */
export function enterBlock(lo: Lo, statements: readonly Node[]): void {
  const { arena } = lo;
  const functions: Node[] = [];
  const types: Node[] = [];
  for (const statement of statements) {
    const it = declarationIn(lo, statement);
    const type = arena.typeName(it);
    if (FUNCTIONS.has(type)) {
      const name = arena.child(it, 'name');
      if (name >= 0) declare(lo, arena.textOf(name));
      functions.push(it);
    } else if (VARIABLES.has(type)) {
      for (const name of declaredNames(lo, it)) declare(lo, arena.textOf(name));
    } else if (NAMED.has(type)) {
      const name = nameOf(lo, it);
      if (name !== undefined) declare(lo, name);
    } else if (type === 'import_statement') declareImports(lo, it);
    else if (type === 'expression_statement') declareUsing(lo, it);
    else if (TYPES.has(type)) types.push(it);
  }
  // A value of the same name wins: only values exist at run time.
  for (const it of types) {
    const name = arena.child(it, 'name');
    if (name >= 0) declare(lo, arena.textOf(name));
  }
  for (const it of functions) createDeclared(lo, it);
}

/** The declaration that an export or a plain statement holds, or the statement itself. */
function declarationIn(lo: Lo, statement: Node): Node {
  const { arena } = lo;
  const type = arena.typeName(statement);
  if (type === 'export_statement') {
    const declared = arena.child(statement, 'declaration');
    return declared >= 0 ? declared : statement;
  }
  if (type !== 'expression_statement') return statement;
  const inner = arena.namedChildren(statement)[0];
  return inner !== undefined && arena.typeName(inner) === 'internal_module' ? inner : statement;
}

/** TypeScript's grammar reads `using x = f()`, also after `await`, as an assignment that begins with a word. */
function declareUsing(lo: Lo, statement: Node): void {
  const { arena } = lo;
  let it = innerOf(arena, statement);
  if (it >= 0 && arena.typeName(it) === 'await_expression') it = innerOf(arena, it);
  if (it < 0 || arena.typeName(it) !== 'assignment_expression' || !hasToken(arena, it, 'using')) return;
  const left = arena.child(it, 'left');
  if (left >= 0 && arena.typeName(left) === 'identifier') declare(lo, arena.textOf(left));
}

/** The name that a class, enum, namespace or import alias declares. */
function nameOf(lo: Lo, node: Node): string | undefined {
  const { arena } = lo;
  if (arena.typeName(node) === 'import_alias') {
    const first = arena.namedChildren(node)[0];
    return first === undefined ? undefined : arena.textOf(first);
  }
  let name = arena.child(node, 'name');
  while (name >= 0 && arena.typeName(name) === 'nested_identifier') name = arena.child(name, 'object');
  return name < 0 || arena.typeName(name) === 'string' ? undefined : arena.textOf(name);
}

/** The name nodes of all variables in a declaration. */
export function declaredNames(lo: Lo, declaration: Node): Node[] {
  const names: Node[] = [];
  for (const it of lo.arena.namedChildren(declaration)) {
    const pattern = lo.arena.child(it, 'name');
    if (pattern >= 0) names.push(...bindingNames(lo, pattern));
  }
  return names;
}

/** Declares the `var` variables of the whole function. */
export function declareVars(lo: Lo, nodes: readonly Node[]): void {
  const { arena } = lo;
  for (const it of nodes) {
    if (arena.typeName(it) === 'variable_declaration') {
      for (const name of declaredNames(lo, it)) declareOuter(lo, arena.textOf(name));
      continue;
    }
    // `for (var x of xs)`; with `let` or `const` the loop declares it.
    const kind = arena.child(it, 'kind');
    const left = arena.child(it, 'left');
    if (kind < 0 || left < 0 || arena.typeName(kind) !== 'var') continue;
    for (const name of bindingNames(lo, left)) declareOuter(lo, arena.textOf(name));
  }
}

function createDeclared(lo: Lo, node: Node): void {
  const child = lo.functions.get(node);
  if (!child) return;
  const name = lo.arena.child(node, 'name');
  createFunction(lo, node, child, name < 0 ? undefined : resolveName(lo, lo.arena.textOf(name)));
}

/** A function expression with a name of its own: the name means the function, inside it only. */
export function lowerNamedFunction(lo: Lo, node: Node, child: Child, name: string): Place {
  return inScope(lo, () => {
    const v = addVar(lo, name, 'local');
    lo.scopes[lo.scopes.length - 1]!.set(name, v);
    return createFunction(lo, node, child, v);
  });
}

function lowerVariables(lo: Lo, node: Node): void {
  const { arena } = lo;
  const isVar = arena.typeName(node) === 'variable_declaration';
  for (const it of arena.namedChildren(node)) {
    if (arena.typeName(it) === 'variable_declarator') lowerVariable(lo, it, isVar);
    else lowerUnknown(lo, it);
  }
}

function lowerVariable(lo: Lo, node: Node, isVar: boolean): void {
  const { arena } = lo;
  const pattern = arena.child(node, 'name');
  const value = arena.child(node, 'value');
  if (pattern < 0) {
    lowerUnknown(lo, node);
    return;
  }
  if (isPattern(lo, pattern)) {
    if (value < 0) return;
    let from = lowerExpression(lo, value);
    // `var` may take apart the variable that it declares anew.
    if (isVar && lo.vars[from.root]!.kind !== 'temp') {
      const kept = placeOf(lo, temp(lo));
      copy(lo, value, kept, from);
      from = kept;
    }
    lowerPattern(lo, pattern, from);
    return;
  }
  const to = placeOf(lo, resolveName(lo, arena.textOf(pattern)));
  if (value >= 0) lowerInto(lo, value, to.root);
  else if (!isVar) constant(lo, pattern, undefined, to.root);
  const type = typeOf(lo, arena.child(node, 'type'));
  if (type) emit(lo, pattern, { op: 'annotate', to, type });
}

/** A type that merely renames or extends another is that type, as far as flow can tell. */
function lowerTypeName(lo: Lo, node: Node): void {
  const name = lo.arena.child(node, 'name');
  const aliased = aliasPlace(lo, node);
  if (name < 0 || !aliased) return;
  const to = placeOf(lo, resolveName(lo, lo.arena.textOf(name)));
  // A class of the same name is the value; the interface only adds to it.
  if (to.root !== aliased.root) copy(lo, name, to, aliased);
}

function lowerEnum(lo: Lo, node: Node): void {
  const { arena } = lo;
  const name = arena.child(node, 'name');
  const body = arena.child(node, 'body');
  if (name < 0 || body < 0) {
    lowerUnknown(lo, node);
    return;
  }
  const to = placeOf(lo, resolveName(lo, arena.textOf(name)));
  const props: RecordOp['props'] = inScope(lo, () => enumMembers(lo, body));
  emit(lo, node, { op: 'record', to, props });
}

/** Members in order. Each is a variable too while the enum is built, because later ones may name it. */
function enumMembers(lo: Lo, body: Node): RecordOp['props'] {
  const { arena } = lo;
  const props: RecordOp['props'][number][] = [];
  let next: number | undefined = 0;
  for (const it of arena.namedChildren(body)) {
    if (isError(arena, it)) {
      lowerUnknown(lo, it);
      continue;
    }
    const isAssigned = arena.typeName(it) === 'enum_assignment';
    const key = isAssigned ? arena.child(it, 'name') : it;
    const value = isAssigned ? arena.child(it, 'value') : -1;
    if (key < 0) continue;
    const v = arena.typeName(key) === 'property_identifier' ? declare(lo, arena.textOf(key)) : temp(lo);
    if (value >= 0) lowerInto(lo, value, v);
    else if (next !== undefined) constant(lo, it, next, v);
    else emit(lo, it, { op: 'combine', to: placeOf(lo, v), how: 'arith', from: [] });
    next = nextOf(lo, value, next);
    props.push({ key: lowerKey(lo, key), value: argOf(lo, placeOf(lo, v), value >= 0 ? value : it) });
  }
  return props;
}

/** The number that the member after this one gets; undefined if it is not known here. */
function nextOf(lo: Lo, value: Node, current: number | undefined): number | undefined {
  if (value < 0) return current === undefined ? undefined : current + 1;
  return lo.arena.typeName(value) === 'number' ? Number(lo.arena.textOf(value)) + 1 : undefined;
}

/** A namespace is a block whose exported declarations are stored in an object. */
function lowerNamespace(lo: Lo, node: Node): void {
  const { arena } = lo;
  const name = arena.child(node, 'name');
  const body = arena.child(node, 'body');
  if (name < 0 || body < 0 || arena.typeName(name) === 'string') return;
  const path: Node[] = [];
  for (let it = name; ; it = arena.child(it, 'object')) {
    if (arena.typeName(it) !== 'nested_identifier') {
      path.unshift(it);
      break;
    }
    path.unshift(arena.child(it, 'property'));
  }
  let object = placeOf(lo, resolveName(lo, arena.textOf(path[0]!)));
  makeNamespace(lo, name, object);
  for (const it of path.slice(1)) {
    object = below(object, arena.textOf(it));
    makeNamespace(lo, name, object);
  }
  lo.namespaces.push(object);
  inScope(lo, () => {
    const statements = arena.namedChildren(body);
    enterBlock(lo, statements);
    for (const it of statements) lowerStatement(lo, it);
  });
  lo.namespaces.pop();
}

/** `N ||= {}`: a second namespace of the same name adds to the first. */
function makeNamespace(lo: Lo, node: Node, at: Place): void {
  const outer = lo.block;
  const body = (lo.block = [] as typeof outer);
  const fresh = placeOf(lo, temp(lo));
  emit(lo, node, { op: 'record', to: fresh, props: [] });
  copy(lo, node, at, fresh);
  lo.block = outer;
  const span = spanOf(lo, node);
  lo.block.push({ op: 'if', test: { t: 'truthy', a: at, pre: [], ...span }, then: [], else: body, ...span });
}

/** `import x = A.B`. */
function lowerImportAlias(lo: Lo, node: Node): void {
  const [name, target] = lo.arena.namedChildren(node);
  if (name === undefined || target === undefined) return;
  lowerInto(lo, target, resolveName(lo, lo.arena.textOf(name)));
}
