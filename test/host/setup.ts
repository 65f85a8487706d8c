// Starts what all browser tests share, once: a VS Code server with the packaged extension, and a browser.
// Each file of tests opens a window of its own on a folder of its own.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ARTIFACTS, inRoot } from '../../scripts/common.mjs';
import { ensureChromium, serveBrowser } from '../../scripts/host/chromium.ts';
import {
  ensureCodeServer,
  installVsix,
  makeProfile,
  startServer,
  type Server,
} from '../../scripts/host/code-server.ts';

/** What a file of tests is told. */
export interface Host {
  readonly server: Pick<Server, 'url' | 'authority' | 'log'>;
  /** Folder of the profile: settings are in it, and the folders that are opened. */
  readonly profile: string;
  /** Where playwright connects to. */
  readonly browser: string;
}
declare module 'vitest' {
  interface ProvidedContext {
    host: Host;
  }
}

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

/** Called by Vitest; gives what ends it all. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => console.log(line);
  const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const vsix = inRoot(`${name}-${version}.vsix`);
  if (!existsSync(vsix)) throw new Error(`${vsix} is missing; run npm run package first`);
  mkdirSync(ARTIFACTS, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), 'faultline-browser-suite-'));
  const code = await ensureCodeServer(say);
  const chromium = await ensureChromium(say);
  makeProfile(profile, TYPING);
  await installVsix(code, profile, vsix);
  const server = await startServer(code, profile);
  const browser = await serveBrowser(chromium);
  const { url, authority, log } = server;
  project.provide('host', { server: { url, authority, log }, profile, browser: browser.endpoint });
  return async () => {
    await browser.close();
    await server.stop();
    rmSync(profile, { recursive: true, force: true });
  };
}
