// Where checks that are code (checks/) meet a run: what they find becomes findings of the function that is run.

import type { FuncIR, Place, RegExpText, Span } from '../ir/ir.ts';
import type { Hit } from '../checks/check.ts';
import { WATCHED, checkCalls } from '../checks/calls.ts';
import { checkMessageHandler } from '../checks/messages.ts';
import { checkFunction, secretsIn } from '../checks/function.ts';
import { attackText, checkPattern } from '../checks/patterns.ts';
import { slowness } from '../checks/regex/redos.ts';
import { secretGiven } from '../checks/secrets.ts';
import type { Call, CallArg } from './calls.ts';
import { shortened } from './charset.ts';
import { type Ctx, siteOf } from './ctx.ts';
import { type Value, constant, isRegex } from './domain.ts';
import { isMessageEvent } from './origins.ts';
import { noteSink, stateOf } from './probe.ts';
import { isAround, meet, reportCheck } from './sinks.ts';
import type { SinkInfo } from './world.ts';

/** Reports what a function's text shows, and the constants of its calls as the run saw them. */
export function checkText(ctx: Ctx): void {
  for (const it of checkFunction(ctx.ir)) report(ctx, it);
  for (const it of checkCalls(ctx.ir, ctx.watched)) report(ctx, it);
  if (ctx.info.natives.textChecks) for (const it of secretsIn(ctx.ir)) reportSecret(ctx, it);
  if (isMessageHandler(ctx)) {
    const found = checkMessageHandler(ctx.ir);
    if (found) report(ctx, found);
  }
}

/** A model that knows the library says more of the same constant: `app.secret_key = 'x'`. */
function reportSecret(ctx: Ctx, it: Hit): void {
  for (const { kind, sink } of ctx.findings.values())
    if (kind === 'hardcoded-secret' && sink.site.s <= it.e && it.s <= sink.site.e) return;
  report(ctx, it);
}

/** Whether the first parameter is the event of a message, and not shared with functions inside, which may look at it. */
function isMessageHandler(ctx: Ctx): boolean {
  const param = ctx.ir.params[0];
  if (!param || ctx.info.captured.has(param.v)) return false;
  return isMessageEvent(ctx, ctx.world.slot(`P${ctx.info.fid}:0`));
}

/** Checks know methods by JavaScript's names: a `replace` that replaces all, as Python's does, is `replaceAll`. */
function meantBy(ctx: Ctx, method: string | undefined): string | undefined {
  const effect = method === 'replace' ? ctx.info.natives.methods.get(method) : undefined;
  return effect?.e === 'replace' && effect.all ? 'replaceAll' : method;
}

/** Keeps what checks ask of a call: its constants. A call seen again in another round of a loop keeps what is common. */
export function noteCall(ctx: Ctx, call: Call): void {
  const { op } = call;
  const method = meantBy(ctx, call.method);
  if (method === undefined || !WATCHED.has(method)) return;
  const args = call.args.map((it) => it.val.konst?.c);
  const texts: string[] = [];
  const lists = (call.recv?.objs ?? []).map((id) => ctx.env.heap.get(id)).filter((it) => it?.isList);
  for (const it of [...lists.map((x) => x!.fields), call.recv?.fields ?? []])
    for (const [, val] of it) if (typeof val.konst?.c === 'string') texts.push(val.konst.c);
  const list = texts.length > 0 ? texts : undefined;
  ctx.watched.set(op.id, { op, method, args, recv: call.recv?.konst?.c, list });
}

function report(ctx: Ctx, { check: id, s, e, name, detail, sound }: Hit): void {
  const check = ctx.rules.check(id);
  if (!check) return;
  noteSink(ctx, id, name, siteOf(ctx, { s, e }), sound ? 'idle' : 'tainted');
  if (sound) return;
  const message = detail === undefined ? check.message : check.message.replace('{detail}', () => detail);
  reportCheck(ctx, { ...check, message }, name, siteOf(ctx, { s, e }));
}

/** Methods that match a pattern with a text, and whether the pattern is the receiver or the first argument. */
const MATCHES: Readonly<Record<string, 'recv' | 'arg'>> = {
  test: 'recv',
  exec: 'recv',
  match: 'arg',
  matchAll: 'arg',
  search: 'arg',
  replace: 'arg',
  replaceAll: 'arg',
  split: 'arg',
};
/** A call of one of the language's own methods: untrusted text must not meet a pattern that can be made slow. */
export function checkMatch(ctx: Ctx, call: Call): void {
  const where = MATCHES[call.method ?? ''];
  const [arg] = call.args;
  if (!where || !arg || !call.recv) return;
  if (where === 'recv') matched(ctx, call.recv, arg.val, arg.place, `RegExp#${call.method}`, arg.site);
  else matched(ctx, arg.val, call.recv, call.recvPlace, `String#${call.method}`, call.op.calleeSpan);
}
function matched(
  ctx: Ctx,
  pattern: Value,
  subject: Value,
  place: Place | undefined,
  name: string,
  at: Span,
): void {
  const c = pattern.konst?.c;
  if (subject.facts.length === 0 || c === undefined || !isRegex(c)) return;
  const slow = slowness(c.regex, c.flags, 'javascript');
  const isSlow = slow !== undefined && !hasNoRuns(ctx, place, slow.pump);
  noteSink(ctx, 'redos', name, siteOf(ctx, at), isSlow ? stateOf(ctx, 'redos', subject) : 'idle');
  if (!isSlow) return;
  const sink: SinkInfo = { kind: 'redos', site: siteOf(ctx, at), name, detail: attackText(slow) };
  for (const it of subject.facts) meet(ctx, it, sink);
}

/** The text at this place was made by `x.replace(/-+/g, '-')`: what the attack repeats is not repeated in it. */
function hasNoRuns(ctx: Ctx, place: Place | undefined, pump: string): boolean {
  if (!place || place.path.length > 0) return false;
  for (const { op, method, args } of ctx.watched.values()) {
    if (op.to.root !== place.root || op.to.path.length > 0 || !method.startsWith('replace')) continue;
    const [what, by] = args;
    if (what === undefined || typeof by !== 'string' || by.length > 1) continue;
    const chars = shortened(what);
    if (chars && [...pump].every((it) => chars[Math.min(it.codePointAt(0)!, 128)] === 1)) return true;
  }
  return false;
}

/** A pattern that models say a call reads, with the text that it meets: Python's `re.search(pattern, text)`. */
export function checkModelled(
  ctx: Ctx,
  pattern: { readonly val: Value; readonly site: Span } | undefined,
  subject: { readonly val: Value; readonly site: Span } | undefined,
  name: string,
  flags = '',
): void {
  const c = pattern?.val.konst?.c;
  if (!pattern || c === undefined || (typeof c !== 'string' && !isRegex(c))) return;
  const made: RegExpText = typeof c === 'string' ? { regex: c, flags } : c;
  // A compiled pattern was looked at where it was compiled: there nothing is matched yet.
  if (typeof c === 'string' || !subject)
    for (const it of checkPattern(made, pattern.site, 'python')) report(ctx, it);
  if (!subject || subject.val.facts.length === 0) return;
  const slow = slowness(made.regex, made.flags, 'python');
  if (!slow) return;
  const sink: SinkInfo = { kind: 'redos', site: siteOf(ctx, subject.site), name, detail: attackText(slow) };
  for (const it of subject.val.facts) meet(ctx, it, sink);
}

/** `new RegExp('…')`: the pattern it makes, undefined if the text is not known. */
export function builtPattern(ctx: Ctx, call: Call): Value | undefined {
  const { root, path } = call.op.callee;
  const link = path.length === 0 ? ctx.info.links.get(root) : undefined;
  if (link?.l !== 'global' || link.name !== 'RegExp') return undefined;
  const [pattern, flags] = call.args;
  const text = pattern?.val.konst?.c;
  // Flags that are not known are taken to be those that are meant: who computes them replaces all matches.
  const letters = flags ? (flags.val.konst?.c ?? 'g') : '';
  if (typeof text !== 'string' || typeof letters !== 'string') return undefined;
  const made: RegExpText = { regex: text, flags: letters };
  for (const it of checkPattern(made, pattern!.site, 'javascript')) report(ctx, it);
  return constant(made);
}

/** Values that no call should get, and no parameter by default: `connect(ssl_version=ssl.PROTOCOL_SSLv3)`. */
export function checkGiven(ctx: Ctx, args: readonly Pick<CallArg, 'val' | 'place' | 'site'>[]): void {
  for (const arg of args)
    for (const node of arg.val.nodes)
      for (const it of ctx.rules.closure(node))
        for (const check of ctx.rules.roles(it)?.givenChecks ?? [])
          if (isNamed(ctx, arg.place, ctx.rules.name(it)) && isAround(ctx, check))
            reportCheck(ctx, check, ctx.rules.name(it), siteOf(ctx, arg.site));
}

/** Constants given by position to a parameter that is a secret by its name. */
export function checkPassed(ctx: Ctx, callee: FuncIR, args: readonly CallArg[]): void {
  if (!ctx.info.natives.textChecks) return;
  args.forEach((arg, index) => {
    const text = arg.val.konst?.c;
    if (typeof text !== 'string' || arg.place === undefined || arg.name !== undefined) return;
    if (ctx.ir.vars[arg.place.root]?.kind !== 'temp') return;
    const found = secretGiven(callee.params[index]?.name ?? '', text, arg.site);
    if (found) report(ctx, found);
  });
}

/** Whether the value is named at this very place, rather than held by a variable that anybody filled. */
function isNamed(ctx: Ctx, place: Place | undefined, name: string): boolean {
  if (!place) return false;
  const last = place.path.length > 0 ? place.path.at(-1) : ctx.ir.vars[place.root]?.name;
  return typeof last === 'string' && name.endsWith(`.${last}`);
}
