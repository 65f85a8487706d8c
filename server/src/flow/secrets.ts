// Values that are secrets because their name says so: `password`, `user.apiKey`, `getPassphrase()`. They are sources of the
// kind `secret`, at the very place where they are named; only kinds about secrets count them.

import { isSecretName } from '../checks/secret-names.ts';
import type { Place, Span } from '../ir/ir.ts';
import type { Call } from './calls.ts';
import { type Ctx, siteOf, sourceFact } from './ctx.ts';
import { type Value, OPEN, cleanse, joinFacts } from './domain.ts';

/** A value read from a place whose name says that it is a secret. */
export function withSecret(ctx: Ctx, place: Place, val: Value, at: Span): Value {
  const last = place.path.at(-1);
  let name: string;
  if (place.path.length > 0) {
    if (typeof last !== 'string') return val;
    name = last;
  } else {
    const it = ctx.ir.vars[place.root];
    if (!it || it.kind === 'temp' || it.kind === 'this') return val;
    ({ name } = it);
  }
  if (HIDDEN.test(name)) return hidden(ctx, val);
  return isSecretName(name) ? marked(ctx, val, name, at) : val;
}
/** A place whose name says that what it holds is not to be read: `encryptedPassword`, `passwordHash`. */
const HIDDEN = /encrypted|hashed|masked|redacted|obfuscated|(?:^|[a-z_])(?:Hash|hash|Digest|digest)$/;
/** Nothing of a secret is left to be read. */
function hidden(ctx: Ctx, val: Value): Value {
  if (!val.facts.some((it) => it.origin.o === 'source' && it.origin.kind === 'secret')) return val;
  const kinds = ctx.rules.kinds.filter((it) => it.from.includes('secret')).map((it) => it.kind);
  return { ...val, facts: cleanse(val.facts, ctx.kinds.of(kinds), ctx.kinds) };
}
function marked(ctx: Ctx, val: Value, name: string, at: Span): Value {
  // A function, a class or a constant of this name is not the secret itself.
  if (val.konst || val.fns.length > 0 || val.classes.length > 0) return val;
  if (val.facts.some((it) => it.origin.o === 'source' && it.origin.kind === 'secret')) return val;
  const found = sourceFact(siteOf(ctx, at), 'secret', name);
  return { ...val, facts: joinFacts(val.facts, [found], ctx.kinds), open: true };
}

/** Calls that leave nothing of a secret to be read: `hash(password)`, `mask(token)`. */
const HIDES =
  /hash|crypt|cipher|digest|hmac|mask|redact|obfuscat|censor|sanitize|compare|verify|validate|length/i;

/** `secret.replace(/./g, '*')`: every character is replaced. */
function blanks(call: Call): boolean {
  if (call.method !== 'replace' && call.method !== 'replaceAll') return false;
  const what = call.args[0]?.val.konst?.c;
  return typeof what === 'object' && what !== null && /^(\.|\\S|\[\^\]|\[\\s\\S\])[*+]?$/.test(what.regex);
}

/** The result of a call: a secret by the callee's name, or nothing of one after it was hashed or masked. */
export function secretResult(ctx: Ctx, call: Call, res: Value): Value {
  const name = call.method ?? ctx.ir.vars[call.op.callee.root]?.name ?? '';
  if (name === '') return res;
  if (HIDES.test(name) || blanks(call)) {
    const kinds = ctx.rules.kinds.filter((it) => it.from.includes('secret')).map((it) => it.kind);
    return res.facts.length > 0 && kinds.length > 0
      ? { ...res, facts: cleanse(res.facts, ctx.kinds.of(kinds), ctx.kinds) }
      : res;
  }
  const bare = name.replace(/^(?:get|fetch|read|load|ask|prompt|generate|find)(?=[A-Z_])/, '');
  if (!isSecretName(bare) || call.op.isNew) return res;
  return marked(ctx, res === OPEN ? { ...OPEN } : res, name, call.op);
}
