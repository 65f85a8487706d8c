// Interprets the effects of a language's own methods and functions (lang/natives.ts) on values.

import type { Place } from '../ir/ir.ts';
import type { Effect, Part } from '../lang/natives.ts';
import {
  type Fact,
  type FieldKey,
  type Value,
  EMPTY,
  HOLE,
  OPEN,
  cleanse,
  constant,
  derive,
  isRegex,
  join,
  joinFacts,
  sortFacts,
  value,
} from './domain.ts';
import { deepFacts, listValue, readObj, toTree, writeField, type Obj } from './heap.ts';
import { type Ctx, functionsIn, member, siteOf, writePlace } from './ctx.ts';
import { checkMatch } from './checks.ts';
import { type Call, type CallArg, invoke, invokeValue } from './calls.ts';
import { replaceSafe } from './charset.ts';
import { collectionCall } from './collections.ts';
import { cutting, splitPieces, textBehindCut } from './cuts.ts';
import { nativeProofs } from './guards.ts';
import { accepted } from './predicates.ts';
import { ablatedResult, markEnding } from './probe.ts';
import { bare, elementFacts } from './summary.ts';
import { ELEMENTS, TEXT } from './limits.ts';

/** The result of a built-in call, or undefined if it is not one. */
export function nativeCall(ctx: Ctx, call: Call): Value | undefined {
  const name = globalName(ctx, call);
  if (name !== undefined) {
    const effect = ctx.info.natives.functions.get(call.op.isNew ? `new ${name}` : name);
    if (effect) return run(ctx, call, effect);
  }
  if (call.method === undefined || call.recv === undefined || call.op.isNew) return undefined;
  if (call.callee.nodes.length > 0) return undefined;
  checkMatch(ctx, call);
  return nativeMethod(ctx, call);
}
/** A call of a method by its name alone, whatever the receiver is. */
export function nativeMethod(ctx: Ctx, whole: Call): Value | undefined {
  const call = cutting(ctx, whole);
  const effect = ctx.info.natives.methods.get(call.method ?? '');
  const proofs = nativeProofs(ctx, call);
  if (!effect) return undefined;
  const res = run(ctx, call, effect);
  return proofs ? { ...res, proofs, konst: undefined } : res;
}

/** A context manager made of a generator gives what that yields, whatever methods the yielded value has. */
export function enteredValue(ctx: Ctx, call: Call): Value | undefined {
  if (call.method === undefined || call.recv?.fields?.size !== 1 || call.recv.nodes.length > 0)
    return undefined;
  const yielded = call.recv.fields.get(null);
  return yielded && ctx.info.natives.methods.get(call.method)?.e === 'enter' ? yielded : undefined;
}

/** `Object.assign` for a call through the global object, undefined for anything else. */
function globalName(ctx: Ctx, call: Call): string | undefined {
  const { root, path } = call.op.callee;
  const link = ctx.info.links.get(root);
  if (link?.l !== 'global') return undefined;
  let res = link.name;
  for (const it of path) {
    if (typeof it !== 'string') return undefined;
    res += `.${it}`;
  }
  return res;
}

function part(ctx: Ctx, call: Call, it: Part): Value {
  switch (it) {
    case 'recv':
      return call.recv ?? EMPTY;
    case 'elem':
      return elements(ctx, call.recv ?? call.args[0]?.val ?? EMPTY, call);
    case 'arg0':
    case 'arg1':
    case 'arg2':
      return call.args[Number(it[3])]?.val ?? EMPTY;
    case 'args':
      return call.args.reduce(
        (acc, x) => join(acc, x.spread ? elements(ctx, x.val, call) : x.val, ctx.kinds),
        EMPTY,
      );
    case 'rest':
      return call.args.slice(1).reduce((acc, x) => join(acc, x.val, ctx.kinds), EMPTY);
    default:
      return it satisfies never;
  }
}

/** Any element of a collection; of a tainted whole, the same data. */
export function elements(ctx: Ctx, val: Value, call: Pick<Call, 'op'>): Value {
  const res = member(ctx, val, null, call.op);
  return res === EMPTY ? OPEN : res;
}

const clean = (): Value => OPEN;
const textOf = (ctx: Ctx, parts: readonly Value[]): Value => {
  let facts: readonly Fact[] = [];
  for (const it of parts)
    facts = joinFacts(facts, derive(elementFacts(ctx.env, it, ctx.kinds), 1, ctx.kinds), ctx.kinds);
  const structured = ctx.rules.kinds.filter((it) => it.structured).map((it) => it.kind);
  return value({ facts: cleanse(facts, ctx.kinds.of(structured), ctx.kinds), open: true });
};

function run(ctx: Ctx, call: Call, effect: Effect): Value {
  const id = call.op.id * 8 + 2;
  switch (effect.e) {
    case 'clean':
      return ablatedResult(ctx, call, `converted by ${call.method ?? globalName(ctx, call)}()`) ?? clean();
    case 'text': {
      const folded = foldText(call);
      return (
        folded ??
        keepText(
          call,
          textOf(
            ctx,
            effect.from.map((it) => part(ctx, call, it)),
          ),
        )
      );
    }
    case 'deep': {
      let facts: readonly Fact[] = [];
      for (const it of effect.from)
        facts = joinFacts(facts, deepFacts(ctx.env, part(ctx, call, it), ctx.kinds), ctx.kinds);
      // Line breaks are escaped in JSON, and in a program JSON is a literal.
      return value({
        facts: cleanse(derive(facts, 2, ctx.kinds), ctx.kinds.of(['log', 'header', 'code']), ctx.kinds),
        open: true,
      });
    }
    case 'same': {
      const val = part(ctx, call, effect.of);
      return val === EMPTY ? OPEN : val;
    }
    case 'list':
      return list(ctx, call, effect, id);
    case 'add': {
      if (call.recv) addElements(ctx, call, call.recv);
      return effect.gives === 'recv' ? (call.recv ?? OPEN) : OPEN;
    }
    case 'put': {
      const key = constKey(call.args[0]?.val);
      const val = call.args[1]?.val ?? EMPTY;
      if (call.recv && call.recv.objs.length > 0) writeField(ctx.env, call.recv, key, val, ctx.kinds);
      return call.recv ?? OPEN;
    }
    case 'get': {
      if (!call.recv) return OPEN;
      // On a collection of the function; on anything else `get` is a method nobody knows.
      if (call.recv.objs.length === 0 && !call.recv.fields)
        return value({ facts: derive(call.recv.facts, 1, ctx.kinds), open: true });
      return member(ctx, call.recv, constKey(call.args[0]?.val), call.op);
    }
    case 'assign':
      return assign(ctx, call);
    case 'keys':
      return value({
        fields: new Map([[null, value({ facts: keyFacts(ctx, part(ctx, call, effect.of)), open: true })]]),
      });
    case 'values':
      return value({ fields: new Map([[null, elements(ctx, part(ctx, call, effect.of), call)]]) });
    case 'pairs': {
      const of = part(ctx, call, effect.of);
      const pair = value({
        fields: new Map<FieldKey, Value>([
          [0, value({ facts: keyFacts(ctx, of), open: true })],
          [1, elements(ctx, of, call)],
        ]),
      });
      return value({ fields: new Map([[null, pair]]) });
    }
    case 'each':
      return eachElement(ctx, call, effect, id);
    case 'then': {
      let res = EMPTY;
      call.args.forEach((arg, i) => {
        const given: CallArg = {
          val: i === 0 ? (call.recv ?? OPEN) : OPEN,
          place: undefined,
          site: arg.site,
          spread: false,
        };
        res = join(res, invokeValue(ctx, callable(ctx, arg.val), [given], call), ctx.kinds);
      });
      return res === EMPTY ? OPEN : res;
    }
    case 'run': {
      for (const arg of call.args) invokeValue(ctx, callable(ctx, arg.val), [], call);
      return effect.gives === 'recv' ? (call.recv ?? OPEN) : OPEN;
    }
    case 'call':
      return recall(ctx, call, call.args.slice(1), call.args[0]?.val);
    case 'apply': {
      const from = call.args[1];
      const spread = from ? spreadArgs(ctx, from) : [];
      return recall(ctx, call, spread, call.args[0]?.val);
    }
    case 'bind':
      return bindFunction(call);
    case 'reflect':
      return reflect(ctx, call, effect.list);
    case 'promise':
      return promise(ctx, call);
    case 'replace':
      return replace(ctx, call, effect.all === true);
    case 'join': {
      const known = joinKnown(ctx, call);
      return known ?? textOf(ctx, [call.recv ?? EMPTY, call.args[0]?.val ?? EMPTY]);
    }
    default:
      return collectionCall(ctx, call, effect);
  }
}

/** Keys of request data are chosen by the requester; keys of a record written in the code are not. */
const keyFacts = (ctx: Ctx, val: Value): readonly Fact[] =>
  val.objs.length > 0 ? [] : derive(val.facts, 1, ctx.kinds);
const constKey = (val: Value | undefined): FieldKey => {
  const c = val?.konst?.c;
  return typeof c === 'string' || typeof c === 'number' ? c : null;
};
const callable = (ctx: Ctx, val: Value): Value => {
  const fns = functionsIn(ctx, val);
  return fns === val.fns ? val : { ...val, fns };
};

function foldText(call: Call): Value | undefined {
  const c = call.recv?.konst?.c;
  if (typeof c !== 'string' || call.args.some((it) => !it.val.konst)) return undefined;
  const args = call.args.map((it) => it.val.konst!.c);
  switch (call.method) {
    case 'trim':
      return constant(c.trim());
    case 'toLowerCase':
      return constant(c.toLowerCase());
    case 'toUpperCase':
      return constant(c.toUpperCase());
    case 'toString':
      return constant(c);
    case 'charAt':
      return typeof args[0] === 'number' ? constant(c.charAt(args[0])) : undefined;
    case 'substring':
      return typeof args[0] === 'number'
        ? constant(c.substring(args[0], args[1] as number | undefined))
        : undefined;
    default:
      return undefined;
  }
}
/** Trimming keeps what is known of the text, and cutting what is known behind the cut. */
function keepText(call: Call, val: Value): Value {
  const text = call.recv?.text;
  const rest = textBehindCut(call);
  if (rest !== undefined) return { ...val, text: rest };
  if (text === undefined || !['trim', 'toString', 'trimEnd', 'valueOf'].includes(call.method ?? ''))
    return val;
  return { ...val, text };
}

function list(ctx: Ctx, call: Call, effect: Extract<Effect, { e: 'list' }>, id: number): Value {
  if (effect.items)
    return listValue(
      ctx.env,
      id,
      call.args.map((it) => it.val),
      undefined,
      ctx.kinds,
    );
  if (call.method === 'slice' || call.method === 'concat') {
    const { recv } = call;
    const isText = recv && (recv.text !== undefined || (recv.objs.length === 0 && !recv.fields));
    if (isText)
      return keepText(
        call,
        textOf(ctx, [recv, ...(call.method === 'concat' ? call.args.map((it) => it.val) : [])]),
      );
  }
  const pieces = splitPieces(ctx, call);
  if (pieces) return listValue(ctx.env, id, pieces.first, pieces.rest, ctx.kinds);
  if (call.method === 'concat' && call.recv) {
    const parts = [call.recv, ...call.args.map((it) => it.val)].map((it) => knownElements(ctx, it));
    if (parts.every((it) => it !== undefined))
      return listValue(ctx.env, id, parts.flat().slice(0, ELEMENTS * 2), undefined, ctx.kinds);
  }
  let rest = EMPTY;
  for (const it of effect.of) {
    if (it === 'args')
      for (const arg of call.args)
        rest = join(rest, isCollection(ctx, arg.val) ? elements(ctx, arg.val, call) : arg.val, ctx.kinds);
    else rest = join(rest, elements(ctx, part(ctx, call, it), call), ctx.kinds);
  }
  return listValue(ctx.env, id, [], rest, ctx.kinds);
}
const isCollection = (ctx: Ctx, val: Value): boolean =>
  val.fields !== undefined || val.objs.some((id) => ctx.env.heap.get(id)?.isList);
function knownElements(ctx: Ctx, val: Value): Value[] | undefined {
  const obj = val.objs.length === 1 ? ctx.env.heap.get(val.objs[0]!) : undefined;
  if (!obj) return val.fields || val.facts.length > 0 ? undefined : [val];
  if (!obj.isList || obj.len === undefined) return undefined;
  return Array.from({ length: obj.len }, (_, i) => obj.fields.get(i) ?? OPEN);
}

function addElements(ctx: Ctx, call: Call, recv: Value): void {
  const single = recv.objs.length === 1 ? ctx.env.heap.get(recv.objs[0]!) : undefined;
  for (const arg of call.args) {
    const val = arg.spread ? elements(ctx, arg.val, call) : arg.val;
    const now: Obj | undefined = single ? ctx.env.heap.get(recv.objs[0]!) : undefined;
    const at =
      (call.method === 'push' || call.method === 'append') &&
      now?.len !== undefined &&
      now.len < ELEMENTS &&
      !arg.spread
        ? now.len
        : null;
    writeField(ctx.env, recv, at, val, ctx.kinds);
  }
  // A collection the engine has no object for (a parameter's, a field's): remember the data on the place itself.
  if (recv.objs.length === 0 && call.recvPlace && call.recvPlace.path.length === 0) {
    const old = ctx.env.vars[call.recvPlace.root] ?? EMPTY;
    const facts = call.args.flatMap((it) => [...deepFacts(ctx.env, it.val, ctx.kinds)]);
    if (facts.length > 0)
      ctx.env.vars[call.recvPlace.root] = {
        ...old,
        facts: sortFacts([...old.facts, ...derive(facts, 1, ctx.kinds)], ctx.kinds),
      };
  } else if (call.recvPlace && call.recvPlace.path.length > 0) addToField(ctx, call, call.recvPlace, recv);
}
/** What a field holds is seen by other methods and by callers: with its new elements it is written as a whole. */
function addToField(ctx: Ctx, call: Call, place: Place, recv: Value): void {
  let added = EMPTY;
  for (const it of call.args)
    added = join(added, it.spread ? elements(ctx, it.val, call) : it.val, ctx.kinds);
  if (added.facts.length === 0 && added.fns.length === 0 && added.objs.length === 0) return;
  if (recv.objs.length > 0) return writePlace(ctx, place, recv, call.op);
  const fields = new Map(recv.fields);
  fields.set(null, join(fields.get(null) ?? EMPTY, toTree(ctx.env, added, ctx.kinds), ctx.kinds));
  writePlace(ctx, place, { ...recv, fields, open: true }, call.op);
}

function assign(ctx: Ctx, call: Call): Value {
  const target = call.args[0]?.val ?? EMPTY;
  let res = target;
  for (const arg of call.args.slice(1)) {
    for (const objId of arg.val.objs) {
      const obj = ctx.env.heap.get(objId);
      if (!obj) continue;
      for (const [key, it] of obj.fields)
        writeField(ctx.env, target, key, it, ctx.kinds, arg.val.objs.length > 1);
      if (obj.base.facts.length > 0)
        writeField(ctx.env, target, null, readObj(obj, null, ctx.kinds), ctx.kinds);
    }
    if (arg.val.fields)
      for (const [key, it] of arg.val.fields) writeField(ctx.env, target, key, it, ctx.kinds);
    if (arg.val.facts.length > 0 && arg.val.objs.length === 0) {
      writeField(ctx.env, target, null, value({ facts: arg.val.facts, open: true }), ctx.kinds);
      if (target.objs.length === 0) res = join(res, value({ facts: arg.val.facts, open: true }), ctx.kinds);
    }
    if (target.objs.length === 0) res = join(res, { ...arg.val, konst: undefined }, ctx.kinds);
  }
  return res;
}

function eachElement(ctx: Ctx, call: Call, effect: Extract<Effect, { e: 'each' }>, id: number): Value {
  const over =
    effect.fn === 'arg0' ? (call.recv ?? EMPTY) : (call.args[effect.fn === 'first' ? 1 : 0]?.val ?? EMPTY);
  const fnArg = effect.fn === 'arg1' ? call.args[1] : call.args[0];
  const elem = elements(ctx, over, call);
  if (!fnArg) return effect.gives === 'list' ? listValue(ctx.env, id, [], elem, ctx.kinds) : OPEN;
  let acc = effect.init ? (call.args[1]?.val ?? elem) : EMPTY;
  const target = callable(ctx, fnArg.val);
  let out = EMPTY;
  for (let round = 0; round < (effect.gives === 'last' ? 2 : 1); round++) {
    const args: CallArg[] = effect.params.map((it) => {
      const val = it === 'elem' ? elem : it === 'recv' ? over : it === 'acc' ? acc : OPEN;
      return { val, place: undefined, site: fnArg.site, spread: false };
    });
    out = invokeValue(ctx, target, args, call);
    acc = join(acc, out, ctx.kinds);
  }
  const chosen = (): Value => accepted(ctx, target, elem, effect.params.indexOf('elem'), call.op);
  // A callback nobody knows may return anything it was given.
  if (target.fns.length === 0 && target.nodes.length === 0) out = join(out, elem, ctx.kinds);
  switch (effect.gives) {
    case 'list':
      return listValue(ctx.env, id, [], out, ctx.kinds);
    case 'flat':
      return listValue(ctx.env, id, [], isCollection(ctx, out) ? elements(ctx, out, call) : out, ctx.kinds);
    case 'recv-list':
      return listValue(ctx.env, id, [], chosen(), ctx.kinds);
    case 'elem':
      return chosen();
    case 'last':
      return acc;
    case 'recv':
    case 'clean':
      return OPEN;
    default:
      return effect.gives satisfies never;
  }
}

function spreadArgs(ctx: Ctx, from: CallArg): CallArg[] {
  const known = knownElements(ctx, from.val);
  if (known && isCollection(ctx, from.val))
    return known.map((val) => ({ val, place: undefined, site: from.site, spread: false }));
  return [{ ...from, spread: true }];
}
/** `f.call(self, …)`: the receiver is the function. */
function recall(ctx: Ctx, call: Call, args: readonly CallArg[], self: Value | undefined): Value {
  const target = call.recv ?? EMPTY;
  const path = call.recvPlace?.path ?? [];
  const last = path.at(-1);
  const inner: Call = {
    op: call.op,
    callee: target,
    method: typeof last === 'string' ? last : undefined,
    recv: self,
    recvPlace: undefined,
    args,
  };
  // `Array.prototype.slice.call(arguments)` and `Object.prototype.hasOwnProperty.call(o, k)`.
  return invoke(ctx, inner);
}
function reflect(ctx: Ctx, call: Call, list: number): Value {
  const [target] = call.args;
  const from = call.args[list];
  if (!target?.place) return textOf(ctx, [part(ctx, call, 'args')]);
  const last = target.place.path.at(-1);
  const self = list === 2 ? call.args[1] : undefined;
  return invoke(ctx, {
    // The operation is that of the function called, so that this call is not found here again.
    op: { ...call.op, callee: target.place },
    callee: target.val,
    method: typeof last === 'string' ? last : undefined,
    recv: self?.val,
    recvPlace: self?.place,
    args: from ? spreadArgs(ctx, from) : [],
  });
}
function bindFunction(call: Call): Value {
  const target = call.recv ?? EMPTY;
  const self = call.args[0]?.val;
  if (call.args.length > 1 || !self) return { ...target, proofs: undefined };
  return { ...target, fns: target.fns.map((it) => ({ ...it, self: bare(self) })), proofs: undefined };
}

/** The executor runs at once; what it gives to `resolve` is known from the calls recorded in its summary. */
function promise(ctx: Ctx, call: Call): Value {
  const executor = call.args[0];
  if (!executor) return OPEN;
  let res = OPEN;
  for (const fn of executor.val.fns) {
    const summary = ctx.world.summary(fn.fid);
    invokeValue(ctx, { ...EMPTY, fns: [fn] }, [], call);
    for (const it of summary?.invokes ?? []) {
      if (it.origin.fid !== fn.fid || it.origin.index !== 0) continue;
      const given = it.args[0];
      // Only what makes sense here: sources and our own parameters.
      if (given)
        res = join(
          res,
          {
            ...given,
            facts: given.facts.filter((x) => x.origin.o === 'source' || ctx.inside.has(x.origin.fid)),
          },
          ctx.kinds,
        );
    }
  }
  return res;
}

function replace(ctx: Ctx, call: Call, all: boolean): Value {
  const recv = call.recv ?? EMPTY;
  const [what, by] = call.args;
  let facts = derive(recv.facts, 1, ctx.kinds);
  const safe = what && by ? replaceSafe(what.val.konst?.c, by.val.konst?.c, all, ctx.kinds) : 0;
  if (safe) {
    const text = `made safe by ${call.method ?? 'replace'}()`;
    const marked = markEnding(ctx, facts, safe, siteOf(ctx, call.op), 'sanitised', text);
    facts = marked.map((it) => ({ ...it, safe: ctx.kinds.union(it.safe, safe) }));
  }
  if (by) {
    const target = callable(ctx, by.val);
    if (target.fns.length > 0) {
      const args: CallArg[] = [
        { val: value({ facts, open: true }), place: undefined, site: by.site, spread: false },
      ];
      const out = invokeValue(ctx, target, args, call);
      facts = joinFacts(facts, derive(out.facts, 1, ctx.kinds), ctx.kinds);
    } else facts = joinFacts(facts, derive(by.val.facts, 1, ctx.kinds), ctx.kinds);
  }
  const folded = foldReplace(recv, what?.val, by?.val);
  if (folded !== undefined && facts.length === 0) return constant(folded);
  const text =
    recv.text !== undefined && what?.val.konst && typeof what.val.konst.c === 'string'
      ? templateText(recv.text, what.val.konst.c)
      : undefined;
  return value({ facts, text, open: true });
}
function foldReplace(recv: Value, what: Value | undefined, by: Value | undefined): string | undefined {
  const c = recv.konst?.c;
  if (typeof c !== 'string' || typeof what?.konst?.c !== 'string' || typeof by?.konst?.c !== 'string')
    return undefined;
  return c.replace(what.konst.c, () => String(by.konst!.c)).slice(0, TEXT);
}
/** `"… {} …".replace("{}", x)` builds text around x. */
const templateText = (text: string, what: string): string =>
  text.includes(what) ? text.replace(what, HOLE) : text;

function joinKnown(ctx: Ctx, call: Call): Value | undefined {
  const items = call.recv ? knownElements(ctx, call.recv) : undefined;
  const sep = call.args[0] ? call.args[0].val.konst?.c : ',';
  if (!items || !isCollection(ctx, call.recv!) || typeof sep !== 'string') return undefined;
  let text = '';
  let facts: readonly Fact[] = [];
  let whole = true;
  items.forEach((it, i) => {
    if (i > 0) text += sep;
    if (it.konst && !isRegex(it.konst.c) && it.konst.c != null) text += String(it.konst.c);
    else {
      whole = false;
      text += it.text ?? HOLE;
    }
    facts = joinFacts(facts, derive(it.facts, 1, ctx.kinds), ctx.kinds);
  });
  if (whole && text.length <= TEXT) return constant(text);
  return value({ facts, text: text.slice(0, TEXT), open: true });
}
