// What each deterministic fix makes of code, and which code it leaves alone because it is not certain.
// Whether a fix helps is decided by analysis (verify.ts, test/lsp); here only the rewriting is looked at.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../server/src/engine/engine.ts';
import { applyEdits, proposeFixes } from '../../server/src/fixes/index.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';

beforeAll(() => initSyntax());

/** The first fix for the expression between ‹ and ›, applied; undefined if there is none. */
function fixed(rule: string, sink: string, marked: string, nth = 0): string | undefined {
  const start = marked.indexOf('‹');
  const text = marked.replace(/[‹›]/g, '');
  const end = marked.indexOf('›') - 1;
  const tree = parseText('javascript', text);
  const zero = { line: 0, character: 0 };
  const finding: Finding = {
    rule,
    sink,
    severity: 'error',
    confidence: 'high',
    cwe: [],
    uri: 'file:///a.js',
    range: { start: zero, end: zero },
    message: '',
    paths: [],
    fingerprint: '1:x',
  };
  const fix = proposeFixes(tree.arena(), finding, start, end)[nth];
  const result = fix && applyEdits(text, fix.edits);
  tree.delete();
  if (result !== undefined) expectParses(result);
  return result;
}

function expectParses(text: string): void {
  const tree = parseText('javascript', text);
  expect(tree.hasError(), text).toBe(false);
  tree.delete();
}

describe('SQL with parameters', () => {
  const mysql = (code: string): string | undefined => fixed('sql', 'mysql2.Connection#query', code);
  const cases: readonly (readonly [string, string])[] = [
    ['db.query(‹"select * from t where id = " + id›);', 'db.query("select * from t where id = ?", [id]);'],
    ['db.query(‹`select * from t where id = ${req.query.id}`›, done);', ''],
    [
      'db.query(‹`select * from t where id = ${req.query.id}`›, (e, r) => r);',
      'db.query(`select * from t where id = ?`, [req.query.id], (e, r) => r);',
    ],
    [
      `db.query(‹"select * from t where name = '" + n + "' and age > " + a + " order by id"›);`,
      'db.query("select * from t where name = ? and age > ? order by id", [n, a]);',
    ],
    [
      "db.query(‹`select * from t where name like '%${n}%' limit 3`›);",
      'db.query(`select * from t where name like ? limit 3`, [`%${n}%`]);',
    ],
    [`db.query(‹'insert into t (a, b) values (' + a + ', "' + b + '")'›);`, ''],
    [
      'db.query(‹"insert into t (a, b) values (" + a + ", \'" + b + "\')"›);',
      'db.query("insert into t (a, b) values (?, ?)", [a, b]);',
    ],
    [
      'db.query(‹"select * from t where a = ? and b = " + b + " and c = ?"›, [x, y]);',
      'db.query("select * from t where a = ? and b = ? and c = ?", [x, b, y]);',
    ],
    [
      'db.query(‹"select * from t " +\n  "where id = " + id +\n  " limit 1"›);',
      'db.query("select * from t " +\n  "where id = ?" +\n  " limit 1", [id]);',
    ],
    ['const sql = ‹› "select * from t where id = " + id;', ''],
    [
      'db.query(‹"select * from t where id = " + id + \' and x = 1\'›);',
      'db.query("select * from t where id = ?" + \' and x = 1\', [id]);',
    ],
    ['db.query(‹"update t set a = " + (x, y)›);', 'db.query("update t set a = ?", [(x, y)]);'],
  ];
  test.each(cases)('%s', (before, after) => {
    expect(mysql(before)).toBe(after === '' ? undefined : after);
  });

  const left: readonly (readonly [why: string, code: string])[] = [
    ['a table name', 'db.query(‹"select * from " + table›);'],
    ['a column to sort by', 'db.query(‹"select * from t order by " + column›);'],
    ['a list', 'db.query(‹"select * from t where id in (" + ids + ")"›);'],
    ['a value inside a longer word', 'db.query(‹"select * from t where id = " + id + "0"›);'],
    ['an escaped value', 'db.query(‹"select * from t where id = " + db.escape(id)›);'],
    ['a comment in the SQL', 'db.query(‹"select * from t -- where id = " + id›);'],
    ['values in a variable', 'db.query(‹"select * from t where a = ? and id = " + id›, values);'],
    ['a spread list of values', 'db.query(‹"select * from t where a = ? and id = " + id›, [...values]);'],
    ['no text in front', 'db.query(‹id + " = 1"›);'],
    ['a count of values that does not fit', 'db.query(‹"select * from t where a = ? and id = " + id›);'],
    ['two values in one pair of quotes', `db.query(‹"select * from t where a = '" + x + "-" + y + "'"›);`],
  ];
  test.each(left)('leaves %s alone', (_why, code) => expect(mysql(code)).toBeUndefined());

  test('a query text in a constant that is used once', () => {
    const code = 'function f(id) {\n  const sql = "select * from t where id = " + id;\n  db.query(‹sql›);\n}';
    expect(mysql(code)).toBe(
      'function f(id) {\n  const sql = "select * from t where id = ?";\n  db.query(sql, [id]);\n}',
    );
    expect(mysql(code.replace('db.query', 'log(sql);\n  db.query'))).toBeUndefined();
    expect(mysql(code.replace('db.query', 'id = 3;\n  db.query'))).toBeUndefined();
    expect(mysql(code.replace('+ id;', '+ next();'))).toBeUndefined();
  });

  test('each library has its own placeholders and its own place for values', () => {
    const text = '"select * from t where a = " + a + " and b = " + b';
    expect(fixed('sql', 'pg.Pool#query', `pool.query(‹${text}›);`)).toBe(
      'pool.query("select * from t where a = $1 and b = $2", [a, b]);',
    );
    expect(
      fixed('sql', 'pg.Client#query', 'c.query(‹"select * from t where a = $1 and b = " + b›, [a]);'),
    ).toBe('c.query("select * from t where a = $1 and b = $2", [a, b]);');
    expect(fixed('sql', 'better-sqlite3.Database#prepare', `db.prepare(‹${text}›).all();`)).toBe(
      'db.prepare("select * from t where a = ? and b = ?").all(a, b);',
    );
    expect(
      fixed('sql', 'better-sqlite3.Database#prepare', `const s = db.prepare(‹${text}›);`),
    ).toBeUndefined();
    expect(fixed('sql', 'sequelize.Sequelize#query', `s.query(‹${text}›);`)).toBe(
      's.query("select * from t where a = ? and b = ?", { replacements: [a, b] });',
    );
    expect(fixed('sql', 'sqlite3.Database#exec', `db.exec(‹${text}›);`)).toBeUndefined();
    expect(fixed('sql', 'unknown.Thing#query', `x.query(‹${text}›);`)).toBeUndefined();
  });
});

describe('a program without a shell', () => {
  const shell = (code: string): string | undefined => fixed('shell', 'child_process.exec', code);
  const imported = "const { exec } = require('child_process');\n";

  test('splits words, keeps values whole, and imports what it uses', () => {
    expect(shell(`${imported}exec(‹"convert " + file + " -size 10 out.png"›, done);`)).toBe(
      `const { execFile } = require('child_process');\nexecFile("convert", [file, "-size", "10", "out.png"], done);`,
    );
    expect(shell(`${imported}exec("ls");\nexec(‹\`tar --file=\${f} "my dir"\`›);`)).toBe(
      `const { exec, execFile } = require('child_process');\nexec("ls");\nexecFile("tar", [\`--file=\${f}\`, "my dir"]);`,
    );
    expect(shell("const cp = require('child_process');\ncp.execSync(‹'ping -c 1 ' + host›);")).toBe(
      'const cp = require(\'child_process\');\ncp.execFileSync("ping", ["-c", "1", host]);',
    );
    expect(shell('import { exec } from \'node:child_process\';\nexec(‹"ping \\"" + host + "\\""›);')).toBe(
      'import { execFile } from \'node:child_process\';\nexecFile("ping", [host]);',
    );
  });

  const left: readonly (readonly [why: string, code: string])[] = [
    ['a pipe', 'exec(‹"cat " + file + " | wc"›);'],
    ['a variable of the shell', 'exec(‹"ls $HOME/" + dir›);'],
    ['a glob', 'exec(‹"rm " + dir + "/*"›);'],
    ['a program that is a value', 'exec(‹"" + program + " x"›);'],
    ['a shell that is asked for', 'exec(‹"ls " + dir›, { shell: "/bin/bash" });'],
    ['a quote that is not closed', `exec(‹"ls '" + dir›);`],
  ];
  test.each(left)('leaves %s alone', (_why, code) => expect(shell(imported + code)).toBeUndefined());
  test('leaves a function of the same name alone', () => {
    expect(shell('const { exec } = require("./mine");\nexec(‹"ls " + dir›);')).toBeUndefined();
    expect(shell(`${imported}function execFile() {}\nexec(‹"ls " + dir›);`)).toBeUndefined();
  });
});

describe('paths', () => {
  const head = "const path = require('path');\n";
  test('Express keeps a file in its folder', () => {
    expect(fixed('path', 'express.Response#sendFile', `${head}res.sendFile(‹path.join(DIR, name)›);`)).toBe(
      `${head}res.sendFile(name, { root: DIR });`,
    );
    expect(
      fixed(
        'path',
        'express.Response#sendFile',
        `${head}res.sendFile(‹path.join(DIR, name)›, { dotfiles: "deny" });`,
      ),
    ).toBe(`${head}res.sendFile(path.join(DIR, path.basename(name)), { dotfiles: "deny" });`);
  });
  test('only a file name', () => {
    expect(fixed('path', 'fs.readFile', `${head}fs.readFile(‹path.join(DIR, req.query.f)›, done);`)).toBe(
      `${head}fs.readFile(path.join(DIR, path.basename(req.query.f)), done);`,
    );
    expect(fixed('path', 'fs.readFile', 'fs.readFile(‹path.join(DIR, x)›, done);')).toBeUndefined();
    expect(fixed('path', 'fs.readFile', `${head}fs.readFile(‹DIR + x›, done);`)).toBeUndefined();
  });
});

describe('HTML', () => {
  test('as text', () => {
    expect(fixed('html', 'dom.Element#innerHTML', 'el.innerHTML = ‹"Hello " + name›;')).toBe(
      'el.textContent = "Hello " + name;',
    );
    expect(fixed('html', 'dom.Element#innerHTML', 'el.innerHTML = ‹"<b>" + name›;')).toBeUndefined();
  });
  test('escaped by the function the file imports, where escaping helps', () => {
    const head = "const escape = require('escape-html');\n";
    const html = (code: string): string | undefined => fixed('html', 'express.Response#send', head + code);
    expect(html('res.send(‹"<b title=\'" + t + "\'>" + name + "</b>"›);')).toBe(
      `${head}res.send("<b title='" + escape(t) + "'>" + escape(name) + "</b>");`,
    );
    expect(html('res.send(‹`<p>${name}</p>`›);')).toBe(`${head}res.send(\`<p>\${escape(name)}</p>\`);`);
    expect(html('res.send(‹"<script>var x = " + name + "</script>"›);')).toBeUndefined();
    expect(html('res.send(‹"<a href=\'" + url + "\'>"›);')).toBeUndefined();
    expect(html('res.send(‹"<b " + attribute + ">"›);')).toBeUndefined();
    expect(fixed('html', 'express.Response#send', 'res.send(‹"<b>" + name›);')).toBeUndefined();
  });
});
