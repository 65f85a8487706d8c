// Installs the development dependencies when they are missing or are not those of package-lock.json.
// It must run on a bare Node, so it imports nothing that would have to be installed first.

import { existsSync, readFileSync } from 'node:fs';
import { fail, inRoot, isMain, run } from './common.mjs';

const NODE_MAJOR = 20;

/**
 * Makes node_modules match the lock file. Prints one line only if something had to be installed. Ends the process with a
 * message if Node is too old or npm fails.
 */
export async function setup() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR)
    fail(`Faultline needs Node ${NODE_MAJOR} or newer; this is Node ${process.versions.node}.`);
  const reason = staleness();
  if (reason === undefined) return;
  console.log(`setup: ${reason}; running npm ci (about 20 seconds)`);
  const { code, text } = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  if (code !== 0) fail(`setup: npm ci failed with exit code ${code}:\n${text}`);
}

/**
 * Why node_modules must be installed anew, or undefined if it is as the lock file says. Contents are compared, not times:
 * a fresh clone or a restored cache has arbitrary times. Packages for other platforms are optional and may be absent.
 */
function staleness() {
  const installedFile = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'dependencies are not installed';
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const present = installed[path];
    if (present === undefined && entry.optional) continue;
    if (present?.version !== entry.version)
      return `${path.replace(/^node_modules\//, '')} ${entry.version} is not installed`;
  }
  return undefined;
}

if (isMain(import.meta.url)) await setup();
