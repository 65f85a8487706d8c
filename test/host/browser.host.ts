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
  marks,
  openFile,
  openQuickFixes,
  openWorkbench,
  problems,
  runCommand,
  waitForAnyMark,
  waitForMark,
} from '../../scripts/host/workbench.ts';

// Typed text must arrive as typed: nothing completes it, closes its brackets or pops up over it.
const TYPING = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'editor.parameterHints.enabled': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
};
const STOCK_QUERY = "'SELECT amount FROM stock WHERE product_id = ' + req.params.id + ' AND warehouse = ?'";
const TYPED = '"select * from u where id=" + req.query.id';

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
  page = await openWorkbench(browser, server, { folder, file: join(folder, 'routes', 'products.js') });
});

afterEach(async (context) => {
  if (context.task.result?.state !== 'fail' || page === undefined) return;
  await page.screenshot({ path: join(ARTIFACTS, 'host-failure.png') });
  console.error(`picture: artifacts/host-failure.png; server log ends:\n${logTail(server!)}`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(profile, { recursive: true, force: true });
});

/** Takes a picture for a person to look at; FAULTLINE_PICTURES names the folder of the README's pictures. */
async function picture(name: string): Promise<void> {
  const path = join(ARTIFACTS, `${name}.png`);
  await page.screenshot({ path });
  const published = process.env.FAULTLINE_PICTURES;
  if (published === undefined) return;
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
    const text = await hoverMark(page, STOCK_QUERY, 'faultline');
    expect(text).toContain('SQL');
    expect(text).toContain('The database executes whatever the text says');
    expect(text).toContain('placeholders');
    expect(text).toContain('req.params.id');
    await picture('hover');
    await page.keyboard.press('Escape');
  });

  it('offers a fix and a suppression in the quick fix menu', async () => {
    const titles = await openQuickFixes(page, STOCK_QUERY);
    expect(titles.join('\n')).toMatch(/parameter|placeholder/i);
    expect(titles.join('\n')).toMatch(/ignore|suppress/i);
    await picture('quick-fix');
    await page.keyboard.press('Escape');
  });

  it('underlines the argument while it is typed, before saving, and lets go when it is fixed', async () => {
    await openFile(page, 'routes/orders.js');
    const handler = 1 + (await lineIndex("router.get('/', async"));
    await goToLine(page, handler);
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
    const left = (await marks(page)).filter((it) => it.line.includes('select * from u'));
    expect(left).toEqual([]);
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
    await openFile(page, 'routes/users.js');
    await waitForMark(page, 'req.body.url');
    await runCommand(page, 'Faultline: Restart');
    await openFile(page, 'routes/files.js');
    await waitForMark(page, 'path.join(INVOICES, req.query.file)');
  });
});

/** Index (from 0) of the line of the file in the active tab that contains a text, read from disk before any edit. */
async function lineIndex(text: string): Promise<number> {
  const lines = readFileSync(join(folder, 'routes', 'orders.js'), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  if (at < 0) throw new Error(`routes/orders.js has no line with ${text}`);
  return at;
}
