// What an import gives: the exports of a file of the program, or the API node of a package.

import type { Span } from '../ir/ir.ts';
import type { Target } from '../names/modules.ts';
import type { Call } from './calls.ts';
import { type Ctx, member } from './ctx.ts';
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
  const whole = ctx.world.exports(found.uri);
  if (name === '*') return whole;
  if (name === 'default') {
    const own = whole.fields?.get('default');
    return own ?? whole;
  }
  return member(ctx, whole, name, at);
}

/** `from package import module`: a file of the package, unless the package itself defines the name. */
function submodule(ctx: Ctx, found: Target, specifier: string, name: string): Value | undefined {
  if (!ctx.info.natives.openClasses || found.r === 'package') return undefined;
  const own = found.r === 'file' ? ctx.world.exports(found.uri).fields?.get(name) : undefined;
  if (own && own !== OPEN) return undefined;
  const inner = ctx.world.resolve(ctx.info.uri, `${specifier.replace(/([^.])$/, '$1.')}${name}`);
  return inner.r === 'file' ? ctx.world.exports(inner.uri) : undefined;
}
