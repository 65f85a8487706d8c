// The fixers for JavaScript and TypeScript by rule, in the order in which they are offered.

import type { Fixer } from '../fix.ts';
import { escapeHoles, writeAsText } from './html.ts';
import { keepBaseName, keepInside, sendFromRoot } from './path.ts';
import {
  anchorStart,
  endHost,
  endsWith,
  escapeBackslashFirst,
  escapeDots,
  groupChoice,
  orderReplacements,
  replaceAll,
} from './patterns.ts';
import { randomInteger, randomText } from './random.ts';
import { avoidShell, dropShellOption } from './shell.ts';
import { OPTION_FIXERS, readFromEnvironment, refuseUnsigned, setCookieFlag, strongHash } from './options.ts';
import { parameterise, tagTemplate } from './sql.ts';
import { compareAsValue, constantFormat, keepOnLine, keepOnSite, matchAsText, readAsJson } from './values.ts';

export const JAVASCRIPT: Readonly<Record<string, readonly Fixer[]>> = {
  sql: [parameterise, tagTemplate],
  shell: [avoidShell, dropShellOption],
  path: [sendFromRoot, keepInside, keepBaseName],
  'zip-slip': [keepInside],
  html: [writeAsText, escapeHoles],
  nosql: [compareAsValue],
  'regex-injection': [matchAsText],
  log: [keepOnLine],
  'format-string': [constantFormat],
  redirect: [keepOnSite],
  code: [readAsJson],
  deserialize: [readAsJson],
  'jwt-none': [refuseUnsigned],
  'weak-hash': [strongHash],
  'weak-random': [randomInteger, randomText],
  'hardcoded-secret': [readFromEnvironment],
  'replace-first-only': [replaceAll],
  'escape-without-backslash': [escapeBackslashFirst],
  'double-escaping': [orderReplacements],
  'pattern-host-dot': [escapeDots],
  'pattern-unanchored': [anchorStart],
  'pattern-half-anchored': [groupChoice],
  'suffix-by-position': [endsWith],
  'host-not-whole': [endHost],
  ...OPTION_FIXERS,
  'cookie-insecure': [setCookieFlag, ...(OPTION_FIXERS['cookie-insecure'] ?? [])],
  'cookie-script-readable': [setCookieFlag, ...(OPTION_FIXERS['cookie-script-readable'] ?? [])],
  'cookie-cross-site': [setCookieFlag],
};
