// What a person does in the VS Code workbench, as functions over its page: open, type, hover, run commands, look.
// Every step waits for what it caused to appear; nothing waits for a time.

import type { Browser, Page } from 'playwright-core';
import type { Server } from './code-server.ts';

/** How long any one thing may take before the step counts as failed: a cold extension host on a loaded machine. */
export const STEP_TIMEOUT_MS = 60_000;

/** How often a hover or the quick fix menu is asked for. */
const TRIES = 6;

/** The window that a person would have. */
export const WINDOW = { width: 1280, height: 800 };

// Runs in the page. Gives the underlined pieces of code on screen: the characters of the line that a squiggle lies under.
const MARKS = `
window.faultlineMarks = () => {
  const lines = [...document.querySelectorAll('.editor-instance .view-line, .monaco-editor .view-lines .view-line')];
  const marks = [];
  for (const mark of document.querySelectorAll('.squiggly-error, .squiggly-warning, .squiggly-info')) {
    const box = mark.getBoundingClientRect();
    if (box.width === 0) continue;
    const line = lines.find((it) => {
      const at = it.getBoundingClientRect();
      return at.top <= box.top + box.height / 2 && box.top + box.height / 2 < at.bottom + 2;
    });
    if (!line) continue;
    let text = '';
    const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      for (let at = 0; at < nodes.currentNode.length; at++) {
        const range = document.createRange();
        range.setStart(nodes.currentNode, at);
        range.setEnd(nodes.currentNode, at + 1);
        const char = range.getBoundingClientRect();
        const middle = char.left + char.width / 2;
        if (middle > box.left && middle < box.right) text += nodes.currentNode.data[at];
      }
    }
    const kind = /squiggly-(\\w+)/.exec(mark.className)[1];
    marks.push({ text: text.replace(/\\u00a0/g, ' '), kind, line: line.textContent.replace(/\\u00a0/g, ' '), x: box.left + Math.min(box.width / 2, 24), y: box.top + box.height / 2 });
  }
  return marks;
};`;

/** An underlined piece of code: its text, the severity word of the squiggle and the whole line. */
export interface Mark {
  readonly text: string;
  readonly kind: string;
  readonly line: string;
  /** A place near its beginning (its end may lie outside a narrow editor), in pixels of the page. */
  readonly x: number;
  readonly y: number;
}

export interface Place {
  /** Absolute path of the folder to open. */
  readonly folder: string;
  /** Absolute path of the file to open in it. */
  readonly file?: string;
  /** Pixels of pictures per pixel of the page, default 1. */
  readonly scale?: number;
}

type Address = Pick<Server, 'url' | 'authority'>;

/** Opens the workbench on a folder and, if given, a file; resolves when the code is visible. */
export async function openWorkbench(browser: Browser, server: Address, place: Place): Promise<Page> {
  const page = await browser.newPage({ viewport: WINDOW, deviceScaleFactor: place.scale ?? 1 });
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  await page.addInitScript({ content: MARKS });
  await page.goto(pageUrl(server, place));
  await page.waitForSelector('.monaco-workbench .part.statusbar');
  if (place.file !== undefined) await page.waitForSelector('.monaco-editor .view-line');
  return page;
}

/** The address that opens a folder and, if given, a file. */
export function pageUrl(server: Address, place: Place): string {
  const open =
    place.file === undefined ? [] : [['openFile', `vscode-remote://${server.authority}${place.file}`]];
  return `${server.url}/?folder=${readable(place.folder)}&payload=${readable(JSON.stringify(open))}`;
}

// A slash and a colon may stand in a query as they are, and people have to read the address.
const readable = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%3A', ':');

/** Resolves with a squiggle under exactly this text, once there is one. */
export async function waitForMark(page: Page, text: string): Promise<Mark> {
  const test = `window.faultlineMarks().find((it) => it.text === ${JSON.stringify(text)})`;
  return (await (await page.waitForFunction<Mark>(test)).jsonValue()) as Mark;
}

/** Resolves once no line that contains this text has a squiggle. Right after an edit there is none yet: wait for a later one first. */
export async function waitForNoMark(page: Page, lineText: string): Promise<void> {
  const test = `!window.faultlineMarks().some((it) => it.line.includes(${JSON.stringify(lineText)}))`;
  await page.waitForFunction(test);
}

/** Resolves with the first squiggle of any kind on screen. */
export async function waitForAnyMark(page: Page): Promise<Mark> {
  return (await (await page.waitForFunction<Mark>('window.faultlineMarks()[0]')).jsonValue()) as Mark;
}

/** Runs a command of the palette by the title it shows. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`>${title}`);
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  await row.waitFor();
  await row.click();
  // Away from what lies below the palette, which would show a tooltip.
  await page.mouse.move(0, 0);
  // The command may ask something itself, in the same box.
  await page.waitForFunction(
    `![...document.querySelectorAll('.quick-input-widget input.input')].some((it) => it.offsetParent && it.value.startsWith('>'))`,
  );
}

/** Opens a file of the folder through quick open, with the cursor at the end of a line (from 1). */
export async function openFile(page: Page, path: string, line: number): Promise<void> {
  await page.keyboard.press('Control+p');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(path);
  const name = path.split('/').at(-1)!;
  const exactly = page.getByText(name, { exact: true });
  const row = page.locator('.quick-input-list .monaco-list-row', { has: exactly }).first();
  await row.click();
  await page.locator('.tabs-container .tab.active', { has: exactly }).first().waitFor();
  await goToLine(page, line);
}

/** Puts the cursor at the end of a line (from 1). */
export async function goToLine(page: Page, line: number): Promise<void> {
  await page.keyboard.press('Control+g');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`:${line}`);
  await page
    .locator('.quick-input-list .monaco-list-row', { hasText: `line ${line}` })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
  await page.keyboard.press('End');
}

/** Hovers the squiggle under a text; gives the text that the hover shows once it contains `expected`. */
export async function hoverMark(page: Page, text: string, expected: string): Promise<string> {
  const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: expected }).first();
  for (let left = TRIES; ; left--) {
    const at = await waitForMark(page, text);
    await page.mouse.move(at.x, at.y + 200);
    await page.mouse.move(at.x, at.y, { steps: 5 });
    try {
      await hover.waitFor({ timeout: STEP_TIMEOUT_MS / TRIES });
      return await hover.innerText();
    } catch (error) {
      // An editor that still scrolls closes the hover under a person's hand too; one points again.
      if (left <= 1) throw error;
    }
  }
}

/** Puts the cursor on the squiggle under a text and opens the quick fix menu; gives the titles in it. */
export async function openQuickFixes(page: Page, text: string): Promise<string[]> {
  const at = await waitForMark(page, text);
  await page.mouse.click(at.x, at.y);
  // A click where the cursor is already would not bring the light bulb back.
  await page.keyboard.press('ArrowRight');
  await page.mouse.move(at.x + 300, at.y + 250);
  await page.locator('.monaco-hover:not(.hidden)').first().waitFor({ state: 'hidden' });
  await page.locator('.codicon-light-bulb, .codicon-lightbulb, [class*=lightbulb]').first().waitFor();
  const rows = page.locator('.action-widget .monaco-list-row.action');
  for (let left = TRIES; ; left--) {
    await page.keyboard.press('Control+.');
    try {
      await rows.first().waitFor({ timeout: STEP_TIMEOUT_MS / TRIES });
      return await rows.allInnerTexts();
    } catch (error) {
      // News about the document closes the menu under a person's hand too; one asks again.
      if (left <= 1) throw error;
    }
  }
}

/** Picks an entry of the open quick fix menu. */
export async function pickQuickFix(page: Page, title: string): Promise<void> {
  await page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first().click();
  await page.locator('.action-widget .monaco-list').first().waitFor({ state: 'hidden' });
}

/** Opens the Problems panel and gives the rows it shows once one contains `expected`. */
export async function problems(page: Page, expected: string): Promise<string[]> {
  const panel = page.locator('.markers-panel');
  if (!(await panel.isVisible())) await page.keyboard.press('Control+Shift+M');
  await panel.locator('.monaco-list-row', { hasText: expected }).first().waitFor();
  return panel.locator('.monaco-list-row').allInnerTexts();
}

/** The whole text of the editor that has the focus, through the clipboard: only a part of it is drawn. */
export async function copyAll(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  return page.evaluate('navigator.clipboard.readText()');
}
