// Whether a file or document is analysed in the editor, and if not, why not: the same reasons the command line gives.
// A document that a person opened is analysed even if git ignores it; a file that merely lies there is not.

import { foldersDown } from '../base/paths.ts';
import type { Reason } from '../engine/engine.ts';
import { isManifest, languageOf, tooLarge, unfit } from '../project/classify.ts';
import { excludedBy } from '../project/folder.ts';
import { firstGlob } from '../project/globs.ts';
import { relativeTo } from '../project/policy.ts';
import { disk } from '../project/files.ts';
import { ignoredBy, layersOf, outerLayers } from '../project/ignored.ts';
import { languageOf as languageOfDocument } from '../syntax/language.ts';
import type { OpenDocument } from './documents.ts';
import { l10n } from './l10n.ts';
import { policyFor, sizeLimitOf } from './projects.ts';
import { folderOf, settingsFor, type State } from './state.ts';
import { pathOf } from './uris.ts';

/** Why an open document is not analysed; undefined if it is. */
export function refusalOf(state: State, document: OpenDocument): Reason | undefined {
  const { uri, text } = document;
  const settings = settingsFor(state, uri);
  if (!settings.enable)
    return { code: 'excluded', text: l10n.t('switched off by the setting faultline.enable') };
  if (languageOfDocument(uri, text.languageId) === undefined) {
    return { code: 'unsupported', text: l10n.t('Faultline does not read the language {0}', text.languageId) };
  }
  const path = pathOf(uri) ?? uri;
  if (/[\\/]node_modules[\\/]/.test(path))
    return { code: 'ignored', text: l10n.t('an installed package (node_modules)') };
  const excluded = excludedHere(state, uri);
  if (excluded !== undefined) return { code: 'excluded', text: excluded };
  return oversize(state, document) ?? unfit(path, text.getText());
}

/** Why a document has become too large for the setting; undefined if it has not. Cheap enough for every keystroke. */
export function oversize(state: State, document: OpenDocument): Reason | undefined {
  const text = document.text.getText();
  const limit = sizeLimitOf(state, document.uri);
  // UTF-8 takes one to three bytes for a UTF-16 unit: most documents are decided without counting.
  if (text.length * 3 <= limit) return undefined;
  return tooLarge(Buffer.byteLength(text), limit);
}

/** Why a file on disk that an event names is not analysed; undefined if it is. */
export async function fileRefusal(state: State, uri: string, path: string): Promise<Reason | undefined> {
  const settings = settingsFor(state, uri);
  if (!settings.enable)
    return { code: 'excluded', text: l10n.t('switched off by the setting faultline.enable') };
  if (languageOf(path) === undefined && !isManifest(path))
    return { code: 'unsupported', text: l10n.t('not a language that Faultline reads') };
  if (/[\\/](?:node_modules|\.git)[\\/]/.test(path))
    return { code: 'ignored', text: l10n.t('installed or internal') };
  const excluded = excludedHere(state, uri);
  if (excluded !== undefined) return { code: 'excluded', text: excluded };
  const folder = folderOf(state, uri);
  const root = folder === undefined ? undefined : pathOf(folder.uri);
  const rule = root === undefined ? undefined : await ignoreRule(root, path);
  return rule === undefined ? undefined : { code: 'ignored', text: l10n.t('matches {0}', rule) };
}

/** Why the settings leave this file (or a folder above it) out, as a phrase. */
function excludedHere(state: State, uri: string): string | undefined {
  const folder = folderOf(state, uri);
  const path = folder === undefined ? undefined : relativeTo(folder.uri, uri);
  const glob = path === undefined ? undefined : firstGlob(settingsFor(state, uri).exclude, path);
  if (glob !== undefined) return `matches ${glob} in the setting faultline.exclude`;
  return excludedBy(policyFor(state, uri), uri);
}

/** The ignore rule that holds for a file: a folder on the way down may be ignored as a whole. */
async function ignoreRule(root: string, path: string): Promise<string | undefined> {
  let layers = (await outerLayers(disk, root)).layers;
  for (const folder of foldersDown(root, path)) {
    const rule = folder === root ? undefined : ignoredBy(layers, folder, true);
    if (rule !== undefined) return rule;
    layers = [...layers, ...(await layersOf(disk, folder)).layers];
  }
  return ignoredBy(layers, path, false);
}
