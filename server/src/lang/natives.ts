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
      readonly fn: 'arg0' | 'arg1';
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
  /** A new promise: the executor's first parameter resolves it. */
  | { readonly e: 'promise' }
  /** Text with parts replaced: receiver, replacement, or a callback's result. */
  | { readonly e: 'replace' }
  /** Receiver's elements joined into text. */
  | { readonly e: 'join' };

/**
 * `contains`: the receiver contains the argument; `position`: the same, but the result is a position or -1;
 * `matches`: the receiver, a regular expression, matches the argument; `matched`: the other way round;
 * `prefix`: the receiver starts with the argument.
 */
export type NativeGuard = 'contains' | 'position' | 'matches' | 'matched' | 'prefix';

export interface NativeTable {
  /** By method name, for receivers that models know nothing of. */
  readonly methods: ReadonlyMap<string, Effect>;
  /** By global path: `Object.assign`, `JSON.parse`, `parseInt`; `new ` in front for constructors. */
  readonly functions: ReadonlyMap<string, Effect>;
  /** Methods whose result proves something of their operands. */
  readonly guards: ReadonlyMap<string, NativeGuard>;
}
