// `faultline verify` from the outside: a finding named by what scan prints, a patch from a file or standard input, and the
// three exit codes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createTwoFilesPatch } from 'diff';
import { expect, test } from 'vitest';
import { tree } from '../project/tree.ts';
import { faultline, SHOP } from './run.ts';

const DB = 'src/db.js';
const FIXED = SHOP[DB]!.replace('name = \'" + name + "\'"', 'name = ?", [name]');
const WRONG = SHOP[DB]!.replace('+ name +', '+ encodeURI(name) +');

const patch = (after: string): string => createTwoFilesPatch(`a/${DB}`, `b/${DB}`, SHOP[DB]!, after);
async function idOf(folder: string): Promise<string> {
  const { out } = await faultline(folder, ['scan', '.']);
  return /sql .* id ([0-9a-f]{10})/.exec(out)![1]!;
}
const stdin = (text: string): { stdin: Readable } => ({ stdin: Readable.from([Buffer.from(text)]) });

test('a fix is accepted and nothing is written', async () => {
  const root = tree(SHOP);
  const id = await idOf(root);
  writeFileSync(join(root, 'fix.diff'), patch(FIXED));
  const { code, out } = await faultline(root, ['verify', '--finding', id, '--patch', 'fix.diff']);
  expect(out).toContain(
    'accepted: sql at src/db.js:4\n  The data is passed as a value beside constant code:',
  );
  expect(code).toBe(0);
  expect(readFileSync(join(root, DB), 'utf8')).toBe(SHOP[DB]);
});

test('what is no fix is refused with reasons', async () => {
  const root = tree(SHOP);
  const id = await idOf(root);
  const args = ['verify', '--finding', id, '--patch', '-'];
  const { code, out } = await faultline(root, args, stdin(patch(WRONG)));
  expect(out).toMatch(/^refused: sql at src\/db.js:4\n {2}still-there: .*\(src\/db.js:4\)\n$/);
  expect(code).toBe(1);
  const json = await faultline(root, [...args, '--json'], stdin(patch(WRONG)));
  expect(JSON.parse(json.out)).toMatchObject({
    finding: { rule: 'sql', path: DB, line: 4 },
    accepted: false,
    objections: [{ code: 'still-there', path: DB, line: 4 }],
  });
});

test('what cannot be judged is said in one line', async () => {
  const root = tree(SHOP);
  const id = await idOf(root);
  const say = async (finding: string, text: string): Promise<string> => {
    const ran = await faultline(root, ['verify', '--finding', finding, '--patch', '-'], stdin(text));
    expect(ran.code).toBe(2);
    return ran.err;
  };
  expect(await say(id, 'no diff')).toBe('faultline: the patch changes nothing\n');
  expect(await say(id, patch(FIXED).replace('-  return', '-  returns'))).toBe(
    'faultline: the patch does not fit src/db.js\n',
  );
  expect(await say('ffffffffff', patch(FIXED))).toBe(
    'faultline: there is no finding ffffffffff in the files given\n',
  );
  expect(await say('sql', patch(FIXED))).toContain('“sql” is no fingerprint');
  const missing = await faultline(root, ['verify', '--finding', id, '--patch', 'none.diff']);
  expect(missing.err).toContain('cannot read the patch none.diff');
});
