// Settings that weaken a library: an option is taken out where its default is right, or set to the right value.
// One row for each rule and option; a setting that is not written in the call itself is left alone.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import { endOf, startOf, textOf, typeOf, within, type Fix, type Fixer, type FixTarget } from '../fix.ts';
import { isShadowed, namesakes } from './names.ts';
import { callOf, pairsOf, removeOption } from './tree.ts';

interface Row {
  /** Keys from the record in the call down to the option. */
  readonly path: readonly string[];
  /** The value, as code, that is to be changed. */
  readonly when: RegExp;
  /** The value, or a whole `key: value`, to be written instead; undefined: the option goes. */
  readonly value?: string;
  readonly pair?: string;
  readonly title: string;
  readonly safe: boolean;
}

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'tls-unverified': [
    {
      path: ['rejectUnauthorized'],
      when: /^false$/,
      title: 'Check the certificate; a private authority must be given as `ca`',
      safe: false,
    },
  ],
  'tls-old-version': [
    {
      path: ['minVersion'],
      when: /^["'](?:SSLv3|TLSv1|TLSv1\.1)["']$/,
      value: "'TLSv1.2'",
      title: 'Ask for TLS 1.2; older partners are refused',
      safe: false,
    },
    {
      path: ['secureProtocol'],
      when: /^["'](?:SSLv2|SSLv3|TLSv1|TLSv1_1)_/,
      pair: "minVersion: 'TLSv1.2'",
      title: 'Ask for TLS 1.2; older partners are refused',
      safe: false,
    },
  ],
  'electron-node-integration': [
    {
      path: ['webPreferences', 'nodeIntegration'],
      when: /^true$/,
      title: 'Leave Node out of the page; its scripts cannot call `require`',
      safe: false,
    },
  ],
  'electron-no-isolation': [
    {
      path: ['webPreferences', 'contextIsolation'],
      when: /^false$/,
      title: 'Isolate the preload script; the page sees only what `contextBridge` offers',
      safe: false,
    },
  ],
  'electron-web-security': [
    {
      path: ['webPreferences', 'webSecurity'],
      when: /^false$/,
      title: 'Keep the same-origin policy; other origins need CORS headers',
      safe: false,
    },
  ],
  'serialize-unsafe': [
    {
      path: ['unsafe'],
      when: /^true$/,
      title: 'Escape what could end the script (without `unsafe`)',
      safe: true,
    },
  ],
  'markdown-raw-html': [
    {
      path: ['html'],
      when: /^true$/,
      title: 'Show HTML in the text as characters (without `html`)',
      safe: false,
    },
  ],
  'cookie-script-readable': [
    {
      path: ['cookie', 'httpOnly'],
      when: /^false$/,
      value: 'true',
      title: 'Hide the cookie from scripts of the page (httpOnly)',
      safe: false,
    },
    {
      path: ['httpOnly'],
      when: /^false$/,
      value: 'true',
      title: 'Hide the cookie from scripts of the page (httpOnly)',
      safe: false,
    },
  ],
  'cookie-insecure': [
    {
      path: ['cookie', 'secure'],
      when: /^false$/,
      value: 'true',
      title: 'Send the cookie by HTTPS only (secure)',
      safe: false,
    },
  ],
  'weak-key-pair': [
    {
      path: ['modulusLength'],
      when: /^\d+$/,
      value: '3072',
      title: 'Make the key 3072 bits long',
      safe: true,
    },
  ],
  xml: [
    {
      path: ['noent'],
      when: /^true$/,
      title: 'Leave external entities alone (without `noent`)',
      safe: true,
    },
  ],
};

/** The fixers of all rules that are about an option. */
export const OPTION_FIXERS: Readonly<Record<string, readonly Fixer[]>> = Object.fromEntries(
  Object.entries(ROWS).map(([rule, rows]) => [rule, [(target: FixTarget) => setOption(target, rows)]]),
);

function setOption({ arena, node }: FixTarget, rows: readonly Row[]): Fix | undefined {
  for (const row of rows) {
    for (const object of recordsOf(arena, node)) {
      const found = optionAt(arena, object, row.path);
      if (found === undefined || !row.when.test(textOf(arena, arena.child(found.pair, 'value')))) continue;
      return { title: row.title, edits: [edit(arena, found, row)], safe: row.safe };
    }
  }
  return undefined;
}

function edit(arena: Arena, { object, pair }: Option, row: Row): TextChange {
  if (row.pair !== undefined) return replaceNode(arena, pair, row.pair);
  return row.value === undefined
    ? removeOption(arena, object, pair)
    : replaceNode(arena, arena.child(pair, 'value'), row.value);
}

/** The records that a check can be about: the argument, those beside it, and those of the call. */
export function recordsOf(arena: Arena, node: Node): Node[] {
  const call = /^(?:call|new)_expression$/.test(typeOf(arena, node)) ? node : -1;
  const list = call >= 0 ? arena.child(call, 'arguments') : (arena.parent[node] ?? -1);
  const args = typeOf(arena, list) === 'arguments' ? arena.namedChildren(list) : [];
  return [node, ...args].filter((it) => typeOf(arena, it) === 'object');
}

interface Option {
  readonly object: Node;
  readonly pair: Node;
}

/** The pair at the end of a path of keys. */
function optionAt(arena: Arena, object: Node, path: readonly string[]): Option | undefined {
  const [key, ...rest] = path;
  const pair = pairsOf(arena, object)?.get(key ?? '');
  if (pair === undefined || typeOf(arena, pair) !== 'pair') return undefined;
  if (rest.length === 0) return { object, pair };
  return optionAt(arena, arena.child(pair, 'value'), rest);
}

const COOKIE_FLAGS: Readonly<
  Record<string, { readonly key: string; readonly value: string; readonly title: string }>
> = {
  'cookie-insecure': { key: 'secure', value: 'true', title: 'Send the cookie by HTTPS only (secure)' },
  'cookie-script-readable': {
    key: 'httpOnly',
    value: 'true',
    title: 'Hide the cookie from scripts of the page (httpOnly)',
  },
  'cookie-cross-site': {
    key: 'sameSite',
    value: "'lax'",
    title: 'Send the cookie with requests of this site only (sameSite)',
  },
};

/** `res.cookie(name, value)` with the flag in the options behind the value, which are made if there are none. */
export function setCookieFlag({ arena, node, finding }: FixTarget): Fix | undefined {
  const flag = COOKIE_FLAGS[finding.rule];
  const call = callOf(arena, node);
  if (flag === undefined || call === undefined || call.args[1] !== node || call.args.length > 3)
    return undefined;
  const options = call.args[2];
  const { title } = flag;
  const pair = `${flag.key}: ${flag.value}`;
  if (options === undefined)
    return { title, edits: [insertAt(endOf(arena, node), `, { ${pair} }`)], safe: false };
  const given = pairsOf(arena, options);
  const present = given?.get(flag.key);
  if (given === undefined || (present !== undefined && typeOf(arena, present) !== 'pair')) return undefined;
  const last = arena.namedChildren(options).at(-1);
  const change =
    present !== undefined
      ? replaceNode(arena, present, pair)
      : last === undefined
        ? replaceNode(arena, options, `{ ${pair} }`)
        : insertAt(endOf(arena, last), `, ${pair}`);
  return { title, edits: [change], safe: false };
}

/** `algorithms: ['HS256', 'none']` without the last: what is signed is accepted as before. */
export function refuseUnsigned({ arena, node }: FixTarget): Fix | undefined {
  for (const object of recordsOf(arena, node)) {
    const found = optionAt(arena, object, ['algorithms']);
    const list = found === undefined ? -1 : arena.child(found.pair, 'value');
    const items = typeOf(arena, list) === 'array' ? arena.namedChildren(list) : [];
    const left = items.filter((it) => !/^["']none["']$/i.test(arena.textOf(it)));
    if (left.length === 0 || left.length === items.length) continue;
    const code = `[${left.map((it) => arena.textOf(it)).join(', ')}]`;
    return {
      title: 'Refuse tokens without a signature',
      edits: [replaceNode(arena, list, code)],
      safe: true,
    };
  }
  return undefined;
}

/** `createHash('md5')` with SHA-256. What was stored before does not compare equal any more, so nobody's first choice. */
export function strongHash({ arena, node }: FixTarget): Fix | undefined {
  const weak = within(arena, node).find(
    (it) =>
      typeOf(arena, it) === 'string' &&
      /^["'](?:md4|md5|ripemd(?:160)?|sha-?1|rsa-(?:md5|sha1))["']$/i.test(arena.textOf(it)),
  );
  if (weak === undefined) return undefined;
  const quote = arena.text[startOf(arena, weak)]!;
  const name = /^.rsa-/i.test(arena.textOf(weak)) ? 'RSA-SHA256' : 'sha256';
  const edits = [{ start: startOf(arena, weak), end: endOf(arena, weak), text: `${quote}${name}${quote}` }];
  return { title: 'Use SHA-256; digests made before do not match', edits, safe: false };
}

/** A key in the code becomes a variable of the environment, named after what it is for. */
export function readFromEnvironment({ arena, node, finding }: FixTarget): Fix | undefined {
  const secrets = ['secret', 'clientSecret', 'consumerSecret', 'secretOrKey'];
  const pair = recordsOf(arena, node)
    .flatMap((it) => secrets.map((key) => pairsOf(arena, it)?.get(key)))
    .find((it) => it !== undefined);
  const written = pair === undefined ? node : arena.child(pair, 'value');
  const constant = typeOf(arena, written) === 'identifier' ? constantOf(arena, written) : undefined;
  const value = constant?.value ?? written;
  if (typeOf(arena, value) !== 'string') return undefined;
  const key = pair === undefined ? '' : textOf(arena, arena.child(pair, 'key'));
  const name = constant === undefined ? environmentName(finding.sink, key) : upperSnake(constant.name);
  const edits = [replaceNode(arena, value, `process.env.${name}`)];
  return { title: 'Read it from the environment; {0} must be set', names: [name], edits, safe: false };
}

/** The constant that a name stands for, if the file declares the name once. */
function constantOf(arena: Arena, use: Node): { readonly name: string; readonly value: Node } | undefined {
  const name = arena.textOf(use);
  const [first, ...rest] = namesakes(arena, name);
  const declarator = first === undefined ? -1 : (arena.parent[first] ?? -1);
  if (first === undefined || typeOf(arena, declarator) !== 'variable_declarator') return undefined;
  const isConst = /^const\b/.test(textOf(arena, arena.parent[declarator] ?? -1));
  if (!isConst || isShadowed(arena, name, first) || rest.length === 0) return undefined;
  return { name, value: arena.child(declarator, 'value') };
}

/** `jwtSecret` as the environment writes it: `JWT_SECRET`. */
function upperSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function environmentName(sink: string, key: string): string {
  if (/session|cookie/i.test(sink)) return 'SESSION_SECRET';
  if (/jwt|jsonwebtoken/i.test(sink)) return 'JWT_SECRET';
  if (/^clientSecret$/.test(key)) return 'CLIENT_SECRET';
  return /^consumerSecret$/.test(key) ? 'CONSUMER_SECRET' : 'SECRET_KEY';
}
