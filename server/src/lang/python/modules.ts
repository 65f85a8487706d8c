// Imports. A module exports everything that it binds, which lowerModule says at its end; here are the statements.
// `import a.b` binds `a` and makes `b` known in it; a second such statement adds to the same `a`.

import type { Node } from '../../syntax/arena.ts';
import { below, combine, copy, emit, placeOf, temp } from '../builder.ts';
import { resolveName } from './context.ts';
import type { Lo, StatementHandler } from './context.ts';
import { importedName } from './scope.ts';

/** Handlers of import statements. */
export const modules: Readonly<Record<string, StatementHandler>> = {
  import_statement: lowerImport,
  import_from_statement: lowerFromImport,
  future_import_statement: () => {},
};

function lowerImport(lo: Lo, node: Node): void {
  const { arena } = lo;
  for (const it of arena.children(node, 'name')) {
    const isAliased = arena.typeName(it) === 'aliased_import';
    const dotted = isAliased ? arena.child(it, 'name') : it;
    if (dotted < 0) continue;
    const parts = partsOf(lo, dotted);
    const to = placeOf(lo, resolveName(lo, importedName(arena, node, it)));
    if (isAliased) {
      emit(lo, it, { op: 'import', to, module: parts.join('.'), name: '*' });
      continue;
    }
    if (!lo.packages.has(to.root)) emit(lo, it, { op: 'import', to, module: parts[0]!, name: '*' });
    lo.packages.add(to.root);
    let at = to;
    for (let end = 2; end <= parts.length; end++) {
      const inner = placeOf(lo, temp(lo));
      emit(lo, it, { op: 'import', to: inner, module: parts.slice(0, end).join('.'), name: '*' });
      at = below(at, parts[end - 1]!);
      copy(lo, it, at, inner);
    }
  }
}

/** The names between the dots; a space around a dot is allowed. */
function partsOf(lo: Lo, dotted: Node): string[] {
  const names = lo.arena.namedChildren(dotted).map((it) => lo.arena.textOf(it));
  return names.length > 0 ? names : [lo.arena.textOf(dotted)];
}

/** The module of a `from` import as it is written: `.a.b` with its dots in front. */
function moduleText(lo: Lo, node: Node): string {
  const { arena } = lo;
  if (arena.typeName(node) !== 'relative_import') return partsOf(lo, node).join('.');
  let text = '';
  for (const it of arena.namedChildren(node)) {
    text +=
      arena.typeName(it) === 'import_prefix'
        ? arena.textOf(it).replace(/\s/g, '')
        : partsOf(lo, it).join('.');
  }
  return text;
}

function lowerFromImport(lo: Lo, node: Node): void {
  const { arena } = lo;
  const from = arena.child(node, 'module_name');
  if (from < 0) return;
  const module = moduleText(lo, from);
  for (const it of arena.children(node, 'name')) {
    const named = arena.typeName(it) === 'aliased_import' ? arena.child(it, 'name') : it;
    if (named < 0) continue;
    const to = placeOf(lo, resolveName(lo, importedName(arena, node, it)));
    emit(lo, it, { op: 'import', to, module, name: partsOf(lo, named).join('.') });
  }
  if (arena.namedChildren(node).some((it) => arena.typeName(it) === 'wildcard_import')) {
    lowerStarImport(lo, node, module);
  }
}

/** `from m import *`: names that the module uses and nobody defines may come from it, and it exports all of them. */
function lowerStarImport(lo: Lo, node: Node, module: string): void {
  for (const name of lo.starNames) {
    const found = placeOf(lo, temp(lo));
    emit(lo, node, { op: 'import', to: found, module, name });
    const to = placeOf(lo, resolveName(lo, name));
    // An earlier star import may have brought the name.
    combine(lo, node, to, 'join', [to, found]);
  }
  if (lo.kind === 'module') emit(lo, node, { op: 'export', name: '*', module });
}
