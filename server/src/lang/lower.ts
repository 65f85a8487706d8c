// From a flat tree to the file's IR: cut into items, hash them, lower those that the cache does not know.
// Items are taken from the last to the first, so a function's children are known before it is lowered.

import type { FileIR, FuncIR } from '../ir/ir.ts';
import type { Arena } from '../syntax/arena.ts';
import type { LanguageId } from '../syntax/language.ts';
import type { Child } from './builder.ts';
import { cached } from './cache.ts';
import type { LowerCache } from './cache.ts';
import { digest, mix, mixText } from './hash.ts';
import { hashItems } from './items.ts';
import { javascript } from './javascript/javascript.ts';
import type { Lowering } from './language.ts';
import type { NativeTable } from './natives.ts';
import { python } from './python/python.ts';

export { makeLowerCache } from './cache.ts';
export type { LowerCache } from './cache.ts';

const lowerings: Readonly<Record<LanguageId, Lowering>> = {
  javascript,
  javascriptreact: javascript,
  typescript: javascript,
  typescriptreact: javascript,
  python,
};

/** What a language's own functions and methods do with data. */
export function nativesOf(language: LanguageId): NativeTable {
  return lowerings[language].natives;
}

/**
 * The IR of a file. Total: syntax errors and unknown syntax become `combine unknown` operations and are listed.
 * With a cache, functions whose hash it knows are taken from it; it counts both kinds.
 */
export function lowerFile(language: LanguageId, arena: Arena, cache?: LowerCache): FileIR {
  const lowering = lowerings[language];
  const cut = lowering.cut(arena);
  const { items } = cut;
  const running = hashItems(arena, cut);
  const funcs = new Array<FuncIR>(items.length);
  const hashes = new Array<string>(items.length);
  const sizes = new Int32Array(items.length).fill(1);
  const children: (Map<number, Child> | undefined)[] = new Array(items.length).fill(undefined);
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index]!;
    const own = children[index] ?? new Map<number, Child>();
    mixText(running, index, language, 0, language.length);
    // Children were added from the last to the first; their shape is part of what this function's IR depends on.
    for (const [it, child] of own) {
      mix(running, index, sizes[it]!);
      for (const name of child.free) mixText(running, index, name, 0, name.length);
    }
    const hash = digest(running, index);
    const func = cached(cache, hash, () => lowering.lower(arena, cut, index, own));
    funcs[index] = func;
    hashes[index] = hash;
    if (item.parent < 0) continue;
    sizes[item.parent]! += sizes[index]!;
    const free = func.free.map((v) => func.vars[v]!.name);
    (children[item.parent] ??= new Map()).set(index, { fn: index - item.parent, free });
  }
  return {
    language,
    funcs,
    starts: items.map((it) => it.start),
    parents: items.map((it) => it.parent),
    hashes,
    errors: cut.errors,
    comments: cut.comments,
  };
}
