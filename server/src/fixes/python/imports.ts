// How a Python file names what modules hold, and the edits that make it name something more.
// A new import goes below the imports at the top, else below docstring and `from __future__`.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, type TextChange } from '../edits.ts';
import { endOf, lineBreakOf, nodesOf, parentOf, startOf, textOf, typeOf } from '../fix.ts';
import { namesakes } from './tree.ts';

/** A name to write, and what must be edited for it to be there. */
export interface Named {
  readonly code: string;
  readonly edits: readonly TextChange[];
}
interface Import {
  readonly node: Node;
  /** `import a.b as c` binds c to a.b; `from a import b` binds b to a.b; `import a.b` binds a to a. */
  readonly path: string;
  readonly name: string;
}

/** What the imports of a file bind, anywhere in it, in source order. */
export function importsOf(arena: Arena): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(arena, 'import_statement', 'import_from_statement')) {
    const module = textOf(arena, arena.child(node, 'module_name'));
    for (const it of arena.children(node, 'name')) {
      const alias =
        typeOf(arena, it) === 'aliased_import' ? textOf(arena, arena.child(it, 'alias')) : undefined;
      const path = textOf(arena, alias === undefined ? it : arena.child(it, 'name'));
      if (module !== '') found.push({ node, path: `${module}.${path}`, name: alias ?? path });
      else if (alias !== undefined) found.push({ node, path, name: alias });
      else {
        const root = path.split('.')[0]!;
        found.push({ node, path: root, name: root });
        // `import os.path` makes `os.path` usable too, by its whole name.
        if (root !== path) found.push({ node, path, name: path });
      }
    }
  }
  return found;
}

/** Names of the packages that the file imports from. */
export function importedPackages(arena: Arena): Set<string> {
  return new Set(importsOf(arena).map((it) => it.path.split('.')[0]!));
}

/** How the file writes a member of a module: `subprocess.run`, `run`, `sp.run`; undefined if it does not import it. */
export function memberCode(arena: Arena, module: string, member: string): string | undefined {
  const all = importsOf(arena).filter((it) => isTop(arena, it.node));
  const direct = all.find((it) => it.path === `${module}.${member}` && !isRebound(arena, it));
  if (direct !== undefined) return direct.name;
  const whole = all.find((it) => it.path === module && !isRebound(arena, it));
  if (whole !== undefined) return `${whole.name}.${member}`;
  return undefined;
}

/** A member of a module under a name that holds everywhere in the file; a new `import module` if there is none. */
export function useMember(arena: Arena, module: string, member: string): Named | undefined {
  const present = memberCode(arena, module, member);
  if (present !== undefined) return { code: present, edits: [] };
  const root = module.split('.')[0]!;
  if (namesakes(arena, root).some((it) => !isImported(arena, it))) return undefined;
  return { code: `${module}.${member}`, edits: [newImport(arena, `import ${module}`)] };
}

/** A member by `from module import member`, for names that are always written alone. */
export function useName(arena: Arena, module: string, member: string): Named | undefined {
  const present = memberCode(arena, module, member);
  if (present !== undefined) return { code: present, edits: [] };
  if (namesakes(arena, member).length > 0) return undefined;
  const extendable = nodesOf(arena, 'import_from_statement').find(
    (it) => isTop(arena, it) && textOf(arena, arena.child(it, 'module_name')) === module,
  );
  const last = extendable === undefined ? undefined : arena.children(extendable, 'name').at(-1);
  if (last !== undefined) return { code: member, edits: [insertAt(endOf(arena, last), `, ${member}`)] };
  return { code: member, edits: [newImport(arena, `from ${module} import ${member}`)] };
}

function isTop(arena: Arena, node: Node): boolean {
  return parentOf(arena, node) === 0;
}

function isImported(arena: Arena, name: Node): boolean {
  for (let it = name; it >= 0; it = parentOf(arena, it))
    if (/^import_(?:from_)?statement$/.test(typeOf(arena, it))) return true;
  return false;
}

/** Whether something else than the import gives the name a meaning: an assignment, a parameter, a definition. */
function isRebound(arena: Arena, { name }: Import): boolean {
  return namesakes(arena, name.split('.')[0]!).some((it) => {
    const parent = parentOf(arena, it);
    const type = typeOf(arena, parent);
    if (/^(?:assignment|augmented_assignment|for_statement|for_in_clause)$/.test(type))
      return arena.child(parent, 'left') === it;
    if (
      /^(?:function_definition|class_definition|named_expression|default_parameter|typed_default_parameter)$/.test(
        type,
      )
    )
      return arena.child(parent, 'name') === it;
    return /^(?:parameters|lambda_parameters|typed_parameter|as_pattern_target|pattern_list|tuple_pattern|global_statement|list_splat_pattern|dictionary_splat_pattern)$/.test(
      type,
    );
  });
}

function newImport(arena: Arena, line: string): TextChange {
  const lineBreak = lineBreakOf(arena.text);
  let last: Node | undefined;
  let front: Node | undefined;
  for (const it of arena.namedChildren(0)) {
    const type = typeOf(arena, it);
    if (/^import_(?:from_)?statement$/.test(type)) last = it;
    else if (type === 'future_import_statement' || (front === undefined && isDocstring(arena, it)))
      front = it;
    else if (last !== undefined || type !== 'comment') break;
  }
  const after = last ?? front;
  if (after !== undefined) return insertAt(endOf(arena, after), `${lineBreak}${line}`);
  return insertAt(startOfCode(arena), `${line}${lineBreak}`);
}

function isDocstring(arena: Arena, statement: Node): boolean {
  const [only] = arena.namedChildren(statement);
  return typeOf(arena, statement) === 'expression_statement' && typeOf(arena, only ?? -1) === 'string';
}

/** After the hash-bang and encoding lines and the opening comment. */
function startOfCode(arena: Arena): number {
  const [first] = arena.namedChildren(0);
  const lead = arena.text.slice(0, first === undefined ? arena.text.length : startOf(arena, first));
  return /^(?:#[^\n]*\n)*/.exec(lead)?.[0].length ?? 0;
}
