// The command line and the editor show the same findings for the same text: same place, path, words and fingerprint.
// The editor's side is the engine with every file open, typed in several steps.

import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ruleInfos } from '../../server/src/report/rules.ts';
import { engineHere, shippedRules } from '../../server/src/cli/surroundings.ts';
import type { Finding } from '../../server/src/engine/engine.ts';
import { discover } from '../../server/src/project/discover.ts';
import type { FoundFile } from '../../server/src/project/discover.ts';
import { applySuppressions, dateOf } from '../../server/src/project/suppress.ts';
import { compareFindings } from '../../server/src/report/result.ts';
import { jsonOf } from '../../server/src/report/json.ts';
import { result } from '../report/result.ts';
import { tree } from '../project/tree.ts';
import { faultline, SHOP } from './run.ts';

/** What an editor shows that has all these files open, as the JSON report spells it. */
async function inEditor(root: string): Promise<unknown> {
  const engine = await engineHere(await shippedRules());
  const files: FoundFile[] = [];
  for await (const it of discover([root])) if (it.type === 'file') files.push(it);
  for (const { uri, languageId, text } of files) {
    if (languageId === 'json') {
      engine.disk(uri, languageId, text);
      continue;
    }
    // Half of the text first, so that the rest arrives as an edit.
    const half = text.slice(0, text.length / 2);
    engine.open({ uri, languageId, version: 1, text: half });
    engine.change(uri, 2, [{ text }]);
  }
  await engine.quiet();
  const findings: Finding[] = [];
  const today = dateOf(new Date());
  for (const { uri } of files) {
    const report = engine.report(uri);
    if (report) findings.push(...applySuppressions(report, today).findings);
  }
  await engine.dispose();
  const rules = ruleInfos(await shippedRules());
  return jsonOf(result(findings.sort(compareFindings), { root, rules }));
}

async function onCommandLine(root: string): Promise<unknown> {
  return JSON.parse((await faultline(root, ['scan', '.', '--format', 'json'])).out);
}

const findingsOf = (report: unknown): readonly unknown[] =>
  (report as { findings: readonly unknown[] }).findings;

test('in a small server, with a suppressed finding', async () => {
  const root = tree({
    ...SHOP,
    'src/more.js': `${SHOP['src/db.js']!.replace('exports.find = function find(name)', 'exports.more = function more(name)')}
const { execSync } = require('child_process');
require('express')().get('/', (req) => {
  // faultline-ignore: shell -- only called by tests
  execSync('ls ' + req.query.dir);
  execSync('cat ' + req.query.file);
});
`,
  });
  const found = findingsOf(await onCommandLine(root));
  expect(found).toEqual(findingsOf(await inEditor(root)));
  expect(found).toHaveLength(3);
});

test('in the sample project', async () => {
  const sample = fileURLToPath(new URL('../../samples/shop', import.meta.url));
  const root = tree({});
  cpSync(sample, root, { recursive: true });
  const found = findingsOf(await onCommandLine(root));
  expect(found).toEqual(findingsOf(await inEditor(root)));
  expect(found.length).toBeGreaterThan(5);
});
