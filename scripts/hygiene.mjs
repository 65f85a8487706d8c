// House rules that no linter knows: file length, opening comments, no default exports, nothing of one machine in the text.
// Each check gives a name and a list of problems, `file:line: what`, so that a failure can be clicked.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMain, ROOT } from './common.mjs';

const MAX_LINES = 600;
const SKIPPED = new Set(['node_modules', 'dist', 'artifacts', '.git', '.cache', 'docs/images']);
const TEXT =
  /\.(ts|mts|mjs|cjs|js|json|md|ya?ml|sh|html|css|txt)$|(^|\/)(\.ci\/run|LICENSE|\.npmrc|\.vscodeignore)$/;
const CODE = /\.(ts|mts|mjs)$/;
/** Not our code: cases and samples are written to be analysed, lock files by a tool. */
const DATA = /^(samples\/|test\/fixtures\/|package-lock\.json|THIRD_PARTY\.md)/;

/** Text that only makes sense on one machine. The lock file must not name a registry either. */
const MACHINE = [
  [/(^|[\s'"`(=])\/(work|root)\/[a-z.]/, 'a path of one machine'],
  [/(^|[\s'"`(=])\/(home|Users)\/(?!(me|user|you|u|someone|dev|alice|bob)\b)[a-z]/, 'a path of one machine'],
  [/registry\.npmjs\.org|files\.pythonhosted\.org|deb\.debian\.org/, 'a registry host'],
];

/** All text files of the checkout, as paths from its root with `/`. */
function textFiles(folder = ROOT) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const name = relative(ROOT, path).replaceAll('\\', '/');
    if (SKIPPED.has(entry.name) || SKIPPED.has(name)) return [];
    if (entry.isDirectory()) return textFiles(path);
    return entry.isFile() && TEXT.test(name) ? [name] : [];
  });
}

/** Runs every check; gives `{ name, problems }` for each. */
export function hygiene() {
  const files = textFiles().map((name) => ({
    name,
    lines: readFileSync(join(ROOT, name), 'utf8').split('\n'),
  }));
  const code = files.filter((file) => CODE.test(file.name) && !DATA.test(file.name));
  return [
    { name: `no file over ${MAX_LINES} lines`, problems: code.flatMap(tooLong) },
    { name: 'every file opens with a comment', problems: code.flatMap(noOpening) },
    {
      name: 'no default exports',
      problems: code.filter((it) => !/\.config\.m?[tj]s$/.test(it.name)).flatMap(defaults),
    },
    { name: 'no unfinished work', problems: code.flatMap(unfinished) },
    { name: 'nothing of one machine', problems: files.flatMap(machine) },
  ];
}

function tooLong({ name, lines }) {
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  return count > MAX_LINES ? [`${name}:${count}: ${count} lines, the limit is ${MAX_LINES}`] : [];
}

function noOpening({ name, lines }) {
  const first = lines[0].startsWith('#!') ? lines[1] : lines[0];
  return /^\s*(\/\/|\/\*)/.test(first ?? '') ? [] : [`${name}:1: no opening comment`];
}

const defaults = ({ name, lines }) => matching(name, lines, /^export default\b/, 'a default export');

function unfinished({ name, lines }) {
  const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
  return matching(name, lines, words, 'unfinished work');
}

function machine({ name, lines }) {
  return MACHINE.flatMap(([pattern, what]) => matching(name, lines, pattern, what));
}

function matching(name, lines, pattern, what) {
  return lines.flatMap((line, at) =>
    pattern.test(line) ? [`${name}:${at + 1}: ${what}: ${line.trim().slice(0, 80)}`] : [],
  );
}

if (isMain(import.meta.url)) {
  const results = hygiene();
  for (const { name, problems } of results)
    console.log([`${problems.length === 0 ? 'ok' : 'FAILED'}  ${name}`, ...problems].join('\n  '));
  process.exit(results.some((it) => it.problems.length > 0) ? 1 : 0);
}
