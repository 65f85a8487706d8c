// A temporary folder with files, and what discovery says about it, for tests.
// Paths in results are relative, so that expectations read like listings.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { discover } from '../../server/src/project/discover.ts';
import type { DiscoverEvent, DiscoverOptions } from '../../server/src/project/discover.ts';

/** Makes a folder with these files (a name that ends in `/` is an empty folder); it is removed after the test. */
export function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, content);
  }
  return root;
}

/** All events of a discovery as lines: `file a.js`, `ignored dist/: reason`, `failed unreadable b.js: reason`. */
export async function listing(
  root: string,
  options: DiscoverOptions = {},
  roots: readonly string[] = ['.'],
): Promise<string[]> {
  const lines: string[] = [];
  for await (const event of discover(
    roots.map((it) => join(root, it)),
    options,
  )) {
    lines.push(lineOf(root, event));
  }
  return lines;
}

/** The listing without reasons. */
export async function short(
  root: string,
  options: DiscoverOptions = {},
  roots: readonly string[] = ['.'],
): Promise<string[]> {
  return (await listing(root, options, roots)).map((it) => it.replace(/:.*$/s, ''));
}

function lineOf(root: string, event: DiscoverEvent): string {
  const path = relative(root, event.path) || '.';
  if (event.type === 'file') return `file ${path}`;
  const reason = event.reason.text.replaceAll(root, '$ROOT');
  if (event.type === 'failed') return `failed ${event.reason.code} ${path}: ${reason}`;
  return `${event.reason.code} ${path}${event.isFolder ? '/' : ''}: ${reason}`;
}
