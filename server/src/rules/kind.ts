// Reads a file of rules/kinds or rules/checks: what is dangerous, and the words for it.
// Nothing here throws: what is missing or wrong becomes a problem of the reader.

import type { Node as YamlNode } from 'yaml';
import type { CheckRole, Kind, Severity } from './schema.ts';
import type { Entry, Reader } from './yaml.ts';

export const SOURCE_KINDS: readonly string[] = [
  'remote',
  'library-input',
  'cli',
  'env',
  'file',
  'stored',
  'archive',
  'secret',
  'error',
  'dom',
];
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const KIND_KEYS = [
  'kind',
  'from',
  'severity',
  'cwe',
  'title',
  'message',
  'why',
  'instead',
  'shape',
  'safePrefix',
  'follows',
];
const FLAGS = ['wholeOnly', 'direct', 'structured', 'certain', 'deep', 'libraryParts'] as const;
const isFlag = (key: string): key is (typeof FLAGS)[number] => (FLAGS as readonly string[]).includes(key);

/** The kind a file describes, undefined if something is wrong with it. */
export function readKind(reader: Reader): Kind | undefined {
  const text: Record<string, string | undefined> = {};
  let from: readonly string[] = ['remote'];
  let cwe: readonly number[] = [];
  const flags: Partial<Record<(typeof FLAGS)[number], boolean>> = {};
  for (const entry of reader.entries(reader.root, 'a kind', [...KIND_KEYS, ...FLAGS])) {
    if (entry.key === 'from') {
      from = reader.texts(entry) ?? from;
      for (const it of from) {
        if (!SOURCE_KINDS.includes(it))
          reader.problem(entry.value, `\`${it}\` is not a source kind; known are ${SOURCE_KINDS.join(', ')}`);
      }
    } else if (entry.key === 'cwe') cwe = reader.numbers(entry) ?? cwe;
    else if (isFlag(entry.key)) flags[entry.key] = reader.flag(entry);
    else text[entry.key] = reader.text(entry);
    if (entry.key === 'shape' || entry.key === 'safePrefix') checkRegex(reader, entry);
  }
  for (const key of ['severity', 'title', 'message', 'why', 'instead']) {
    if (text[key] === undefined) reader.problem(reader.root, `a kind needs \`${key}\``);
  }
  if (cwe.length === 0) reader.problem(reader.root, 'a kind needs `cwe`: at least one CWE number');
  const severity = severityOf(reader, text.severity, reader.root);
  if (reader.problems.length > 0) return undefined;
  return {
    kind: text.kind!,
    from,
    severity,
    cwe,
    title: text.title!,
    message: text.message!,
    why: text.why!,
    instead: text.instead!,
    ...(text.shape !== undefined && { shape: text.shape }),
    ...(text.safePrefix !== undefined && { safePrefix: text.safePrefix }),
    ...(text.follows !== undefined && { follows: text.follows }),
    ...flags,
  };
}

/** The words of a check that is code (checks/), under the id that the code reports. */
export function readBuiltIn(reader: Reader): CheckRole | undefined {
  const text: Record<string, string | undefined> = {};
  let cwe: readonly number[] = [];
  const keys = ['check', 'severity', 'title', 'message', 'why', 'instead'];
  for (const entry of reader.entries(reader.root, 'a check', [...keys, 'cwe'])) {
    if (entry.key === 'cwe') cwe = reader.numbers(entry) ?? cwe;
    else text[entry.key] = reader.text(entry);
  }
  for (const key of keys)
    if (text[key] === undefined) reader.problem(reader.root, `a check needs \`${key}\``);
  if (cwe.length === 0) reader.problem(reader.root, 'a check needs `cwe`: at least one CWE number');
  const severity = severityOf(reader, text.severity, reader.root);
  if (reader.problems.length > 0) return undefined;
  const { check: id, title, message, why, instead } = text as Record<string, string>;
  return { id: id!, severity, cwe, title: title!, message: message!, why: why!, instead: instead! };
}

function checkRegex(reader: Reader, entry: Entry): void {
  const text = reader.text(entry);
  try {
    if (text !== undefined) new RegExp(text, 'iu');
  } catch (error) {
    reader.problem(entry.value, `\`${entry.key}\` is not a regular expression: ${(error as Error).message}`);
  }
}

/** A severity by its name; a wrong one is a problem and counts as a warning. */
export function severityOf(reader: Reader, text: string | undefined, at: YamlNode | null): Severity {
  if (SEVERITIES.includes(text as Severity)) return text as Severity;
  if (text !== undefined) reader.problem(at, `severity \`${text}\` is none of ${SEVERITIES.join(', ')}`);
  return 'warning';
}
