// Tests of the extension inside a real extension host, on a copy of samples/shop.
// They ask through the public VS Code API only, so what they see is what every other part of the editor sees.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  diagnosticsOf,
  fixAllOf,
  hoverText,
  inFolder,
  ours,
  quickFixes,
  replace,
  revert,
  ruleOf,
  show,
} from './editor.ts';

const STOCK_QUERY = "'SELECT amount FROM stock WHERE product_id = ' + req.params.id + ' AND warehouse = ?'";
const HANDLER = "router.get('/', async (req, res) => {\n";

/** Defines the suite; call it once mocha's functions are global. */
export function defineSuite(): void {
  describe('Faultline in VS Code', () => {
    it('is installed and starts with a JavaScript file', async () => {
      await show('routes/products.js');
      const extension = vscode.extensions.getExtension('faultline.faultline');
      assert.ok(extension, 'the extension faultline.faultline is not there');
      await extension.activate();
      assert.equal(extension.isActive, true);
    });

    it('underlines exactly the argument at the sink', async () => {
      const document = await show('routes/products.js');
      const found = await diagnosticsOf(document.uri, 'a finding of kind sql', (all) =>
        all.some((it) => ruleOf(it) === 'sql'),
      );
      const sql = found.filter((it) => ruleOf(it) === 'sql');
      assert.deepEqual(
        sql.map((it) => document.getText(it.range)),
        [STOCK_QUERY],
      );
      assert.equal(sql[0]!.severity, vscode.DiagnosticSeverity.Error);
    });

    it('follows data into another file and tells the way', async () => {
      const document = await show('lib/catalog.js');
      const found = await diagnosticsOf(document.uri, 'a finding', (all) => all.length > 0);
      assert.deepEqual(
        found.map((it) => [ruleOf(it), document.getText(it.range)]),
        [['sql', 'sql']],
      );
      const files = (found[0]!.relatedInformation ?? []).map((it) => it.location.uri.path.split('/').at(-1));
      assert.ok(files.includes('products.js'), `the way leads through ${files.join(', ') || 'no file'}`);
    });

    it('finds in unsaved text and takes it back when it is mended', async () => {
      const document = await show('routes/orders.js');
      const before = (await diagnosticsOf(document.uri, 'the first findings', (all) => all.length > 0))
        .length;
      const argument = '"select * from u where id=" + req.query.id';
      await replace(document, HANDLER, `${HANDLER}  await db.query(${argument});\n`);
      const found = await diagnosticsOf(document.uri, 'one more finding', (all) => all.length === before + 1);
      assert.ok(found.some((it) => document.getText(it.range) === argument));
      assert.equal(document.isDirty, true);
      await replace(document, argument, '"select * from u where id=?", [req.query.id]');
      await diagnosticsOf(document.uri, 'the findings of before', (all) => all.length === before);
      await revert(document);
    });

    it('explains in the hover: what, why, instead, and the way', async () => {
      const document = await show('routes/products.js');
      const [finding] = await diagnosticsOf(document.uri, 'a finding of kind sql', (all) =>
        all.some((it) => ruleOf(it) === 'sql'),
      ).then((all) => all.filter((it) => ruleOf(it) === 'sql'));
      const text = await hoverText(document, finding!.range.start.translate(0, 3));
      assert.match(text, /database executes whatever/i);
      assert.match(text, /placeholders/i);
      assert.match(text, /req\.params\.id/);
    });

    it('offers a fix that removes the finding, and a suppression', async () => {
      const document = await show('routes/products.js');
      const all = await diagnosticsOf(document.uri, 'a finding of kind sql', (it) =>
        it.some((d) => ruleOf(d) === 'sql'),
      );
      const finding = all.find((it) => ruleOf(it) === 'sql')!;
      await fixAllOf(document);
      const actions = await quickFixes(document, finding.range);
      const titles = actions.map((it) => it.title);
      assert.ok(
        titles.some((it) => /ignore|suppress/i.test(it)),
        `no suppression among: ${titles.join(' | ')}`,
      );
      const fix = actions.find((it) => it.isPreferred && it.edit !== undefined);
      assert.ok(fix, `no preferred fix among: ${titles.join(' | ')}`);
      assert.ok(await vscode.workspace.applyEdit(fix.edit!));
      await diagnosticsOf(document.uri, 'the finding gone', (now) => !now.some((it) => ruleOf(it) === 'sql'));
      assert.match(document.getText(), /product_id = \? AND warehouse = \?/);
      await revert(document);
      await diagnosticsOf(document.uri, 'the finding back', (now) => now.some((it) => ruleOf(it) === 'sql'));
    });

    it('mends in one edit all that can be mended safely', async () => {
      const document = await show('routes/products.js');
      await diagnosticsOf(document.uri, 'a finding of kind sql', (it) => it.some((d) => ruleOf(d) === 'sql'));
      const action = await fixAllOf(document);
      assert.equal(action?.kind?.value, 'source.fixAll.faultline');
      assert.ok(await vscode.workspace.applyEdit(action.edit!));
      await diagnosticsOf(document.uri, 'no sql finding', (now) => !now.some((it) => ruleOf(it) === 'sql'));
      await revert(document);
      await diagnosticsOf(document.uri, 'the finding back', (now) => now.some((it) => ruleOf(it) === 'sql'));
    });

    it('hides a finding under a comment with a reason', async () => {
      const document = await show('routes/users.js');
      const before = await diagnosticsOf(document.uri, 'an ssrf finding', (all) =>
        all.some((it) => ruleOf(it) === 'ssrf'),
      );
      const line = '  const image = await axios.get(req.body.url';
      await replace(document, line, `  // faultline-ignore: ssrf -- only administrators post here\n${line}`);
      const after = await diagnosticsOf(
        document.uri,
        'no ssrf finding',
        (all) => !all.some((it) => ruleOf(it) === 'ssrf'),
      );
      assert.equal(after.length, before.length - 1);
      await revert(document);
    });

    it('analyses a document that was never saved', async () => {
      const document = await vscode.workspace.openTextDocument({
        language: 'javascript',
        content: [
          "const express = require('express');",
          'const app = express();',
          "app.get('/', (req, res) => { eval(req.query.code); });",
          '',
        ].join('\n'),
      });
      await vscode.window.showTextDocument(document);
      const found = await diagnosticsOf(document.uri, 'a finding of kind code', (all) => all.length > 0);
      assert.deepEqual(
        found.map((it) => [ruleOf(it), document.getText(it.range)]),
        [['code', 'req.query.code']],
      );
    });

    it('stays silent on code that only looks unsafe', async () => {
      const document = await show('routes/files.js');
      const found = await diagnosticsOf(document.uri, 'two findings', (all) => all.length === 2);
      assert.deepEqual(found.map((it) => document.getText(it.range)).sort(), [
        "UPLOADS + '/pictures/' + req.query.name",
        'path.join(INVOICES, req.query.file)',
      ]);
    });

    it('lets go of everything when it is switched off, and finds again when switched on', async () => {
      const document = await show('routes/users.js');
      const before = await diagnosticsOf(document.uri, 'findings', (all) => all.length > 0);
      const settings = vscode.workspace.getConfiguration('faultline');
      await settings.update('enable', false, vscode.ConfigurationTarget.Workspace);
      await diagnosticsOf(document.uri, 'no findings', (all) => all.length === 0);
      await settings.update('enable', undefined, vscode.ConfigurationTarget.Workspace);
      await diagnosticsOf(document.uri, 'the same findings', (all) => all.length === before.length);
    });

    it('scans the workspace and reports closed files', async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.commands.executeCommand('faultline.scanWorkspace');
      const closed = inFolder('routes/admin.js');
      await diagnosticsOf(closed, 'a finding in a closed file', (all) =>
        all.some((it) => ruleOf(it) === 'code'),
      );
      const images = inFolder('lib/images.js');
      await diagnosticsOf(images, 'a finding in a closed file', (all) =>
        all.some((it) => ruleOf(it) === 'shell'),
      );
      assert.equal(
        vscode.workspace.textDocuments.some((it) => it.uri.path === closed.path),
        false,
      );
    });

    it('shows each finding once when a scanned file is opened', async () => {
      const uri = inFolder('routes/products.js');
      const counts: number[] = [];
      const listener = vscode.languages.onDidChangeDiagnostics((event) => {
        if (event.uris.some((it) => it.toString() === uri.toString())) counts.push(ours(uri).length);
      });
      const document = await show('routes/products.js');
      // A later finding proves that what the opening caused has been shown.
      await replace(document, HANDLER, `${HANDLER}  eval(req.query.later);\n`);
      await diagnosticsOf(uri, 'a later finding', (all) => all.some((it) => ruleOf(it) === 'code'));
      listener.dispose();
      assert.deepEqual(
        counts.filter((count) => count > 3),
        [],
        `the number of findings went through ${counts.join(', ')}`,
      );
      await revert(document);
      await diagnosticsOf(uri, 'the findings of before', (all) => all.length === 2);
    });

    it('finds again after a restart of the server', async () => {
      const document = await show('routes/products.js');
      const both = (all: readonly vscode.Diagnostic[]) => all.map(ruleOf).sort().join() === 'html,sql';
      await diagnosticsOf(document.uri, 'both findings', both);
      await vscode.commands.executeCommand('faultline.restart');
      await replace(document, STOCK_QUERY, "'SELECT 1'");
      await diagnosticsOf(document.uri, 'one finding less', (all) => all.map(ruleOf).join() === 'html');
      await revert(document);
      await diagnosticsOf(document.uri, 'both findings again', both);
    });
  });
}
