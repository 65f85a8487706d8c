// The types of rule files (rules/kinds, rules/models) and of the compiled index that flow/ asks.
// Rules say what a resolved value *is*; they never walk code.

export type Severity = 'error' | 'warning' | 'info';
/** How sure the engine is: the whole flow is proven, it passes unknown code, or the callee is known by name only. */
export type Confidence = 'high' | 'medium' | 'low';

/** rules/kinds/<kind>.yaml: what is dangerous, and the words for it. */
export interface Kind {
  /** Stable id, shown as the diagnostic's code. */
  readonly kind: string;
  /** Source kinds that matter here: `remote`, `library-input`, `cli`, `file`, `env`, `stored`. */
  readonly from: readonly string[];
  readonly severity: Severity;
  /** Primary CWE first. */
  readonly cwe: readonly number[];
  readonly title: string;
  /** `{source}` and `{sink}` are replaced. */
  readonly message: string;
  readonly why: string;
  readonly instead: string;
  /**
   * The known text of a value of this kind, tested on the value's literal skeleton (holes are U+FFFC). A call known by
   * name only counts as a sink only if its argument's skeleton matches, e.g. SQL words.
   */
  readonly shape?: string;
  /**
   * If the literal text *before* the first tainted hole matches, the hole cannot do harm: `https://fixed.host/` for
   * ssrf and redirect.
   */
  readonly safePrefix?: string;
  /** Whatever makes data safe for that kind makes it safe for this one, which does less harm with the same means. */
  readonly follows?: string;
  /** Only an object or list does harm: text built from the value (concatenation, `String(x)`) is clean. */
  readonly structured?: boolean;
  /** In library mode only parts of what callers give count: keys of an object, pieces of a path. */
  readonly libraryParts?: boolean;
  /** A tainted value only does harm when it is the whole start of the text (redirect, ssrf without fixed host). */
  readonly wholeOnly?: boolean;
  /** In library mode only a parameter itself counts, not what is inside the structures that callers pass. */
  readonly direct?: boolean;
  /** Only flows that are proven count: unknown code may make something else of the value. */
  readonly certain?: boolean;
  /** What is inside the value counts like the value: loggers print whole objects. */
  readonly deep?: boolean;
}

/** Which argument of a call, or part of it. */
export interface ArgSel {
  /** Position from 0, negative from the end, `this`, `*` (any), `return`, a keyword name, or a range `from`.. */
  readonly arg: number | 'this' | '*' | 'return' | { readonly from: number } | { readonly name: string };
  /** Access path below it: `.body`, `["k"]`, `[*]` (null), `[(1)]`: the key that the call has as argument 1. */
  readonly path: readonly (string | number | null | { readonly arg: number })[];
}

/**
 * A condition on a call's arguments. `args` is their count. Any other key is an argument (`0`, `1`, `-1`, keyword name)
 * with an optional path (`1.shell`); its value is a literal, a list of literals (any of them), or a word for a shape:
 * `$string` `$number` `$boolean` (constants) `$const` (any constant) `$list` `$record` `$function` `$present` `$absent`
 * `$given`, `$secret` (a value whose name says so),
 * `=path` for what models know by that path, `&2` for a number with one of these bits, `<2048` for a smaller number,
 * `$unknown` (there, but nothing is known of it), `$inert` (a content type that is not rendered as markup),
 * `/regex/` on a constant string, or `~/regex/` on the known text of a string (its unknown parts are U+FFFC).
 */
export interface Condition {
  readonly args?: number;
  readonly [argument: string]: unknown;
}

interface Conditional {
  readonly when?: Condition;
  /** Of several, any. */
  readonly unless?: Condition | readonly Condition[];
}
export interface SourceRole extends Conditional {
  readonly kind: string;
  /** What to call it in messages: `the query string`; default is the code's text. */
  readonly what?: string;
  /** What its text is known to look like, with U+FFFC for what is not known: the fragment of an address begins with `#`. */
  readonly text?: string;
  /** Kinds it cannot harm: a route parameter is always text, so never a query object. */
  readonly clears?: readonly string[];
}
export interface SinkRole extends Conditional {
  readonly kind: string;
  readonly sel: ArgSel;
  /** Matched by method name on values of unknown type too, if the kind's `shape` fits. */
  readonly byName?: boolean;
  /** Id of a deterministic fix in fixes/. */
  readonly fix?: string;
  /** Where this holds it may be no sink: reported with less confidence. */
  readonly unsure?: Condition;
}
/** The selected value (default: the call's result) is clean for these kinds (`*` for all). */
export interface BarrierRole extends Conditional {
  readonly kinds: readonly string[];
  readonly sel: ArgSel;
}
/** If the call's result is truthy (accepts: true) the selected argument is clean for these kinds. */
export interface GuardRole extends Conditional {
  readonly kinds: readonly string[];
  readonly sel: ArgSel;
  readonly accepts: boolean;
  /** The call throws unless the argument is good: clean after it. */
  readonly throws?: boolean;
  /** This argument is a regular expression that the selected one must match: it is clean for what that rules out. */
  readonly pattern?: ArgSel;
  /** The call pins the pattern down at the start, or at both ends, of the text. */
  readonly anchored?: 'start' | 'whole';
}
/** Data passes from one selected value to another. `to` may be `return`, an argument, `this`, or a callback's parameter. */
export interface FlowRole extends Conditional {
  readonly from: ArgSel;
  readonly to: ArgSel;
  /** `to` is parameter `param` of the function given as that argument. */
  readonly param?: number;
  /** Kinds that the step cleans. */
  readonly clears?: readonly string[];
  /** The value itself, fields and all, instead of taint only. */
  readonly value?: boolean;
  /** The result shows parts of the argument: a host that is checked there is checked of the argument too. */
  readonly view?: boolean;
  /** The result is the folder that all elements of the argument lie in: equal to a trusted one, it proves that they lie in it. */
  readonly common?: boolean;
  /** The step undoes an encoding: what the argument was safe for, the result is not. */
  readonly decodes?: boolean;
  /** The result is the regular expression that the argument describes. */
  readonly regex?: boolean;
  /** What this regular expression matches is replaced by the argument behind it. */
  readonly pattern?: ArgSel;
  /** The result is the arguments put together as parts of a path, so its text is known as far as theirs is. */
  readonly joins?: boolean;
  /** The result is a part of an address: that the whole leads nowhere else says nothing of it. */
  readonly part?: boolean;
}
/** The call does what the language's method `method` does when called on argument `arg`: `_.map(list, f)`. */
export interface NativeRole extends Conditional {
  readonly method: string;
  readonly arg: number;
}
/** A check without data flow: a call and its literal arguments. */
export interface CheckRole extends Conditional {
  readonly id: string;
  readonly severity: Severity;
  readonly cwe: readonly number[];
  readonly title: string;
  readonly message: string;
  readonly why?: string;
  readonly instead?: string;
  readonly sel?: ArgSel;
  readonly fix?: string;
  /** `/regex/`: some name or text of the function around must match. */
  readonly near?: string;
  /** `/regex/`: no name or text of the function around may match. */
  readonly without?: string;
}

/** Everything models say about one node of the API graph. */
export interface Roles {
  /** Reading this value is a source. */
  readonly sources: readonly SourceRole[];
  /** Calling it … */
  readonly sinks: readonly SinkRole[];
  readonly barriers: readonly BarrierRole[];
  readonly guards: readonly GuardRole[];
  readonly flows: readonly FlowRole[];
  readonly natives: readonly NativeRole[];
  readonly checks: readonly CheckRole[];
  /** Assigning to it is a sink (`element.innerHTML = x`). */
  readonly sets: readonly SinkRole[];
  /** Checks of what is assigned to it (`context.check_hostname = False`). */
  readonly setChecks: readonly CheckRole[];
  /** Checks of any call that gets this value as an argument (`connect(ssl_version=ssl.PROTOCOL_SSLv3)`). */
  readonly givenChecks: readonly CheckRole[];
  /** What the function that stands here returns reaches a sink. */
  readonly results: readonly SinkRole[];
  /** The model knows this call completely: nothing but its `flows` passes from arguments to result. */
  readonly closed: boolean;
  /** The call never returns: it ends the program or raises. */
  readonly ends: boolean;
}

/** A node of the API graph: a package, a member of one, an instance, a call's result, a callback's parameter. */
export type NodeId = number;

/**
 * The compiled models of one language: a graph whose nodes are API paths. A value in flow/ carries the set of nodes it
 * may be; every step below is a constant-time look-up, -1 or an empty list where models say nothing.
 */
export interface RuleIndex {
  readonly kinds: readonly Kind[];
  /** The words of a check that is code (checks/), undefined where the rules do not have it. */
  check(id: string): CheckRole | undefined;
  kind(name: string): Kind | undefined;
  /** Name of the node for messages: `mysql2.Connection#query`. */
  name(node: NodeId): string;
  /** A package by import name (`mysql2/promise`, `node:fs` is `fs`), or the global object as `global`. */
  root(packageName: string): NodeId;
  /** All nodes a value at `node` also is (`types:` rows: a call's result *is a* Connection; supertypes), itself first. */
  closure(node: NodeId): readonly NodeId[];
  member(node: NodeId, key: string | number | null): NodeId;
  /** The result of calling (or `new`-ing) it; a class node's instance. */
  call(node: NodeId): NodeId;
  /** The instance type of a class node: for annotations and `instanceof`. */
  instance(node: NodeId): NodeId;
  /** The nodes of parameter `param` of the function passed as argument `arg` (of `argc`). */
  callbackParam(node: NodeId, arg: number, argc: number, param: number): readonly NodeId[];
  /**
   * What the callee expects as argument `arg` (of `argc`): its members and `param` lead to `f(0).handler<0>`. Two where
   * rows count this argument from both ends.
   */
  argument?(node: NodeId, arg: number, argc: number): readonly NodeId[];
  /** Parameter `param` of a function that stands at this node (an options field, a typed or exported function). */
  param?(node: NodeId, param: number): NodeId;
  /** What the function that stands at this node returns (`f(1)<return>`). */
  result?(node: NodeId): NodeId;
  /** What a function decorated with this returns. */
  decoratedResult?(node: NodeId): NodeId;
  /** What the exports object of a file is by convention (`%file:` roots); `path` is relative to the project. */
  fileExports?(path: string): readonly NodeId[];
  /** Functions known by the names of their parameters alone (`%params:req,res` roots); a guess, so of low confidence. */
  namedParams?(names: readonly string[]): readonly NodeId[];
  /** A function of the program by its file's path and its name (`%code:` roots), which a project's own models may name. */
  readonly codeFunction?: (path: string, name: string) => NodeId;
  /** Any function by the name it is called by (`%named`). */
  readonly namedFunction?: (name: string) => NodeId;
  /** The node of parameter `param` of a function decorated with this. */
  decoratedParam(node: NodeId, param: number): NodeId;
  /** A parameter decorated with this (`@Body() dto`). */
  paramDecorator(node: NodeId): NodeId;
  roles(node: NodeId): Roles | undefined;
  /** Nodes of instance members with this name and `byName` sinks (called) or sets (assigned to). */
  methodsByName(name: string): readonly NodeId[];
  /** Whether any model has a sink by this name, of whatever type. */
  isSinkName(name: string): boolean;
  /** Hash of all rules, part of every cache key. */
  readonly hash: string;
}
