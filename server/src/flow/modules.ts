// What an import gives: the exports of a file of the program, or the API node of a package.

import type { Span } from '../ir/ir.ts';
import { memberModule } from '../names/python.ts';
import type { Target } from '../names/modules.ts';
import type { Call } from './calls.ts';
import { type Ctx, foreign, member, shared } from './ctx.ts';
import { type Value, OPEN, value } from './domain.ts';

/** `require('x')`, `import('x')` with a constant name. */
export function moduleCall(ctx: Ctx, call: Call): Value | undefined {
  const { root, path } = call.op.callee;
  if (path.length > 0) return undefined;
  const link = ctx.info.links.get(root);
  if (link?.l !== 'global' || (link.name !== 'require' && link.name !== 'import')) return undefined;
  const konst = call.args[0]?.val.konst;
  if (!konst || typeof konst.c !== 'string') return undefined;
  return moduleValue(ctx, konst.c, '*', call.op);
}

/** The value of a module, or one of its exports. */
export function moduleValue(ctx: Ctx, specifier: string, name: string, at: Span): Value {
  const found = ctx.world.resolve(ctx.info.uri, specifier);
  const inner = name === '*' ? undefined : submodule(ctx, found, specifier, name);
  if (inner) return inner;
  if (found.r === 'missing') return OPEN;
  if (found.r === 'package') {
    const root = ctx.rules.root(found.name);
    if (root < 0) return OPEN;
    let whole = value({ nodes: [root], open: true });
    for (const key of found.members ?? []) whole = member(ctx, whole, key, at);
    return name === '*' ? whole : member(ctx, whole, name, at);
  }
  if (found.module !== undefined) {
    const whole = moduleObject(found.module);
    return name === '*' ? whole : member(ctx, whole, name, at);
  }
  const whole = ctx.world.exports(found.uri);
  if (name === '*') return whole;
  if (name === 'default') {
    const own = whole.fields?.get('default');
    return own ?? whole;
  }
  return member(ctx, whole, name, at);
}

/** A module as an object: its variables are read like the fields of a class, one slot each. */
const moduleObject = (id: number): Value => value({ classes: [id], open: true });

/** `from package import module`: a file of the package, unless the package itself defines the name. */
function submodule(ctx: Ctx, found: Target, specifier: string, name: string): Value | undefined {
  if (!ctx.info.natives.openClasses || found.r === 'package') return undefined;
  if (found.r === 'file' && ctx.world.exports(found.uri).fields?.has(name)) return undefined;
  const inner = ctx.world.resolve(ctx.info.uri, memberModule(specifier, name));
  return inner.r === 'file' && inner.module !== undefined ? moduleObject(inner.module) : undefined;
}

/** `export x as name`: kept as a field of the module's object, or of the one value that all importers get. */
export function exportValue(ctx: Ctx, name: string, val: Value): void {
  if (!ctx.info.natives.openClasses) {
    ctx.world.addExports(value({ fields: new Map([[name, shared(ctx, val)]]) }));
    return;
  }
  ctx.world.addSlot(fieldOf(ctx.info.module, name), foreign(shared(ctx, val), undefined));
  // Which names there are, and the functions and classes that callers of a library reach.
  const known = value({ fns: val.fns.map((it) => ({ fid: it.fid })), classes: val.classes, open: true });
  ctx.world.addExports(value({ fields: new Map([[name, known]]) }));
}

/** `export * from module`. */
export function exportAll(ctx: Ctx, specifier: string, at: Span): void {
  const found = ctx.world.resolve(ctx.info.uri, specifier);
  if (found.r !== 'file' || found.module === undefined) {
    ctx.world.addExports(moduleValue(ctx, specifier, '*', at));
    return;
  }
  for (const name of ctx.world.exports(found.uri).fields?.keys() ?? [])
    if (typeof name === 'string' && !name.startsWith('_'))
      exportValue(ctx, name, ctx.world.slot(fieldOf(found.module, name)));
}
const fieldOf = (module: number, name: string): string => `F${module}:static:${name}`;
