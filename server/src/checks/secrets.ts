// Secrets written down in the code: constants that are tokens by their form, and constants given to what is a secret by
// its name. What is only a placeholder is told by its content, so that examples and tests need no folder of their own.

import type { Const, FuncIR, Key, Place, Span, Stmt } from '../ir/ir.ts';
import { eachStatement, eachTest } from '../ir/walk.ts';
import type { Hit } from './check.ts';
import { isSecretName } from './secret-names.ts';

/** Every secret that stands in a function's text, at the constant itself. */
export function checkSecrets(ir: FuncIR): Hit[] {
  const hits: Hit[] = [];
  const literals = new Map<number, Span & { readonly text: string }>();
  const given = (name: string, place: Place, compared = false): void => {
    const it = place.path.length === 0 ? literals.get(place.root) : undefined;
    if (it) judge(hits, name, it.text, it, compared);
  };
  // A test stands before the constants that it compares with.
  eachStatement(ir.body, (stmt) => {
    const text = stmt.op === 'const' && stmt.to.path.length === 0 ? textOf(stmt.value) : undefined;
    if (text !== undefined && stmt.op === 'const' && ir.vars[stmt.to.root]?.kind === 'temp')
      literals.set(stmt.to.root, { s: stmt.s, e: stmt.e, text });
  });
  eachStatement(ir.body, (stmt) => {
    switch (stmt.op) {
      case 'const': {
        const text = textOf(stmt.value);
        if (text === undefined) return;
        judge(hits, nameOf(ir, stmt.to), text, stmt, false);
        return;
      }
      case 'copy':
        return given(nameOf(ir, stmt.to), stmt.from);
      case 'call':
        for (const it of stmt.args) if (it.name !== undefined) given(it.name, it.place);
        return;
      case 'record':
        for (const it of stmt.props) given(keyText(it.key), it.value.place);
        return;
      case 'combine': {
        const [a, b] = stmt.from;
        if (stmt.how === 'compare' && a && b && stmt.operator === '===') given(nameOf(ir, a), b, true);
        return;
      }
      default:
        for (const { a, b } of equalities(stmt)) given(nameOf(ir, a), b, true);
    }
  });
  return hits;
}
/** A constant that a call of the program's own function gives to the parameter of this name. */
export function secretGiven(name: string, text: string, at: Span): Hit | undefined {
  const hits: Hit[] = [];
  judge(hits, name, text, at, false);
  return hits[0];
}

const textOf = (it: Const): string | undefined => (typeof it === 'string' ? it : undefined);
const keyText = (key: Key): string => (typeof key === 'string' ? key : '');
/** The last name of a place: `token` of `self.x.token`; empty for a value without a name. */
function nameOf(ir: FuncIR, { root, path }: Place): string {
  if (path.length > 0) return keyText(path.at(-1)!);
  const it = ir.vars[root];
  return it && it.kind !== 'temp' && it.kind !== 'this' ? it.name : '';
}
function* equalities(stmt: Stmt): Generator<{ readonly a: Place; readonly b: Place }> {
  if (stmt.op !== 'if') return;
  const found: { a: Place; b: Place }[] = [];
  eachTest(stmt.test, (it) => {
    if (it.t === 'eq') found.push({ a: it.a, b: it.b });
  });
  yield* found;
}

function judge(hits: Hit[], name: string, text: string, at: Span, compared: boolean): void {
  const form = FORMS.find((it) => it.pattern.test(text));
  const found = form ?? namedForm(name, text, compared);
  if (!found || hits.some((it) => it.s === at.s && it.e === at.e)) return;
  hits.push({ check: found.check, s: at.s, e: at.e, name: name || found.what, detail: found.what });
}

interface Form {
  readonly check: 'secret-literal' | 'password-literal';
  readonly what: string;
}
/** Tokens that their issuers give a form of its own, by the issuers' documentation; and passwords in addresses. */
const FORMS: readonly (Form & { readonly pattern: RegExp })[] = [
  { pattern: /^(?:AKIA|ASIA)[0-9A-Z]{16}$/, what: 'an access key of AWS' },
  { pattern: /^(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\w{22,})$/, what: 'a token of GitHub' },
  { pattern: /^glpat-[\w-]{20,}$/, what: 'a token of GitLab' },
  { pattern: /^xox[abprs]-[\w-]{10,}$/, what: 'a token of Slack' },
  { pattern: /^(?:sk|rk)_live_[0-9A-Za-z]{16,}$/, what: 'a key of Stripe' },
  { pattern: /^AIza[\w-]{35}$/, what: 'a key of Google' },
  { pattern: /^SG\.[\w-]{16,}\.[\w-]{16,}$/, what: 'a key of SendGrid' },
  { pattern: /^npm_[0-9A-Za-z]{36}$/, what: 'a token of npm' },
  { pattern: /^pypi-AgE[\w-]{50,}$/, what: 'a token of PyPI' },
  { pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+\S{20}/, what: 'a private key' },
].map((it) => ({ ...it, check: 'secret-literal' as const }));
const IN_ADDRESS = /^[a-z][a-z\d+.-]*:\/\/[^\s:@/?#]*:([^\s:@/?#]+)@/i;

function namedForm(name: string, text: string, compared: boolean): Form | undefined {
  const inAddress = IN_ADDRESS.exec(text)?.[1];
  if (inAddress !== undefined)
    return isPlaceholder(inAddress, '')
      ? undefined
      : { check: 'password-literal', what: 'a password in an address' };
  if (name === '' || /\s/.test(text)) return undefined;
  const isSecret = (isSecretName(name) || SIGNING.test(name)) && !PERSONAL.test(name);
  // The hash of a password is no password.
  if (PASSWORD.test(name) && DIGEST.test(text)) return undefined;
  if ((isSecret || KEYS.test(name)) && looksRandom(text) && !isPlaceholder(text, name))
    return { check: 'secret-literal', what: `the value of ${name}` };
  if (!isSecret || text.length < (compared ? 1 : 3)) return undefined;
  const isWord = (compared || SIGNING.test(name)) && WORD.test(text) && !REPEATED.test(text);
  if (isPlaceholder(text, name) && !isWord) return undefined;
  return { check: 'password-literal', what: `the value of ${name}` };
}
/** Names that are secrets only if their value looks like one. */
const KEYS = /(?:^|[_-])(?:key|token|auth|credentials?)$|(?:Key|Token)$/;
const WORD = /^[a-z]+$/;
/** Whatever follows in the name, the value signs or encrypts: `SECRET_KEY_HMAC`. */
const SIGNING = /secret_?key/i;
/** Secrets of a person, which code holds as examples. */
const PERSONAL = /ssn|credit/i;
const PASSWORD = /pass|pwd/i;
/** Digests in hexadecimal, by the lengths of the usual functions. */
const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;

/** Long, without words, of letters and digits: what a generator gives. */
function looksRandom(text: string): boolean {
  // Words that are joined, with a number behind them, have no piece that mixes letters and digits.
  if (!text.split(/[^A-Za-z\d]/).some((it) => it.length >= 12 && /\d/.test(it) && /[A-Za-z]/.test(it)))
    return false;
  if (text.length < 16 || !/^[\w+/=.~-]+$/.test(text)) return false;
  return entropy(text) >= RANDOM;
}
/** Bits per character; English words have about 3, hexadecimal digits at most 4, base64 at most 6. */
const RANDOM = 3.5;
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const it of text) counts.set(it, (counts.get(it) ?? 0) + 1);
  let res = 0;
  for (const n of counts.values()) res -= (n / text.length) * Math.log2(n / text.length);
  return res;
}

/** What stands where a secret would: a form to fill, a name, a word of documentation. */
function isPlaceholder(text: string, name: string): boolean {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return (
    plain === '' ||
    plain === name.toLowerCase().replace(/[^a-z0-9]/g, '') ||
    PLACEHOLDER.test(text) ||
    FILLED.test(text) ||
    REPEATED.test(text) ||
    (NAME.test(text) && isSecretName(text))
  );
}
const PLACEHOLDER =
  /^(?:none|null|nil|undefined|true|false|todo|tbd|n\/?a|value|string|text|str|bytes|default|unset|unknown|empty|hidden|redacted|required|optional|basic|bearer|md5|sha\d*|plain|raw|env|vault|prompt)$|example|sample|dummy|placeholder|fake|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this)|insert[-_ ]|your[-_ ]|(?:^|[-_ ])my[-_ ]|xxx|\.\.\.|\*\*\*|12345678|abcdef/i;
/** Something is to be put in, or it is the name of a variable, a file, an address or a class. */
const FILLED =
  /[<>{}$%()[\]]|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[./~]|:\/\/|\.(?:py|txt|json|ya?ml|pem|key|crt|env)$|^[\w.]+\.[A-Z]\w+$/;
/** The same few characters over and over: the middle of the text is no secret. */
const REPEATED = /^(.{1,2})\1{2,}$|(.)\2{5,}/;
/** A word as names are written, which may name where the secret is. */
const NAME = /^[A-Za-z][A-Za-z_.-]*$/;
