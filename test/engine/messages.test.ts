// How sinks are called in the sentences of findings: types without their package, and what functions return by where the
// functions stand.

import { expect, test } from 'vitest';
import { scanReports } from '../support/drive.ts';

const sentences = async (languageId: string, name: string, text: string): Promise<string[]> => {
  const reports = await scanReports([{ uri: `file:///words/${name}`, languageId, text }]);
  return reports.flatMap((it) => it.findings.map((x) => x.message));
};

test.each([
  [
    'a method of a type',
    'javascript',
    'app.js',
    "require('express')().get('/', (req, res) => res.send(req.query.a));",
    '`req.query.a` is put into the page by Response.send() without escaping.',
  ],
  [
    'what a decorated function returns',
    'python',
    'app.py',
    'from flask import Flask, request\napp = Flask(__name__)\n\n@app.route("/")\ndef page():\n    return "<b>" + request.args["a"]\n',
    '`request.args["a"]` is put into the page by what a function under @Flask.route returns without escaping.',
  ],
  [
    'what a handler among options returns',
    'javascript',
    'server.js',
    "const server = require('@hapi/hapi').server();\nserver.route({ path: '/', handler: (request) => '<b>' + request.query.a });",
    '`request.query.a` is put into the page by what Server.route(0).handler returns without escaping.',
  ],
])('%s', async (_what, languageId, name, text, message) => {
  expect(await sentences(languageId, name, text)).toEqual([message]);
});
