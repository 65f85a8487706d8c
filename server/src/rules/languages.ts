// The rules of all languages side by side: kinds are shared, models belong to a language each.
// An index is made when a file of its language is first seen, so a workspace pays for what it has.

import { loadRules, mergeRules } from './index.ts';
import type { CompiledRules } from './index.ts';
import type { Kind, RuleIndex } from './schema.ts';

/** The rules an engine works with. */
export interface RuleSet {
  readonly kinds: readonly Kind[];
  /** Hash of all rules, part of every cache key. */
  readonly hash: string;
  /** The models of a family of languages (`javascript`, `python`); of a family without models an empty index. */
  of(family: string): RuleIndex;
  /** The same rules with a project's own on top. */
  with(extra: CompiledRules): RuleSet;
}

/**
 * The rules out of the text of dist/rules.json or of compiled rules. Throws an Error with one clear sentence if the
 * text is not what `scripts/rules.mjs` writes.
 */
export function loadRuleSet(json: string | CompiledRules): RuleSet {
  const compiled = typeof json === 'string' ? (JSON.parse(checked(json)) as CompiledRules) : json;
  const indexes = new Map<string, RuleIndex>();
  return {
    kinds: compiled.kinds,
    hash: compiled.hash,
    with: (extra) => loadRuleSet(mergeRules(compiled, extra)),
    of(family) {
      let it = indexes.get(family);
      if (!it) indexes.set(family, (it = loadRules(compiled, family)));
      return it;
    },
  };
}

/** The text itself, once it is known to hold rules of this version. */
function checked(json: string): string {
  loadRules(json, '');
  return json;
}
