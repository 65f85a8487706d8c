// Every number that decides whether a file is analysed, with its reason.
// Deciding uses nothing but a file's name and text, so the editor and the command line always agree.

export const MB = 1024 * 1024;

/** Hand-written files stay far below 1 MB; what is larger is data or a bundle and costs seconds. */
export const MAX_FILE_SIZE = MB;

/** A line of code longer than this was not written by a person, and a diagnostic on it cannot be read. In characters. */
export const LONG_LINE = 100 * 1024;

/** Hand-written files do hold pictures and tables as one long string; beyond this even those are refused. In characters. */
export const LONGEST_LINE = 500 * 1024;

/** Minified code packs statements into lines: long lines on average. Prettier's width is 80 and few people pass 150. */
export const MINIFIED_AVERAGE = 250;

/** Below this length a file is cheap and is analysed whatever it looks like. In characters. */
export const MINIFIED_AT_LEAST = 4096;

/** Markers of generated code stand at the top of the file. In characters. */
export const HEADER = 3000;

/** Enough of a file to tell text from binary, as git does it. In bytes. */
export const BINARY_PROBE = 8000;

/** Enough of a file without an extension to read `#!/usr/bin/env node`. In bytes. */
export const SHEBANG_PROBE = 128;

/** An ignore file larger than this is no ignore file. In bytes. */
export const MAX_IGNORE_FILE = MB;
