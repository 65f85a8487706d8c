// The words of the rules for reports: every kind and check once.
// They come out of the compiled rules, so what is listed is what runs.

import { isCheck } from '../rules/compiled.ts';
import type { CompiledRules } from '../rules/index.ts';
import type { CheckRole } from '../rules/schema.ts';
import { compareText, type RuleInfo } from './result.ts';

/** Every kind and check by id, sorted. */
export function ruleInfos(rules: CompiledRules): ReadonlyMap<string, RuleInfo> {
  const found: RuleInfo[] = rules.kinds.map((it) => ({
    id: it.kind,
    severity: it.severity,
    cwe: it.cwe,
    title: it.title,
    why: it.why,
    instead: it.instead,
  }));
  const seen = new Set(found.map((it) => it.id));
  const add = ({ id, severity, cwe, title, message, why, instead }: CheckRole): void => {
    if (seen.has(id)) return;
    seen.add(id);
    found.push({ id, severity, cwe, title, why: why ?? message, instead: instead ?? '' });
  };
  rules.checks.forEach(add);
  for (const models of Object.values(rules.models)) {
    for (const it of models.roles) if (isCheck(it)) add(it.role);
  }
  return new Map(found.sort((a, b) => compareText(a.id, b.id)).map((it) => [it.id, it]));
}
