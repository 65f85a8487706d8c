// What flow knows of a value: facts (taint), API nodes, functions, classes, constants, literal text, objects.
// Everything is immutable plain data; `join` is the lattice join and `equal` decides when a fixpoint is reached.

import type { Const, RegExpText } from '../ir/ir.ts';
import type { KindRegistry, KindSet } from '../base/kindset.ts';
import type { NodeId } from '../rules/schema.ts';
import { FACTS, FIELDS, NODES, SIBLINGS, TARGETS, TEXT, VARIANTS } from './limits.ts';
import { type Via, compareVia, step } from './via.ts';

/** A function of the program; see engine/program.ts for how ids are given. */
export type Fid = number;
/** A class of the program. */
export type Cid = number;
export type ObjId = number;
/** A key of an object: property, index, or null for "any". */
export type FieldKey = string | number | null;

/** Where something happens: a span inside a function, so that it survives edits elsewhere. */
export interface Site {
  readonly fid: Fid;
  readonly s: number;
  readonly e: number;
}
/** Where tainted data comes from: a place in the code, or a parameter (index -1: `this`) of a function under analysis. */
export type Origin =
  | { readonly o: 'source'; readonly kind: string; readonly site: Site; readonly what: string }
  | { readonly o: 'param'; readonly fid: Fid; readonly index: number; readonly path: readonly FieldKey[] };

/** 0: the value itself. 1: made from it (text). 2: made from it and everything inside it (JSON). */
export type Derived = 0 | 1 | 2;
/** 0 proven, 1 through unknown code, 2 by name only. */
export type Doubt = 0 | 1 | 2;

export interface Fact {
  /** Identity for joins: origin and derivation. */
  readonly key: string;
  readonly origin: Origin;
  readonly derived: Derived;
  /** Kinds this data has been made safe for. */
  readonly safe: KindSet;
  readonly doubt: Doubt;
  readonly via: Via | undefined;
}

/** A function value. `bind` are the arguments of the enclosing functions' calls that created it. */
export interface FnVal {
  readonly fid: Fid;
  readonly bind?: Bind;
  readonly self?: Value;
  /** A method taken from its class: the first argument of a call is its receiver. */
  readonly unbound?: boolean;
}
export interface Bind {
  readonly fid: Fid;
  readonly args: readonly Value[];
  readonly self?: Value;
  readonly outer?: Bind;
  readonly depth: number;
}

/** If the value is truthy (or falsy), this variable's place is safe for these kinds. */
export interface Proof {
  readonly root: number;
  readonly path: readonly FieldKey[];
  readonly kinds: KindSet;
  readonly whenTrue: boolean;
  /** It proves nothing of keys that were found in what this parameter is. */
  readonly owner?: number;
  /** The place is a list, all elements of which are meant. */
  readonly elements?: boolean;
  /** The value is a position: found if it is not negative, instead of truthy. */
  readonly position?: boolean;
  /** Proven if that position is 0: the value starts with what was looked for. */
  readonly start?: boolean;
  /** The value is the beginning of that text: if it equals a trusted text, the text starts with it. */
  readonly head?: boolean;
  /** The value was read out of that place: what is proven of parts of it is proven of the place, while it holds these facts. */
  readonly view?: readonly Fact[];
  /** The value is that text with a plain ending: what is proven of these facts is proven of it, see text.ts. */
  readonly stem?: readonly Fact[];
  /** The value is that text without its first and its last character. */
  readonly inner?: boolean;
}

/** The test's own answer is the proof, and not a position or a part of a text. */
export const isPlain = (it: Proof): boolean => !it.position && !it.start && !it.head && !it.view && !it.stem;

export interface Value {
  readonly facts: readonly Fact[];
  readonly nodes: readonly NodeId[];
  readonly fns: readonly FnVal[];
  /** Classes the value *is* (the constructor). */
  readonly classes: readonly Cid[];
  /** Classes it is an instance of. */
  readonly inst: readonly Cid[];
  /** Objects of the current run. Never crosses a function's border. */
  readonly objs: readonly ObjId[];
  /** A known constant (one), wrapped so that `undefined` can be one. */
  readonly konst: { readonly c: Const } | undefined;
  /** Literal skeleton of a string; U+FFFC stands for unknown text. */
  readonly text: string | undefined;
  /** Fields of a value that crossed a border (a tree). */
  readonly fields: ReadonlyMap<FieldKey, Value> | undefined;
  readonly proofs: readonly Proof[] | undefined;
  /** It may also be something the engine knows nothing of. */
  readonly open: boolean;
  /** The data of the keys that chose this value out of an object: with `__proto__` it is every object's prototype. */
  readonly chosen: readonly Fact[];
  /** One way here it is one of `objs`, another way it is not: what its objects hold is not all there is. */
  readonly mixed: boolean;
}

export const HOLE = '\uFFFC';

const NONE: readonly never[] = [];
/** Nothing known, nothing carried: the bottom of the lattice. */
export const EMPTY: Value = {
  facts: NONE,
  nodes: NONE,
  fns: NONE,
  classes: NONE,
  inst: NONE,
  objs: NONE,
  konst: undefined,
  text: undefined,
  fields: undefined,
  proofs: undefined,
  open: false,
  mixed: false,
  chosen: NONE,
};
/** A clean value of unknown content. */
export const OPEN: Value = { ...EMPTY, open: true };
/** What a name holds that nothing in the program defines; told from other unknown values by identity alone. */
export const UNDEFINED_NAME: Value = { ...OPEN };

export const value = (parts: Partial<Value>): Value => ({ ...EMPTY, ...parts });

export function constant(c: Const): Value {
  return { ...EMPTY, konst: { c }, text: constText(c) };
}
/** The text a constant turns into in a string, or undefined. */
export function constText(c: Const): string | undefined {
  if (typeof c === 'string') return c.slice(0, TEXT);
  if (typeof c === 'number' || typeof c === 'boolean') return String(c);
  return undefined;
}
export const isRegex = (c: Const): c is RegExpText => typeof c === 'object' && c !== null;

const pathKey = (path: readonly FieldKey[]): string => {
  let res = '';
  for (const it of path) res += it === null ? '[*]' : typeof it === 'number' ? `[${it}]` : `.${it}`;
  return res;
};

/** A new fact; its key orders and joins it. */
export function fact(origin: Origin, derived: Derived, safe: KindSet, doubt: Doubt, via?: Via): Fact {
  const key =
    origin.o === 'source'
      ? `s${origin.site.fid}:${origin.site.s}:${origin.site.e}:${origin.kind}:${derived}`
      : `p${origin.fid}:${origin.index}/${pathKey(origin.path)}:${derived}`;
  return { key, origin, derived, safe, doubt, via };
}
/** The same data, derived in another way or with another path. */
export function refact(it: Fact, derived: Derived, safe: KindSet, doubt: Doubt, via: Via | undefined): Fact {
  // The key ends with the derivation; most often that stays as it is.
  const key = derived === it.derived ? it.key : `${it.key.slice(0, -1)}${derived}`;
  return { key, origin: it.origin, derived, safe, doubt, via };
}
export const withFact = (it: Fact, parts: Partial<Pick<Fact, 'safe' | 'doubt' | 'via'>>): Fact => ({
  ...it,
  ...parts,
});

const sameFact = (a: Fact, b: Fact): boolean =>
  a === b || (a.key === b.key && a.safe === b.safe && a.doubt === b.doubt && compareVia(a.via, b.via) === 0);

/**
 * Union by origin; what both ways agree to be safe stays safe; the better-proven, shorter path is kept. Gives `a` itself
 * if `b` adds nothing: everything above it tells by identity whether something changed.
 */
export function joinFacts(a: readonly Fact[], b: readonly Fact[], kinds: KindRegistry): readonly Fact[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  // Made when the first difference is met.
  let res: Fact[] | undefined;
  let i = 0;
  let j = 0;
  while (j < b.length) {
    const x = a[i];
    const y = b[j]!;
    if (x === undefined || y.key < x.key) {
      (res ??= a.slice(0, i)).push(y);
      j++;
    } else if (x.key === y.key) {
      const merged = joinFact(x, y, kinds);
      if (merged !== x) res ??= a.slice(0, i);
      res?.push(merged);
      i++;
      j++;
    } else {
      res?.push(x);
      i++;
    }
  }
  if (!res) return a;
  while (i < a.length) res.push(a[i++]!);
  const small = bounded(res, kinds);
  return sameFacts(small, a) ? a : small;
}
const bounded = (facts: readonly Fact[], kinds: KindRegistry): readonly Fact[] => {
  if (facts.length <= SIBLINGS) return facts;
  const few = collapse(facts, kinds);
  return few.length > FACTS ? capFacts(few, kinds) : few;
};
function joinFact(x: Fact, y: Fact, kinds: KindRegistry): Fact {
  if (x === y) return x;
  const safe = kinds.intersect(x.safe, y.safe);
  // The path shown should be one that is not made safe and is best proven; ties go to the shorter.
  const order = x.safe !== safe || y.safe !== safe ? (x.safe === safe ? -1 : y.safe === safe ? 1 : 0) : 0;
  const better = order !== 0 ? order : x.doubt !== y.doubt ? x.doubt - y.doubt : compareVia(x.via, y.via);
  const kept = better <= 0 ? x : y;
  const doubt = Math.min(x.doubt, y.doubt) as Doubt;
  if (kept.safe === safe && kept.doubt === doubt) return kept;
  return { ...kept, safe, doubt };
}
/** Many parts of one parameter are the parameter and everything in it. */
function collapse(facts: readonly Fact[], kinds: KindRegistry): readonly Fact[] {
  let res = facts;
  // Facts of one parameter stand together, as facts are sorted by their keys.
  for (let i = 0; i < facts.length;) {
    const { origin } = facts[i]!;
    let end = i + 1;
    if (origin.o === 'param') while (end < facts.length && sameParam(facts[end]!.origin, origin)) end++;
    if (end - i > SIBLINGS) res = collapsed(res, facts.slice(i, end), kinds);
    i = end;
  }
  return res;
}
const sameParam = (a: Origin, b: Origin): boolean =>
  a.o === 'param' && b.o === 'param' && a.fid === b.fid && a.index === b.index;
function collapsed(facts: readonly Fact[], group: readonly Fact[], kinds: KindRegistry): readonly Fact[] {
  const whole = { ...group[0]!.origin, path: [] } as Origin;
  const merged = group
    .map((it) => fact(whole, 2, it.safe, it.doubt, it.via))
    .reduce((x, y) => joinFact(x, y, kinds));
  const out = new Set(group);
  return [...facts.filter((it) => !out.has(it)), merged].sort(byKey);
}
const byKey = (a: Fact, b: Fact): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
/**
 * Too many facts: those that are safe for least are kept, and the last kept one is as dangerous as all that is left out,
 * so a finding may name another source of the same value, but is not lost. A part is reserved for parameters.
 */
function capFacts(facts: readonly Fact[], kinds: KindRegistry): readonly Fact[] {
  const sources = facts.filter((it) => it.origin.o === 'source');
  const params = facts.filter((it) => it.origin.o === 'param');
  const room = Math.min(params.length, FACTS / 3);
  const kept = [
    ...capped(sources, FACTS - room, kinds),
    ...capped(params, FACTS - Math.min(sources.length, FACTS - room), kinds),
  ];
  return kept.sort(byKey);
}
function capped(facts: readonly Fact[], limit: number, kinds: KindRegistry): readonly Fact[] {
  if (facts.length <= limit) return facts;
  const risk = (it: Fact): number => kinds.count(it.safe);
  const ordered = [...facts].sort((a, b) => risk(a) - risk(b) || (a.key < b.key ? -1 : 1));
  const last = ordered
    .slice(limit - 1)
    .reduce((acc, it) => ({ ...acc, safe: kinds.intersect(acc.safe, it.safe) }));
  return [...ordered.slice(0, limit - 1), last];
}
/** Facts in any order, joined. Sorts the given array in place. */
export function sortFacts(facts: Fact[], kinds: KindRegistry): readonly Fact[] {
  if (facts.length <= 1) return facts;
  facts.sort(byKey);
  const res: Fact[] = [facts[0]!];
  for (let i = 1; i < facts.length; i++) {
    const last = res[res.length - 1]!;
    const it = facts[i]!;
    if (it.key === last.key) res[res.length - 1] = joinFact(last, it, kinds);
    else res.push(it);
  }
  return bounded(res, kinds);
}

/** Sorted union; over the limit the result is empty, which means "could be anything". */
function joinIds(a: readonly number[], b: readonly number[], limit: number): readonly number[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  const res = [...new Set([...a, ...b])].sort((x, y) => x - y);
  if (res.length === a.length) return a;
  return res.length > limit ? res.slice(0, limit) : res;
}

function joinFns(a: readonly FnVal[], b: readonly FnVal[]): readonly FnVal[] {
  if (a === b || b.length === 0 || a[0]?.fid === -1) return a;
  if (a.length === 0) return b;
  if (b[0]!.fid === -1) return ANY_FUNCTION;
  const add = b.filter((it) => !a.some((x) => (x.fid === it.fid && !x.bind && !x.self) || sameFn(x, it)));
  if (add.length === 0) return a;
  const all = [...a, ...add].sort((x, y) => x.fid - y.fid);
  // A function made by many calls is one function without memory of any of them.
  const counts = new Map<Fid, number>();
  for (const it of all) counts.set(it.fid, (counts.get(it.fid) ?? 0) + 1);
  const res: FnVal[] = [];
  for (const it of all) {
    if (counts.get(it.fid)! <= VARIANTS) res.push(it);
    else if (res.at(-1)?.fid !== it.fid) res.push({ fid: it.fid });
  }
  return res.length > TARGETS ? ANY_FUNCTION : res;
}
/** So many functions that none of them is known: a registry. No function has this id, so a call of it is unknown. */
const ANY_FUNCTION: readonly FnVal[] = [{ fid: -1 }];
function sameFn(a: FnVal, b: FnVal): boolean {
  return (
    a === b ||
    (a.fid === b.fid && a.unbound === b.unbound && sameBind(a.bind, b.bind) && sameSelf(a.self, b.self))
  );
}
function sameBind(a: Bind | undefined, b: Bind | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.fid !== b.fid || a.args.length !== b.args.length) return false;
  for (let i = 0; i < a.args.length; i++) if (!equal(a.args[i]!, b.args[i]!)) return false;
  return sameSelf(a.self, b.self) && sameBind(a.outer, b.outer);
}
const sameSelf = (a: Value | undefined, b: Value | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && equal(a, b));

const sameConst = (a: Value['konst'], b: Value['konst']): boolean => {
  if (a === b) return true;
  if (!a || !b) return false;
  if (isRegex(a.c) && isRegex(b.c)) return a.c.regex === b.c.regex && a.c.flags === b.c.flags;
  return Object.is(a.c, b.c);
};

/** The skeleton of "one or the other": the common start stays known. */
function joinText(a: string | undefined, b: string | undefined): string | undefined {
  if (a === b) return a;
  if (a === undefined || b === undefined) return undefined;
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i === 0 ? undefined : a.slice(0, i) + HOLE;
}

export function join(a: Value, b: Value, kinds: KindRegistry): Value {
  if (a === b || b === EMPTY) return a;
  if (a === EMPTY) return b;
  const facts = joinFacts(a.facts, b.facts, kinds);
  const nodes = joinIds(a.nodes, b.nodes, NODES);
  const fns = joinFns(a.fns, b.fns);
  const classes = joinIds(a.classes, b.classes, TARGETS);
  const inst = joinIds(a.inst, b.inst, TARGETS);
  const objs = joinIds(a.objs, b.objs, TARGETS);
  const konst = sameConst(a.konst, b.konst) ? a.konst : undefined;
  const text = joinText(a.text, b.text);
  const fields = joinFields(a, b, kinds);
  const proofs = a.proofs === b.proofs ? a.proofs : undefined;
  const chosen = joinFacts(a.chosen, b.chosen, kinds);
  // Two different constants make a value that is clean but not known.
  const mixed = a.mixed || b.mixed || unlike(a, b) || unlike(b, a);
  const open = a.open || b.open || ((a.konst !== undefined || b.konst !== undefined) && konst === undefined);
  if (
    facts === a.facts &&
    nodes === a.nodes &&
    fns === a.fns &&
    classes === a.classes &&
    inst === a.inst &&
    objs === a.objs &&
    konst === a.konst &&
    text === a.text &&
    fields === a.fields &&
    proofs === a.proofs &&
    open === a.open &&
    mixed === a.mixed &&
    chosen === a.chosen
  )
    return a;
  return { facts, nodes, fns, classes, inst, objs, konst, text, fields, proofs, open, mixed, chosen };
}
/** `a` is data without an object of its own, `b` has one. */
const unlike = (a: Value, b: Value): boolean =>
  b.objs.length > 0 && a.objs.length === 0 && !a.fields && (a.facts.length > 0 || a.nodes.length > 0);
function joinFields(a: Value, b: Value, kinds: KindRegistry): Value['fields'] {
  if (a.fields === b.fields || !b.fields) return a.fields;
  if (!a.fields) return b.fields;
  let res: Map<FieldKey, Value> | undefined;
  for (const [key, val] of b.fields) {
    const old = a.fields.get(key);
    const next = old ? join(old, val, kinds) : val;
    if (next !== old) (res ??= new Map(a.fields)).set(key, next);
  }
  if (res && res.size > FIELDS) return mergeFields(res, kinds);
  return res ?? a.fields;
}
function mergeFields(fields: Map<FieldKey, Value>, kinds: KindRegistry): Map<FieldKey, Value> {
  let all = EMPTY;
  for (const it of fields.values()) all = join(all, it, kinds);
  return new Map([[null, all]]);
}

/** Whether two values are the same. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.open !== b.open || a.mixed !== b.mixed || a.text !== b.text || !sameConst(a.konst, b.konst))
    return false;
  return (
    sameFacts(a.facts, b.facts) &&
    sameFacts(a.chosen, b.chosen) &&
    sameIds(a.nodes, b.nodes) &&
    sameIds(a.classes, b.classes) &&
    sameIds(a.inst, b.inst) &&
    sameIds(a.objs, b.objs) &&
    a.fns.length === b.fns.length &&
    a.fns.every((it, i) => sameFn(it, b.fns[i]!)) &&
    sameFields(a.fields, b.fields) &&
    sameProofs(a.proofs, b.proofs)
  );
}
export function sameFacts(a: readonly Fact[], b: readonly Fact[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameFact(a[i]!, b[i]!)) return false;
  return true;
}
function sameIds(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
function sameFields(a: Value['fields'], b: Value['fields']): boolean {
  if (a === b) return true;
  if (!a || !b || a.size !== b.size) return false;
  for (const [key, val] of a) {
    const other = b.get(key);
    if (!other || !equal(val, other)) return false;
  }
  return true;
}
function sameProofs(a: Value['proofs'], b: Value['proofs']): boolean {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  return a.every((it, i) => {
    const x = b[i]!;
    return (
      it.root === x.root &&
      it.kinds === x.kinds &&
      it.whenTrue === x.whenTrue &&
      it.position === x.position &&
      it.start === x.start &&
      it.head === x.head &&
      it.view === x.view &&
      it.owner === x.owner &&
      it.elements === x.elements &&
      it.stem === x.stem &&
      it.inner === x.inner &&
      pathKey(it.path) === pathKey(x.path)
    );
  });
}

/** Facts of a value turned into text: elements of lists count, fields of records do not. */
export const derive = (facts: readonly Fact[], how: Derived, kinds: KindRegistry): readonly Fact[] => {
  if (facts.every((it) => it.derived >= how)) return facts;
  return sortFacts(
    facts.map((it) => (it.derived >= how ? it : refact(it, how, it.safe, it.doubt, it.via))),
    kinds,
  );
};
/** Kinds that each of these facts is safe for now and was not before; none if one of them is new. */
export function newlySafe(before: readonly Fact[], now: readonly Fact[], kinds: KindRegistry): KindSet {
  let res = now.length === 0 ? 0 : kinds.all;
  for (const it of now) {
    const old = before.find((x) => x.key === it.key);
    res = old ? kinds.intersect(res, kinds.without(it.safe, old.safe)) : 0;
  }
  return res;
}
/** The same facts, safe for more kinds. */
export const cleanse = (facts: readonly Fact[], safe: KindSet, kinds: KindRegistry): readonly Fact[] => {
  if (safe === 0) return facts;
  if (facts.every((it) => kinds.union(it.safe, safe) === it.safe)) return facts;
  return facts.map((it) => withFact(it, { safe: kinds.union(it.safe, safe) }));
};
export const doubtful = (facts: readonly Fact[], doubt: Doubt): readonly Fact[] =>
  facts.every((it) => it.doubt >= doubt)
    ? facts
    : facts.map((it) => (it.doubt >= doubt ? it : withFact(it, { doubt })));
export const stepped = (facts: readonly Fact[], site: Site, text: string): readonly Fact[] =>
  facts.length === 0 ? facts : facts.map((it) => withFact(it, { via: step(it.via, site, text) }));
