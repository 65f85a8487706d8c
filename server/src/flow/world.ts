// What a run may ask of the rest of the program, and what it gives back. Every read is recorded by the implementation
// (engine/solver.ts), so that a run is repeated exactly when something it read has changed.

import type { Given } from './given.ts';
import type { KindRegistry } from '../base/kindset.ts';
import type { FuncIR } from '../ir/ir.ts';
import type { NativeTable } from '../lang/natives.ts';
import type { Target } from '../names/modules.ts';
import type { CheckRole, RuleIndex } from '../rules/schema.ts';
import type { Probe } from './probe.ts';
import type { Noticed } from './notice.ts';
import type { Cid, Doubt, Fact, Fid, FieldKey, Origin, Site, Value } from './domain.ts';

/** Where a free variable of a function lives. */
export type Link =
  | { readonly l: 'cell'; readonly fid: Fid; readonly v: number }
  | { readonly l: 'global'; readonly name: string };

export interface FuncInfo {
  readonly fid: Fid;
  readonly ir: FuncIR;
  readonly uri: string;
  readonly natives: NativeTable;
  /** The models of its language. */
  readonly rules: RuleIndex;
  /** The id of its module as an object whose fields are the module's variables; see NativeTable.openClasses. */
  readonly module: Cid;
  /** Enclosing functions, nearest first. */
  readonly ancestors: readonly Fid[];
  /** How deep a run of it goes into the call stack, in nested statements. */
  readonly nesting: number;
  /** For each var of kind `free` its link. */
  readonly links: ReadonlyMap<number, Link>;
  /** Variables that nested functions read or write. */
  readonly captured: ReadonlySet<number>;
  /** Variables that the function itself assigns to, or writes a field of. */
  readonly assigned: ReadonlySet<number>;
  /** Variables that nested functions assign. */
  readonly writtenInside: ReadonlySet<number>;
  /** Function `fn` steps after this one in its file. */
  child(fn: number): Fid;
  /** The id of the class created by this operation. */
  classId(op: number): Cid;
  /** The id of what this `new` makes, as if each were of a class of its own. */
  instanceId(op: number): Cid;
}

export interface ClassInfo {
  readonly cid: Cid;
  readonly name: string;
  readonly superValue: Value;
  /** Methods and accessors by name; `static:` prefix for static ones. */
  readonly members: ReadonlyMap<string, { readonly fid: Fid; readonly kind: 'method' | 'get' | 'set' }>;
  readonly ctor: Fid | undefined;
  readonly inits: readonly Fid[];
  readonly staticInits: readonly Fid[];
  /** Fields that a constructor made from the declaration takes, in order. */
  readonly fields: readonly string[];
  /** Its instances show its own fields; see NativeTable.openClasses. */
  readonly open: boolean;
}

/** A sink as a summary remembers it. */
export interface SinkInfo {
  readonly kind: string;
  readonly site: Site;
  /** As models name it: `mysql2.Connection#query`. */
  readonly name: string;
  readonly fix?: string;
  /** What matters is not the data that arrives but the keys that chose it: it is written to by a key. */
  readonly target?: boolean;
  /** Not a sink but a use that a probe asks for; see probe.ts. */
  readonly as?: 'lost' | 'beside';
  /** It may be no sink: see `unsure` in models. */
  readonly unsure?: boolean;
  /** Replaces `{detail}` in the kind's message. */
  readonly detail?: string;
}
/** A parameter's data reaches a sink. */
export interface Use {
  readonly key: string;
  readonly fact: Fact;
  readonly sink: SinkInfo;
  /** Conditions on the parameters under which it happens. */
  readonly given?: readonly Given[] | undefined;
}
/** A parameter is called as a function. */
export interface Invoke {
  readonly key: string;
  readonly origin: Extract<Origin, { o: 'param' }>;
  readonly args: readonly Value[];
}
/** Data is stored into something that came from outside: a parameter's field, or a variable of an enclosing function. */
export interface Write {
  readonly key: string;
  readonly target:
    | { readonly t: 'param'; readonly fid: Fid; readonly index: number; readonly path: readonly FieldKey[] }
    | { readonly t: 'cell'; readonly fid: Fid; readonly v: number; readonly path: readonly FieldKey[] };
  readonly value: Value;
}
/**
 * What is known of a parameter, or of a variable around the function, when it returns: always, only if it returned
 * truthy, only if falsy.
 */
export interface Ensure {
  /** Below 0 if it is about `cell`. */
  readonly index: number;
  readonly cell?: { readonly fid: Fid; readonly v: number };
  readonly path: readonly FieldKey[];
  /** Both were equal, so it holds if the data of this parameter is clean. */
  readonly given?: { readonly index: number; readonly path: readonly FieldKey[] };
  /** A key is one of this parameter's own, which says nothing if it was found there. */
  readonly owner?: number;
  readonly kinds: number;
  readonly when: 'always' | 'true' | 'false';
}
export interface Summary {
  readonly ret: Value;
  readonly uses: readonly Use[];
  readonly invokes: readonly Invoke[];
  readonly writes: readonly Write[];
  readonly ensures: readonly Ensure[];
  /** What its errors are made of; EMPTY if nothing that matters. */
  readonly throws: Value;
  readonly hasBody: boolean;
  /** No call of it returns: every way raises or ends the program. */
  readonly ends: boolean;
}

/** A source met a sink, or a check matched. */
export interface RawFinding {
  readonly kind: string;
  readonly sink: SinkInfo;
  readonly fact: Fact | undefined;
  readonly doubt: Doubt;
  readonly check?: CheckRole;
}

export interface World {
  /** Set while an explanation is made; see notice.ts. */
  readonly notice?: (it: Noticed) => void;
  readonly rules: RuleIndex;
  readonly kinds: KindRegistry;
  /** Set for a verification only. */
  readonly probe?: Probe;
  func(fid: Fid): FuncInfo | undefined;
  summary(fid: Fid): Summary | undefined;
  klass(cid: Cid): ClassInfo | undefined;
  addClass(info: ClassInfo): void;
  /** Named slots: `P<fid>:<i>` what callers pass, `C<fid>:<v>` and `W<fid>:<v>` captured variables, `F<cid>:<key>` fields. */
  slot(name: string): Value;
  addSlot(name: string, value: Value): void;
  exports(uri: string): Value;
  addExports(value: Value): void;
  resolve(fromUri: string, specifier: string): Target;
}
