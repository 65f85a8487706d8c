// Writes docs/rules/<id>.md: one page for each kind and check, which the editor and reports link to.
// The pages are made of the rules' own words and of the calls that the models name, so they cannot disagree with them.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Replaces the pages in `folder`. `rules` is what compileRules gives, `indexOf` gives the rule index of a language. */
export function writePages(folder, rules, indexOf) {
  const pages = new Map();
  const languages = Object.keys(rules.models).map((name) => ({
    models: rules.models[name],
    index: indexOf(name),
  }));
  for (const kind of rules.kinds) pages.set(kind.kind, kindPage(kind, sinksOf(languages, kind.kind)));
  for (const check of rules.checks) pages.set(check.id, builtInPage(check));
  for (const { models } of languages)
    for (const role of models.roles)
      if (isCheck(role)) pages.set(role.role.id, checkPage(languages, role.role.id));
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (!pages.has(name.replace(/\.md$/, ''))) rmSync(join(folder, name));
  for (const [id, text] of pages) writeFileSync(join(folder, `${id}.md`), text);
  return pages.size;
}

function kindPage(kind, sinks) {
  return `# ${kind.title}

\`${kind.kind}\` · ${kind.severity} · ${cwes(kind.cwe)}

${kind.why}

**Instead:** ${kind.instead}

## Where it is reported

Data from these sources counts as hostile: ${kind.from.map((it) => `\`${it}\``).join(', ')}. The places where it does harm:

${sinks.map((it) => `- \`${it}\``).join('\n')}
${suppression(kind.kind)}`;
}

/** A check that is code. */
function builtInPage(check) {
  return `# ${check.title}

\`${check.id}\` · ${check.severity} · ${cwes(check.cwe)}

${check.why}

**Instead:** ${check.instead}
${suppression(check.id)}`;
}

/** All rows of one id: a check may be about several libraries and have a message for each. */
function checkPage(languages, id) {
  const rows = [];
  for (const { models, index } of languages)
    for (let i = 0; i < models.uses.length; i += 2) {
      const role = models.roles[models.uses[i + 1]];
      if (!isCheck(role) || role.role.id !== id) continue;
      rows.push({
        name: `${index.name(models.uses[i])}${role.r === 'check' ? '()' : ' ='}`,
        role: role.role,
      });
    }
  const texts = [
    ...new Set(
      rows.map((it) => it.role.message + (it.role.instead ? `\n\n**Instead:** ${it.role.instead}` : '')),
    ),
  ];
  const [{ role }] = rows;
  return `# ${role.title}

\`${id}\` · ${role.severity} · ${cwes([...new Set(rows.flatMap((it) => it.role.cwe))])}

${texts.join('\n\n')}

## Where it is reported

${[...new Set(rows.map((it) => `- \`${it.name}\``))].sort().join('\n')}
${suppression(id)}`;
}

const AFTER = { sink: '()', set: ' =', result: '' };
const isCheck = (role) => role.r === 'check' || role.r === 'setCheck' || role.r === 'givenCheck';

function sinksOf(languages, kind) {
  const names = new Set();
  for (const { models, index } of languages)
    for (let i = 0; i < models.uses.length; i += 2) {
      const role = models.roles[models.uses[i + 1]];
      if (role.r in AFTER && role.role.kind === kind)
        names.add(`${index.name(models.uses[i])}${AFTER[role.r]}`);
    }
  return [...names].sort();
}

function cwes(numbers) {
  return numbers.map((it) => `[CWE-${it}](https://cwe.mitre.org/data/definitions/${it}.html)`).join(', ');
}

function suppression(id) {
  return `
## If it is not a problem here

Write the reason above the line: \`// faultline-ignore: ${id} -- why it is safe\`.
`;
}
