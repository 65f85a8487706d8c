// The schema of a project's settings allows what is read and refuses what is not.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { resourcePath } from '../../server/src/base/resources.ts';
import { readConfig } from '../../server/src/project/config.ts';
import { knownRules } from '../../server/src/project/folder.ts';
import { configSchema } from '../../server/src/project/schema.ts';
import type { CompiledRules } from '../../server/src/rules/index.ts';

const rules = JSON.parse(readFileSync(resourcePath('rules.json'), 'utf8')) as CompiledRules;
const { ids } = knownRules(rules);
const allows = new Ajv({ allErrors: true }).compile(configSchema(ids));

describe('what is read and what the schema allows are the same', () => {
  test.each([
    'exclude: [dist, "**/*.gen.js"]',
    'exclude: dist',
    'minimumConfidence: medium\nminimumSeverity: warning\nmaxFileSize: 512\nlibraryMode: off\naccepted: hide',
    'rules: { log: off, weak-hash: warning, "*": down }',
    "paths:\n  - files: [test]\n    rules: { '*': down }",
    'suppress:\n  - { rule: [sql, html], files: legacy/**, until: 2027-01-31, reason: r }',
  ])('good: %s', (text) => {
    expect(readConfig('f', text, ids).problems).toEqual([]);
    expect(allows(parse(text)), JSON.stringify(allows.errors)).toBe(true);
  });
  test.each([
    'exlude: [dist]',
    'minimumConfidence: hgih',
    'maxFileSize: -1',
    'rules: { slq: off }',
    'rules: { sql: of }',
    'paths:\n  - files: [test]',
    'suppress:\n  - { rule: sql, files: [a] }',
    'suppress:\n  - { rule: sql, files: [a], until: soon, reason: r }',
    'suppress: sql',
  ])('bad: %s', (text) => {
    expect(readConfig('f', text, ids).problems).not.toEqual([]);
    expect(allows(parse(text))).toBe(false);
  });
});
