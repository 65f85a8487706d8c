// Runs a suite inside code-server's extension host, as `code --extensionTestsPath=…` does in the desktop VS Code.
// The exit code is the suite's; the workbench runs in a headless browser and reports it through two page functions.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureChromium, launchBrowser } from './chromium.ts';
import { ensureCodeServer, logTail, makeProfile, startServer, VSCODE_VERSION } from './code-server.ts';

const RUN_TIMEOUT_MS = 300_000;

const args = process.argv.slice(2);
if (args.includes('--version')) {
  console.log(`${VSCODE_VERSION}\n0000000000000000000000000000000000000000\n${process.arch}`);
  process.exit(0);
}
const development = valueOf('extensionDevelopmentPath');
const tests = valueOf('extensionTestsPath');
const folder = resolve(args.find((arg) => !arg.startsWith('-')) ?? '.');
if (development === undefined || tests === undefined) {
  console.error('this stand-in for code needs --extensionDevelopmentPath= and --extensionTestsPath=');
  process.exit(2);
}
process.exitCode = await runInside(development, tests);

function valueOf(name: string): string | undefined {
  const prefix = `--${name}=`;
  const arg = args.find((it) => it.startsWith(prefix));
  return arg === undefined ? undefined : resolve(arg.slice(prefix.length));
}

async function runInside(extensionPath: string, testsPath: string): Promise<number> {
  const say = (line: string) => console.log(line);
  const code = await ensureCodeServer(say);
  const chromium = await ensureChromium(say);
  const profile = mkdtempSync(join(tmpdir(), 'faultline-host-'));
  makeProfile(profile);
  const server = await startServer(code, profile, { automation: true });
  const browser = await launchBrowser(chromium);
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await browser.newPage();
    const ended = new Promise<number>((done, failed) => {
      timer = setTimeout(
        () => failed(new Error(`the suite did not end in ${RUN_TIMEOUT_MS} ms`)),
        RUN_TIMEOUT_MS,
      );
      void page.exposeFunction('codeAutomationExit', (exitCode: number) => done(exitCode));
      browser.once('disconnected', () => failed(new Error('the browser ended')));
      page.once('crash', () => failed(new Error('the page crashed')));
    });
    // A failure before anybody waits for it is told by what failed then; it must not end the process here.
    ended.catch(() => undefined);
    await page.exposeFunction('codeAutomationLog', (kind: string, parts: unknown[]) => {
      if (kind === 'error') console.error(...parts);
    });
    const remote = (path: string) => `vscode-remote://${server.authority}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extensionPath)],
      ['extensionTestsPath', remote(testsPath)],
    ];
    const query = `folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    await page.goto(`${server.url}/?${query}`);
    return await ended;
  } catch (error) {
    console.error(String(error), logTail(server));
    return 1;
  } finally {
    clearTimeout(timer);
    await browser.close();
    await server.stop();
    rmSync(profile, { recursive: true, force: true });
  }
}
