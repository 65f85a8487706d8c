// Which names a function or class body binds: in Python, a name assigned anywhere in a body belongs to all of it.
// Names bound inside comprehensions are theirs alone, those of nested functions and classes are not looked at.

import type { Arena, Node } from '../../syntax/arena.ts';
import { subtreeEnd } from '../../syntax/tree.ts';

/** What a body binds, in the order of the text, and what it says about names of other scopes. */
export interface Bindings {
  readonly names: readonly string[];
  /** Names of `global` and `nonlocal` statements: they belong to another scope. */
  readonly outer: ReadonlySet<string>;
}

/** The bindings of everything below `root`. `root` itself may be a function, a class body or the module. */
export function bindingsIn(arena: Arena, root: Node): Bindings {
  const names = new Set<string>();
  const outer = new Set<string>();
  const add = (nodes: readonly Node[]): void => nodes.forEach((it) => names.add(arena.textOf(it)));
  const field = (node: Node, name: string): void => {
    const target = arena.child(node, name);
    if (target >= 0) add(targetNames(arena, target));
  };
  const end = subtreeEnd(arena, root);
  for (let it = root + 1; it < end; it++) {
    if (!arena.isNamed(it)) continue;
    switch (arena.typeName(it)) {
      case 'function_definition':
        field(it, 'name');
        it = subtreeEnd(arena, it) - 1;
        break;
      case 'lambda':
      case 'parameters':
      case 'lambda_parameters':
        it = subtreeEnd(arena, it) - 1;
        break;
      case 'class_definition': {
        field(it, 'name');
        it = subtreeEnd(arena, it) - 1;
        break;
      }
      case 'assignment':
      case 'augmented_assignment':
      case 'for_statement':
        field(it, 'left');
        break;
      case 'named_expression':
        field(it, 'name');
        break;
      case 'except_clause':
        field(it, 'alias');
        break;
      case 'as_pattern':
        add(aliasNames(arena, it));
        break;
      case 'case_pattern':
        add(captureOf(arena, it));
        break;
      case 'splat_pattern':
      case 'keyword_pattern':
        add(patternNames(arena, it));
        break;
      case 'import_statement':
      case 'import_from_statement':
        for (const name of arena.children(it, 'name')) names.add(importedName(arena, it, name));
        break;
      case 'global_statement':
      case 'nonlocal_statement':
        for (const name of arena.namedChildren(it)) outer.add(arena.textOf(name));
        break;
    }
  }
  return { names: [...names].filter((it) => !outer.has(it)), outer };
}

/** The name that an imported name is bound to: its alias, or for `import a.b` the first part. */
export function importedName(arena: Arena, statement: Node, name: Node): string {
  if (arena.typeName(name) === 'aliased_import') {
    const alias = arena.child(name, 'alias');
    if (alias >= 0) return arena.textOf(alias);
  }
  const text = arena.textOf(name);
  return arena.typeName(statement) === 'import_statement' ? text.split('.')[0]!.trim() : text;
}

/** The identifiers that an assignment target binds; members and elements are places, not names. */
export function targetNames(arena: Arena, target: Node): Node[] {
  const found: Node[] = [];
  const open = [target];
  while (open.length > 0) {
    const it = open.pop()!;
    switch (arena.typeName(it)) {
      case 'identifier':
        found.push(it);
        break;
      case 'tuple_pattern':
      case 'list_pattern':
      case 'pattern_list':
      case 'list_splat_pattern':
      case 'as_pattern_target':
      case 'parenthesized_expression':
      case 'expression_list':
      case 'list_splat':
      case 'tuple':
      case 'list':
        open.push(...arena.namedChildren(it).reverse());
        break;
    }
  }
  return found;
}

/** The names behind `as` in `with`, `except` and `case`. */
function aliasNames(arena: Arena, node: Node): Node[] {
  const alias = arena.child(node, 'alias');
  if (alias >= 0) return targetNames(arena, alias);
  // In a `case` the alias is a bare name after the pattern.
  const last = arena.namedChildren(node).at(-1);
  return last !== undefined && arena.typeName(last) === 'identifier' ? [last] : [];
}

/** `case x:` binds x. */
function captureOf(arena: Arena, pattern: Node): Node[] {
  const inner = arena.namedChildren(pattern)[0];
  if (inner === undefined || arena.typeName(inner) !== 'dotted_name') return [];
  const parts = arena.namedChildren(inner);
  return parts.length === 1 ? parts : [];
}

/** `*rest` and `x=name` inside a `case`. */
function patternNames(arena: Arena, node: Node): Node[] {
  const last = arena.namedChildren(node).at(-1);
  if (last === undefined) return [];
  if (arena.typeName(node) === 'splat_pattern') return arena.typeName(last) === 'identifier' ? [last] : [];
  if (arena.typeName(last) !== 'dotted_name') return [];
  const parts = arena.namedChildren(last);
  return parts.length === 1 ? parts : [];
}
