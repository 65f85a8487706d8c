// Drives a real VS Code workbench with the packaged VSIX, as a person does: looks, types, hovers, picks from menus.
// The tests share one window and run in order; pictures of what was seen go to artifacts/ (and docs/images on request).

import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ARTIFACTS, inRoot } from '../../scripts/common.mjs';
import { ensureChromium, launchBrowser } from '../../scripts/host/chromium.ts';
import {
  ensureCodeServer,
  installVsix,
  logTail,
  makeProfile,
  startServer,
  type Server,
} from '../../scripts/host/code-server.ts';
import {
  goToLine,
  hoverMark,
  openFile,
  openQuickFixes,
  openWorkbench,
  pickQuickFix,
  problems,
  runCommand,
  waitForAnyMark,
  waitForMark,
  waitForNoMark,
  WINDOW,
} from '../../scripts/host/workbench.ts';

// Typed text must arrive as typed: nothing completes it, closes its brackets or pops up over it.
const TYPING = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'editor.parameterHints.enabled': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
};
const STOCK_QUERY = "'SELECT amount FROM stock WHERE product_id = ' + req.params.id + ' AND warehouse = ?'";
const TYPED = '"select * from u where id=" + req.query.id';

/** The pictures that the README shows. */
const PUBLISHED = new Set(['hover', 'quick-fix']);

const say = (line: string) => console.log(line);
const profile = mkdtempSync(join(tmpdir(), 'faultline-browser-suite-'));
const folder = join(profile, 'shop');
let server: Server | undefined;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const vsix = inRoot(`${name}-${version}.vsix`);
  if (!existsSync(vsix)) throw new Error(`${vsix} is missing; run npm run package first`);
  mkdirSync(ARTIFACTS, { recursive: true });
  cpSync(inRoot('samples', 'shop'), folder, { recursive: true });
  const code = await ensureCodeServer(say);
  const chromium = await ensureChromium(say);
  makeProfile(profile, TYPING);
  await installVsix(code, profile, vsix);
  server = await startServer(code, profile);
  browser = await launchBrowser(chromium);
  const file = join(folder, 'routes', 'products.js');
  page = await openWorkbench(browser, server, {
    folder,
    file,
    scale: process.env.FAULTLINE_PICTURES ? 2 : 1,
  });
});

afterEach(async (context) => {
  if (context.task.result?.state !== 'fail' || page === undefined) return;
  const name = `failure ${context.task.name}`.replace(/[^a-z]+/gi, '-');
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
  console.error(`picture: artifacts/${name}.png; server log ends:\n${logTail(server!)}`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(profile, { recursive: true, force: true });
});

/** Takes a picture of the window, or its upper part; FAULTLINE_PICTURES names the folder of the README's pictures. */
async function picture(name: string, height = WINDOW.height): Promise<void> {
  const path = join(ARTIFACTS, `${name}.png`);
  await page.screenshot({ path, clip: { x: 0, y: 0, width: WINDOW.width, height } });
  const published = process.env.FAULTLINE_PICTURES;
  if (published === undefined || !PUBLISHED.has(name)) return;
  mkdirSync(published, { recursive: true });
  copyFileSync(path, join(published, `${name}.png`));
}

describe('the workbench with Faultline', () => {
  it('shows the first squiggle without being asked', async () => {
    await waitForAnyMark(page);
    const mark = await waitForMark(page, STOCK_QUERY);
    expect(mark.kind).toBe('error');
  });

  it('explains in the hover what, why, what instead, and the way', async () => {
    const text = await hoverMark(page, STOCK_QUERY, 'The database executes whatever the text says');
    expect(text).toContain('SQL');
    expect(text).toContain('placeholders');
    expect(text).toContain('req.params.id');
    await page.keyboard.press('Escape');
  });

  it('tells the way through other files', async () => {
    // A hover is at most a quarter as high as the editor; the picture shall show all of it.
    await page.setViewportSize({ width: WINDOW.width, height: 1900 });
    await openFile(page, 'lib/catalog.js', lineOf('lib/catalog.js', 'db.query(sql)'));
    const text = await hoverMark(page, 'sql', 'The database executes whatever the text says');
    expect(text).toContain('products.js');
    await page.locator('.monaco-hover:not(.hidden)', { hasText: 'Quick Fix...' }).first().waitFor();
    await picture('hover', 830);
    await page.keyboard.press('Escape');
    await page.setViewportSize(WINDOW);
  });

  it('offers a fix and a suppression in the quick fix menu', async () => {
    await openFile(page, 'routes/products.js', lineOf('routes/products.js', 'SELECT amount'));
    await waitForMark(page, STOCK_QUERY);
    const titles = await openQuickFixes(page, STOCK_QUERY);
    expect(titles.join('\n')).toMatch(/parameter|placeholder/i);
    expect(titles.join('\n')).toMatch(/ignore|suppress/i);
    await picture('quick-fix');
    await page.keyboard.press('Escape');
  });

  it('mends the code when the fix is picked', async () => {
    await openQuickFixes(page, STOCK_QUERY);
    await pickQuickFix(page, 'Pass the values as query parameters');
    await page
      .locator('.view-line', { hasText: "'SELECT amount FROM stock WHERE product_id = ? AND warehouse = ?'" })
      .waitFor();
    await waitForNoMark(page, 'SELECT amount');
    await picture('fixed');
    await page.keyboard.press('Control+z');
    await waitForMark(page, STOCK_QUERY);
  });

  it('hides a finding for a reason that it asks for', async () => {
    await openQuickFixes(page, STOCK_QUERY);
    await pickQuickFix(page, 'Suppress sql for this line');
    const input = page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await page.keyboard.type('ids are checked by the gateway');
    await page.keyboard.press('Enter');
    const comment = 'faultline-ignore: sql -- ids are checked by the gateway';
    await page.locator('.view-line', { hasText: comment }).waitFor();
    await waitForNoMark(page, 'SELECT amount');
    await picture('suppressed');
    await page.keyboard.press('Control+z');
    await waitForMark(page, STOCK_QUERY);
  });

  it('underlines the argument while it is typed, before saving, and lets go when it is fixed', async () => {
    const handler = lineOf('routes/orders.js', "router.get('/', async");
    await openFile(page, 'routes/orders.js', handler);
    await page.keyboard.press('Enter');
    await page.keyboard.type(`  await db.query(${TYPED});`);
    const mark = await waitForMark(page, TYPED);
    expect(mark.kind).toBe('error');
    expect(await page.locator('.tab.active.dirty').count()).toBe(1);
    await picture('typing');
    await goToLine(page, handler + 1);
    await page.keyboard.press('Shift+Home');
    await page.keyboard.type('  await db.query("select * from u where id=?", [req.query.id]);');
    // A later finding proves that the engine has seen the mended line too.
    await page.keyboard.press('Enter');
    await page.keyboard.type('  eval(req.query.later);');
    await waitForMark(page, 'req.query.later');
    await waitForNoMark(page, 'select * from u');
  });

  it('lists the findings in the Problems panel', async () => {
    const rows = await problems(page, 'faultline');
    expect(rows.join('\n')).toContain('orders.js');
    await picture('problems');
  });

  it('scans the workspace and shows what it found in closed files', async () => {
    await runCommand(page, 'Faultline: Scan Workspace');
    await page
      .locator('.notifications-toasts .notification-list-item', { hasText: /finding/i })
      .first()
      .waitFor();
    const rows = await problems(page, 'admin.js');
    expect(rows.join('\n')).toContain('images.js');
    await picture('scan');
  });

  it('works again after Restart Server', async () => {
    await openFile(page, 'routes/users.js', lineOf('routes/users.js', 'axios.get(req.body.url'));
    await waitForMark(page, 'req.body.url');
    await runCommand(page, 'Faultline: Restart');
    // The scan knew this file from before; what is typed now can only come from the new server.
    await page.keyboard.press('Enter');
    await page.keyboard.type('  eval(req.query.again);');
    await waitForMark(page, 'req.query.again');
    await waitForMark(page, 'req.body.url');
  });
});

/** Number (from 1) of the line of a file on disk that contains a text. */
function lineOf(path: string, text: string): number {
  const lines = readFileSync(join(folder, path), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  if (at < 0) throw new Error(`${path} has no line with ${text}`);
  return at + 1;
}
