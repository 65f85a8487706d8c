// A window on a folder of its own, for one file of browser tests: opened before its tests, closed after them.
// The tests of a file run in order and share it; what a test leaves behind the next one sees, as in life.

import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { ARTIFACTS, inRoot } from '../../scripts/common.mjs';
import { logTail } from '../../scripts/host/code-server.ts';
import { openWorkbench, WINDOW } from '../../scripts/host/workbench.ts';

export interface Session {
  readonly page: Page;
  /** Absolute path of the opened folder. */
  readonly folder: string;
  /** Takes a picture of the window, or of its upper part; see PUBLISHED. */
  picture(name: string, height?: number): Promise<void>;
  /** Number (from 1) of the line of a file on disk that contains a text. */
  lineOf(path: string, text: string): number;
}
export interface Wanted {
  /** Name of the folder, as the window's title shows it. */
  readonly name: string;
  /** The file that is opened at the start. */
  readonly file?: string;
  /** Runs before the window opens: writes files and settings. */
  readonly before?: (folder: string, profile: string) => void | Promise<void>;
}

/** Pictures that `npm run pictures` puts into the repository, and where. All others stay in artifacts/. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  hover: ['docs/images/hover.png', 'media/walkthrough/see.png'],
  path: ['docs/images/path.png', 'media/walkthrough/follow.png'],
  'quick-fix': ['docs/images/quick-fix.png', 'media/walkthrough/fix.png'],
  suppressed: ['media/walkthrough/suppress.png'],
  findings: ['docs/images/findings.png'],
  why: ['docs/images/why.png'],
  'path-dark': ['docs/images/path-dark.png'],
  'path-contrast': ['docs/images/path-contrast.png'],
  'ai-consent': ['docs/images/ai-consent.png'],
  'ai-preview': ['docs/images/ai-preview.png'],
  'ai-explanation': ['docs/images/ai-explanation.png'],
  'ai-fix': ['docs/images/ai-fix.png'],
};

// Runs in the page; resolves when nothing fades in or slides any more (what turns for ever does not count).
const SETTLED = `Promise.all(document.getAnimations()
  .filter((it) => it.effect.getComputedTiming().iterations !== Infinity)
  .map((it) => it.finished.catch(() => undefined))).then(() => undefined)`;

/** Opens a window on a copy of samples/shop; call it at the top of a file. What it gives is there in tests. */
export function session(wanted: Wanted): Session {
  const host = inject('host');
  const folder = join(host.profile, wanted.name, 'shop');
  let page: Page | undefined;
  let close: () => Promise<void>;
  beforeAll(async () => {
    cpSync(inRoot('samples', 'shop'), folder, { recursive: true });
    await wanted.before?.(folder, host.profile);
    const browser = await chromium.connect(host.browser);
    close = () => browser.close();
    page = await openWorkbench(browser, host.server, {
      folder,
      ...(wanted.file !== undefined && { file: join(folder, wanted.file) }),
    });
  });
  afterEach(async (context) => {
    if (context.task.result?.state !== 'fail' || page === undefined) return;
    const name = `failure ${context.task.name}`.replace(/[^a-z]+/gi, '-');
    await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
    console.error(`picture: artifacts/${name}.png; server log ends:\n${logTail(host.server)}`);
  });
  afterAll(() => close());
  return {
    get page() {
      if (page === undefined) throw new Error('the window is not open yet');
      return page;
    },
    folder,
    async picture(name, height = WINDOW.height) {
      const path = join(ARTIFACTS, `${name}.png`);
      await page!.evaluate(SETTLED);
      await page!.screenshot({ path, clip: { x: 0, y: 0, width: WINDOW.width, height } });
      if (!process.env.FAULTLINE_PICTURES) return;
      for (const published of PUBLISHED[name] ?? []) {
        mkdirSync(inRoot(published, '..'), { recursive: true });
        copyFileSync(path, inRoot(published));
      }
    },
    lineOf(path, text) {
      const lines = readFileSync(join(folder, path), 'utf8').split('\n');
      const at = lines.findIndex((line) => line.includes(text));
      if (at < 0) throw new Error(`${path} has no line with ${text}`);
      return at + 1;
    },
  };
}
