// Every family of fixes, from the finding of the engine to the edit that the editor is offered: applied, it ends the
// finding. What a fix writes in detail is tested in test/fixes.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TextDocumentEdit, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { testEngine } from './engines.ts';
import { startClient, type Client } from './harness.ts';

const HEAD = `const express = require('express');
const path = require('path');
const fs = require('fs');
const { exec, execSync } = require('child_process');
const escapeHtml = require('escape-html');
const mysql = require('mysql2').createPool({});
const { Pool } = require('pg');
const pool = new Pool();
const lite = new (require('better-sqlite3'))('x');
const three = new (require('sqlite3').Database)('x');
const knex = require('knex')({});
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('x');
express().get('/', async (req, res) => {
`;
const SELECT = '"select * from t where id = " + req.query.id';

let client: Client;
beforeAll(async () => {
  client = await startClient({ makeEngine: testEngine });
});
afterAll(() => client.stop());

let count = 0;
async function mended(code: string, nth = 0): Promise<{ title: string; text: string; left: number }> {
  const text = code.startsWith('// page') ? code : `${HEAD}  ${code}\n});\n`;
  let document = client.open(`file:///shop/case${count++}.js`, text);
  const diagnostics = await client.diagnostics(document);
  expect(diagnostics).toHaveLength(1);
  await client.fixAll(document);
  const actions = await client.actions(document, diagnostics[0]!.range, ['quickfix.faultline']);
  const action = actions[nth]!;
  const [change] = action.edit!.documentChanges as TextDocumentEdit[];
  const after = TextDocument.applyEdits(document, change!.edits as TextEdit[]);
  document = client.change(document, [{ text: after }]);
  return { title: action.title, text: after, left: (await client.diagnostics(document)).length };
}

test.each([
  ['mysql', `mysql.query(${SELECT}, (error, rows) => res.json(rows));`, '[req.query.id], (error'],
  ['pg', `res.json(await pool.query(${SELECT}));`, 'id = $1", [req.query.id])'],
  [
    'pg, in a constant',
    `const sql = ${SELECT};\n  await pool.query(sql);`,
    'pool.query(sql, [req.query.id])',
  ],
  ['better-sqlite3', `lite.prepare(${SELECT}).all();`, '.all(req.query.id)'],
  ['sqlite3', `three.all(${SELECT}, (error, rows) => rows);`, 'id = ?", [req.query.id], (error'],
  ['knex', `await knex.raw(${SELECT});`, 'id = ?", [req.query.id])'],
  ['sequelize', `await sequelize.query(${SELECT});`, '{ replacements: [req.query.id] }'],
  [
    'exec',
    'exec("convert " + req.query.f + " out.png", () => res.end());',
    'execFile("convert", [req.query.f, "out.png"]',
  ],
  [
    'execSync',
    'execSync(`ping -c 1 ${req.query.host}`);',
    'execFileSync("ping", ["-c", "1", req.query.host])',
  ],
  [
    'sendFile',
    'res.sendFile(path.join(__dirname, req.params.f));',
    'res.sendFile(req.params.f, { root: __dirname })',
  ],
  [
    'readFile',
    'fs.readFile(path.join(__dirname, req.query.f), () => res.end());',
    'path.basename(req.query.f)',
  ],
  ['escape', 'res.send(`<h1>${req.query.name}</h1>`);', '${escapeHtml(req.query.name)}'],
  [
    'text of a page',
    '// page\nconst name = new URLSearchParams(location.search).get("n");\ndocument.getElementById("a").innerHTML = name;\n',
    '.textContent = name',
  ],
])('%s', async (_name, code, expected) => {
  const { text, left } = await mended(code);
  expect(text).toContain(expected);
  expect(left).toBe(0);
});
