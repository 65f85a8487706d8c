// The verification of changes on small programs with the real engine: for each kind a fix that is one, and many that only
// look like one. The finding is always the only one of its rule in the program.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.ts';
import { builtRules, createEngine } from '../../server/src/engine/in-process.ts';
import { applyDiff, PatchError } from '../../server/src/verify/patch.ts';
import { mapLines } from '../../server/src/verify/lines.ts';
import type { Verdict } from '../../server/src/verify/verdict.ts';
import { verifyChange } from '../../server/src/verify/verify.ts';

const URI = 'file:///app/server.js';
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine(builtRules());
});
afterAll(() => engine.dispose());

const HEAD = `const express = require('express');
const fs = require('fs');
const cp = require('child_process');
const db = require('mysql2').createConnection({});
const escapeHtml = require('escape-html');
const app = express();
`;
const program = (body: string): string => `${HEAD}app.get('/', (req, res) => {\n${body}\n});\n`;

/** What the verification says of replacing one body by another. */
async function judge(rule: string, before: string, after: string): Promise<Verdict> {
  return judgeFile(rule, program(before), program(after));
}
/** The same of whole files. */
async function judgeFile(rule: string, was: string, now: string): Promise<Verdict> {
  engine.disk(URI, 'javascript', was);
  await engine.quiet();
  const found = engine.report(URI)!.findings.filter((it) => it.rule === rule);
  expect(found).toHaveLength(1);
  return verifyChange(engine, found[0]!, [{ uri: URI, before: was, after: now }]);
}
const said = (it: Verdict): string => (it.accepted ? it.ended : it.objections.map((x) => x.code).join());

const SQL = `  const id = req.query.id;
  if (req.query.x) return res.end();
  db.query('select * from t where id = ' + id);`;
const SHELL = `  const host = req.query.host;\n  cp.exec('ping ' + host);\n  cp.execFile('ls', ['-l']);`;
const PATH = `  const file = '/srv/' + req.query.file;\n  fs.readFile(file, () => res.end());`;
const HTML = `  const name = req.query.name;\n  res.send('<p>' + name + '</p>');`;

describe('a fix is accepted for the reason that ended the flow', () => {
  const cases: readonly (readonly [string, string, (code: string) => string, string])[] = [
    ['sql', SQL, (it) => it.replace("= ' + id", "= ?', [id]"), 'parameterised'],
    ['sql', SQL, (it) => it.replace("' + id", "' + db.escape(id)"), 'sanitised'],
    ['sql', SQL, (it) => it.replace('req.query.id', 'Number(req.query.id)'), 'sanitised'],
    [
      'sql',
      SQL,
      (it) => it.replace('  db.', "  if (!['1', '2'].includes(id)) return res.end();\n  db."),
      'guarded',
    ],
    ['sql', SQL, (it) => it.replace("' + id", "1'"), 'code-removed'],
    ['shell', SHELL, (it) => it.replace("exec('ping ' + host)", "execFile('ping', [host])"), 'sink-removed'],
    [
      'shell',
      SHELL,
      (it) => it.replace('  cp.exec', '  if (!/^[a-z0-9.]+$/.test(host)) return res.end();\n  cp.exec'),
      'guarded',
    ],
    [
      'shell',
      SHELL,
      (it) => it.replace("cp.exec('ping ' + host)", "cp.execSync('ping ' + Number(host))"),
      'sanitised',
    ],
    ['shell', SHELL, (it) => it.replace(/ {2}cp.exec\(.*\n/, ''), 'sink-removed'],
    [
      'path',
      PATH,
      (it) => it.replace('  fs.', "  if (file.includes('..')) return res.end();\n  fs."),
      'guarded',
    ],
    [
      'path',
      PATH,
      (it) => it.replace('req.query.file', "require('path').basename(req.query.file)"),
      'sanitised',
    ],
    ['html', HTML, (it) => it.replace('+ name', '+ escapeHtml(name)'), 'sanitised'],
    ['html', HTML, (it) => it.replace("<p>' + name + '</p>", 'Hello'), 'constant'],
  ];
  test.each(cases)('%s: %#', async (rule, before, change, ended) => {
    const after = change(before);
    expect(after).not.toBe(before);
    expect(said(await judge(rule, before, after))).toBe(ended);
  });
});

describe('what only looks like a fix is refused', () => {
  const insert = (text: string) => (it: string) =>
    it.replace(/\n {2}(db|cp|fs|res)\.(?=query|exec|readFile|send)/, `\n  ${text}\n  $1.`);
  const cases: readonly (readonly [string, string, string, (code: string) => string, string])[] = [
    ['white space', 'sql', SQL, (it) => it.replace(' + id', '  +\n id'), 'still-there'],
    [
      'another name',
      'sql',
      SQL,
      (it) => it.replace(/\bid\b(?! =)/g, 'key').replace('const id', 'const key'),
      'still-there',
    ],
    ['a comment', 'sql', SQL, insert('// id was validated by the gateway'), 'still-there'],
    ['a suppression', 'sql', SQL, insert('// faultline-ignore: reviewed'), 'suppression'],
    ['silence for another tool', 'sql', SQL, insert('// eslint-disable-next-line'), 'suppression'],
    ['escaping for HTML', 'sql', SQL, (it) => it.replace('+ id', '+ escapeHtml(id)'), 'still-there'],
    ['escaping for SQL', 'html', HTML, (it) => it.replace('+ name', '+ db.escape(name)'), 'still-there'],
    [
      'only one of two ways',
      'sql',
      SQL,
      (it) => it.replace('req.query.id', 'req.query.n ? Number(req.query.id) : req.query.id'),
      'still-there',
    ],
    [
      'a check that is not obeyed',
      'sql',
      SQL,
      insert('if (!/^\\d+$/.test(id)) console.warn("odd");'),
      'still-there',
    ],
    [
      'the same call through Reflect',
      'shell',
      SHELL,
      (it) => it.replace("cp.exec('ping ' + host)", "Reflect.apply(cp.exec, cp, ['ping ' + host])"),
      'still-there',
    ],
    [
      'the same call by a computed name',
      'shell',
      SHELL,
      (it) => it.replace('cp.exec(', "cp[process.env.HOW || 'exec']("),
      'goes-elsewhere',
    ],
    [
      'an unknown package',
      'shell',
      SHELL,
      (it) => it.replace('cp.exec(', "require('run-it')("),
      'goes-elsewhere',
    ],
    [
      'swallowed',
      'shell',
      SHELL,
      (it) => it.replace("cp.exec('ping ' + host);", "try { cp.exec('ping ' + host); } catch {}"),
      'swallowed-error',
    ],
    [
      'a dead branch',
      'shell',
      SHELL,
      (it) => it.replace('  cp.exec(', '  if (false) cp.exec('),
      'unexplained',
    ],
    [
      'after a return',
      'shell',
      SHELL,
      (it) => it.replace('  cp.exec(', '  return res.end();\n  cp.exec('),
      'unexplained',
    ],
    [
      'lost in a store',
      'sql',
      SQL,
      (it) => it.replace("' + id", "' + globalThis.memory[Date.now()]"),
      'unexplained',
    ],
    [
      'a check taken away',
      'sql',
      SQL,
      (it) => it.replace(/ {2}if .*\n/, '').replace("= ' + id", "= ?', [id]"),
      'removed-check',
    ],
    [
      'TLS switched off',
      'sql',
      SQL,
      (it) => `  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\n${it.replace("= ' + id", "= ?', [id]")}`,
      'weakened',
    ],
    [
      'another sink',
      'shell',
      SHELL,
      (it) => it.replace("cp.exec('ping ' + host)", 'res.send("<b>" + host)'),
      'new-finding',
    ],
    ['a syntax error', 'sql', SQL, (it) => it.replace('db.query(', 'db.query(('), 'syntax'],
  ];
  test.each(cases)('%s (%s)', async (_what, rule, before, change, code) => {
    const after = change(before);
    expect(after).not.toBe(before);
    expect(said(await judge(rule, before, after))).toContain(code);
  });
});

describe('checks without a flow', () => {
  const SCHEMES = `exports.link = (address) => {
  const it = address.trim().toLowerCase();
  if (it.indexOf('javascript:') === 0) return '#';
  return it;
};
`;
  const QUOTES = `exports.quoted = (text) => {
  return text.trim().replace('"', '&quot;');
};
`;
  const SLOW = `const SPACES = /^(\\s+)+$/;\nexports.isBlank = (text) => SPACES.test(text);\n`;
  const MATCH = `const NAME = /^([a-z ]*)([a-z ]*)=$/;
exports.read = (text) => {
  const line = text.trim();
  return line.match(NAME);
};
`;
  const manifest = 'file:///app/package.json';
  beforeAll(() => engine.disk(manifest, 'json', '{"name":"it","version":"1.0.0","main":"server.js"}'));
  afterAll(() => engine.disk(manifest, 'json', undefined));
  const cases: readonly (readonly [string, string, string, (code: string) => string, string])[] = [
    [
      'all schemes are refused',
      'scheme-check-incomplete',
      SCHEMES,
      (it) => it.replace('=== 0)', '=== 0 || /^(data|vbscript):/.test(it))'),
      'reconfigured',
    ],
    [
      'the list is not seen any more',
      'scheme-check-incomplete',
      SCHEMES,
      (it) => it.replace("it.indexOf('javascript:') === 0", 'global.bad.some((x) => it.startsWith(x))'),
      'unexplained',
    ],
    [
      'every occurrence',
      'replace-first-only',
      QUOTES,
      (it) => it.replace(`'"', `, '/["<]/g, '),
      'reconfigured',
    ],
    [
      'a call by a computed name beside a sound one',
      'replace-first-only',
      QUOTES.replace('trim()', "replace(/</g, '')"),
      (it) => it.replace(`.replace('"'`, `[process.env.HOW || 'replace']('"'`),
      'unexplained',
    ],
    ['another pattern', 'redos-exponential', SLOW, (it) => it.replace('(\\s+)+', '\\s+'), 'reconfigured'],
    [
      'the pattern is made elsewhere',
      'redos-exponential',
      SLOW,
      (it) => it.replace(/\/\^.*\//, "new RegExp(process.env.SPACES, 'u')"),
      'unexplained',
    ],
    ['a pattern without two ways', 'redos', MATCH, (it) => it.replace('([a-z ]*)(', '('), 'reconfigured'],
    [
      'the same call by a computed name',
      'redos',
      MATCH,
      (it) => it.replace('.match(', "[process.env.HOW || 'match']("),
      'unexplained',
    ],
  ];
  test.each(cases)('%s (%s)', async (_what, rule, before, change, said_) => {
    const after = change(before);
    expect(after).not.toBe(before);
    expect(said(await judgeFile(rule, before, after))).toBe(said_);
  });
});

describe('a check that is gone', () => {
  const OLD = `const cp = require('child_process');
exports.list = (folder, done) => {
  cp.exec('ls ' + folder, (error, out) => {
    if (error) return done(error);
    done(null, out.split('x'));
  });
};
`;
  const NEW = `const cp = require('child_process');
exports.list = (folder, done) => {
  const child = cp.spawn('ls', ['--', folder]);
  child.stdout.on('data', (some) => done(null, String(some).split('x')));
};
`;
  const GUARDED = OLD.replace('  cp.exec', '  if (folder === null) return;\n  cp.exec');
  const manifest = 'file:///app/package.json';
  beforeAll(() => engine.disk(manifest, 'json', '{"name":"it","version":"1.0.0","main":"server.js"}'));
  afterAll(() => engine.disk(manifest, 'json', undefined));
  test('went with all the code behind it and what it asked about', async () => {
    expect(said(await judgeFile('shell', OLD, NEW))).toBe('sink-removed');
  });
  test('is missed if what it asked about is still there', async () => {
    expect(said(await judgeFile('shell', GUARDED, NEW))).toBe('removed-check');
  });
  test('is not gone if the rest stands in an else', async () => {
    const now = NEW.replace(
      / {2}const child[^;]*;\n(.*)\n/,
      (all) => `  if (folder === null) return;\n  else {\n${all}  }\n`,
    );
    expect(said(await judgeFile('shell', GUARDED, now))).toBe('sink-removed');
  });
});

test("a library's parameter that is checked now comes back when the check is not believed", async () => {
  engine.disk('file:///app/package.json', 'json', '{"name":"it","version":"1.0.0","main":"server.js"}');
  const was = `const cp = require('child_process');\nexports.ping = (host) => {\n  cp.exec('ping ' + host);\n};\n`;
  const now = was.replace('  cp', '  if (!/^[a-z0-9]+$/.test(host)) return;\n  cp');
  expect(said(await judgeFile('shell', was, now))).toBe('guarded');
  engine.disk('file:///app/package.json', 'json', undefined);
});

test('a fix in another file: the guard stands in a helper', async () => {
  const helper = 'file:///app/check.js';
  const was = 'exports.check = (it) => it;\n';
  const now = "exports.check = (it) => { if (!/^[a-z]+$/.test(it)) throw new Error('no'); return it; };\n";
  const text = program("  fs.readFile('/srv/' + require('./check').check(req.query.file), () => res.end());");
  engine.disk(URI, 'javascript', text);
  engine.disk(helper, 'javascript', was);
  await engine.quiet();
  const finding = engine.report(URI)!.findings.find((it) => it.rule === 'path')!;
  const verdict = await verifyChange(engine, finding, [{ uri: helper, before: was, after: now }]);
  expect(said(verdict)).toBe('guarded');
  const bare = await verifyChange(engine, finding, [
    { uri: helper, before: was, after: 'exports.check = (it) => it + "";\n' },
  ]);
  expect(said(bare)).toBe('still-there');
  engine.disk(helper, 'javascript', undefined);
});

test('the engine keeps nothing of what it was asked', async () => {
  await judge('sql', SQL, SQL.replace("= ' + id", "= ?', [id]"));
  await engine.quiet();
  expect(engine.report(URI)!.findings.filter((it) => it.rule === 'sql')).toHaveLength(1);
});

describe('unified diffs', () => {
  const text = 'a\nb\nc\n';
  const diff = '--- a/x.js\n+++ b/x.js\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n';
  test('are applied where they fit exactly', () => {
    expect(applyDiff(diff, () => text)).toEqual([{ path: 'x.js', before: text, after: 'a\nB\nc\n' }]);
    expect(applyDiff(diff, () => text.replaceAll('\n', '\r\n'))[0]!.after).toBe('a\r\nB\r\nc\r\n');
    expect(applyDiff('--- /dev/null\n+++ b/y.js\n@@ -0,0 +1 @@\n+new\n', () => undefined)).toEqual([
      { path: 'y.js', before: undefined, after: 'new\n' },
    ]);
  });
  test('that do not fit are refused with the file', () => {
    expect(() => applyDiff(diff, () => 'q\nr\n')).toThrow(new PatchError('the patch does not fit x.js'));
    expect(() => applyDiff(diff, () => undefined)).toThrow('there is no file x.js');
    expect(() => applyDiff('hello', () => text)).toThrow('the patch changes nothing');
  });
  test('lines are found again', () => {
    const map = mapLines('1\n2\n3\n4\n', '1\nx\ny\n3\n4\n5\n');
    expect([0, 2, 3].map((it) => map.forward(it))).toEqual([0, 3, 4]);
    expect(map.forward(1)).toBe(map.hunkOf(2));
    expect(map.hunkOf(3)).toBeUndefined();
  });
});
