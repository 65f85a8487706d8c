// The few file system calls that discovery needs, behind an interface so that tests can make them fail.
// Reading never blocks: a named pipe or a device is refused before a byte is asked of it.

import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';

export type EntryKind = 'file' | 'folder' | 'link' | 'special';

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** What reading a file gave: all its bytes, or only how large it is when it exceeds the limit. */
export type Content =
  | { readonly bytes: Buffer; readonly size: number }
  | { readonly tooLarge: true; readonly size: number }
  | { readonly special: true };

/** Every function rejects with Node's error (`code` is ENOENT, EACCES, …). */
export interface FileSystem {
  /** The entries of a folder, in no particular order. */
  list(folder: string): Promise<readonly Entry[]>;
  /** What a path is; `follow` looks through symbolic links. */
  kind(path: string, follow: boolean): Promise<EntryKind>;
  /** The content of a file of at most `limit` bytes. */
  read(path: string, limit: number): Promise<Content>;
  /** The first `length` bytes of a file. */
  head(path: string, length: number): Promise<Buffer>;
  /** The path without symbolic links. */
  real(path: string): Promise<string>;
}

interface Typed {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

const kindOf = (it: Typed): EntryKind =>
  it.isFile() ? 'file' : it.isDirectory() ? 'folder' : it.isSymbolicLink() ? 'link' : 'special';

// Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function withFile<T>(
  path: string,
  use: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  const handle = await open(path, READ);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** The disk. */
export const disk: FileSystem = {
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((it) => ({ name: it.name, kind: kindOf(it) }));
  },
  async kind(path, follow) {
    return kindOf(await (follow ? stat(path) : lstat(path)));
  },
  read(path, limit) {
    return withFile(path, async (handle): Promise<Content> => {
      const info = await handle.stat();
      if (!info.isFile()) return { special: true };
      if (info.size > limit) return { tooLarge: true, size: info.size };
      // Read what is there now, not what stat said: the file may be growing.
      const chunks: Buffer[] = [];
      let size = 0;
      for (;;) {
        const chunk = Buffer.allocUnsafe(Math.max(info.size - size, 0) + 1);
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
        if (bytesRead === 0) return { bytes: Buffer.concat(chunks, size), size };
        chunks.push(chunk.subarray(0, bytesRead));
        size += bytesRead;
        if (size > limit) return { tooLarge: true, size };
      }
    });
  },
  head(path, length) {
    return withFile(path, async (handle) => {
      if (!(await handle.stat()).isFile()) return Buffer.alloc(0);
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    });
  },
  real: (path) => realpath(path),
};

/** Node's error code of anything thrown, '' if it has none. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
