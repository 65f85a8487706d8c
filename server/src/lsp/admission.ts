// Whether a file or document is analysed in the editor, and if not, why not: the same reasons the command line gives.
// A document that a person opened is analysed even if git ignores it; a file that merely lies there is not.

import { dirname, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Reason } from '../engine/engine.ts';
import { isManifest, languageOf, tooLarge, unfit } from '../project/classify.ts';
import { disk } from '../project/files.ts';
import { ignoredBy, layersOf, outerLayers } from '../project/ignored.ts';
import { languageOf as languageOfDocument } from '../syntax/language.ts';
import type { OpenDocument } from './documents.ts';
import { folderOf, settingsFor, type State } from './state.ts';
import { pathOf } from './uris.ts';

/** Why an open document is not analysed; undefined if it is. */
export function refusalOf(state: State, document: OpenDocument): Reason | undefined {
  const { uri, text } = document;
  const settings = settingsFor(state, uri);
  if (!settings.enable) return { code: 'excluded', text: 'switched off by the setting faultline.enable' };
  if (languageOfDocument(uri, text.languageId) === undefined) {
    return { code: 'unsupported', text: `Faultline does not read the language ${text.languageId}` };
  }
  const path = pathOf(uri) ?? uri;
  if (/[\\/]node_modules[\\/]/.test(path))
    return { code: 'ignored', text: 'an installed package (node_modules)' };
  const glob = excludedBy(state, uri);
  if (glob !== undefined)
    return { code: 'excluded', text: `matches ${glob} in the setting faultline.exclude` };
  return oversize(state, document) ?? unfit(path, text.getText());
}

/** Why a document has become too large for the setting; undefined if it has not. Cheap enough for every keystroke. */
export function oversize(state: State, document: OpenDocument): Reason | undefined {
  const text = document.text.getText();
  const limit = settingsFor(state, document.uri).maxFileSize;
  // UTF-8 takes one to three bytes for a UTF-16 unit: most documents are decided without counting.
  if (text.length * 3 <= limit) return undefined;
  return tooLarge(Buffer.byteLength(text), limit);
}

/** Why a file on disk that an event names is not analysed; undefined if it is. */
export async function fileRefusal(state: State, uri: string, path: string): Promise<Reason | undefined> {
  const settings = settingsFor(state, uri);
  if (!settings.enable) return { code: 'excluded', text: 'switched off by the setting faultline.enable' };
  if (languageOf(path) === undefined && !isManifest(path))
    return { code: 'unsupported', text: 'not a language that Faultline reads' };
  if (/[\\/](?:node_modules|\.git)[\\/]/.test(path))
    return { code: 'ignored', text: 'installed or internal' };
  const glob = excludedBy(state, uri);
  if (glob !== undefined)
    return { code: 'excluded', text: `matches ${glob} in the setting faultline.exclude` };
  const folder = folderOf(state, uri);
  const root = folder === undefined ? undefined : pathOf(folder.uri);
  const rule = root === undefined ? undefined : await ignoreRule(root, path);
  return rule === undefined ? undefined : { code: 'ignored', text: `matches ${rule}` };
}

/** The glob of faultline.exclude that leaves this file (or a folder above it) out. */
function excludedBy(state: State, uri: string): string | undefined {
  const folder = folderOf(state, uri);
  const path = pathOf(uri);
  const globs = settingsFor(state, uri).exclude;
  if (globs.length === 0 || folder === undefined || path === undefined) return undefined;
  const root = pathOf(folder.uri);
  if (root === undefined) return undefined;
  const parts = relative(root, path).split(sep);
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return globs.find((glob) => {
    const matches = matcher(glob);
    return prefixes.some((it) => matches(it));
  });
}

function matcher(glob: string): (path: string) => boolean {
  const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  try {
    return picomatch(clean.includes('/') ? clean.replace(/^\/+/, '') : `**/${clean}`, { dot: true });
  } catch {
    // Settings are checked when they are read; a glob that is no glob matches nothing.
    return () => false;
  }
}

/** The ignore rule that holds for a file: a folder on the way down may be ignored as a whole. */
async function ignoreRule(root: string, path: string): Promise<string | undefined> {
  const inside = relative(root, dirname(path))
    .split(sep)
    .filter((it) => it !== '');
  let layers = (await outerLayers(disk, root)).layers;
  let folder = root;
  for (const name of [...inside, undefined]) {
    layers = [...layers, ...(await layersOf(disk, folder)).layers];
    if (name === undefined) break;
    folder = `${folder}${sep}${name}`;
    const rule = ignoredBy(layers, folder, true);
    if (rule !== undefined) return rule;
  }
  return ignoredBy(layers, path, false);
}
