// What Faultline draws beside the code: the view of findings, the path with its marks, status, pages, decisions. All of it as
// a person uses it, in a real workbench; the last tests look at it in every kind of theme.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  goToLine,
  hoverMark,
  openFile,
  openQuickFixes,
  pickQuickFix,
  runCommand,
  waitForMark,
  waitForNoMark,
} from '../../scripts/host/workbench.ts';
import { session } from './session.ts';

const GREETING = `const express = require('express');
const { tidy } = require('../lib/tidy');

const router = express.Router();
router.get('/greeting', (req, res) => {
  res.send('<p>Hello ' + tidy(req.query.name));
});

module.exports = router;
`;
const shop = session({
  name: 'views',
  file: 'app.js',
  before: (folder) => {
    writeFileSync(join(folder, 'lib', 'tidy.js'), 'exports.tidy = (text) => text.trim().toLowerCase();\n');
    writeFileSync(join(folder, 'routes', 'greeting.js'), GREETING);
  },
});

const activity = (): Locator =>
  shop.page
    .locator('.activitybar .action-item', { has: shop.page.locator('[aria-label*="Faultline"]') })
    .first();
/** The number on the icon of the view. */
const badge = (): Locator => activity().locator('.badge-content');
const view = (name: string): Locator => shop.page.locator('.pane', { hasText: name }).first();
/** A row of the view of findings. */
const row = (text: string | RegExp): Locator =>
  view('Faultline Findings').locator('.monaco-list-row', { hasText: text }).first();
const message = (text: string | RegExp): Locator =>
  shop.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
const status = (text: string | RegExp): Locator =>
  shop.page.locator('.statusbar-item', { hasText: text }).first();
const tab = (name: string): Locator => shop.page.locator('.tabs-container .tab', { hasText: name }).first();
const choice = (text: string): Locator =>
  shop.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
/** What a page of ours shows. */
const shownPage = (): FrameLocator =>
  shop.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
/** The numbers drawn before the steps of a path, in the order of the page. */
const marks = (): Promise<string[]> =>
  shop.page.evaluate(
    `[...document.querySelectorAll('.editor-instance .view-line span[class*="ced-"]')]
      .map((it) => getComputedStyle(it, '::before').content.replace(/["\\s]/g, ''))
      .filter((it) => /^[\\d,]+$/.test(it))`,
  );

const closeAll = (): Promise<void> => runCommand(shop.page, 'View: Close All Editors');

describe('what is beside the code', () => {
  it('says in an empty view what to do, and does it', async () => {
    await activity().click();
    const button = view('Faultline Findings').locator('.monaco-button', { hasText: 'Scan Workspace' });
    await button.waitFor();
    expect(await badge().innerText()).toBe('');
    await shop.picture('welcome');
    await button.click();
    await message('11 findings in 13 files.').waitFor();
    await row('catalog.js').waitFor();
    expect(await badge().innerText()).toBe('11');
    await shop.picture('findings');
  });

  it('shows what the scan covered, with links into the files', async () => {
    await message('11 findings in 13 files.').locator('.monaco-button', { hasText: 'Show Coverage' }).click();
    const page = shownPage();
    await page.locator('h1', { hasText: 'coverage of the last scan' }).waitFor();
    await shop.picture('coverage');
    await page.locator('a', { hasText: 'lib/images.js' }).click();
    await tab('images.js').waitFor();
    await closeAll();
    // VS Code keeps the document for a while; its findings are those of a closed file again.
    await shop.page.locator('.statusbar-item', { hasText: /^\s*10\s*1\s*$/ }).waitFor();
  });

  it('groups by rule and by source, and filters', async () => {
    await runCommand(shop.page, 'Faultline: Group Findings');
    await choice('By rule').click();
    await row(/^SQL built from user input\s*3$/).waitFor();
    await runCommand(shop.page, 'Faultline: Group Findings');
    await choice('By source').click();
    await row('req.query.q').waitFor();
    await runCommand(shop.page, 'Faultline: Filter Findings');
    await choice('Warnings').click();
    await shop.page.keyboard.press('Enter');
    await view('Faultline Findings').locator('.message', { hasText: '10 hidden by the filter' }).waitFor();
    await row('req.query.next').waitFor();
    expect(await badge().innerText()).toBe('1');
    await shop.picture('filtered');
    await runCommand(shop.page, 'Faultline: Clear Filter');
    await runCommand(shop.page, 'Faultline: Group Findings');
    await choice('By file').click();
    await row('line 14').waitFor();
    expect(await badge().innerText()).toBe('11');
  });

  it('has the steps of a path below its finding; a click goes there', async () => {
    await row('line 14').locator('.monaco-tl-twistie').click();
    await row('1. source: the query string').click();
    await tab('products.js').waitFor();
    await status('Ln 15').waitFor();
  });

  it('shows the path from the hover, numbered in every file, and walks it by keys', async () => {
    await openFile(shop.page, 'lib/catalog.js', shop.lineOf('lib/catalog.js', 'db.query(sql)'));
    await hoverMark(shop.page, 'sql', 'Show the path: 4 steps');
    await shop.page.locator('.monaco-hover:not(.hidden) a', { hasText: 'Show the path' }).first().click();
    await shop.page.locator('.peekview-widget').waitFor();
    await status('Step 4 of 4: sink').waitFor();
    await expect.poll(marks).toEqual(expect.arrayContaining(['3', '4']));
    await shop.picture('path');
    await shop.page.keyboard.press('Escape');
    await shop.page.locator('.peekview-widget').waitFor({ state: 'detached' });
    await shop.page.keyboard.press('Alt+F7');
    await status('Step 1 of 4: source').waitFor();
    await shop.page.locator('.tab.active', { hasText: 'products.js' }).waitFor();
    await expect.poll(marks).toEqual(['1,2']);
    await shop.picture('step');
    await shop.page.keyboard.press('Shift+Alt+F7');
    await status('Step 4 of 4: sink').waitFor();
    await shop.page.locator('.tab.active', { hasText: 'catalog.js' }).waitFor();
    await runCommand(shop.page, 'Faultline: Close Path');
    await expect.poll(marks).toEqual([]);
    await status('Step').waitFor({ state: 'detached' });
  });

  it('says in the status what was done with the document, in how long', async () => {
    await openFile(shop.page, 'routes/products.js', 1);
    await shop.page.locator('.statusbar-item [aria-label*="Editor Language Status"]').first().click();
    const item = shop.page.locator('.hover-language-status', { hasText: 'Faultline' }).first();
    await item.waitFor();
    const text = await item.innerText();
    expect(text).toContain('Faultline: 2 findings');
    const [, ms] = /analysed in (\d+) ms, \d+ rules/.exec(text)!;
    // The scan before it analysed everything again; that is not the time of this document.
    expect(Number(ms)).toBeLessThan(10_000);
    await shop.picture('status');
    await item.locator('a', { hasText: 'What Is Seen Here?' }).click();
    await shownPage().locator('h1', { hasText: 'what is seen here' }).waitFor();
    await closeAll();
  });

  it('explains a line in which nothing is found, with links', async () => {
    await openFile(shop.page, 'routes/products.js', shop.lineOf('routes/products.js', 'product_id = ${id}'));
    await runCommand(shop.page, 'Faultline: Why No Findings Here');
    const page = shownPage();
    await page.locator('li', { hasText: 'a sink for sql: nothing from outside arrives' }).first().waitFor();
    await shop.picture('why');
    await page.locator('a', { hasText: 'line 23' }).first().click();
    await status('Ln 23').waitFor();
    await closeAll();
  });

  it('is taught that a call makes data safe, and the finding goes', async () => {
    const argument = "'<p>Hello ' + tidy(req.query.name)";
    await openFile(shop.page, 'routes/greeting.js', shop.lineOf('routes/greeting.js', 'tidy(req'));
    await openQuickFixes(shop.page, argument);
    await pickQuickFix(shop.page, 'A call on the way makes it safe for html');
    await choice('What tidy() (lib/tidy.js) gives is safe for html').waitFor();
    await shop.picture('teach');
    await shop.page.keyboard.press('Enter');
    await waitForNoMark(shop.page, 'tidy(req.query.name)');
    const taught = join(shop.folder, '.faultline', 'models', 'javascript', 'taught.yaml');
    await expect.poll(() => existsSync(taught) && readFileSync(taught, 'utf8')).toContain('kind: html');
    await expect.poll(() => badge().innerText()).toBe('10');
  });

  it('suppresses a rule in a file for a reason, and lists what is suppressed', async () => {
    await openFile(shop.page, 'routes/admin.js', shop.lineOf('routes/admin.js', 'req.body.formula'));
    const line = (await shop.page.evaluate('window.faultlineMarks()[0]?.text ?? ""')) as string;
    const mark = line === '' ? (await waitForMark(shop.page, 'req.body.formula')).text : line;
    await openQuickFixes(shop.page, mark);
    await pickQuickFix(shop.page, 'Suppress code by path');
    await choice('Suppress code in this file').click();
    await shop.page.locator('.quick-input-title', { hasText: 'Suppress code in this file' }).waitFor();
    await shop.page.keyboard.type('only the owner has this page');
    await shop.page.keyboard.press('Enter');
    await waitForNoMark(shop.page, 'req.body.formula');
    await view('Suppressions').locator('.pane-header').click();
    await view('Suppressions')
      .locator('.monaco-list-row', { hasText: 'only the owner has this page' })
      .waitFor();
    await shop.picture('suppressions');
  });

  it.each([
    ['dark', 'Dark Modern', 'vs-dark'],
    ['contrast', 'Dark High Contrast', 'hc-black'],
    ['contrast-light', 'Light High Contrast', 'hc-light'],
    // What the window had at the beginning; the setting outlives this file.
    ['light', 'Light 2026', 'vs'],
  ])('can be read in a theme that is %s', async (name, theme, kind) => {
    await runCommand(shop.page, 'Preferences: Color Theme');
    await shop.page.locator('.quick-input-widget input.input').fill(theme);
    await choice(theme).click();
    await shop.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await openFile(shop.page, 'lib/catalog.js', shop.lineOf('lib/catalog.js', 'db.query(sql)'));
    await waitForMark(shop.page, 'sql');
    await runCommand(shop.page, 'Faultline: Show Path');
    await shop.page.locator('.peekview-widget').waitFor();
    await expect.poll(marks).toEqual(expect.arrayContaining(['3', '4']));
    await shop.picture(`path-${name}`);
    await shop.page.keyboard.press('Escape');
    await goToLine(shop.page, 1);
    await hoverMark(shop.page, 'sql', 'The database executes whatever the text says');
    await shop.picture(`hover-${name}`);
    await runCommand(shop.page, 'Faultline: Close Path');
    await expect.poll(marks).toEqual([]);
  });
});
