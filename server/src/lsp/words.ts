// The words of kinds and checks for hovers.
// Words come from the compiled rules; a rule without words still has its message.

import { isCheck } from '../rules/compiled.ts';
import type { CompiledRules } from '../rules/index.ts';

export interface Words {
  readonly title: string;
  readonly why?: string;
  readonly instead?: string;
}
/** The words of a kind or check id, undefined if the rules do not know it. */
export type WordsOf = (rule: string) => Words | undefined;

/** The words in compiled rules (dist/rules.json): of every kind, and of every check that has a title. */
export function wordsIn(rules: CompiledRules): WordsOf {
  const words = new Map<string, Words>();
  for (const models of Object.values(rules.models)) {
    for (const it of models.roles) if (isCheck(it)) words.set(it.role.id, it.role);
  }
  for (const it of rules.checks) words.set(it.id, it);
  for (const kind of rules.kinds) words.set(kind.kind, kind);
  return (rule) => words.get(rule);
}
