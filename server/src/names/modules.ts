// Which file or package an import means, by Node's and TypeScript's rules, over the files that are known.
// Nothing is read from disk here: what is not among the known files is a package or missing.

export type Target =
  /** `module` is the id under which the file's variables are kept, in languages where a module is an object. */
  | { readonly r: 'file'; readonly uri: string; readonly module?: number }
  /** `members` lead from the package to what is meant: `path` of `os.path`. */
  | { readonly r: 'package'; readonly name: string; readonly members?: readonly string[] }
  | { readonly r: 'missing' };

/** A folder's package.json or tsconfig.json, as far as names need it. */
export interface Manifest {
  /** Folder, ends with a slash. */
  readonly folder: string;
  /** Name of the package here, if package.json has one. */
  readonly name?: string;
  /** Entry files as written: `main`, `module`, `exports`. */
  readonly entries: readonly string[];
  /** `paths` of tsconfig.json: prefix (before `*`) to folders or files, relative to `folder`. */
  readonly aliases: readonly {
    readonly prefix: string;
    readonly star: boolean;
    readonly targets: readonly string[];
  }[];
}

const EXTENSIONS = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.mts',
  '.cts',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.jsx',
  '/index.mjs',
  '/index.cjs',
];

/**
 * Resolves a specifier as written in `from`. `has` tells whether a URI is a known file; `manifests` are those of the
 * folders above `from`, nearest first, and of the workspace's packages.
 */
export function resolveModule(
  from: string,
  specifier: string,
  has: (uri: string) => boolean,
  manifests: readonly Manifest[],
): Target {
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    const base = specifier.startsWith('/') ? rootOf(from) + specifier : normalize(folderOf(from) + specifier);
    const uri = candidate(base, has);
    return uri === undefined ? { r: 'missing' } : { r: 'file', uri };
  }
  for (const it of manifests) {
    if (!from.startsWith(it.folder)) continue;
    for (const alias of it.aliases) {
      if (alias.star ? !specifier.startsWith(alias.prefix) : specifier !== alias.prefix) continue;
      for (const target of alias.targets) {
        const rest = alias.star ? specifier.slice(alias.prefix.length) : '';
        const uri = candidate(normalize(it.folder + target.replace('*', () => rest)), has);
        if (uri !== undefined) return { r: 'file', uri };
      }
    }
  }
  for (const it of manifests) {
    if (it.name === undefined || (specifier !== it.name && !specifier.startsWith(`${it.name}/`))) continue;
    const rest = specifier.slice(it.name.length + 1);
    const tries = rest === '' ? [...it.entries, 'src/index', 'index'] : [rest, `src/${rest}`];
    for (const entry of tries) {
      const uri =
        candidate(normalize(it.folder + entry), has) ??
        candidate(normalize(it.folder + toSource(entry)), has);
      if (uri !== undefined) return { r: 'file', uri };
    }
  }
  return { r: 'package', name: specifier.startsWith('node:') ? specifier.slice(5) : specifier };
}

/** Built entry points live in `dist`, `lib` or `build`; what is analysed is their source. */
const toSource = (entry: string): string =>
  entry.replace(/^(\.\/)?(dist|lib|build|out)\//, 'src/').replace(/\.(d\.ts|m?js|cjs)$/, '');

function candidate(base: string, has: (uri: string) => boolean): string | undefined {
  const plain = base.endsWith('/') ? base.slice(0, -1) : base;
  for (const it of EXTENSIONS) if (has(plain + it)) return plain + it;
  // TypeScript's way to write an import of a.ts: `./a.js`.
  const swapped = /\.(m|c)?jsx?$/.exec(plain);
  if (swapped) {
    const stem = plain.slice(0, swapped.index);
    for (const it of ['.ts', '.tsx', '.mts', '.cts']) if (has(stem + it)) return stem + it;
  }
  return undefined;
}

export const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/') + 1);
const rootOf = (uri: string): string => /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(uri)?.[0] ?? '';

/** Resolves `.` and `..` in the path of a URI; never climbs above its root. */
export function normalize(uri: string): string {
  const root = rootOf(uri);
  const parts: string[] = [];
  for (const it of uri.slice(root.length).split('/')) {
    if (it === '..') {
      if (parts.length > 1) parts.pop();
    } else if (it !== '.') parts.push(it);
  }
  return root + parts.join('/');
}

/** Reads what names need of a package.json or tsconfig.json; undefined if it is neither or broken. */
export function readManifest(uri: string, text: string): Manifest | undefined {
  const folder = folderOf(uri);
  const file = uri.slice(folder.length);
  const data = parseLoose(text);
  if (!data) return undefined;
  if (file === 'package.json') {
    const entries: string[] = [];
    for (const key of ['source', 'types', 'module', 'main'])
      if (typeof data[key] === 'string') entries.push(data[key]);
    collect(data.exports, entries, 0);
    return { folder, name: typeof data.name === 'string' ? data.name : undefined, entries, aliases: [] };
  }
  if (!/^[tj]sconfig(\.[\w-]+)?\.json$/.test(file)) return undefined;
  const options = record(data.compilerOptions);
  const paths = record(options?.paths);
  const base = typeof options?.baseUrl === 'string' ? options.baseUrl : '.';
  const aliases = Object.entries(paths ?? {}).map(([key, targets]) => ({
    prefix: key.endsWith('*') ? key.slice(0, -1) : key,
    star: key.endsWith('*'),
    targets: Array.isArray(targets)
      ? targets.filter((it): it is string => typeof it === 'string').map((it) => `${base}/${it}`)
      : [],
  }));
  return { folder, entries: [], aliases };
}
function collect(value: unknown, into: string[], depth: number): void {
  if (typeof value === 'string') into.push(value);
  else if (depth < 4) for (const it of Object.values(record(value) ?? {})) collect(it, into, depth + 1);
}
const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

/** JSON with comments and trailing commas, as tsconfig files have them. */
function parseLoose(text: string): Record<string, unknown> | undefined {
  const plain = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, str: string | undefined) => str ?? '')
    .replace(/,(\s*[}\]])/g, '$1');
  try {
    return record(JSON.parse(plain));
  } catch {
    return undefined;
  }
}
