// What a file declares at its top and gives to others. An edit that a model proposes must leave it as it is: whoever uses
// the file has not been asked.

import type { Arena, Node } from '../syntax/arena.ts';
import type { Objection } from './verdict.ts';

/** An objection if a declaration, a signature or an export is not what it was; imports may come. */
export function declarationObjections(uri: string, before: Arena, after: Arena): Objection[] {
  const [old, now] = [declarationsOf(before), declarationsOf(after)];
  const gone = old.find((it) => !now.includes(it));
  const come = now.find((it) => !old.includes(it));
  const it = gone ?? come;
  if (it === undefined) return [];
  const text = `The edit changes what the file declares: ${it.slice(0, 80)}`;
  return [{ code: 'declarations', text, uri }];
}

function declarationsOf(arena: Arena): string[] {
  const res: string[] = [];
  const add = (node: Node, prefix: string): void => {
    const type = arena.typeName(node);
    const name = (field: string): string => {
      const it = arena.child(node, field);
      return it < 0 ? '' : arena.textOf(it).replace(/\s+/g, ' ');
    };
    if (type === 'export_statement' || type === 'decorated_definition') {
      const inner = ['declaration', 'definition', 'value']
        .map((it) => arena.child(node, it))
        .find((it) => it >= 0);
      if (inner === undefined) res.push(`${prefix}${arena.textOf(node).replace(/\s+/g, ' ')}`);
      else add(inner, `${prefix}export `);
    } else if (/^(generator_)?function_(declaration|definition)$/.test(type))
      res.push(`${prefix}function ${name('name')}${name('parameters')}${name('return_type')}`);
    else if (/^class_(declaration|definition)$/.test(type)) {
      res.push(`${prefix}class ${name('name')}`);
      const body = arena.child(node, 'body');
      for (const it of body < 0 ? [] : arena.namedChildren(body)) add(it, `${prefix}${name('name')}.`);
    } else if (type === 'method_definition') res.push(`${prefix}${name('name')}${name('parameters')}`);
    else if (/^(lexical|variable)_declaration$/.test(type)) {
      for (const it of arena.namedChildren(node)) {
        const bound = arena.child(it, 'name');
        const value = arena.child(it, 'value');
        const isImport = value >= 0 && /^require\s*\(/.test(arena.textOf(value));
        if (bound >= 0 && !isImport) res.push(`${prefix}${arena.textOf(bound).replace(/\s+/g, ' ')}`);
      }
    } else if (type === 'expression_statement') {
      const code = arena.textOf(node);
      const target = /^((?:module\.)?exports(?:\.[\w$]+|\[[^\]]+\])*)\s*=[^=]/.exec(code)?.[1];
      if (target !== undefined) res.push(`${prefix}${target}`);
    } else if (/^(interface|type_alias|enum)_declaration$/.test(type))
      res.push(`${prefix}${arena.textOf(node).replace(/\s+/g, ' ')}`);
  };
  for (const node of arena.namedChildren(0)) add(node, '');
  return res;
}
