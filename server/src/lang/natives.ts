// How the methods and functions that belong to a language itself move data, as a table that flow/native.ts interprets.
// Only what a call does with data is said here; what is dangerous is said in rules/.

/** Where data comes from or goes to. `elem` is any element of the receiver, `args` all arguments, `argN` one of them. */
export type Part = 'recv' | 'elem' | 'args' | 'arg0' | 'arg1' | 'arg2' | 'rest';

export type Effect =
  /** Text or a number made from these parts: taint passes, identity does not. */
  | { readonly e: 'text'; readonly from: readonly Part[] }
  /** Everything inside the parts becomes text (JSON). */
  | { readonly e: 'deep'; readonly from: readonly Part[] }
  /** A number, boolean or other value that cannot carry an attack. */
  | { readonly e: 'clean' }
  /** The part itself. */
  | { readonly e: 'same'; readonly of: Part }
  /** A new list whose elements are those of the parts (`list`) or the parts themselves (`items`). */
  | { readonly e: 'list'; readonly of: readonly Part[]; readonly items?: boolean }
  /** Elements are added to the receiver; gives the receiver or nothing. */
  | { readonly e: 'add'; readonly from: Part; readonly gives?: 'recv' | 'nothing' }
  /** Receiver's field named by the first argument is set to the second, or read. */
  | { readonly e: 'put'; readonly gives?: 'recv' | 'nothing' }
  | { readonly e: 'get' }
  /** Fields of the later arguments are copied into the first, which is the result. */
  | { readonly e: 'assign' }
  /** Keys, values or pairs of the first argument (or of the receiver). */
  | { readonly e: 'keys' | 'values' | 'pairs'; readonly of: Part }
  /** A callback runs for the elements; `gives` says what the call makes of its results. */
  | {
      readonly e: 'each';
      /** `first`: argument 0, and what it runs over is argument 1. */
      readonly fn: 'arg0' | 'arg1' | 'first';
      readonly params: readonly ('elem' | 'index' | 'recv' | 'acc' | 'none')[];
      readonly gives: 'list' | 'flat' | 'recv-list' | 'elem' | 'clean' | 'last' | 'recv';
      /** Initial accumulator. */
      readonly init?: 'arg1';
    }
  /** A callback gets the receiver itself (`then`), its result is the call's. */
  | { readonly e: 'then' }
  /** Callbacks run without data; the receiver is the result. */
  | { readonly e: 'run'; readonly gives?: 'recv' | 'nothing' }
  /** `f.call(this, a)`, `f.apply(this, list)`, `f.bind(this, a)`. */
  | { readonly e: 'call' | 'apply' | 'bind' }
  /** `Reflect.apply(f, this, list)`, `Reflect.construct(C, list)`: the list is argument `list`. */
  | { readonly e: 'reflect'; readonly list: 1 | 2 }
  /** A new promise: the executor's first parameter resolves it. */
  | { readonly e: 'promise' }
  /** Text with parts replaced (the first one, or all): receiver, replacement, or a callback's result. */
  | { readonly e: 'replace'; readonly all?: boolean }
  /** Receiver's elements joined into text. */
  | { readonly e: 'join' }
  /** The receiver joins the elements of the first argument. */
  | { readonly e: 'glue' }
  /** The receiver is a format with braces that the arguments fill. */
  | { readonly e: 'format' }
  /** List with known positions: elements of the argument added, one put in at a place, one taken out (and given), removed. */
  | { readonly e: 'extend' | 'insert' | 'take' | 'drop' }
  /** The list in another order; the receiver is the result where the language says so. */
  | { readonly e: 'turn'; readonly gives?: 'recv' }
  /** Elements from a position on are taken out (and given), others put in their place. */
  | { readonly e: 'splice' }
  /** A copy of a collection: elements keep their positions; of a record, its keys. */
  | { readonly e: 'copy' }
  /** Dictionaries: a key or the default behind it, set unless there, all of the arguments set, a new one. */
  | { readonly e: 'lookup' | 'default' | 'update' | 'dict' }
  /** Pairs of number and element; tuples of the arguments' elements; one of the elements. */
  | { readonly e: 'numbered' | 'zip' | 'pick' }
  /** What a context manager gives: itself, or what a generator yields. */
  | { readonly e: 'enter' }
  /** A field of the first argument by the name in the second, read or set to the third. */
  | { readonly e: 'getattr' | 'setattr' };

/**
 * `contains`: the receiver contains the argument; `owns`: the first argument has a member named by the second; `position`: the same, but the result is a position or -1;
 * `satisfied`: a predicate accepts an element of the receiver; `satisfied-position`: the same as a position or -1;
 * `all-satisfied`: it accepts every element;
 * `matches`: the receiver, a regular expression, matches the argument; `matched`: the other way round;
 * `prefix`, `suffix`: the receiver starts, ends with the argument; `letters`: the receiver has letters and digits only.
 */
export type NativeGuard =
  | 'contains'
  | 'owns'
  | 'position'
  | 'satisfied'
  | 'satisfied-position'
  | 'all-satisfied'
  | 'matches'
  | 'matched'
  | 'prefix'
  | 'suffix'
  | 'head'
  | 'letters';

/** What the name of a global stands for where no model says more. */
export type Global = 'undefined' | 'module' | 'exports' | 'global' | 'jsx';

export interface NativeTable {
  /** Globals that the language itself gives a meaning to. */
  readonly globals: ReadonlyMap<string, Global>;
  /**
   * Instances show the fields of their class, and a method taken from the class gets its receiver as the first
   * argument (Python); otherwise a class's own fields are its alone. Modules are such objects too: who imports one reads
   * its variables one by one.
   */
  readonly openClasses: boolean;
  /** What stands in texts is judged by itself: secrets by the names they are given, SQL put together, errors caught. */
  readonly textChecks: boolean;
  /** A member read by a computed name may be one that every object inherits. */
  readonly prototypes: boolean;
  /** Methods that operators call, by operator: `__truediv__` for `/`. */
  readonly operators: ReadonlyMap<string, string>;
  /** By method name, for receivers that models know nothing of. */
  readonly methods: ReadonlyMap<string, Effect>;
  /** By global path: `Object.assign`, `JSON.parse`, `parseInt`; `new ` in front for constructors. */
  readonly functions: ReadonlyMap<string, Effect>;
  /** Methods whose result proves something of their operands. */
  readonly guards: ReadonlyMap<string, NativeGuard>;
}
