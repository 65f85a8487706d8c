// One function per operation kind: what an operation does to the state.

import type {
  AnnotateOp,
  ClassOp,
  ClosureOp,
  CombineOp,
  ConcatOp,
  DecorateOp,
  ListOp,
  Op,
  RecordOp,
  TypeExpr,
} from '../ir/ir.ts';
import {
  type Fact,
  type FieldKey,
  type Value,
  EMPTY,
  OPEN,
  constant,
  derive,
  isRegex,
  join,
  joinFacts,
  stepped,
  value,
} from './domain.ts';
import { allocate, listValue, toTree } from './heap.ts';
import {
  type Ctx,
  decoratedWith,
  keyOf,
  lineage,
  member,
  nodeValue,
  keepUnread,
  readPlace,
  shared,
  show,
  siteOf,
  writePlace,
} from './ctx.ts';
import { applyFn, evalCall, invokeValue, passParam } from './calls.ts';
import { assignmentSinks } from './assigned.ts';
import { exportAll, exportValue, moduleValue } from './modules.ts';
import { allNodes } from './ctx.ts';
import { exportedByConvention, returnsTo, standsAt } from './run.ts';
import { ablatedNumber } from './probe.ts';
import { comparison } from './compared.ts';
import { knownItems } from './collections.ts';
import { buildText, fillFormat } from './text.ts';
import { checkGiven } from './checks.ts';
import { isAround, reportCheck } from './sinks.ts';
import { percentPieces } from '../lang/formats.ts';
import { ELEMENTS } from './limits.ts';
import type { ClassInfo } from './world.ts';

export function execOp(ctx: Ctx, op: Op): void {
  switch (op.op) {
    case 'const':
      return assign(ctx, op, constant(op.value));
    case 'copy': {
      const val = readPlace(ctx, op.from, op);
      if (ctx.ir.vars[op.to.root]?.kind === 'param' && op.to.path.length === 0)
        checkGiven(ctx, [{ val, place: op.from, site: op }]);
      assignmentSinks(ctx, op.to, val, op);
      const named =
        isNamed(ctx, op.to.root) && val.facts.length > 0
          ? { ...val, facts: stepped(val.facts, siteOf(ctx, op), 'assigned') }
          : val;
      return writePlace(ctx, op.to, named, op);
    }
    case 'concat':
      return assign(ctx, op, concat(ctx, op));
    case 'combine':
      return assign(ctx, op, combine(ctx, op));
    case 'list':
      return assign(ctx, op, list(ctx, op));
    case 'record':
      return assign(ctx, op, record(ctx, op));
    case 'call':
      return assign(ctx, op, evalCall(ctx, op));
    case 'closure':
      return assign(ctx, op, closure(ctx, op));
    case 'class':
      return writePlace(ctx, op.to, classValue(ctx, op), op);
    case 'decorate':
      return writePlace(ctx, op.to, decorate(ctx, op), op);
    case 'annotate':
      return annotate(ctx, op);
    case 'import':
      return writePlace(
        ctx,
        op.to,
        op.typeOnly ? typeImport(ctx, op.module, op.name, op) : moduleValue(ctx, op.module, op.name, op),
        op,
      );
    case 'export': {
      if (op.module !== undefined && op.name === '*') return exportAll(ctx, op.module, op);
      const val = op.from ? readPlace(ctx, op.from, op) : OPEN;
      exportedByConvention(ctx, op.name, val);
      return exportValue(ctx, op.name, val);
    }
    case 'yield': {
      const val = op.from ? readPlace(ctx, op.from, op) : OPEN;
      const given = op.delegate ? member(ctx, val, null, op) : val;
      ctx.ret = join(ctx.ret, toTree(ctx.env, given, ctx.kinds), ctx.kinds);
      return writePlace(ctx, op.to, OPEN, op);
    }
    case 'await':
      // A promise and its value are one thing to us.
      return writePlace(ctx, op.to, readPlace(ctx, op.from, op), op);
    case 'delete':
      return op.at.path.length > 0 ? writePlace(ctx, op.at, constant(undefined), op) : undefined;
    case 'return':
    case 'throw':
      return undefined;
    default:
      op satisfies never;
  }
}
const typeImport = (ctx: Ctx, module: string, name: string, at: Op): Value =>
  moduleValue(ctx, module, name, at);
const isNamed = (ctx: Ctx, root: number): boolean => ctx.ir.vars[root]?.kind !== 'temp';

function assign(ctx: Ctx, op: Op & { to: Parameters<typeof writePlace>[1] }, val: Value): void {
  assignmentSinks(ctx, op.to, val, op);
  writePlace(ctx, op.to, val, op);
}

/** Text from parts. `+` of lists is a list, `%` fills a format; the rest is text in order. */
function concat(ctx: Ctx, op: ConcatOp): Value {
  const parts = op.parts.map((it) => (typeof it === 'string' ? it : readPlace(ctx, it.place, it)));
  if (op.how === 'percent') return percent(ctx, op, parts);
  return (
    (op.how === 'plus' ? lists(ctx, op, parts) : undefined) ?? buildText(ctx, parts, op, op.how === 'plus')
  );
}
/** Lists added up, if all parts are lists. */
function lists(ctx: Ctx, op: ConcatOp, parts: readonly (string | Value)[]): Value | undefined {
  const items: Value[] = [];
  let rest: Value | undefined;
  for (const it of parts) {
    if (
      typeof it === 'string' ||
      it.objs.length === 0 ||
      !it.objs.every((id) => ctx.env.heap.get(id)?.isList)
    )
      return undefined;
    const known = rest ? undefined : knownItems(ctx, it);
    if (known) items.push(...known);
    else rest = join(rest ?? EMPTY, member(ctx, it, null, op), ctx.kinds);
  }
  return listValue(ctx.env, op.id * 8, items, rest, ctx.kinds);
}
/** `format % values`, or the remainder of a division. */
function percent(ctx: Ctx, op: ConcatOp, parts: readonly (string | Value)[]): Value {
  const [format, ...given] = parts.map((it) => (typeof it === 'string' ? constant(it) : it));
  if (typeof format?.konst?.c === 'number') {
    const by = given[0]?.konst?.c;
    return typeof by === 'number' ? constant(format.konst.c % by) : OPEN;
  }
  const pieces = format?.text === undefined ? undefined : percentPieces(format.text);
  if (!pieces) return buildText(ctx, parts, op);
  const only = given.length === 1 ? given[0] : undefined;
  const values = (only && knownItems(ctx, only)) ?? given;
  const slots = pieces.filter((it) => typeof it !== 'string');
  let next = 0;
  const pick = (key: string | undefined): Value | undefined => {
    if (key !== undefined) return only && member(ctx, only, key, op);
    return slots.length === values.length ? values[next++] : undefined;
  };
  return fillFormat(ctx, pieces, pick, given, op);
}

function combine(ctx: Ctx, op: CombineOp): Value {
  const vals = op.from.map((it) => readPlace(ctx, it, op));
  switch (op.how) {
    case 'arith':
      return (
        fold(op, vals) ??
        flagsJoined(ctx, op, vals) ??
        operatorMethod(ctx, op, vals) ??
        ablatedNumber(ctx, vals, op) ??
        OPEN
      );
    case 'compare':
      return fold(op, vals) ?? comparison(ctx, op, vals) ?? OPEN;
    case 'join':
      return vals.reduce((acc, it) => join(acc, it, ctx.kinds), EMPTY);
    case 'slice':
      return slice(ctx, op, vals);
    case 'unknown': {
      let facts: readonly Fact[] = [];
      for (const it of vals) facts = joinFacts(facts, derive(it.facts, 1, ctx.kinds), ctx.kinds);
      return value({ facts, open: true });
    }
    default:
      return op.how satisfies never;
  }
}
/** Part of a text or list: `x[1:]`. Elements keep their places if the list and the bounds are known. */
function slice(ctx: Ctx, op: CombineOp, vals: readonly Value[]): Value {
  const [of = EMPTY, ...bounds] = vals;
  const known = knownItems(ctx, of);
  const shape = op.operator ?? ':';
  const cut = (): [number | undefined, number | undefined] | undefined => {
    const given = bounds.map((it) => it.konst?.c);
    if (given.some((it) => typeof it !== 'number') || shape.split(':').length > 2) return undefined;
    const at = given as number[];
    return shape.startsWith('.') ? [at[0], at[1]] : [undefined, at[0]];
  };
  const by = cut();
  if (by && typeof of.konst?.c === 'string') return constant(of.konst.c.slice(...by));
  if (known && by) return listValue(ctx.env, op.id * 8, known.slice(...by), undefined, ctx.kinds);
  if (of.objs.length > 0 || of.fields)
    return listValue(ctx.env, op.id * 8, [], member(ctx, of, null, op), ctx.kinds);
  const [start, end] = by ?? [];
  const whole = op.from[0]!;
  const path = whole.path.map((it) => keyOf(ctx, it));
  const inner = start === 1 && end === -1 && of.facts.length > 0;
  const proofs = inner ? [{ root: whole.root, path, kinds: 0, whenTrue: true, inner }] : undefined;
  return value({ facts: derive(of.facts, 1, ctx.kinds), proofs, open: true });
}
/** `re.I | re.S`: both of the constants that models know. */
function flagsJoined(ctx: Ctx, op: CombineOp, vals: readonly Value[]): Value | undefined {
  if (op.operator !== '|' || !vals.every((it) => it.nodes.length > 0 && it.facts.length === 0))
    return undefined;
  return vals.reduce((acc, it) => join(acc, it, ctx.kinds));
}
/** An operator on an object is a call of a method: `folder / name`. Text times a number is that text. */
function operatorMethod(ctx: Ctx, op: CombineOp, vals: readonly Value[]): Value | undefined {
  const method = ctx.info.natives.operators.get(op.operator ?? '');
  const [left, right] = vals;
  if (method === undefined || !left || !right) return undefined;
  const [a, b] = op.from;
  if (left.nodes.length > 0 || left.inst.length > 0) {
    const callee = { root: a!.root, path: [...a!.path, method] };
    const arg = { place: b!, s: op.s, e: op.e };
    return evalCall(ctx, { ...op, op: 'call', callee, calleeSpan: op, args: [arg] });
  }
  if (op.operator !== '*') return undefined;
  const facts = joinFacts(derive(left.facts, 1, ctx.kinds), derive(right.facts, 1, ctx.kinds), ctx.kinds);
  return facts.length > 0 ? value({ facts, open: true }) : undefined;
}
/** Arithmetic and comparisons of known numbers, strings and booleans. */
function fold(op: CombineOp, vals: readonly Value[]): Value | undefined {
  const consts = vals.map((it) => it.konst?.c);
  if (vals.some((it) => !it.konst)) return undefined;
  const [a, b] = consts;
  if (op.operator === '!') return constant(isRegex(a) ? false : !a);
  if (op.operator === 'void') return constant(undefined);
  if (typeof a === 'number' && vals.length === 1) {
    if (op.operator === '-') return constant(-a);
    if (op.operator === '+') return constant(a);
    if (op.operator === '~') return constant(~a);
  }
  if (op.operator === '===' || op.operator === '==')
    return isRegex(a) || isRegex(b) ? undefined : constant(a === b);
  if (op.operator === '!==' || op.operator === '!=')
    return isRegex(a) || isRegex(b) ? undefined : constant(a !== b);
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  switch (op.operator) {
    case '+':
      return constant(a + b);
    case '-':
      return constant(a - b);
    case '*':
      return constant(a * b);
    case '/':
      return constant(a / b);
    case '%':
      return constant(a % b);
    case '<':
      return constant(a < b);
    case '<=':
      return constant(a <= b);
    case '>':
      return constant(a > b);
    case '>=':
      return constant(a >= b);
    case '&':
      return constant(a & b);
    case '|':
      return constant(a | b);
    case '<<':
      return constant(a << b);
    case '>>':
      return constant(a >> b);
    default:
      return undefined;
  }
}

function list(ctx: Ctx, op: ListOp): Value {
  const items: Value[] = [];
  let rest: Value | undefined;
  for (const it of op.items) {
    const val = readPlace(ctx, it.place, it);
    if (!it.spread) {
      if (rest) rest = join(rest, val, ctx.kinds);
      else items.push(val);
      continue;
    }
    const obj = val.objs.length === 1 ? ctx.env.heap.get(val.objs[0]!) : undefined;
    if (!rest && obj?.isList && obj.len !== undefined && obj.len + items.length <= ELEMENTS)
      for (let i = 0; i < obj.len; i++) items.push(obj.fields.get(i) ?? OPEN);
    else rest = join(rest ?? EMPTY, member(ctx, val, null, it), ctx.kinds);
  }
  return listValue(ctx.env, op.id * 8, items, rest, ctx.kinds);
}

function record(ctx: Ctx, op: RecordOp): Value {
  const fields = new Map<FieldKey, Value>();
  let base = EMPTY;
  let nodes: Value = EMPTY;
  for (const it of op.props) {
    const val = readPlace(ctx, it.value.place, it.value);
    if (it.value.spread) {
      for (const id of val.objs) {
        const obj = ctx.env.heap.get(id);
        for (const [key, x] of obj?.fields ?? [])
          fields.set(key, val.objs.length > 1 && fields.has(key) ? join(fields.get(key)!, x, ctx.kinds) : x);
        if (obj && obj.base !== EMPTY) base = join(base, obj.base, ctx.kinds);
      }
      for (const [key, x] of val.fields ?? []) fields.set(key, x);
      if (val.objs.length === 0 && val.facts.length > 0)
        base = join(base, value({ facts: val.facts, open: true }), ctx.kinds);
      if (val.objs.length === 0 && val.open && val.facts.length === 0) base = join(base, OPEN, ctx.kinds);
      if (val.nodes.length > 0) nodes = join(nodes, value({ nodes: val.nodes }), ctx.kinds);
      continue;
    }
    const key = keyOf(ctx, it.key);
    if (it.accessor === 'get') {
      let got = EMPTY;
      for (const fn of val.fns) got = join(got, ctx.world.summary(fn.fid)?.ret ?? OPEN, ctx.kinds);
      fields.set(key, got);
    } else if (it.accessor === 'set') continue;
    else fields.set(key, key === null && fields.has(null) ? join(fields.get(null)!, val, ctx.kinds) : val);
  }
  allocate(ctx.env, op.id * 8, { fields, base, len: undefined, isList: false }, ctx.kinds);
  return { ...nodes, objs: [op.id * 8] };
}

/** A decorated function: models say what its parameters get, and a decorator of the program what becomes of it. */
function decorate(ctx: Ctx, op: DecorateOp): Value {
  const target = readPlace(ctx, op.from, op);
  const decorator = readPlace(ctx, op.decorator, op);
  let nodes = [...allNodes(ctx, decorator)];
  // Nothing is known of the decorator: its name says what it most likely is.
  if (nodes.length === 0 && decorator.fns.length === 0 && decorator.classes.length === 0)
    nodes = namedDecorator(ctx, op.name);
  for (const fn of target.fns) {
    decoratedParams(ctx, fn.fid, nodes);
    if (op.first && nodes.length > 0) decoratedWith(ctx, fn.fid, readPlace(ctx, op.first, op));
  }
  decoratorChecks(ctx, nodes, op);
  if (decorator.fns.length === 0 && decorator.classes.length === 0) return target;
  const arg = { val: target, place: op.from, site: op, spread: false };
  const call = synthetic(op);
  const made = invokeValue(ctx, decorator, [arg], call);
  // A decorator that returns nothing we know of leaves the function as it was.
  return made.fns.length > 0 || made.inst.length > 0 ? made : target;
}
/** Checks of a call hold for a decorator that is written without one: `@csrf_exempt`. */
function decoratorChecks(ctx: Ctx, nodes: readonly number[], op: DecorateOp): void {
  for (const node of nodes)
    for (const check of ctx.rules.roles(node)?.checks ?? [])
      if (check.when === undefined && check.unless === undefined && isAround(ctx, check))
        reportCheck(ctx, check, ctx.rules.name(node), siteOf(ctx, op));
}
const namedDecorator = (ctx: Ctx, name: string): number[] => {
  const node = ctx.rules.root(`%decorator:${name}`);
  return node < 0 ? [] : [...ctx.rules.closure(node)];
};
function decoratedParams(ctx: Ctx, fid: number, nodes: readonly number[]): void {
  returnsTo(
    ctx,
    fid,
    nodes.map((n) => ctx.rules.decoratedResult?.(n) ?? -1),
  );
  const count = ctx.world.func(fid)?.ir.params.length ?? 0;
  for (let i = 0; i < count; i++)
    decorated(
      ctx,
      fid,
      i,
      nodes.map((n) => ctx.rules.decoratedParam(n, i)),
    );
}

/** Creating a function: what it does with the variables of this function is this function's doing. */
function closure(ctx: Ctx, op: ClosureOp): Value {
  const fid = ctx.info.child(op.fn);
  if (op.to.path.length === 0 && ctx.ir.vars[op.to.root]?.kind !== 'free')
    keepUnread(ctx, op.to.root, op.captures);
  else show(ctx, op.captures);
  adopt(ctx, fid, op.captures);
  return value({ fns: [{ fid }] });
}
function adopt(ctx: Ctx, fid: number, captures: readonly number[]): void {
  // A function that captures nothing, or only what modules hold, does nothing with these functions' parameters.
  if (captures.length > 0 && ctx.info.ancestors.length > 0) ctx.made.add(fid);
}
function classValue(ctx: Ctx, op: ClassOp): Value {
  const cid = ctx.info.classId(op.id);
  const members = new Map<string, { fid: number; kind: 'method' | 'get' | 'set' }>();
  let ctor: number | undefined;
  const inits: number[] = [];
  const staticInits: number[] = [];
  const superValue = op.super ? readPlace(ctx, op.super, op) : EMPTY;
  for (const it of op.members) {
    const fid = ctx.info.child(it.fn);
    const key = keyOf(ctx, it.key);
    if (it.kind === 'ctor') {
      ctor = fid;
      // Where constructors have names, they can be called by them: `super().__init__()`.
      if (ctx.info.natives.openClasses && typeof key === 'string') members.set(key, { fid, kind: 'method' });
    } else if (it.kind === 'init') (it.isStatic ? staticInits : inits).push(fid);
    else if (key !== null) {
      const name = it.isStatic ? `static:${key}` : String(key);
      if (it.kind !== 'set' || !members.has(name)) members.set(name, { fid, kind: it.kind });
    }
    // Methods know what `this` is, whoever calls them.
    passParam(
      ctx,
      fid,
      -1,
      it.isStatic ? value({ classes: [cid] }) : value({ inst: [cid], nodes: superNodes(ctx, superValue) }),
    );
    if (!it.isStatic && key !== null)
      standsAt(ctx, value({ fns: [{ fid }] }), overridden(ctx, superValue, key));
    show(ctx, it.captures);
    adopt(ctx, fid, it.captures);
    for (const place of it.decorators) {
      const decorator = readPlace(ctx, place, op);
      decoratedParams(ctx, fid, [...allNodes(ctx, decorator)]);
      if (decorator.fns.length === 0) continue;
      const arg = { val: value({ fns: [{ fid }] }), place: undefined, site: op, spread: false };
      invokeValue(ctx, decorator, [arg], synthetic(op));
    }
    for (const deco of it.paramDecorators) {
      const nodes = [...allNodes(ctx, readPlace(ctx, deco.at, op))];
      decorated(
        ctx,
        fid,
        deco.param,
        nodes.map((n) => ctx.rules.paramDecorator(n)),
      );
    }
  }
  const info: ClassInfo = {
    cid,
    name: op.name,
    superValue: shared(ctx, superValue),
    members,
    ctor,
    inits,
    staticInits,
    fields: op.fields ?? [],
    open: ctx.info.natives.openClasses,
  };
  ctx.world.addClass(info);
  const self = value({ classes: [cid] });
  for (const it of staticInits) applyFn(ctx, { fid: it }, [], self, synthetic(op));
  for (const place of op.decorators) invokeValue(ctx, readPlace(ctx, place, op), [], synthetic(op));
  return self;
}
/** The methods of packages' classes that a method with this name overrides: a framework calls it as it calls those. */
function overridden(ctx: Ctx, superValue: Value, key: FieldKey): number[] {
  const supers = new Set(superValue.nodes);
  for (const cid of superValue.classes)
    for (const it of lineage(ctx, cid)) for (const node of it.superValue.nodes) supers.add(node);
  const found: number[] = [];
  for (const node of supers) {
    const inst = ctx.rules.instance(node);
    if (inst < 0) continue;
    for (const it of ctx.rules.closure(inst)) {
      const method = ctx.rules.member(it, key);
      if (method >= 0) found.push(method);
    }
  }
  return found;
}
const superNodes = (ctx: Ctx, superValue: Value): number[] =>
  superValue.nodes
    .map((it) => ctx.rules.instance(it))
    .filter((it) => it >= 0)
    .sort((a, b) => a - b);
function decorated(ctx: Ctx, fid: number, index: number, nodes: readonly number[]): void {
  const found = [...new Set(nodes.filter((it) => it >= 0))].sort((a, b) => a - b);
  if (found.length > 0) passParam(ctx, fid, index, value({ nodes: found, open: true }));
}
const synthetic = (op: ClassOp | DecorateOp): Parameters<typeof applyFn>[4] => ({
  op: { op: 'call', id: op.id, s: op.s, e: op.e, to: op.to, callee: op.to, calleeSpan: op, args: [] },
  callee: EMPTY,
  method: undefined,
  recv: undefined,
  recvPlace: undefined,
  args: [],
});

/** A declared type: instances of classes and of packages' types, and values that cannot carry an attack. */
function annotate(ctx: Ctx, op: AnnotateOp): void {
  const old = readPlace(ctx, op.to, op);
  const typed = ofType(ctx, op.type, op);
  if (typed === 'clean') return writePlace(ctx, op.to, { ...old, facts: [], open: true }, op);
  if (typed !== EMPTY) standsAt(ctx, old, [...allNodes(ctx, typed)]);
  if (typed !== EMPTY) writePlace(ctx, op.to, join(old, typed, ctx.kinds), op);
}
/** What values of a type are; 'clean' for numbers, booleans and literal unions. */
export function ofType(ctx: Ctx, type: TypeExpr, at: Op | { s: number; e: number }): Value | 'clean' {
  switch (type.t) {
    case 'prim':
      return type.name === 'number' || type.name === 'boolean' ? 'clean' : EMPTY;
    case 'literal':
      return 'clean';
    case 'array': {
      const of = ofType(ctx, type.of, at);
      return of === 'clean' || of === EMPTY ? EMPTY : value({ fields: new Map([[null, of]]), open: true });
    }
    case 'union': {
      const parts = type.of.map((it) => ofType(ctx, it, at));
      if (parts.length > 0 && parts.every((it) => it === 'clean')) return 'clean';
      return parts.reduce<Value>((acc, it) => (it === 'clean' ? acc : join(acc, it, ctx.kinds)), EMPTY);
    }
    case 'named': {
      const val = readPlace(ctx, type.at, at);
      const nodes: number[] = [];
      for (const it of allNodes(ctx, val)) {
        const inst = ctx.rules.instance(it);
        if (inst >= 0) nodes.push(inst);
      }
      const res = nodes.length > 0 ? nodeValue(ctx, [...new Set(nodes)], at) : EMPTY;
      return val.classes.length > 0 ? join(res, value({ inst: val.classes, open: true }), ctx.kinds) : res;
    }
    default:
      return type satisfies never;
  }
}
