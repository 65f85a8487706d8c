// Effects on lists and dictionaries that tell elements and keys apart, as far as positions and keys are known.
// A list whose length is not known any more is read as one element; a dictionary with an unknown key as any field.

import type { Effect } from '../lang/natives.ts';
import { bracePieces } from '../lang/formats.ts';
import { type FieldKey, type Value, EMPTY, OPEN, constant, join, value } from './domain.ts';
import { allocate, deepFacts, listValue, writeField } from './heap.ts';
import { type Ctx, member, writePlace } from './ctx.ts';
import type { Call, CallArg } from './calls.ts';
import { buildText, fillFormat } from './text.ts';
import { ELEMENTS } from './limits.ts';

/** The elements of a list whose length is known, in order; undefined for anything else. */
export function knownItems(ctx: Ctx, val: Value): Value[] | undefined {
  const obj = val.objs.length === 1 && !val.mixed ? ctx.env.heap.get(val.objs[0]!) : undefined;
  if (!obj?.isList || obj.len === undefined) return undefined;
  return Array.from({ length: obj.len }, (_, i) => obj.fields.get(i) ?? OPEN);
}

/** Makes these the elements of a list whose length is known. */
function setItems(ctx: Ctx, list: Value, items: readonly Value[]): void {
  const [id] = list.objs;
  const obj = id === undefined ? undefined : ctx.env.heap.get(id);
  if (!obj || id === undefined) return;
  if (items.length <= ELEMENTS) {
    ctx.env.heap.set(id, { ...obj, fields: new Map(items.map((it, i) => [i, it])), len: items.length });
    return;
  }
  let all = EMPTY;
  for (const it of items) all = join(all, it, ctx.kinds);
  ctx.env.heap.set(id, { ...obj, fields: new Map([[null, all]]), len: undefined });
}

/** Positions of a list are not known any more; its elements are. */
function forgetOrder(ctx: Ctx, list: Value): void {
  for (const id of list.objs) {
    const obj = ctx.env.heap.get(id);
    if (!obj?.isList) continue;
    let all = EMPTY;
    for (const it of obj.fields.values()) all = join(all, it, ctx.kinds);
    ctx.env.heap.set(id, { ...obj, fields: new Map([[null, all]]), len: undefined });
  }
}

export type CollectionEffect = Extract<
  Effect,
  {
    e:
      | 'glue'
      | 'format'
      | 'extend'
      | 'insert'
      | 'take'
      | 'drop'
      | 'turn'
      | 'splice'
      | 'copy'
      | 'lookup'
      | 'default'
      | 'update'
      | 'dict'
      | 'numbered'
      | 'zip'
      | 'pick'
      | 'enter'
      | 'getattr'
      | 'setattr';
  }
>;

/** The result of such a call; the collection itself is changed where the call changes it. */
export function collectionCall(ctx: Ctx, call: Call, effect: CollectionEffect): Value {
  const recv = call.recv ?? EMPTY;
  const args = call.args.filter((it) => it.name === undefined);
  const [first, second, third] = args.map((it) => it.val);
  const id = call.op.id * 8 + 3;
  const anyOf = (val: Value | undefined): Value => {
    const res = val === undefined ? EMPTY : member(ctx, val, null, call.op);
    return res === EMPTY ? OPEN : res;
  };
  switch (effect.e) {
    case 'glue':
      return glue(ctx, call, recv, first ?? EMPTY);
    case 'format':
      return format(ctx, call, recv);
    case 'extend': {
      const own = knownItems(ctx, recv);
      const more = first && knownItems(ctx, first);
      if (own && more) setItems(ctx, recv, [...own, ...more]);
      else if (recv.objs.length > 0) writeField(ctx.env, recv, null, anyOf(first), ctx.kinds);
      else absorbInto(ctx, call, first ?? EMPTY);
      return OPEN;
    }
    case 'insert': {
      const own = knownItems(ctx, recv);
      const atFront = call.method === 'appendleft' || call.method === 'unshift';
      const added = atFront ? args : args.slice(1, 2);
      const at = atFront ? 0 : first?.konst?.c;
      if (own && typeof at === 'number' && !added.some((it) => it.spread)) {
        own.splice(at, 0, ...added.map((it) => it.val));
        setItems(ctx, recv, own);
        return OPEN;
      }
      forgetOrder(ctx, recv);
      for (const it of added) {
        const val = it.spread ? anyOf(it.val) : it.val;
        if (recv.objs.length > 0) writeField(ctx.env, recv, null, val, ctx.kinds);
        else absorbInto(ctx, call, val);
      }
      return OPEN;
    }
    case 'take':
      return take(ctx, call, recv, first, second);
    case 'drop':
      return drop(ctx, call, recv, first);
    case 'turn': {
      const own = knownItems(ctx, recv);
      if (own && call.method === 'reverse') setItems(ctx, recv, own.reverse());
      else forgetOrder(ctx, recv);
      return effect.gives === 'recv' ? recv : OPEN;
    }
    case 'splice':
      return splice(ctx, call, recv, args);
    case 'copy': {
      if (!first) return listValue(ctx.env, id, [], undefined, ctx.kinds);
      const own = knownItems(ctx, first);
      if (own) return listValue(ctx.env, id, own, undefined, ctx.kinds);
      return listValue(ctx.env, id, [], isRecord(ctx, first) ? OPEN : anyOf(first), ctx.kinds);
    }
    case 'lookup': {
      const key = constKey(first);
      const found = member(ctx, recv, key, call.op);
      const isThere = key !== null && recv.objs.some((it) => ctx.env.heap.get(it)?.fields.has(key));
      return second && !isThere ? join(found, second, ctx.kinds) : found === EMPTY ? OPEN : found;
    }
    case 'default': {
      const key = constKey(first);
      if (second && recv.objs.length > 0) writeField(ctx.env, recv, key, second, ctx.kinds, true);
      return join(member(ctx, recv, key, call.op), second ?? OPEN, ctx.kinds);
    }
    case 'update': {
      for (const it of args) mergeFields(ctx, call, recv, it);
      for (const it of call.args) if (it.name !== undefined) setNamed(ctx, recv, it);
      return OPEN;
    }
    case 'dict': {
      allocate(ctx.env, id, { fields: new Map(), base: EMPTY, len: undefined, isList: false }, ctx.kinds);
      const made = value({ objs: [id] });
      for (const it of args) mergeFields(ctx, call, made, it);
      for (const it of call.args) if (it.name !== undefined) setNamed(ctx, made, it);
      return made;
    }
    case 'numbered': {
      const own = first && knownItems(ctx, first);
      const pair = (val: Value): Value =>
        value({
          fields: new Map<FieldKey, Value>([
            [0, OPEN],
            [1, val],
          ]),
        });
      if (own) return listValue(ctx.env, id, own.map(pair), undefined, ctx.kinds);
      return listValue(ctx.env, id, [], pair(anyOf(first)), ctx.kinds);
    }
    case 'zip': {
      const fields = new Map<FieldKey, Value>(args.map((it, i) => [i, anyOf(it.val)]));
      return listValue(ctx.env, id, [], value({ fields }), ctx.kinds);
    }
    case 'pick': {
      let res = anyOf(first);
      for (const it of args.slice(1)) res = join(res, it.val, ctx.kinds);
      return res;
    }
    case 'enter': {
      const generated = recv.fields?.size === 1 ? recv.fields.get(null) : undefined;
      return generated && recv.nodes.length === 0 ? generated : recv === EMPTY ? OPEN : recv;
    }
    case 'getattr': {
      const found = first ? member(ctx, first, constKey(second), call.op) : EMPTY;
      const res = third ? join(found, third, ctx.kinds) : found;
      return res === EMPTY ? OPEN : res;
    }
    case 'setattr': {
      const [holder] = args;
      const key = constKey(second);
      if (holder?.place && third) {
        const place = { root: holder.place.root, path: [...holder.place.path, key] };
        writePlace(ctx, place, third, call.op);
      }
      return OPEN;
    }
    default:
      return effect satisfies never;
  }
}

const constKey = (val: Value | undefined): FieldKey => {
  const c = val?.konst?.c;
  return typeof c === 'string' || typeof c === 'number' ? c : null;
};
const isRecord = (ctx: Ctx, val: Value): boolean =>
  val.objs.length > 0 && val.objs.every((id) => ctx.env.heap.get(id)?.isList === false);

/** `sep.join(list)`. */
function glue(ctx: Ctx, call: Call, separator: Value, list: Value): Value {
  const items = knownItems(ctx, list);
  if (!items) {
    const any = member(ctx, list, null, call.op);
    return buildText(ctx, [{ ...any, konst: undefined, text: undefined, open: true }, separator], call.op);
  }
  const parts = items.flatMap((it, i) => (i > 0 ? [separator, it] : [it]));
  return parts.length === 0 ? constant('') : buildText(ctx, parts, call.op);
}

/** `'{} {name}'.format(…)`, also with the values of a record (`format_map`, `**values`). */
function format(ctx: Ctx, call: Call, recv: Value): Value {
  const all = call.args.map((it) => it.val);
  if (recv.text === undefined) return buildText(ctx, [recv, ...all], call.op);
  const plain = call.args.filter((it) => it.name === undefined);
  const record = call.method === 'format_map' ? plain[0] : call.args.find((it) => it.name === '**');
  const spread = plain.some((it) => it.spread);
  const pick = (key: string | undefined): Value | undefined => {
    if (key === undefined) return undefined;
    if (/^\d+$/.test(key) && record?.name !== undefined) return plain[Number(key)]?.val;
    if (/^\d+$/.test(key)) return spread ? undefined : plain[Number(key)]?.val;
    const named = call.args.find((it) => it.name === key)?.val;
    return named ?? (record && member(ctx, record.val, key, call.op));
  };
  return fillFormat(ctx, bracePieces(recv.text), pick, all, call.op);
}

/** `list.pop(i)`, `dictionary.pop(key, default)`. */
function take(
  ctx: Ctx,
  call: Call,
  recv: Value,
  key: Value | undefined,
  otherwise: Value | undefined,
): Value {
  const own = knownItems(ctx, recv);
  const isFirst = call.method === 'popleft' || call.method === 'shift';
  const at = isFirst ? 0 : key === undefined ? -1 : key.konst?.c;
  if (own && typeof at === 'number') {
    const [taken] = own.splice(at < 0 ? own.length + at : at, 1);
    setItems(ctx, recv, own);
    return taken ?? OPEN;
  }
  const found = member(ctx, recv, key === undefined ? null : constKey(key), call.op);
  if (!isRecord(ctx, recv)) forgetOrder(ctx, recv);
  if (call.method === 'popitem')
    return value({
      fields: new Map<FieldKey, Value>([
        [0, OPEN],
        [1, found],
      ]),
    });
  const res = otherwise ? join(found, otherwise, ctx.kinds) : found;
  return res === EMPTY ? OPEN : res;
}

/** `list.splice(from, count, …items)`: what is taken out is the result. */
function splice(ctx: Ctx, call: Call, recv: Value, args: readonly CallArg[]): Value {
  const id = call.op.id * 8 + 3;
  const [from, count] = args.map((it) => it.val.konst?.c);
  const own = knownItems(ctx, recv);
  const items = args.slice(2);
  const isKnown = typeof from === 'number' && (args.length < 2 || typeof count === 'number');
  if (own && isKnown && !items.some((it) => it.spread)) {
    const length = typeof count === 'number' ? count : own.length;
    const taken = own.splice(from, length, ...items.map((it) => it.val));
    setItems(ctx, recv, own);
    return listValue(ctx.env, id, taken, undefined, ctx.kinds);
  }
  const any = member(ctx, recv, null, call.op);
  forgetOrder(ctx, recv);
  for (const it of items) {
    const val = it.spread ? member(ctx, it.val, null, call.op) : it.val;
    if (recv.objs.length > 0) writeField(ctx.env, recv, null, val, ctx.kinds);
    else absorbInto(ctx, call, val);
  }
  return listValue(ctx.env, id, [], any === EMPTY ? OPEN : any, ctx.kinds);
}

/** `list.remove(x)`, `clear()`: the element goes if it is known which one it is. */
function drop(ctx: Ctx, call: Call, recv: Value, what: Value | undefined): Value {
  const own = knownItems(ctx, recv);
  if (call.method === 'clear') {
    if (own) setItems(ctx, recv, []);
    return OPEN;
  }
  const at = own && what?.konst ? own.findIndex((it) => it.konst && it.konst.c === what.konst!.c) : -1;
  const certain = own?.slice(0, at + 1).every((it) => it.konst !== undefined) === true;
  if (own && at >= 0 && certain) {
    own.splice(at, 1);
    setItems(ctx, recv, own);
  } else forgetOrder(ctx, recv);
  return OPEN;
}

/** Fields of a record (or pairs of a list) are set in another one. */
function mergeFields(ctx: Ctx, call: Call, into: Value, arg: CallArg): void {
  if (into.objs.length === 0) {
    absorbInto(ctx, call, arg.val);
    return;
  }
  for (const id of arg.val.objs) {
    const obj = ctx.env.heap.get(id);
    if (!obj) continue;
    if (obj.isList) {
      const pair = member(ctx, arg.val, null, call.op);
      writeField(ctx.env, into, null, member(ctx, pair, 1, call.op), ctx.kinds);
      continue;
    }
    for (const [key, it] of obj.fields)
      writeField(ctx.env, into, key, it, ctx.kinds, arg.val.objs.length > 1);
    if (obj.base.facts.length > 0)
      writeField(ctx.env, into, null, value({ facts: obj.base.facts, open: true }), ctx.kinds);
  }
  for (const [key, it] of arg.val.fields ?? []) writeField(ctx.env, into, key, it, ctx.kinds);
  if (arg.val.facts.length > 0 && arg.val.objs.length === 0)
    writeField(ctx.env, into, null, value({ facts: arg.val.facts, open: true }), ctx.kinds);
}
function setNamed(ctx: Ctx, into: Value, arg: CallArg): void {
  if (arg.name === '**') return;
  writeField(ctx.env, into, arg.name!, arg.val, ctx.kinds);
}

/** A collection the engine has no object for (a parameter's, a field's): the data is remembered on the place itself. */
function absorbInto(ctx: Ctx, call: Call, val: Value): void {
  const facts = deepFacts(ctx.env, val, ctx.kinds);
  if (facts.length === 0 || !call.recvPlace) return;
  writePlace(
    ctx,
    { root: call.recvPlace.root, path: [...call.recvPlace.path, null] },
    value({ facts, open: true }),
    call.op,
  );
}
