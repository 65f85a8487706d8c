// Finds a Chromium-like browser and starts it through playwright-core.
// No browser is downloaded: one on PATH is used, or Debian's package is installed when that can be done without asking.

import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { run } from '../common.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Absolute path of a program on PATH, or undefined. */
export function onPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * Path of a browser: FAULTLINE_CHROMIUM, one on PATH, or Debian's (installed now if this is root on Debian). Throws with
 * one line that says what to install.
 */
export async function ensureChromium(say: (line: string) => void): Promise<string> {
  const found = process.env.FAULTLINE_CHROMIUM ?? NAMES.map(onPath).find((path) => path !== undefined);
  if (found !== undefined) return found;
  const missing = 'no Chromium on PATH: install the package chromium, or name one in FAULTLINE_CHROMIUM';
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(missing);
  say('installing chromium with apt-get (once)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  const { code, text } = await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
    env,
  });
  const installed = onPath('chromium');
  if (installed === undefined)
    throw new Error(`${missing} (apt-get ended with ${code}: ${text.slice(-300)})`);
  return installed;
}

/** Starts the browser, headless, with a home folder of its own. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'faultline-browser-'));
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: FLAGS,
    env: { ...(process.env as Record<string, string>), HOME: home },
  });
  browser.once('disconnected', () => rmSync(home, { recursive: true, force: true }));
  return browser;
}

/** Starts the browser for several programs, headless; they connect to `endpoint`. */
export async function serveBrowser(
  executablePath: string,
): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'faultline-browser-'));
  const server = await chromium.launchServer({
    executablePath,
    headless: true,
    args: FLAGS,
    env: { ...(process.env as Record<string, string>), HOME: home },
    host: '127.0.0.1',
  });
  return {
    endpoint: server.wsEndpoint(),
    async close() {
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
