// How a JavaScript file names what packages export, and the edits that make it name something more.
// What is added is written as the file writes its imports: module system, quotes, semicolons, `node:`.

import { isBuiltin } from 'node:module';
import type { Arena, Node } from '../../syntax/arena.ts';
import { endOf, lineBreakOf, nodesOf, parentOf, startOf, textOf, typeOf } from '../fix.ts';
import { insertAt, type TextChange } from '../edits.ts';
import { isShadowed, namesakes } from './names.ts';

/** A name to write, and what must be edited for it to be there. */
export interface Named {
  readonly code: string;
  readonly edits: readonly TextChange[];
}
interface Binding {
  readonly name: string;
  /** The node that declares the name. */
  readonly node: Node;
}
/** One `import … from 'x'` or `… = require('x')`. */
interface Import {
  /** The statement. */
  readonly node: Node;
  readonly module: string;
  /** The name of the module as a whole: default, namespace or a plain require. */
  readonly whole: Binding | undefined;
  /** `import { a as b }` and `const { a: b } = require()`, by exported name. */
  readonly members: ReadonlyMap<string, Binding>;
  /** The braces, if members can be added to them. */
  readonly list: Node;
  readonly style: 'import' | 'require';
}

/** All imports of a file at its top level, in source order. Type-only imports are left out. */
export function importsOf(arena: Arena): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(arena, 'import_statement', 'variable_declarator')) {
    const it = typeOf(arena, node) === 'import_statement' ? importAt(arena, node) : requireAt(arena, node);
    if (it !== undefined) found.push(it);
  }
  return found;
}

function importAt(arena: Arena, node: Node): Import | undefined {
  if (/^import\s+type\b/.test(arena.textOf(node))) return undefined;
  const module = textOf(arena, arena.child(node, 'source')).slice(1, -1);
  const clause = arena.namedChildren(node).find((it) => typeOf(arena, it) === 'import_clause');
  let whole: Binding | undefined;
  let list = -1;
  const members = new Map<string, Binding>();
  for (const it of clause === undefined ? [] : arena.namedChildren(clause)) {
    const type = typeOf(arena, it);
    if (type === 'identifier') whole = { name: arena.textOf(it), node: it };
    else if (type === 'namespace_import') {
      const [name] = arena.namedChildren(it);
      if (name !== undefined) whole = { name: arena.textOf(name), node: name };
    } else if (type === 'named_imports') {
      list = it;
      for (const one of arena.namedChildren(it)) {
        const name = arena.child(one, 'name');
        const alias = arena.child(one, 'alias');
        const local = alias < 0 ? name : alias;
        if (name >= 0 && !/^type\s/.test(arena.textOf(one)))
          members.set(arena.textOf(name), { name: arena.textOf(local), node: local });
      }
    }
  }
  return { node, module, whole, members, list, style: 'import' };
}

function requireAt(arena: Arena, node: Node): Import | undefined {
  const statement = parentOf(arena, node);
  if (typeOf(arena, parentOf(arena, statement)) !== 'program') return undefined;
  const value = arena.child(node, 'value');
  const module = /^require\s*\(\s*(["'`])([^"'`$]+)\1\s*\)$/.exec(textOf(arena, value))?.[2];
  if (module === undefined) return undefined;
  const name = arena.child(node, 'name');
  const members = new Map<string, Binding>();
  if (typeOf(arena, name) === 'identifier') {
    const whole = { name: arena.textOf(name), node: name };
    return { node: statement, module, whole, members, list: -1, style: 'require' };
  }
  if (typeOf(arena, name) !== 'object_pattern') return undefined;
  for (const it of arena.namedChildren(name)) {
    const type = typeOf(arena, it);
    if (type === 'shorthand_property_identifier_pattern')
      members.set(arena.textOf(it), { name: arena.textOf(it), node: it });
    else if (type === 'pair_pattern') {
      const local = arena.child(it, 'value');
      if (typeOf(arena, local) === 'identifier')
        members.set(textOf(arena, arena.child(it, 'key')), { name: arena.textOf(local), node: local });
    }
  }
  return { node: statement, module, whole: undefined, members, list: name, style: 'require' };
}

function isModule(given: string, wanted: string): boolean {
  return given === wanted || given === `node:${wanted}`;
}

/** Names of modules that the file imports, without `node:`. */
export function importedModules(arena: Arena): Set<string> {
  return new Set(importsOf(arena).map((it) => it.module.replace(/^node:/, '')));
}

/** Whether a file is certainly for Node: it uses `require`, or imports a module of Node's own. */
export function isForNode(arena: Arena): boolean {
  return importsOf(arena).some((it) => it.style === 'require' || isBuiltin(it.module));
}

/** The name the file has for a whole module, undefined if it has none that holds everywhere. */
export function moduleName(arena: Arena, module: string): string | undefined {
  for (const it of importsOf(arena)) {
    if (!isModule(it.module, module) || it.whole === undefined) continue;
    if (!isShadowed(arena, it.whole.name, it.whole.node)) return it.whole.name;
  }
  return undefined;
}

/** How the file writes an exported member, `path.join` or `join`; undefined if it does not import it. */
export function memberCode(arena: Arena, module: string, member: string): string | undefined {
  for (const it of importsOf(arena)) {
    if (!isModule(it.module, module)) continue;
    const binding = it.members.get(member);
    if (binding !== undefined && !isShadowed(arena, binding.name, binding.node)) return binding.name;
  }
  const whole = moduleName(arena, module);
  return whole === undefined ? undefined : `${whole}.${member}`;
}

/**
 * A member of a module under a name that holds everywhere in the file: the name that is there, one added to the braces
 * of an import that is there, or a new import. Undefined if the name is taken or the file's module system is unknown.
 */
export function useMember(arena: Arena, uri: string, module: string, member: string): Named | undefined {
  const present = memberCode(arena, module, member);
  if (present !== undefined) return { code: present, edits: [] };
  if (namesakes(arena, member).length > 0) return undefined;
  const extendable = importsOf(arena).find((it) => isModule(it.module, module) && it.list >= 0);
  if (extendable !== undefined) {
    const edit = addToList(arena, extendable.list, member);
    return edit === undefined ? undefined : { code: member, edits: [edit] };
  }
  const edit = newImport(arena, uri, module, `{ ${member} }`, `{ ${member} }`);
  return edit === undefined ? undefined : { code: member, edits: [edit] };
}

/** A whole module under the name that the file has for it, or under `wanted` by a new import. */
export function useModule(arena: Arena, uri: string, module: string, wanted: string): Named | undefined {
  const present = moduleName(arena, module);
  if (present !== undefined) return { code: present, edits: [] };
  if (namesakes(arena, wanted).length > 0) return undefined;
  // A namespace import works whatever the compiler's settings say about default imports.
  const edit = newImport(arena, uri, module, wanted, `* as ${wanted}`);
  return edit === undefined ? undefined : { code: wanted, edits: [edit] };
}

function addToList(arena: Arena, list: Node, member: string): TextChange | undefined {
  const last = arena.namedChildren(list).at(-1);
  // `{ a, ...rest }`: nothing may come after the rest.
  if (last === undefined || typeOf(arena, last) === 'rest_pattern') return undefined;
  return insertAt(endOf(arena, last), `, ${member}`);
}

function newImport(
  arena: Arena,
  uri: string,
  module: string,
  required: string,
  imported: string,
): TextChange | undefined {
  const all = importsOf(arena);
  const style = styleOf(arena, uri, all);
  if (style === undefined) return undefined;
  const before = leadingImport(arena, all, style);
  const quote = /["']/.exec(before === undefined ? firstQuote(arena) : arena.textOf(before))?.[0] ?? "'";
  const colon = before !== undefined && !arena.textOf(before).trimEnd().endsWith(';') ? '' : ';';
  const prefix = isBuiltin(module) && all.some((it) => it.module.startsWith('node:')) ? 'node:' : '';
  const source = `${quote}${prefix}${module}${quote}`;
  const line =
    style === 'import' ? `import ${imported} from ${source}` : `const ${required} = require(${source})`;
  const lineBreak = lineBreakOf(arena.text);
  if (before !== undefined) return insertAt(endOf(arena, before), `${lineBreak}${line}${colon}`);
  return insertAt(startOfCode(arena), `${line}${colon}${lineBreak}`);
}

/** Which module system the file is written for; undefined if nothing in it says. */
function styleOf(arena: Arena, uri: string, all: readonly Import[]): Import['style'] | undefined {
  const path = uri.replace(/[?#].*$/, '').toLowerCase();
  if (path.endsWith('.cjs')) return 'require';
  if (/\.m[jt]s$/.test(path)) return 'import';
  if (nodesOf(arena, 'import_statement', 'export_statement').length > 0) return 'import';
  if (all.length > 0 || /\brequire\s*\(|\bmodule\.exports\b/.test(arena.text)) return 'require';
  return /\.[ct]?tsx?$/.test(path) ? 'import' : undefined;
}

/** The last import of the group at the top of the file: whatever comes later may be used before it has run. */
function leadingImport(arena: Arena, all: readonly Import[], style: Import['style']): Node | undefined {
  const statements = new Set(all.filter((it) => it.style === style).map((it) => it.node));
  if (style === 'import') return nodesOf(arena, 'import_statement').at(-1);
  let last: Node | undefined;
  for (const it of arena.namedChildren(0)) {
    if (statements.has(it)) last = it;
    else if (last !== undefined) break;
  }
  return last;
}

/** After the hash-bang line, the opening comment and the directives (`'use strict'`). */
function startOfCode(arena: Arena): number {
  let at = 0;
  const { text } = arena;
  for (let node = arena.firstChild(0); node >= 0; node = arena.next[node] ?? -1) {
    const type = typeOf(arena, node);
    const isDirective = type === 'expression_statement' && /^(["'])use [\w ]+\1;?$/.test(arena.textOf(node));
    const rest = text.slice(endOf(arena, node));
    // A comment right above code belongs to that code.
    const opens =
      type === 'hash_bang_line' ||
      (type === 'comment' && startOf(arena, node) === at && /^\s*?\n\s*?\n/.test(rest));
    if (!isDirective && !opens) break;
    at = endOf(arena, node) + (/^[ \t]*\r?\n/.exec(rest)?.[0].length ?? 0);
  }
  return at;
}

function firstQuote(arena: Arena): string {
  return textOf(arena, nodesOf(arena, 'string')[0] ?? -1);
}
