// Writes what a person decided into the project's `.faultline` folder: models, settings, baseline; then all is judged anew.
// Comments and order of a file stay as they are; a file that is open with unsaved changes is not touched.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { FOLDER } from '../project/folder.ts';
import { l10n } from './l10n.ts';
import { projectFor, reloadProjects } from './projects.ts';
import { Refusal } from './refusal.ts';
import { folderOf, type State } from './state.ts';
import { pathOf, uriOf } from './uris.ts';

/** The folder that holds (or shall hold) `.faultline` for a file. Throws a Refusal if there can be none. */
export function projectRoot(state: State, uri: string): string {
  if (!state.trusted)
    throw new Refusal(l10n.t('Trust this workspace first: until then its .faultline folder is not used.'));
  const folder = folderOf(state, uri);
  const path = folder === undefined ? undefined : pathOf(folder.uri);
  const root = projectFor(state, uri).root ?? path;
  if (root === undefined)
    throw new Refusal(l10n.t('The file is in no folder of the workspace, so there is no place to write to.'));
  return root;
}

/** Reads a file of a project, changes its text and writes it; then projects are read again. Gives its URI. */
export async function changeProjectFile(
  state: State,
  root: string,
  path: readonly string[],
  change: (text: string | undefined) => string,
): Promise<string> {
  const file = join(root, FOLDER, ...path);
  const uri = uriOf(file);
  const old = await readFile(file, 'utf8').catch(() => undefined);
  const open = state.projectDocuments.get(uri);
  if (open !== undefined && open.getText() !== (old ?? ''))
    throw new Refusal(l10n.t('Save {0} first: it has changes that would be lost.', path.join('/')));
  const text = change(old);
  if (text !== old) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await reloadProjects(state);
  return uri;
}

/**
 * Adds a value to a list of a YAML file (made if it is not there), with comments and order kept. An equal one that is
 * there already is not added again. Throws a Refusal for a file that cannot be read.
 */
export function withEntry(text: string | undefined, head: string, key: string, value: object): string {
  const document = parsed(text, head);
  const list = (document.toJS() as Record<string, unknown> | null)?.[key];
  const has = Array.isArray(list) && list.some((it) => JSON.stringify(it) === JSON.stringify(value));
  if (has) return text ?? '';
  if (Array.isArray(list)) document.addIn([key], document.createNode(value));
  else document.setIn([key], document.createNode([value]));
  return document.toString({ lineWidth: 0 });
}

/** Sets a value in a YAML file, made if it is not there. */
export function withValue(
  text: string | undefined,
  head: string,
  path: readonly string[],
  value: unknown,
): string {
  const document = parsed(text, head);
  document.setIn([...path], value);
  return document.toString({ lineWidth: 0 });
}

function parsed(text: string | undefined, head: string): ReturnType<typeof parseDocument> {
  const document = parseDocument(text === undefined || text.trim() === '' ? `${head}{}\n` : text);
  const [error] = document.errors;
  if (error !== undefined) throw new Refusal(l10n.t('The file has to be mended first: {0}', error.message));
  // `{}` was only there to have something to add to; written out it would be one long line.
  if (typeof document.contents === 'object' && document.contents !== null && 'flow' in document.contents)
    document.contents.flow = false;
  return document;
}
