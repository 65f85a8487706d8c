// The intermediate representation that every language is lowered to and that flow/ interprets.
// One FuncIR per item (function, method, module body); all offsets are relative to the item's first character,
// so nothing changes when the text above an item moves.

import type { LanguageId } from '../syntax/language.ts';

/** A key of an access path: a property name, an index, ANY (unknown key), or the value of a place (`o[k]`). */
export type Key = string | number | typeof ANY | DynKey;
/** An unknown key or element: `a[i]` in a loop, `...rest`, the element of a collection. */
export const ANY = null;
export interface DynKey {
  readonly dyn: Place;
}

/** A variable of the function (index into FuncIR.vars) and a path below it. `path` is empty for the variable itself. */
export interface Place {
  readonly root: number;
  readonly path: readonly Key[];
}

/**
 * What a variable of a function is.
 * - `param`, `local`, `temp`: declared here;
 * - `free`: declared by an enclosing function; the creating `closure`/`class` op of the parent binds it (see Closure.captures),
 *   or, in a module body, a global of the runtime (`require`, `console`, `document`, `%jsx`);
 * - `this`, `arguments`, `super`: as in the language. In an arrow function these are `free` with that name.
 */
export interface Var {
  readonly name: string;
  readonly kind: 'param' | 'local' | 'temp' | 'free' | 'this' | 'arguments' | 'super';
}

export interface RegExpText {
  readonly regex: string;
  readonly flags: string;
}
export type Const = string | number | boolean | null | undefined | RegExpText;

/** A span in characters (UTF-16 code units) relative to the item's start. */
export interface Span {
  readonly s: number;
  readonly e: number;
}

export interface Arg extends Span {
  readonly place: Place;
  /** `f(...xs)` (or `*xs`, `**xs` with name '**'). */
  readonly spread?: boolean;
  /** Keyword argument. */
  readonly name?: string;
}

/** A type annotation, as far as flow can use it. `at` is the place of the named type (an imported name, a class). */
export type TypeExpr =
  | { readonly t: 'named'; readonly at: Place; readonly args?: readonly TypeExpr[] }
  | { readonly t: 'prim'; readonly name: 'number' | 'string' | 'boolean' | 'other' }
  | { readonly t: 'array'; readonly of: TypeExpr }
  | { readonly t: 'union'; readonly of: readonly TypeExpr[] }
  /** String-literal unions and enums: the value is one of finitely many constants. */
  | { readonly t: 'literal' };

interface OpBase extends Span {
  /** Unique in its function, in source order of evaluation. Names allocation sites. */
  readonly id: number;
}

export interface ConstOp extends OpBase {
  readonly op: 'const';
  readonly to: Place;
  readonly value: Const;
  /** The first escape of the text that means nothing in a string, so that its backslash is not part of the value: `\d`. */
  readonly lost?: string;
}
export interface CopyOp extends OpBase {
  readonly op: 'copy';
  readonly to: Place;
  readonly from: Place;
}
/**
 * String building by `+`, template literals, f-strings: literal text and places in order. `plus` may be numeric, or a
 * list made of lists. `percent` is Python's `%`: the first part is the format (or a number), the others are its values.
 */
export interface ConcatOp extends OpBase {
  readonly op: 'concat';
  readonly to: Place;
  readonly parts: readonly (string | Arg)[];
  readonly how: 'plus' | 'template' | 'percent';
}
/**
 * A value made from others: `arith` gives a number, `compare` a boolean (neither carries taint), `join` is one of
 * several (unknown which), `slice` is part of the first (text or list; the operator shows which of start, stop and step
 * follow: `.:.`), `unknown` is syntax that lowering does not know: taint passes.
 */
export interface CombineOp extends OpBase {
  readonly op: 'combine';
  readonly to: Place;
  readonly how: 'arith' | 'compare' | 'join' | 'slice' | 'unknown';
  readonly from: readonly Place[];
  /** The operator's text, for constant folding (`-`, `*`, `===`, `!`, `typeof`, ...). */
  readonly operator?: string;
}
export interface ListOp extends OpBase {
  readonly op: 'list';
  readonly to: Place;
  readonly items: readonly Arg[];
}
export interface RecordOp extends OpBase {
  readonly op: 'record';
  readonly to: Place;
  /** In source order. `key: null` with `spread` is `...x`; a getter or method is a prop whose value is a closure. */
  readonly props: readonly { readonly key: Key; readonly value: Arg; readonly accessor?: 'get' | 'set' }[];
}
/**
 * A call. `callee` is the called place; for a method call its last key is the method and the receiver is the place
 * without it. `new X()` has isNew. A tagged template has `tag: true`, its first argument is the list of literal parts.
 */
export interface CallOp extends OpBase {
  readonly op: 'call';
  readonly to: Place;
  readonly callee: Place;
  /** Span of the callee expression. */
  readonly calleeSpan: Span;
  readonly args: readonly Arg[];
  readonly isNew?: boolean;
  readonly tag?: boolean;
  /** `super(...)`: callee root is the `super` variable. */
}
/** Creates a function value. `captures[i]` is the variable of this function bound to the child's `free[i]`. */
export interface ClosureOp extends OpBase {
  readonly op: 'closure';
  readonly to: Place;
  /** Index into FileIR.funcs minus this function's own index (always positive): relative, so that items stay movable. */
  readonly fn: number;
  readonly captures: readonly number[];
}
export interface Member {
  readonly key: Key;
  readonly kind: 'method' | 'get' | 'set' | 'ctor' | 'init';
  readonly isStatic: boolean;
  readonly fn: number;
  readonly captures: readonly number[];
  /** Evaluated decorators: `@Get('/x')` is the place that holds the call's result, `@Get` the place itself. */
  readonly decorators: readonly Place[];
  /** Decorators of parameters: `@Body() dto`. */
  readonly paramDecorators: readonly { readonly param: number; readonly at: Place }[];
}
/**
 * Creates a class. Field initialisers are members of kind `init` (one function each, or one for all, that assigns
 * `this.x`; static ones have isStatic). TypeScript parameter properties are copies to `this.x` at the start of the ctor.
 */
export interface ClassOp extends OpBase {
  readonly op: 'class';
  readonly to: Place;
  readonly name: string;
  readonly super?: Place;
  readonly members: readonly Member[];
  readonly decorators: readonly Place[];
  /** Names that a constructor made from the declaration takes, in order: Python's data classes. */
  readonly fields?: readonly string[];
}
/** A function as its decorator leaves it: what the decorator returns, if it is known, or the function itself. */
export interface DecorateOp extends OpBase {
  readonly op: 'decorate';
  readonly to: Place;
  readonly from: Place;
  readonly decorator: Place;
  /** The last name of the decorator as it is written: `route` of `@app.route('/')`. */
  readonly name: string;
  /** What the decorator is called with first, if it is called. */
  readonly first?: Place;
}
/** `to` is declared with this type. */
export interface AnnotateOp extends OpBase {
  readonly op: 'annotate';
  readonly to: Place;
  readonly type: TypeExpr;
}
/** `name` is '*' for the namespace object, 'default', or the exported name. Only in module bodies. */
export interface ImportOp extends OpBase {
  readonly op: 'import';
  readonly to: Place;
  readonly module: string;
  readonly name: string;
  readonly typeOnly?: boolean;
}
/** `export x as name`; with `module` and name '*' it is `export * from`. `export {a as b} from 'm'` is import + export. */
export interface ExportOp extends OpBase {
  readonly op: 'export';
  readonly name: string;
  readonly from?: Place;
  readonly module?: string;
}
export interface ReturnOp extends OpBase {
  readonly op: 'return';
  readonly from?: Place;
}
export interface YieldOp extends OpBase {
  readonly op: 'yield';
  readonly from?: Place;
  readonly to: Place;
  readonly delegate?: boolean;
}
export interface AwaitOp extends OpBase {
  readonly op: 'await';
  readonly from: Place;
  readonly to: Place;
}
export interface ThrowOp extends OpBase {
  readonly op: 'throw';
  readonly from?: Place;
}
export interface DeleteOp extends OpBase {
  readonly op: 'delete';
  readonly at: Place;
}

export type Op =
  | ConstOp
  | CopyOp
  | ConcatOp
  | CombineOp
  | ListOp
  | RecordOp
  | CallOp
  | ClosureOp
  | ClassOp
  | DecorateOp
  | AnnotateOp
  | ImportOp
  | ExportOp
  | ReturnOp
  | YieldOp
  | AwaitOp
  | ThrowOp
  | DeleteOp;

/**
 * A condition. `pre` runs before it is decided (it holds the operand's own operations); operands of `and`/`or` have
 * their own `pre`, so the right one runs only when the left one did not decide.
 */
export type Test = { readonly pre: readonly Stmt[] } & Span &
  (
    | { readonly t: 'truthy'; readonly a: Place }
    | { readonly t: 'not'; readonly x: Test }
    | { readonly t: 'and' | 'or'; readonly l: Test; readonly r: Test }
    /** `a == b`; `neg` for `!=`. */
    | { readonly t: 'eq'; readonly a: Place; readonly b: Place; readonly neg: boolean }
    /** `<`, `<=`, `>`, `>=`. */
    | { readonly t: 'cmp'; readonly operator: string; readonly a: Place; readonly b: Place }
    /** `typeof a === 'number'`, `neg` for `!==`. */
    | { readonly t: 'typeof'; readonly a: Place; readonly type: string; readonly neg: boolean }
    | { readonly t: 'instanceof'; readonly a: Place; readonly b: Place }
    /** `a in b`, `neg` for Python's `not in`. */
    | { readonly t: 'in'; readonly a: Place; readonly b: Place; readonly neg: boolean }
  );

export interface IfStmt extends Span {
  readonly op: 'if';
  readonly test: Test;
  readonly then: readonly Stmt[];
  readonly else: readonly Stmt[];
}
/**
 * An endless loop left by `break`; `while (t) b` is `loop { if (t) {} else break; b }`. `continue` runs `update` first.
 * With `each`, `to` takes each element (`of`), each key (`in`), or each element of a list and key of a record (`iter`) of
 * `from`, and the loop may end before every round.
 */
export interface LoopStmt extends Span {
  readonly op: 'loop';
  readonly label?: string;
  readonly each?: { readonly to: Place; readonly from: Place; readonly mode: 'of' | 'in' | 'iter' };
  readonly body: readonly Stmt[];
  readonly update: readonly Stmt[];
}
/** Cases in order; a body falls through to the next unless it jumps. `test` undefined is `default`. */
export interface SwitchStmt extends Span {
  readonly op: 'switch';
  readonly label?: string;
  readonly on: Place;
  readonly cases: readonly {
    readonly pre: readonly Stmt[];
    readonly test?: Place;
    readonly body: readonly Stmt[];
  }[];
}
export interface Catch {
  readonly param?: Place;
  /** Where the parameter is written, if it takes whatever is raised, or errors that tell of the program's inside. */
  readonly any?: Span;
  readonly body: readonly Stmt[];
}
export interface TryStmt extends Span {
  readonly op: 'try';
  readonly body: readonly Stmt[];
  readonly catches: readonly Catch[];
  readonly finally: readonly Stmt[];
}
/** A labelled block, left by `break label`. */
export interface BlockStmt extends Span {
  readonly op: 'block';
  readonly label: string;
  readonly body: readonly Stmt[];
}
export interface JumpStmt extends Span {
  readonly op: 'jump';
  readonly kind: 'break' | 'continue';
  readonly label?: string;
}

export type Stmt = Op | IfStmt | LoopStmt | SwitchStmt | TryStmt | BlockStmt | JumpStmt;

export interface Param {
  /** Index into vars. A destructured parameter is a temp-like param that the body's first operations take apart. */
  readonly v: number;
  readonly name: string;
  readonly rest?: boolean;
  /** With `rest`: it takes the keyword arguments that no other parameter takes. */
  readonly keywords?: boolean;
  readonly type?: TypeExpr;
}

export interface FuncIR {
  /** The name a person would use: `getUser`, `Shop.find`, `<module>`, or '' for an anonymous function. */
  readonly name: string;
  readonly kind: 'module' | 'function' | 'arrow' | 'method' | 'ctor' | 'init';
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly vars: readonly Var[];
  readonly params: readonly Param[];
  /** Free variables in the order the parent's `captures` binds them: indexes into vars. */
  readonly free: readonly number[];
  /** Index into vars of `this`, `arguments`; -1 where the body does not use it. */
  readonly thisVar: number;
  readonly argumentsVar: number;
  readonly superVar: number;
  readonly body: readonly Stmt[];
  /** Number of operations, for budgets. */
  readonly size: number;
  /** Length of the item in characters. */
  readonly length: number;
  /** The whole item did not parse without errors. */
  readonly hasError: boolean;
  /** Some of its code was nested beyond the limits of lowering and is known by its names only. */
  readonly truncated?: boolean;
}

/** A file after lowering. funcs[0] is the module body; a nested function comes after its parent (pre-order). */
export interface FileIR {
  readonly language: LanguageId;
  readonly funcs: readonly FuncIR[];
  /** Absolute start offset of each function's text. */
  readonly starts: readonly number[];
  /** Index of the enclosing function, -1 for the module. */
  readonly parents: readonly number[];
  /** Content hash of each item: equal hash means equal FuncIR (also of the same shape of children). */
  readonly hashes: readonly string[];
  /** Syntax errors, absolute spans. */
  readonly errors: readonly Span[];
  /** Comments, absolute spans; suppressions are read from them. */
  readonly comments: readonly Span[];
}
