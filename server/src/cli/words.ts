// The words of the shipped rules (kinds and checks), and the commands that print them.
// They come out of the compiled rules, so what is listed is what runs.

import { plain } from '../report/paint.ts';
import type { Paint } from '../report/paint.ts';
import { compareText, cweText, cweUrl, ruleUrl } from '../report/result.ts';
import type { RuleInfo } from '../report/result.ts';
import { UserError } from './io.ts';

/** A table of all rules, a line each. */
export function* listRules(rules: ReadonlyMap<string, RuleInfo>, paint: Paint): Generator<string> {
  const all = [...rules.values()];
  const width = Math.max(0, ...all.map((it) => it.id.length));
  for (const it of all) {
    const cwe = (it.cwe[0] === undefined ? '' : cweText(it.cwe[0])).padEnd(8);
    yield `${paint('bold', it.id.padEnd(width))}  ${it.severity.padEnd(7)}  ${cwe}  ${it.title}\n`;
  }
}

/** The rules as JSON. */
export function* rulesJson(rules: ReadonlyMap<string, RuleInfo>): Generator<string> {
  const all = [...rules.values()].map((it) => ({ ...it, url: ruleUrl(it.id) }));
  yield `${JSON.stringify(all, null, 2)}\n`;
}

/** What a rule finds, why it matters and what to do. Throws a UserError, with the nearest id, if there is none. */
export function* explainRule(
  rules: ReadonlyMap<string, RuleInfo>,
  id: string,
  paint: Paint = plain,
): Generator<string> {
  const rule = rules.get(id);
  if (rule === undefined) {
    const near = nearest(id, [...rules.keys()]);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new UserError(`there is no rule “${id}”.${hint} \`faultline rules\` lists them all.`);
  }
  const part = (title: string, text: string): string =>
    text === '' ? '' : `\n${paint('bold', title)}\n  ${text.trim().replaceAll('\n', '\n  ')}\n`;
  yield `${paint('bold', rule.id)}: ${rule.title}\n`;
  yield `${rule.severity}${rule.cwe.map((cwe) => `, ${cweText(cwe)} ${cweUrl(cwe)}`).join('')}\n`;
  yield part('Why', rule.why);
  yield part('Instead', rule.instead);
  yield part('To accept one finding', `// faultline-ignore: ${rule.id} -- the reason`);
  yield part('More', ruleUrl(rule.id));
}

/** The id that is a few letters away, if any. */
function nearest(id: string, ids: readonly string[]): string | undefined {
  const word = id.toLowerCase();
  const scored = ids.map((it) => ({
    it,
    distance: it.includes(word) || word.includes(it) ? 1 : edits(word, it),
  }));
  const best = scored.sort((a, b) => a.distance - b.distance || compareText(a.it, b.it))[0];
  return best !== undefined && best.distance <= 3 ? best.it : undefined;
}

function edits(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
