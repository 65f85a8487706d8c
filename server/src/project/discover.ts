// Walks folders and yields every file to analyse, and every file left out with the reason.
// It streams in sorted order and holds one file at a time; nothing is left out without an event.

import { basename, dirname, join, resolve, sep } from 'node:path';
import { pathFrom, slashed } from '../base/paths.ts';
import picomatch from 'picomatch';
import { URI } from 'vscode-uri';
import type { Reason, Uri } from '../engine/engine.ts';
import type { LanguageId } from '../syntax/language.ts';
import {
  decode,
  extensionOf,
  isManifest,
  languageOf,
  languageOfShebang,
  tooLarge,
  unfit,
  unreadable,
} from './classify.ts';
import { disk, errorCode } from './files.ts';
import type { Entry, EntryKind, FileSystem } from './files.ts';
import { foldersFromRepository, ignoredBy, layersOf, outerLayers, withoutOverruled } from './ignored.ts';
import type { Layer } from './ignored.ts';
import { MAX_FILE_SIZE, SHEBANG_PROBE } from './limits.ts';

export interface DiscoverOptions {
  /** Bytes; files above are skipped. Default 1 MB, Infinity for none. */
  readonly maxFileSize?: number;
  /** Globs of files and folders to leave out: without a slash a name at any depth, else relative to the root. */
  readonly exclude?: readonly string[];
  /** Leaves more out: the reason as a phrase for a path (absolute), undefined for what stays in. */
  readonly excludedBy?: (path: string) => string | undefined;
  /** Absolute paths to pass over as if they were not there, e.g. the report being written. */
  readonly invisible?: readonly string[];
  /** Default: the disk. */
  readonly fs?: FileSystem;
}

export interface FoundFile {
  readonly type: 'file';
  /** Absolute, spelled below the root as given (roots may be symbolic links). */
  readonly path: string;
  readonly uri: Uri;
  /** `json`: a manifest (package.json, pyproject.toml …), for the engine to know of and not to analyse. */
  readonly languageId: LanguageId | 'json';
  readonly text: string;
  /** Bytes on disk. */
  readonly size: number;
  /** Named itself rather than found in a folder. */
  readonly named: boolean;
}
/** Left out on purpose. For `unsupported` the extension counts, not the file. */
export interface Skipped {
  readonly type: 'skip';
  readonly path: string;
  readonly uri: Uri;
  readonly reason: Reason;
  readonly isFolder: boolean;
  readonly named: boolean;
}
/** Should have been analysed (or walked) and could not be. Counts as a failure of the scan. */
export interface Failed {
  readonly type: 'failed';
  readonly path: string;
  readonly uri: Uri;
  readonly reason: Reason;
  readonly named: boolean;
}
export type DiscoverEvent = FoundFile | Skipped | Failed;

// Other people's code and the tools' own stores. Named on the command line they are walked like any folder.
const FOREIGN_FOLDERS = new Map([
  ['node_modules', 'installed packages'],
  ['bower_components', 'installed packages'],
  ['jspm_packages', 'installed packages'],
  ['.yarn', 'installed packages'],
  ['.pnpm-store', 'installed packages'],
  ['site-packages', 'installed packages'],
  ['dist-packages', 'installed packages'],
  ['.venv', 'installed packages'],
  ['venv', 'installed packages'],
  ['.tox', 'installed packages'],
  ['.nox', 'installed packages'],
  ['.eggs', 'installed packages'],
  ['__pycache__', 'compiled code'],
  ['.git', 'version control'],
  ['.hg', 'version control'],
  ['.svn', 'version control'],
]);

interface Root {
  readonly path: string;
  /** Without symbolic links; what lies outside of it does not belong to the scan. */
  readonly real: string;
  readonly excluded: (path: string) => string | undefined;
}

interface Walk {
  readonly fs: FileSystem;
  readonly limit: number;
  readonly exclude: readonly string[];
  readonly excludedBy: (path: string) => string | undefined;
  readonly invisible: ReadonlySet<string>;
  /** Files already yielded, kept only where several roots may overlap. */
  readonly seen: Set<string> | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Yields what is below `roots` (folders and single files, absolute or relative to the working folder). Sorted by path
 * within a root, the roots in sorted order with single files first; a file below two roots comes once. Ends early,
 * without an error, when `signal` is aborted. A root that does not exist is a `failed` event. Never throws for what is
 * on disk; throws for an `exclude` glob that is not one (see `checkGlob`).
 */
export async function* discover(
  roots: readonly string[],
  options: DiscoverOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<DiscoverEvent, void, undefined> {
  const paths = [...new Set(roots.map((it) => resolve(it)))].sort(compare);
  for (const glob of options.exclude ?? []) checkGlob(glob);
  const walk: Walk = {
    fs: options.fs ?? disk,
    limit: options.maxFileSize ?? MAX_FILE_SIZE,
    exclude: options.exclude ?? [],
    excludedBy: options.excludedBy ?? (() => undefined),
    invisible: new Set((options.invisible ?? []).map((it) => resolve(it))),
    seen: paths.length > 1 ? new Set() : undefined,
    signal,
  };
  const folders: string[] = [];
  for (const path of paths) {
    if (signal?.aborted) return;
    const kind = await kindOrFailure(walk, path);
    if (kind === 'folder') folders.push(path);
    else if (typeof kind !== 'string') yield kind;
    else if (kind === 'file') yield* namedFile(walk, path);
    else yield failed(path, { code: 'not-a-file', text: 'neither a file nor a folder' }, true);
  }
  for (const path of folders) yield* walkFolder(walk, path);
}

/** Manifests looked for above a root. */
const MANIFESTS = ['jsconfig.json', 'package.json', 'pyproject.toml', 'setup.cfg', 'tsconfig.json'];

/** Why a glob cannot be used, or undefined. */
export function globProblem(glob: string): string | undefined {
  if (glob.trim() === '') return 'it is empty';
  if (glob.startsWith('!')) return 'name what to leave out; a glob that starts with ! is not supported';
  try {
    picomatch(glob, { dot: true });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkGlob(glob: string): void {
  const problem = globProblem(glob);
  if (problem !== undefined) throw new Error(`the glob “${glob}” cannot be used: ${problem}`);
}

interface Frame {
  readonly folder: string;
  readonly layers: readonly Layer[];
  readonly entries: readonly Entry[];
  next: number;
}

async function* walkFolder(walk: Walk, path: string): AsyncGenerator<DiscoverEvent, void, undefined> {
  const root: Root = {
    path,
    real: await walk.fs.real(path).catch(() => path),
    excluded: excluder(path, walk),
  };
  yield* outerManifests(walk, path);
  const outer = await outerLayers(walk.fs, path);
  for (const it of outer.problems) yield failed(it.path, { code: 'unreadable', text: it.text }, false);
  const stack: Frame[] = [];
  yield* enter(walk, stack, path, outer.layers);
  while (stack.length > 0) {
    if (walk.signal?.aborted) return;
    const frame = stack[stack.length - 1]!;
    const entry = frame.entries[frame.next++];
    if (entry === undefined) {
      stack.pop();
      continue;
    }
    const at = join(frame.folder, entry.name);
    if (walk.invisible.has(at)) continue;
    if (entry.kind !== 'folder') {
      const event = await visitFile(walk, root, frame.layers, at, entry);
      if (event && !repeated(walk, event)) yield event;
      continue;
    }
    const reason = leftOut(root, frame.layers, at, true);
    const left = reason && skipped(at, reason, true);
    if (left === undefined) yield* enter(walk, stack, at, withoutOverruled(frame.layers, at));
    else if (!repeated(walk, left)) yield left;
  }
}

/** Lists a folder and pushes it, or says why that cannot be done. */
async function* enter(
  walk: Walk,
  stack: Frame[],
  folder: string,
  layers: readonly Layer[],
): AsyncGenerator<DiscoverEvent, void, undefined> {
  let entries: readonly Entry[];
  try {
    entries = await walk.fs.list(folder);
  } catch (error) {
    yield failed(folder, ioReason(error, 'the folder'), stack.length === 0);
    return;
  }
  const own = await layersOf(
    walk.fs,
    folder,
    entries.map((it) => it.name),
  );
  for (const it of own.problems) yield failed(it.path, { code: 'unreadable', text: it.text }, false);
  // Sorted as the full paths would be: a folder counts as its name with the slash.
  const key = (it: Entry): string => (it.kind === 'folder' ? `${it.name}/` : it.name);
  stack.push({
    folder,
    layers: own.layers.length === 0 ? layers : [...layers, ...own.layers],
    entries: [...entries].sort((a, b) => compare(key(a), key(b))),
    next: 0,
  });
}

/** What becomes of an entry that is not a folder. The cheap questions come first: most files end at the first. */
async function visitFile(
  walk: Walk,
  root: Root,
  layers: readonly Layer[],
  path: string,
  entry: Entry,
): Promise<DiscoverEvent | undefined> {
  if (entry.kind === 'link') return visitLink(walk, root, layers, path);
  let languageId = readAs(path);
  if (entry.kind === 'special') {
    if (languageId === undefined) return unsupported(path);
    return skipped(path, { code: 'not-a-file', text: 'a pipe, socket or device, not a file' });
  }
  if (languageId === undefined && extensionOf(path) !== '') return unsupported(path);
  const reason = leftOut(root, layers, path, false);
  if (reason) return languageOf(path) === undefined ? unsupported(path) : skipped(path, reason);
  languageId ??= await scriptLanguage(walk, path);
  if (languageId === undefined) return unsupported(path);
  return readFound(walk, path, languageId, false);
}

/**
 * Links are never followed: what a link inside the folder points to is met under its own path, once, and what lies
 * outside of the folder is not part of the scan. So loops cannot be entered.
 */
async function visitLink(
  walk: Walk,
  root: Root,
  layers: readonly Layer[],
  path: string,
): Promise<DiscoverEvent> {
  const target = await walk.fs.kind(path, true).catch((error: unknown) => errorCode(error) || 'EIO');
  const isFolder = target === 'folder';
  if (!isFolder && languageOf(path) === undefined) return unsupported(path);
  const reason = leftOut(root, layers, path, isFolder);
  if (reason) return skipped(path, reason, isFolder);
  const link = (text: string): Skipped => skipped(path, { code: 'symlink', text }, isFolder);
  if (target === 'ELOOP') return link('a link that leads back to itself');
  if (target === 'ENOENT' || target === 'ENOTDIR') return link('a link to something that does not exist');
  const real = await walk.fs.real(path).catch(() => undefined);
  if (real === undefined) return link('a link whose target cannot be read');
  if (real === root.real || root.real.startsWith(real + sep)) return link(`a link back to ${real}`);
  if (real.startsWith(root.real + sep)) return link(`a link to ${real}, which is scanned under its own path`);
  return link(`a link to ${real}, outside of the scanned folder`);
}

/**
 * The manifests above a root, up to the top of its repository: they say what package it belongs to and how its imports
 * are found, as they do for an editor that has the whole repository open.
 */
async function* outerManifests(walk: Walk, root: string): AsyncGenerator<DiscoverEvent, void, undefined> {
  for (const folder of await foldersFromRepository(walk.fs, root)) {
    for (const name of MANIFESTS) {
      const path = join(folder, name);
      if (!(await isFile(walk, path))) continue;
      const event = await readFound(walk, path, 'json', false);
      if (!repeated(walk, event)) yield event;
    }
  }
}

async function isFile(walk: Walk, path: string): Promise<boolean> {
  return walk.fs.kind(path, true).then(
    (kind) => kind === 'file',
    () => false,
  );
}

/** A file named on the command line: ignore rules, foreign folders and generated markers do not apply. */
async function* namedFile(walk: Walk, path: string): AsyncGenerator<DiscoverEvent, void, undefined> {
  const excluded = excluder(dirname(path), walk)(path);
  if (excluded !== undefined) {
    yield { ...skipped(path, { code: 'excluded', text: excluded }), named: true };
    return;
  }
  const languageId =
    readAs(path) ?? (extensionOf(path) === '' ? await scriptLanguage(walk, path) : undefined);
  const event = languageId === undefined ? unsupported(path) : await readFound(walk, path, languageId, true);
  if (repeated(walk, event)) return;
  yield { ...event, named: true };
  if (languageOf(path) !== undefined) yield* outerManifests(walk, path);
}

async function readFound(
  walk: Walk,
  path: string,
  languageId: LanguageId | 'json',
  named: boolean,
): Promise<DiscoverEvent> {
  // A limit on source files must not hide what decides how they are understood.
  const limit = languageId === 'json' ? Math.max(walk.limit, MAX_FILE_SIZE) : walk.limit;
  try {
    const content = await walk.fs.read(path, limit);
    if ('special' in content) return skipped(path, { code: 'not-a-file', text: 'not a file any more' });
    const size = content.size;
    if ('tooLarge' in content) return skipped(path, tooLarge(size, limit) ?? tooLarge(size, size - 1)!);
    const decoded = decode(content.bytes);
    if ('reason' in decoded) {
      return decoded.failed ? failed(path, decoded.reason, named) : skipped(path, decoded.reason);
    }
    const judge = named ? unreadable : unfit;
    const reason = languageId === 'json' ? undefined : judge(path, decoded.text);
    if (reason) return skipped(path, reason);
    return { type: 'file', path, uri: uriOf(path), languageId, text: decoded.text, size, named };
  } catch (error) {
    return failed(path, ioReason(error, 'the file', basename(path)), named);
  }
}

function readAs(path: string): LanguageId | 'json' | undefined {
  return languageOf(path) ?? (isManifest(path) ? 'json' : undefined);
}

/** Why a rule leaves a path out before anything of it is read. */
function leftOut(root: Root, layers: readonly Layer[], path: string, isFolder: boolean): Reason | undefined {
  const foreign = isFolder ? FOREIGN_FOLDERS.get(basename(path)) : undefined;
  if (foreign !== undefined) return { code: 'excluded', text: foreign };
  const glob = root.excluded(path);
  if (glob !== undefined) return { code: 'excluded', text: glob };
  const rule = ignoredBy(layers, path, isFolder);
  return rule === undefined ? undefined : { code: 'ignored', text: `matches ${rule}` };
}

/** Gives the reason why a path below `folder` is left out: the first glob that it matches, or another one. */
function excluder(
  folder: string,
  { exclude, excludedBy }: Pick<Walk, 'exclude' | 'excludedBy'>,
): (path: string) => string | undefined {
  const tests = exclude.map((glob) => {
    const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '');
    const anywhere = !clean.includes('/');
    const matches = picomatch(anywhere ? `**/${clean}` : clean.replace(/^\/+/, ''), { dot: true });
    const matchesWhole = clean.startsWith('/') ? picomatch(clean, { dot: true }) : undefined;
    return { glob, matches: (inside: string, whole: string) => matches(inside) || !!matchesWhole?.(whole) };
  });
  return (path) => {
    const inside = pathFrom(folder, path);
    const whole = slashed(path);
    const glob = tests.find((it) => it.matches(inside, whole))?.glob;
    return glob === undefined ? excludedBy(path) : `matches --exclude ${glob}`;
  };
}

async function scriptLanguage(walk: Walk, path: string): Promise<LanguageId | undefined> {
  try {
    return languageOfShebang(await walk.fs.head(path, SHEBANG_PROBE));
  } catch {
    // Without an extension or a readable first line nothing says that this is source code.
    return undefined;
  }
}

async function kindOrFailure(walk: Walk, path: string): Promise<EntryKind | Failed> {
  try {
    return await walk.fs.kind(path, true);
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    const reason: Reason = missing ? { code: 'vanished', text: 'does not exist' } : ioReason(error, 'it');
    return failed(path, reason, true);
  }
}

function ioReason(error: unknown, what: string, name = ''): Reason {
  const code = errorCode(error);
  if (name.includes('\uFFFD')) return { code: 'unreadable', text: 'its name is not valid UTF-8' };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { code: 'vanished', text: `${what} was deleted or moved during the scan` };
  }
  if (code === 'EACCES' || code === 'EPERM')
    return { code: 'unreadable', text: `no permission to read ${what}` };
  return { code: 'unreadable', text: `${what} cannot be read: ${(error as Error).message}` };
}

function unsupported(path: string): Skipped {
  const extension = extensionOf(path);
  return skipped(path, { code: 'unsupported', text: extension === '' ? 'no extension' : extension });
}

function skipped(path: string, reason: Reason, isFolder = false): Skipped {
  return { type: 'skip', path, uri: uriOf(path), reason, isFolder, named: false };
}

function failed(path: string, reason: Reason, named: boolean): Failed {
  return { type: 'failed', path, uri: uriOf(path), reason, named };
}

/** The URI of a path as the editor spells it. */
export function uriOf(path: string): Uri {
  return URI.file(path).toString();
}

/** Remembers what was yielded, if roots may overlap, and tells whether this was before. */
function repeated(walk: Walk, event: DiscoverEvent): boolean {
  if (walk.seen === undefined) return false;
  if (walk.seen.has(event.path)) return true;
  walk.seen.add(event.path);
  return false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
