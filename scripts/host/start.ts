// Opens samples/shop in a VS Code with the packaged extension: a desktop `code` if there is one, else code-server.
// `--ai-demo` has a server on this machine answer questions to language models, with canned answers. `--check` does it headless and succeeds only when a squiggle of Faultline is really on the screen.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTIFACTS, CACHE, fail, inRoot, run } from '../common.mjs';
import { ensureChromium, launchBrowser, onPath } from './chromium.ts';
import { startCanned } from './canned.ts';
import {
  codeServerObstacle,
  ensureCodeServer,
  installVsix,
  logTail,
  machineSettings,
  makeProfile,
  startServer,
} from './code-server.ts';
import { openWorkbench, pageUrl, problems, waitForAnyMark } from './workbench.ts';

const FOLDER = inRoot('samples', 'shop');
const FILE = join(FOLDER, 'routes', 'products.js');
const say = (line: string) => console.log(`start: ${line}`);

const vsix = process.env.FAULTLINE_VSIX;
if (vsix === undefined) fail('start: FAULTLINE_VSIX is not set; use npm start');
const args = process.argv.slice(2);
const KNOWN = ['--check', '--ai-demo'];
const unknown = args.find((arg) => !KNOWN.includes(arg));
if (unknown !== undefined) fail(`start: unknown argument ${unknown}; known: ${KNOWN.join(', ')}`);
const demo = args.includes('--ai-demo');

try {
  if (args.includes('--check')) await check(vsix);
  else if (demo || !(await desktop(vsix))) await server(vsix);
} catch (error) {
  fail(`start: ${error instanceof Error ? error.message : String(error)}`);
}

/** Opens the desktop VS Code with a profile of its own. False if there is none, or it does not start. */
async function desktop(path: string): Promise<boolean> {
  const code = onPath(process.platform === 'win32' ? 'code.cmd' : 'code');
  if (code === undefined) return false;
  const profile = [
    '--user-data-dir',
    join(CACHE, 'desktop'),
    '--extensions-dir',
    join(CACHE, 'desktop-extensions'),
  ];
  const installed = await run(code, [...profile, '--install-extension', path, '--force']);
  const opened =
    installed.code === 0 ? await run(code, [...profile, '--new-window', FOLDER, '--goto', FILE]) : installed;
  if (opened.code !== 0) {
    say(`${code} did not start (${opened.text.trim().split('\n').at(-1)}); trying code-server`);
    return false;
  }
  say(`samples/shop is open in ${code}`);
  return true;
}

/** Serves the workbench until Ctrl+C. */
async function server(path: string): Promise<void> {
  const obstacle = codeServerObstacle();
  if (obstacle !== undefined)
    fail(`start: there is no \`code\` on PATH and ${obstacle}; install VS Code and its \`code\` command.`);
  const code = await ensureCodeServer(say);
  const profile = join(CACHE, 'profile');
  makeProfile(profile);
  const canned = demo ? await startCanned() : undefined;
  machineSettings(profile, canned ? { 'faultline.ai.endpoint': canned.url } : {});
  if (canned) {
    say(`CANNED ANSWERS from ${canned.url}: no language model is asked, and nothing leaves this machine`);
    say('any text will do for “Faultline: Set API Key”; then hover a finding, or use the light bulb');
  }
  await installVsix(code, profile, path);
  const running = await startServer(code, profile, { port: Number(process.env.FAULTLINE_PORT ?? 0) });
  say(`open ${pageUrl(running, { folder: FOLDER, file: FILE })}`);
  say('Ctrl+C ends it');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.stop());
  await running.ended;
  await canned?.close();
}

/** Starts everything headless, waits for a squiggle of Faultline and takes its picture. */
async function check(path: string): Promise<void> {
  const code = await ensureCodeServer(say);
  const chromium = await ensureChromium(say);
  const profile = mkdtempSync(join(tmpdir(), 'faultline-start-'));
  makeProfile(profile);
  await installVsix(code, profile, path);
  const running = await startServer(code, profile);
  const browser = await launchBrowser(chromium);
  mkdirSync(ARTIFACTS, { recursive: true });
  const picture = join(ARTIFACTS, 'start.png');
  try {
    const page = await openWorkbench(browser, running, { folder: FOLDER, file: FILE });
    try {
      const mark = await waitForAnyMark(page);
      await problems(page, 'faultline');
      say(`squiggle (${mark.kind}) under: ${mark.text}`);
    } finally {
      await page.screenshot({ path: picture });
      say(`picture: ${picture}`);
    }
  } catch (error) {
    throw new Error(
      `no squiggle of Faultline appeared (${String(error)}); server log:\n${logTail(running)}`,
      {
        cause: error,
      },
    );
  } finally {
    await browser.close();
    await running.stop();
    rmSync(profile, { recursive: true, force: true });
  }
}
