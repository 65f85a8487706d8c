// In-host tests of what goes beyond diagnostics: the walk along a path, explanations, decisions, project files, reports.
// They run after the suite of suite.ts, on the same copy of samples/shop, and leave it as it was.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Faultline } from '../../../client/src/feature.ts';
import { diagnosticsOf, inFolder, ruleOf, show } from './editor.ts';

const CATALOG = 'lib/catalog.js';

function parts(): Faultline {
  return vscode.extensions.getExtension('faultline.faultline')!.exports as Faultline;
}
const text = async (uri: vscode.Uri): Promise<string> =>
  new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
const isRule =
  (rule: string, there = true) =>
  (all: readonly vscode.Diagnostic[]): boolean =>
    all.some((it) => ruleOf(it) === rule) === there;

/** Resolves once the store of findings satisfies a test. */
function known(test: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const { findings } = parts();
    if (test()) return resolve();
    const listener = findings.onChange(() => {
      if (!test()) return;
      listener.dispose();
      resolve();
    });
  });
}

/** The finding of a rule in a file, as a command takes it. */
async function target(
  path: string,
  rule: string,
): Promise<{ uri: string; fingerprint: string; rule: string }> {
  const uri = inFolder(path).toString();
  const find = () =>
    parts()
      .findings.files()
      .find((it) => it.uri === uri)
      ?.findings.find((it) => it.rule === rule);
  await known(() => find() !== undefined);
  return { uri, fingerprint: find()!.fingerprint, rule };
}

/** Defines the tests; call it once mocha's functions are global. */
export function defineFeatures(): void {
  describe('Faultline, the whole way', () => {
    it('walks a path across files: next, previous, and round', async () => {
      const document = await show(CATALOG);
      await diagnosticsOf(document.uri, 'a finding', isRule('sql'));
      const ref = await target(CATALOG, 'sql');
      await vscode.commands.executeCommand('faultline.showPath', ref);
      await vscode.commands.executeCommand('closeReferenceSearch');
      const at = (): [string, string] => {
        const editor = vscode.window.activeTextEditor!;
        return [editor.document.uri.path.split('/').at(-1)!, editor.document.getText(editor.selection)];
      };
      await vscode.commands.executeCommand('faultline.nextStep');
      assert.deepEqual(at(), ['products.js', 'req.query.q'], 'after the sink comes the source again');
      await vscode.commands.executeCommand('faultline.previousStep');
      assert.deepEqual(at(), ['catalog.js', 'sql'], 'and back');
      await vscode.commands.executeCommand('faultline.closePath');
    });

    it('tells the tree about findings of all files, with steps and confirmed fixes', async () => {
      await show('routes/products.js');
      const uri = inFolder('routes/products.js').toString();
      await known(() =>
        parts()
          .findings.files()
          .some((it) => it.uri === uri && it.fixesKnown),
      );
      const file = parts()
        .findings.files()
        .find((it) => it.uri === uri)!;
      const sql = file.findings.find((it) => it.rule === 'sql')!;
      assert.equal(sql.fixable, true);
      assert.equal(sql.paths[0]!.steps[0]!.role, 'source');
      for (const grouping of ['rule', 'source', 'file'])
        await vscode.commands.executeCommand('faultline.groupFindings', grouping);
    });

    it('explains a line in which nothing is found', async () => {
      const document = await show('routes/products.js');
      const line = document
        .getText()
        .split('\n')
        .findIndex((it) => it.includes('product_id = ${id}'));
      const page = await parts().client.sendRequest<string>('faultline/explain', {
        uri: document.uri.toString(),
        line,
      });
      assert.match(page, /a sink for sql: nothing from outside arrives/);
      await vscode.commands.executeCommand('faultline.explainHere');
    });

    it('finds mistakes in the project settings and completes them', async () => {
      const uri = inFolder('.faultline/faultline.yaml');
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('rules:\n  slq: off\n'));
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document);
      await diagnosticsOf(uri, 'a mistake', isRule('project-file'));
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        new vscode.Position(1, 2),
      );
      assert.ok(list.items.some((it) => it.label === 'weak-hash'));
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('rules:\n  sql: off\n'));
      await diagnosticsOf(uri, 'no mistake', isRule('project-file', false));
      const catalog = await show(CATALOG);
      await diagnosticsOf(catalog.uri, 'no sql', isRule('sql', false));
      await vscode.workspace.fs.delete(inFolder('.faultline'), { recursive: true });
      await diagnosticsOf(catalog.uri, 'sql again', isRule('sql'));
    });

    it('takes what it is taught: a row in the models, and the finding goes', async () => {
      const catalog = await show(CATALOG);
      const ref = await target(CATALOG, 'sql');
      await parts().client.sendRequest('workspace/executeCommand', {
        command: 'faultline.server.teach',
        arguments: [
          {
            uri: ref.uri,
            role: 'sink',
            kind: 'code',
            callee: '"%code:lib/catalog.js".searchProducts',
            language: 'javascript',
          },
        ],
      });
      const products = inFolder('routes/products.js');
      await show('routes/products.js');
      await diagnosticsOf(products, 'a finding of kind code', isRule('code'));
      assert.match(await text(inFolder('.faultline/models/javascript/taught.yaml')), /sinks:\n {2}- at: /);
      await vscode.workspace.fs.delete(inFolder('.faultline'), { recursive: true });
      await diagnosticsOf(products, 'no finding of kind code', isRule('code', false));
      await diagnosticsOf(catalog.uri, 'sql', isRule('sql'));
    });

    it('accepts a finding into the baseline: a hint from then on', async () => {
      const catalog = await show(CATALOG);
      const { uri, fingerprint } = await target(CATALOG, 'sql');
      await parts().client.sendRequest('workspace/executeCommand', {
        command: 'faultline.server.accept',
        arguments: [{ finding: { uri, fingerprint } }],
      });
      const [hint] = await diagnosticsOf(
        catalog.uri,
        'a hint',
        (all) => all[0]?.severity === vscode.DiagnosticSeverity.Hint,
      );
      assert.equal(ruleOf(hint!), 'sql');
      const list = await parts().client.sendRequest<{ where: string }[]>('faultline/suppressions');
      assert.ok(list.some((it) => it.where === 'baseline'));
      await vscode.workspace.fs.delete(inFolder('.faultline'), { recursive: true });
      await diagnosticsOf(
        catalog.uri,
        'an error again',
        (all) => all[0]?.severity === vscode.DiagnosticSeverity.Error,
      );
    });

    it('writes a report of the workspace', async () => {
      const uri = inFolder('report.sarif');
      await vscode.commands.executeCommand('faultline.exportReport', { format: 'sarif', uri });
      const report = JSON.parse(await text(uri)) as { runs: { results: { ruleId: string }[] }[] };
      assert.equal(report.runs[0]!.results.length, 10);
      await vscode.workspace.fs.delete(uri);
    });

    it('hides what is below a severity, and lets a person switch a rule off', async () => {
      const catalog = await show(CATALOG);
      const settings = vscode.workspace.getConfiguration('faultline');
      await settings.update('rules', { sql: 'off' }, vscode.ConfigurationTarget.Workspace);
      await diagnosticsOf(catalog.uri, 'nothing', (all) => all.length === 0);
      await settings.update('rules', { sql: 'info' }, vscode.ConfigurationTarget.Workspace);
      await diagnosticsOf(
        catalog.uri,
        'an information',
        (all) => all[0]?.severity === vscode.DiagnosticSeverity.Information,
      );
      await settings.update('minimumSeverity', 'warning', vscode.ConfigurationTarget.Workspace);
      await diagnosticsOf(catalog.uri, 'nothing again', (all) => all.length === 0);
      for (const it of ['rules', 'minimumSeverity'])
        await settings.update(it, undefined, vscode.ConfigurationTarget.Workspace);
      await diagnosticsOf(catalog.uri, 'the finding', isRule('sql'));
    });

    it('opens the demo of the walkthrough, and finds in it what it promises', async () => {
      await vscode.commands.executeCommand('faultline.openDemo');
      const { document } = vscode.window.activeTextEditor!;
      assert.equal(document.isUntitled, true);
      const found = await diagnosticsOf(document.uri, 'two findings', (all) => all.length === 2);
      assert.deepEqual(found.map(ruleOf), ['sql', 'sql']);
    });
  });
}
