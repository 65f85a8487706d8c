// Drives a real VS Code workbench with the packaged VSIX, as a person does: looks, types, hovers, picks from menus.
// The tests share one window and run in order; pictures of what was seen go to artifacts/ (and docs/images on request).

import { describe, expect, it } from 'vitest';
import {
  goToLine,
  hoverMark,
  openFile,
  openQuickFixes,
  pickQuickFix,
  problems,
  runCommand,
  waitForAnyMark,
  waitForMark,
  waitForNoMark,
  WINDOW,
} from '../../scripts/host/workbench.ts';
import { session } from './session.ts';

const STOCK_QUERY = "'SELECT amount FROM stock WHERE product_id = ' + req.params.id + ' AND warehouse = ?'";
const TYPED = '"select * from u where id=" + req.query.id';

const shop = session({ name: 'first', file: 'routes/products.js' });

describe('the workbench with Faultline', () => {
  it('shows the first squiggle without being asked', async () => {
    await waitForAnyMark(shop.page);
    const mark = await waitForMark(shop.page, STOCK_QUERY);
    expect(mark.kind).toBe('error');
  });

  it('explains in the hover what, why, what instead, and the way', async () => {
    const text = await hoverMark(shop.page, STOCK_QUERY, 'The database executes whatever the text says');
    expect(text).toContain('SQL');
    expect(text).toContain('placeholders');
    expect(text).toContain('req.params.id');
    await shop.page.keyboard.press('Escape');
  });

  it('tells the way through other files', async () => {
    // A hover is at most a quarter as high as the editor; the picture shall show all of it.
    await shop.page.setViewportSize({ width: WINDOW.width, height: 1900 });
    await openFile(shop.page, 'lib/catalog.js', shop.lineOf('lib/catalog.js', 'db.query(sql)'));
    const text = await hoverMark(shop.page, 'sql', 'The database executes whatever the text says');
    expect(text).toContain('products.js');
    expect(text).toContain('sink: reaches Connection.query()');
    await shop.picture('hover', 830);
    await shop.page.keyboard.press('Escape');
    await shop.page.setViewportSize(WINDOW);
  });

  it('offers a fix and a suppression in the quick fix menu', async () => {
    await openFile(shop.page, 'routes/products.js', shop.lineOf('routes/products.js', 'SELECT amount'));
    await waitForMark(shop.page, STOCK_QUERY);
    const titles = await openQuickFixes(shop.page, STOCK_QUERY);
    expect(titles.join('\n')).toMatch(/parameter|placeholder/i);
    expect(titles.join('\n')).toMatch(/ignore|suppress/i);
    await shop.picture('quick-fix');
    await shop.page.keyboard.press('Escape');
  });

  it('mends the code when the fix is picked', async () => {
    await openQuickFixes(shop.page, STOCK_QUERY);
    await pickQuickFix(shop.page, 'Pass the values as query parameters');
    await shop.page
      .locator('.view-line', { hasText: "'SELECT amount FROM stock WHERE product_id = ? AND warehouse = ?'" })
      .waitFor();
    await waitForNoMark(shop.page, 'SELECT amount');
    await shop.picture('fixed');
    await shop.page.keyboard.press('Control+z');
    await waitForMark(shop.page, STOCK_QUERY);
  });

  it('hides a finding for a reason that it asks for', async () => {
    await openQuickFixes(shop.page, STOCK_QUERY);
    await pickQuickFix(shop.page, 'Suppress sql for this line');
    const input = shop.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await shop.page.keyboard.type('ids are checked by the gateway');
    await shop.page.keyboard.press('Enter');
    const comment = 'faultline-ignore: sql -- ids are checked by the gateway';
    await shop.page.locator('.view-line', { hasText: comment }).waitFor();
    await waitForNoMark(shop.page, 'SELECT amount');
    await shop.picture('suppressed');
    await shop.page.keyboard.press('Control+z');
    await waitForMark(shop.page, STOCK_QUERY);
  });

  it('underlines the argument while it is typed, before saving, and lets go when it is fixed', async () => {
    const handler = shop.lineOf('routes/orders.js', "router.get('/', async");
    await openFile(shop.page, 'routes/orders.js', handler);
    await shop.page.keyboard.press('Enter');
    await shop.page.keyboard.type(`  await db.query(${TYPED});`);
    const mark = await waitForMark(shop.page, TYPED);
    expect(mark.kind).toBe('error');
    expect(await shop.page.locator('.tab.active.dirty').count()).toBe(1);
    await shop.picture('typing');
    await goToLine(shop.page, handler + 1);
    await shop.page.keyboard.press('Shift+Home');
    await shop.page.keyboard.type('  await db.query("select * from u where id=?", [req.query.id]);');
    // A later finding proves that the engine has seen the mended line too.
    await shop.page.keyboard.press('Enter');
    await shop.page.keyboard.type('  eval(req.query.later);');
    await waitForMark(shop.page, 'req.query.later');
    await waitForNoMark(shop.page, 'select * from u');
  });

  it('lists the findings in the Problems panel', async () => {
    const rows = await problems(shop.page, 'faultline');
    expect(rows.join('\n')).toContain('orders.js');
    await shop.picture('problems');
  });

  it('scans the workspace and shows what it found in closed files', async () => {
    await runCommand(shop.page, 'Faultline: Scan Workspace');
    await shop.page
      .locator('.notifications-toasts .notification-list-item', { hasText: /finding/i })
      .first()
      .waitFor();
    const rows = await problems(shop.page, 'admin.js');
    expect(rows.join('\n')).toContain('images.js');
    await shop.picture('scan');
  });

  it('works again after Restart Server', async () => {
    await openFile(shop.page, 'routes/users.js', shop.lineOf('routes/users.js', 'axios.get(req.body.url'));
    await waitForMark(shop.page, 'req.body.url');
    await runCommand(shop.page, 'Faultline: Restart');
    // The scan knew this file from before; what is typed now can only come from the new server.
    await shop.page.keyboard.press('Enter');
    await shop.page.keyboard.type('  eval(req.query.again);');
    await waitForMark(shop.page, 'req.query.again');
    await waitForMark(shop.page, 'req.body.url');
  });
});
