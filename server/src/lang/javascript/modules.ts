// Imports and exports. Imports take effect before the module's first statement, exports after its last one.
// An export names a variable or value; inside a namespace it is a field of the namespace's object.

import type { Place } from '../../ir/ir.ts';
import type { Node } from '../../syntax/arena.ts';
import { argOf, below, constant, copy, declare, emit, placeOf, spanOf, temp } from '../builder.ts';
import { lowerExpression, lowerStatement, lowerUnknown, resolveName } from './context.ts';
import type { Lo, StatementHandler } from './context.ts';
import { hasToken } from './cut.ts';
import { declaredNames } from './declarations.ts';
import { stringValue } from './text.ts';

/** Handlers of module statements. */
export const modules: Readonly<Record<string, StatementHandler>> = {
  // Done when the block was entered.
  import_statement: () => {},
  export_statement: lowerExport,
};

/** Declares and imports the names of an import statement. */
export function declareImports(lo: Lo, node: Node): void {
  const { arena } = lo;
  const typeOnly = hasToken(arena, node, 'type') || hasToken(arena, node, 'typeof');
  const parts = arena.namedChildren(node);
  const required = parts.find((it) => arena.typeName(it) === 'import_require_clause');
  if (required !== undefined) {
    declareRequire(lo, required);
    return;
  }
  const source = arena.child(node, 'source');
  if (source < 0) return;
  const module = stringValue(arena, source);
  const clause = parts.find((it) => arena.typeName(it) === 'import_clause');
  if (clause === undefined) {
    emit(lo, node, { op: 'import', to: placeOf(lo, temp(lo)), module, name: '*' });
    return;
  }
  for (const it of arena.namedChildren(clause)) {
    switch (arena.typeName(it)) {
      case 'identifier':
        addImport(lo, it, it, module, 'default', typeOnly);
        break;
      case 'namespace_import': {
        const name = arena.namedChildren(it)[0];
        if (name !== undefined) addImport(lo, it, name, module, '*', typeOnly);
        break;
      }
      case 'named_imports':
        for (const specifier of arena.namedChildren(it)) declareSpecifier(lo, specifier, module, typeOnly);
        break;
    }
  }
}

function declareSpecifier(lo: Lo, node: Node, module: string, typeOnly: boolean): void {
  const { arena } = lo;
  const name = arena.child(node, 'name');
  if (name < 0) return;
  const alias = arena.child(node, 'alias');
  addImport(
    lo,
    node,
    alias >= 0 ? alias : name,
    module,
    nameText(lo, name),
    typeOnly || hasToken(arena, node, 'type'),
  );
}

function addImport(lo: Lo, node: Node, local: Node, module: string, name: string, typeOnly: boolean): void {
  const to = placeOf(lo, declare(lo, lo.arena.textOf(local)));
  emit(
    lo,
    node,
    typeOnly ? { op: 'import', to, module, name, typeOnly } : { op: 'import', to, module, name },
  );
}

/** `import x = require('m')` is the call that it looks like. */
function declareRequire(lo: Lo, node: Node): void {
  const { arena } = lo;
  const name = arena.namedChildren(node)[0];
  const source = arena.child(node, 'source');
  if (name === undefined || source < 0) return;
  const to = placeOf(lo, declare(lo, arena.textOf(name)));
  const args = [argOf(lo, constant(lo, source, stringValue(arena, source)), source)];
  const callee = placeOf(lo, resolveName(lo, 'require'));
  emit(lo, node, { op: 'call', to, callee, calleeSpan: spanOf(lo, node), args });
}

/** The text of an imported or exported name, which may be a string. */
function nameText(lo: Lo, node: Node): string {
  return lo.arena.typeName(node) === 'string' ? stringValue(lo.arena, node) : lo.arena.textOf(node);
}

function lowerExport(lo: Lo, node: Node): void {
  const { arena } = lo;
  const source = arena.child(node, 'source');
  const declaration = arena.child(node, 'declaration');
  const value = arena.child(node, 'value');
  const clause = arena.namedChildren(node).find((it) => arena.typeName(it) === 'export_clause');
  if (source >= 0) exportFrom(lo, node, clause, stringValue(arena, source));
  else if (declaration >= 0) exportDeclaration(lo, node, declaration);
  else if (value >= 0) addExport(lo, node, 'default', lowerExpression(lo, value));
  else if (clause !== undefined) exportClause(lo, clause);
  else if (hasToken(arena, node, '=')) exportAssignment(lo, node);
  else if (!hasToken(arena, node, 'namespace')) lowerUnknown(lo, node);
}

function exportFrom(lo: Lo, node: Node, clause: Node | undefined, module: string): void {
  const { arena } = lo;
  const typeOnly = hasToken(arena, node, 'type');
  const reexport = (at: Node, name: string, as: string, isType: boolean): void => {
    const to = placeOf(lo, temp(lo));
    emit(
      lo,
      at,
      isType ? { op: 'import', to, module, name, typeOnly: true } : { op: 'import', to, module, name },
    );
    addExport(lo, at, as, to);
  };
  if (clause !== undefined) {
    for (const it of arena.namedChildren(clause)) {
      const name = arena.child(it, 'name');
      if (name < 0) continue;
      const alias = arena.child(it, 'alias');
      const isType = typeOnly || hasToken(arena, it, 'type');
      reexport(it, nameText(lo, name), nameText(lo, alias >= 0 ? alias : name), isType);
    }
    return;
  }
  const star = arena.namedChildren(node).find((it) => arena.typeName(it) === 'namespace_export');
  const name = star === undefined ? undefined : arena.namedChildren(star)[0];
  if (name !== undefined) reexport(node, '*', nameText(lo, name), typeOnly);
  else if (lo.kind === 'module') lo.exports.push({ ...spanOf(lo, node), name: '*', module });
}

function exportClause(lo: Lo, clause: Node): void {
  const { arena } = lo;
  for (const it of arena.namedChildren(clause)) {
    const name = arena.child(it, 'name');
    if (name < 0) continue;
    const alias = arena.child(it, 'alias');
    const from = placeOf(lo, resolveName(lo, nameText(lo, name)));
    addExport(lo, it, nameText(lo, alias >= 0 ? alias : name), from);
  }
}

function exportDeclaration(lo: Lo, node: Node, declaration: Node): void {
  const { arena } = lo;
  lowerStatement(lo, declaration);
  const isDefault = hasToken(arena, node, 'default');
  switch (arena.typeName(declaration)) {
    case 'lexical_declaration':
    case 'variable_declaration':
    case 'using_declaration':
      for (const it of declaredNames(lo, declaration)) {
        const name = arena.textOf(it);
        addExport(lo, it, name, placeOf(lo, resolveName(lo, name)));
      }
      return;
    case 'ambient_declaration':
    case 'function_signature':
      return;
    default: {
      const named = arena.child(declaration, 'name');
      const name = named >= 0 ? named : arena.namedChildren(declaration)[0];
      if (name === undefined || arena.typeName(name) === 'string') return;
      const text = arena.textOf(name).split('.')[0]!;
      addExport(lo, declaration, isDefault ? 'default' : text, placeOf(lo, resolveName(lo, text)));
    }
  }
}

/** `export = x` is `module.exports = x`. */
function exportAssignment(lo: Lo, node: Node): void {
  const value = lo.arena.namedChildren(node)[0];
  if (value === undefined) return;
  const module = placeOf(lo, resolveName(lo, 'module'));
  copy(lo, value, below(module, 'exports'), lowerExpression(lo, value));
}

function addExport(lo: Lo, node: Node, name: string, from: Place): void {
  const namespace = lo.namespaces[lo.namespaces.length - 1];
  if (namespace) copy(lo, node, below(namespace, name), from);
  else if (lo.kind === 'module') lo.exports.push({ ...spanOf(lo, node), name, from });
}
