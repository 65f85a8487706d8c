// Arguments and settings that weaken a library: taken out where the default is right, else set to the right value.
// One row for each rule and argument; what is not written in the call or the assignment itself is left alone.

import type { Arena, Node } from '../../syntax/arena.ts';
import { replaceNode } from '../edits.ts';
import { parentOf, textOf, typeOf, type Fix, type Fixer, type FixTarget } from '../fix.ts';
import { addArgument, callAround, removeArgument } from './tree.ts';

interface Row {
  readonly keyword: string;
  /** The value that is wrong, as code; undefined: the argument is missing. */
  readonly when?: RegExp;
  /** What is right; undefined: the argument goes. */
  readonly value?: string;
  /** Only for sinks that match. */
  readonly sink?: RegExp;
  readonly title: string;
  readonly safe: boolean;
}

const FALSE = /^(?:False|0|None)$/;
const TRUE = /^(?:True|1)$/;
const SECURE = { title: 'Send the cookie by HTTPS only (secure)', safe: false };
const HIDDEN = { title: 'Hide the cookie from scripts of the page (httponly)', safe: false };
const CHECKED = { title: 'Check the certificate; a private authority must be trusted first', safe: false };
const QUIET = { title: 'Leave the debugger off', safe: false };

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'tls-unverified': [
    { keyword: 'verify', when: FALSE, ...CHECKED },
    { keyword: 'ssl', when: FALSE, ...CHECKED },
    { keyword: 'verify_ssl', when: FALSE, ...CHECKED },
    { keyword: 'assert_hostname', when: FALSE, ...CHECKED },
    { keyword: 'disable_ssl_certificate_validation', when: TRUE, ...CHECKED },
    {
      keyword: 'cert_reqs',
      when: /\bCERT_NONE\b|^["']NONE["']$/,
      value: "'CERT_REQUIRED'",
      sink: /^urllib3/,
      ...CHECKED,
    },
  ],
  'cookie-insecure': [
    { keyword: 'secure', when: FALSE, value: 'True', ...SECURE },
    { keyword: 'secure', value: 'True', sink: /set_cookie|AuthTkt/, ...SECURE },
  ],
  'cookie-script-readable': [
    { keyword: 'httponly', when: FALSE, value: 'True', ...HIDDEN },
    { keyword: 'http_only', when: FALSE, value: 'True', ...HIDDEN },
    { keyword: 'httponly', value: 'True', sink: /set_cookie/, ...HIDDEN },
  ],
  'cookie-cross-site': [
    {
      keyword: 'samesite',
      when: /^["'](?:none)["']$/i,
      value: "'Lax'",
      title: 'Send the cookie with requests of this site only (samesite)',
      safe: false,
    },
  ],
  'debug-server': [
    { keyword: 'debug', when: TRUE, ...QUIET },
    { keyword: 'use_debugger', when: TRUE, ...QUIET },
  ],
  'xml-entities': [
    {
      keyword: 'resolve_entities',
      when: TRUE,
      value: 'False',
      title: 'Leave external entities alone (resolve_entities)',
      safe: true,
    },
    { keyword: 'no_network', when: FALSE, title: 'Load nothing from the network (no_network)', safe: true },
    { keyword: 'huge_tree', when: TRUE, title: 'Keep the limits of the parser (huge_tree)', safe: false },
  ],
  'zip-slip': [
    {
      keyword: 'filter',
      value: "'data'",
      sink: /^tarfile\b.*\bextract(?:all)?\b/,
      title: "Refuse members that leave the folder (filter='data', Python 3.12 or a patched 3.8 to 3.11)",
      safe: false,
    },
  ],
  'no-timeout': [
    { keyword: 'timeout', value: '10', title: 'Give up after 10 seconds (timeout)', safe: false },
    {
      keyword: 'timeout',
      when: /^None$/,
      value: '10',
      title: 'Give up after 10 seconds (timeout)',
      safe: false,
    },
  ],
  'autoescape-off': [
    {
      keyword: 'autoescape',
      when: FALSE,
      value: 'True',
      title: 'Escape the values of templates (autoescape)',
      safe: false,
    },
    {
      keyword: 'autoescape',
      value: 'True',
      sink: /Environment/,
      title: 'Escape the values of templates (autoescape)',
      safe: false,
    },
  ],
  'bind-all': [
    {
      keyword: 'host',
      when: /^["'](?:0\.0\.0\.0|::)?["']$/,
      value: "'127.0.0.1'",
      title: 'Listen on this machine only',
      safe: false,
    },
  ],
  'weak-key-pair': [
    { keyword: 'key_size', when: /^\d+$/, value: '3072', title: 'Make the key 3072 bits long', safe: true },
    { keyword: 'bits', when: /^\d+$/, value: '3072', title: 'Make the key 3072 bits long', safe: true },
  ],
};

/** The fixers of all rules that are about an argument. */
export const OPTION_FIXERS: Readonly<Record<string, readonly Fixer[]>> = Object.fromEntries(
  Object.entries(ROWS).map(([rule, rows]) => [rule, [(target: FixTarget) => setOption(target, rows)]]),
);

function setOption({ arena, node, finding }: FixTarget, rows: readonly Row[]): Fix | undefined {
  const call = callAround(arena, node);
  if (call === undefined || call.open) return undefined;
  for (const row of rows) {
    if (row.sink !== undefined && !row.sink.test(finding.sink)) continue;
    const given = call.keywords.get(row.keyword);
    const value = given === undefined ? -1 : arena.child(given, 'value');
    if (row.when === undefined ? given !== undefined : !row.when.test(textOf(arena, value))) continue;
    const edit =
      given === undefined
        ? addArgument(arena, call, `${row.keyword}=${row.value ?? ''}`)
        : row.value === undefined
          ? removeArgument(arena, call, given)
          : replaceNode(arena, value, row.value);
    return { title: row.title, edits: [edit], safe: row.safe };
  }
  return undefined;
}

const SETTINGS: Readonly<
  Record<string, { readonly when: RegExp; readonly value: string; readonly title: string }>
> = {
  'debug-server': { when: TRUE, value: 'False', title: QUIET.title },
  'cookie-insecure': { when: FALSE, value: 'True', title: SECURE.title },
  'cookie-script-readable': { when: FALSE, value: 'True', title: HIDDEN.title },
  'tls-unverified': { when: FALSE, value: 'True', title: CHECKED.title },
  'cors-any-origin': { when: TRUE, value: 'False', title: 'Answer other origins only if they are listed' },
};

/** `app.debug = True`, `SESSION_COOKIE_SECURE = False`: the other value. */
export function flipSetting({ arena, node, finding }: FixTarget): Fix | undefined {
  const row = SETTINGS[finding.rule];
  const value = assignedAt(arena, node);
  if (row === undefined || value < 0 || !row.when.test(textOf(arena, value))) return undefined;
  return { title: row.title, edits: [replaceNode(arena, value, row.value)], safe: false };
}

/** The value of an assignment, given the assignment or its value. */
export function assignedAt(arena: Arena, node: Node): Node {
  for (const it of [node, arena.namedChildren(node)[0] ?? -1, parentOf(arena, node)]) {
    if (typeOf(arena, it) === 'assignment') return arena.child(it, 'right');
  }
  return -1;
}
