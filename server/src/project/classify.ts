// Which language a file is in, and whether its bytes and text are source code a person wrote.
// Pure functions of name and content: the editor asks the same ones for open documents.

import type { Reason } from '../engine/engine.ts';
import type { LanguageId } from '../syntax/language.ts';
import { languageOf } from '../syntax/language.ts';
import {
  BINARY_PROBE,
  HEADER,
  LONG_LINE,
  LONGEST_LINE,
  MAX_FILE_SIZE,
  MB,
  MINIFIED_AT_LEAST,
  MINIFIED_AVERAGE,
} from './limits.ts';

export { languageOf };

/** Whether a file says how modules are found or what a package is: read for that, never analysed itself. */
export function isManifest(path: string): boolean {
  return /(?:^|[\\/])(?:(?:package|[tj]sconfig(?:\.[\w-]+)?)\.json|pyproject\.toml|setup\.cfg)$/.test(path);
}

/** The extension in lower case with its dot, '' if the name has none (`.bashrc` has none). */
export function extensionOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

/** The language of a script without extension by its first line (`#!/usr/bin/env node`). */
export function languageOfShebang(firstBytes: Buffer): LanguageId | undefined {
  const line = firstBytes.toString('latin1').split('\n', 1)[0]!;
  if (!line.startsWith('#!')) return undefined;
  if (/\b(?:tsx|ts-node|deno)\b/.test(line)) return 'typescript';
  if (/\b(?:python|pypy)[\d.]*\b/.test(line)) return 'python';
  return /\b(?:node|nodejs|bun)\b/.test(line) ? 'javascript' : undefined;
}

export type Decoded =
  | { readonly text: string }
  /** `failed`: source code that should have been analysed and could not be. */
  | { readonly reason: Reason; readonly failed: boolean };

/**
 * Turns bytes into text: UTF-8, or UTF-16 if a byte order mark says so. The mark is dropped, as editors do, so that
 * columns agree. Anything else is refused with what it seems to be, never decoded to replacement characters.
 */
export function decode(bytes: Buffer): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs(bytes, 'utf-16le', 'UTF-16 LE');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs(bytes, 'utf-16be', 'UTF-16 BE');
  const zero = bytes.subarray(0, BINARY_PROBE).indexOf(0);
  if (zero >= 0) {
    const wide = utf16WithoutMark(bytes);
    if (wide) return encodingFailure(`it looks like ${wide} without a byte order mark`);
    return { failed: false, reason: { code: 'binary', text: `byte ${zero} is NUL, so this is not text` } };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const at = firstBadUtf8(bytes);
    const line = countNewlines(bytes, at) + 1;
    const byte = bytes[at]!.toString(16).toUpperCase().padStart(2, '0');
    return encodingFailure(`byte 0x${byte} at offset ${at} (line ${line}) is not UTF-8; ${guess(bytes)}`);
  }
}

/** Too large to analyse? `size` and `limit` in bytes. */
export function tooLarge(size: number, limit = MAX_FILE_SIZE): Reason | undefined {
  if (size <= limit) return undefined;
  // `1 MB, the limit is 1 MB` would explain nothing.
  const rounded = sizeText(size);
  const exact = rounded === sizeText(limit) ? `${size} bytes` : rounded;
  return { code: 'too-large', text: `${exact}, the limit is ${sizeText(limit)}` };
}

/**
 * Why this text is not worth analysing, undefined if it is: lines nobody can read, minified code, generated code.
 * `path` may be a URI. Files named explicitly are still refused for long lines and for being minified.
 */
export function unfit(path: string, text: string): Reason | undefined {
  if (/[.-]min\.[cm]?js$/i.test(path)) return { code: 'minified', text: 'its name says that it is minified' };
  return unreadable(path, text) ?? generated(path, text);
}

/** The part of `unfit` that holds for files named explicitly too: analysing them would cost much and show nothing. */
export function unreadable(path: string, text: string): Reason | undefined {
  if (/\.ts$/i.test(path) && /^\s*<(?:\?xml|!DOCTYPE TS)\b/.test(text)) {
    return { code: 'unsupported', text: '.ts (XML, not TypeScript)' };
  }
  const whole = measure(text);
  if (whole.longest > LONGEST_LINE) return longLine(whole, LONGEST_LINE);
  const dense = text.length >= MINIFIED_AT_LEAST && whole.average > MINIFIED_AVERAGE;
  if (whole.longest <= LONG_LINE && !dense) return undefined;
  // Texts and data inside quotes make lines long without making code unreadable.
  const code = measure(text.replace(/"[^"\\\n]{80,}"|'[^'\\\n]{80,}'|`[^`\\\n]{80,}`/g, '""'));
  if (code.longest > LONG_LINE) return longLine(code, LONG_LINE);
  if (!dense || code.average <= MINIFIED_AVERAGE) return undefined;
  return { code: 'minified', text: `its lines are ${Math.round(code.average)} characters long on average` };
}

function longLine({ longest, longestAt }: Lines, limit: number): Reason {
  const length = `${Math.round(longest / 1024)} K characters`;
  return { code: 'long-lines', text: `line ${longestAt} has ${length}, the limit is ${limit / 1024} K` };
}

const BUNDLES: readonly (readonly [RegExp, string])[] = [
  [
    /\/\/ webpackBootstrap|\bfunction __webpack_require__\s*\(|^\(?(?:window|self|global)\S{0,3}(?:webpackJsonp|webpackChunk)/m,
    'webpack',
  ],
  [/^[^\n]{0,40}\(?function\(\)\{function r\(e,n,t\)\{function o\(i,f\)/, 'browserify'],
  [/^[^\n]{0,40}\(function e\(t,n,r\)\{function s\(o,u\)/, 'browserify'],
  [
    /^(?:\/\/[^\n]*\n|\s)*(?:\/\/ modules are defined as an array\b|var parcelRequire\b|parcelRequire\s*=)/,
    'Parcel',
  ],
  [/^(?:"use strict";\s*)?var __create = Object\.create;[\s\S]{0,2000}\bvar __commonJS = /, 'esbuild'],
];

/** Written by a program rather than a person, by the markers at its top? */
function generated(path: string, text: string): Reason | undefined {
  const head = text.slice(0, HEADER);
  for (const [marker, tool] of BUNDLES) {
    if (marker.test(head)) return { code: 'generated', text: `a bundle made by ${tool}` };
  }
  const comment = headerComments(head);
  // The marker has to be what the comment says, not a word in a sentence about something else.
  const marker =
    /^[\s/*#]*(@generated\b)/m.exec(comment) ??
    /\b(DO NOT EDIT)(?=\s*(?:[.!*:;)—-]|$|THIS FILE|DIRECTLY|MANUALLY|BY HAND))/im.exec(comment) ??
    /\b((?:auto-?generated|generated (?:by|from|file|code))\b[\s\S]{0,300}?\bdo not (?:edit|modify|change))\b/i.exec(
      comment,
    );
  if (marker) return { code: 'generated', text: `its header says ${quote(marker[1]!)}` };
  const banner = /(?:^|[\\/])(?:vendors?|third[_-]?party)[\\/]/i.test(path)
    ? publishedBanner(comment)
    : undefined;
  return banner ? { code: 'generated', text: `a copy of a published library: ${quote(banner)}` } : undefined;
}

/** The comments a file opens with, before its first code (directives such as 'use strict' do not count as code). */
function headerComments(head: string): string {
  const opening = /^(?:\s+|#![^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(["'])use \w+\1;?)*/.exec(head);
  return opening ? opening[0] : '';
}

/** `jQuery JavaScript Library v3.6.0` from a licence banner with a version, as published libraries carry. */
function publishedBanner(comment: string): string | undefined {
  if (!/\b(?:licen[cs]ed?|copyright|\(c\)|MIT|BSD)\b/i.test(comment)) return undefined;
  return /[\w.@/ -]{2,60}\bv?\d+\.\d+\.\d+[\w.-]*/.exec(comment)?.[0].trim();
}

interface Lines {
  readonly longest: number;
  /** From 1. */
  readonly longestAt: number;
  /** Average length of the lines that are not empty. */
  readonly average: number;
}

const NEWLINE = 10;
const RETURN = 13;

/** Lines end as in the language server protocol: at a newline, a carriage return, or both. */
function measure(text: string): Lines {
  let longest = 0;
  let longestAt = 1;
  let filled = 0;
  let line = 1;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : NEWLINE;
    if (code !== NEWLINE && code !== RETURN) continue;
    if (i - from > longest) [longest, longestAt] = [i - from, line];
    if (i - from > 1) filled++;
    if (code === RETURN && text.charCodeAt(i + 1) === NEWLINE) i++;
    from = i + 1;
    line++;
  }
  return { longest, longestAt, average: filled === 0 ? 0 : text.length / filled };
}

/** A size in bytes as people write it: `512 bytes`, `20.1 MB`, `1 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] = bytes < MB ? [bytes / 1024, 'KB'] : [bytes / MB, 'MB'];
  return `${Math.round(value * 10) / 10} ${unit}`;
}

function decodeAs(bytes: Buffer, encoding: string, name: string): Decoded {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return encodingFailure(`its byte order mark says ${name}, but it is not valid ${name}`);
  }
}

function encodingFailure(text: string): Decoded {
  return { failed: true, reason: { code: 'encoding', text } };
}

/** Latin text in UTF-16 has a NUL in every other byte. */
function utf16WithoutMark(bytes: Buffer): string | undefined {
  const probe = Math.min(bytes.length, BINARY_PROBE) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < probe; i++) if (bytes[i] === 0) zeros[i & 1]!++;
  const half = probe / 2;
  // A handful of bytes proves nothing.
  if (half < 4) return undefined;
  if (zeros[1]! > half * 0.7 && zeros[0]! < half * 0.1) return 'UTF-16 LE';
  if (zeros[0]! > half * 0.7 && zeros[1]! < half * 0.1) return 'UTF-16 BE';
  return undefined;
}

/** Offset of the first byte that is not part of well-formed UTF-8. There must be one. */
function firstBadUtf8(bytes: Buffer): number {
  // Text up to a bad byte decodes; halving finds that byte without a decoder of our own.
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // What decoded may end inside a character that never became complete: the culprit is where that one begins.
  while (good > 0 && !decodes(bytes.subarray(0, good), false)) good--;
  return good;
}

/** Whether a beginning of a file is well-formed; with `cut`, a character cut off at its end counts as well-formed. */
function decodes(bytes: Buffer, cut: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
    return true;
  } catch {
    return false;
  }
}

function countNewlines(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

function guess(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  // These pairs are frequent in Shift_JIS and EUC texts and rare in western ones, where such bytes stand alone.
  const pairs = text.match(/[\x81-\xfe][\x40-\x7e\x80-\xfe]/g)?.length ?? 0;
  const high = text.match(/[\x80-\xff]/g)?.length ?? 0;
  if (high > 8 && pairs * 2 > high * 0.9) return 'it looks like an East Asian encoding';
  return /[\x80-\x9f]/.test(text) ? 'it looks like Windows-1252' : 'it looks like ISO-8859-1 (Latin-1)';
}

function quote(text: string): string {
  return `“${text.replace(/\s+/g, ' ').slice(0, 80)}”`;
}
