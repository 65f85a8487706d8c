// Every bound of the flow analysis, with the reason beside it. Over a limit means merge, never drop silently;
// bounds count steps and facts, never time, so that every machine finds the same.

/** Keys of an access path that are told apart; Opengrep and Mariana Trench use 4, CodeQL and FlowDroid 5. */
export const PATH_DEPTH = 4;
/** Named fields an object keeps apart before it is read as one; a package's exports are such an object. */
export const FIELDS = 512;
/** Elements of a list known by index; longer literal lists are tables and read as one element. */
export const ELEMENTS = 32;
/** Facts a value carries; the ones kept are the first in a total order, so the choice does not depend on luck. */
export const FACTS = 12;
/** Functions or classes one call may run. Beyond it the callee is a registry and is treated as unknown. */
export const TARGETS = 4;
/** API nodes a value may be. */
export const NODES = 8;
/** Steps of a path; the middle of a longer one is left out. */
export const STEPS = 24;
/** Rounds of a loop before the last state is taken as it is; the domain is finite, real loops settle in two or three. */
export const LOOP_ROUNDS = 4;
/** Runs of one function in one solution before it is frozen and marked partial (recursion settles well below). */
export const RUNS = 9;
/** Runs of one function in one solution after which what it gives only grows; chains without recursion settle by then. */
export const WIDENED_AFTER = 3;
/** Operations executed in one run of a function; the largest real function seen (a parser's switch) takes 60,000. */
export const OPS_PER_RUN = 400_000;
/** Parts of callees' summaries (uses, writes, calls of parameters) applied in one run; a registry of plugins meets it. */
export const APPLIED_PER_RUN = 1_000;
/** Sink uses a summary keeps apart; a function with more is a dispatcher, for which whole parameters count. */
export const USES = 64;
/** Called members of parameters that a summary keeps apart: a visitor has about so many. */
export const INVOKES = 32;
/** Written places of parameters that a summary keeps apart. */
export const WRITES = 32;
/** Parts of a value that a summary says is written; who reads them by name reads few of them. */
export const WRITE_PARTS = 16;
/** So many times more uses and parts of summaries are kept when a verification notes every unknown call as well. */
export const PROBED = 8;
/** Characters of a literal skeleton; enough for the prefix of any query or address. */
export const TEXT = 240;
/** Levels of functions returning functions that keep their own arguments. */
export const BIND_DEPTH = 1;
/** Depth of a value tree when it crosses a function's border. */
export const TREE_DEPTH = 3;
/** Alternative paths of one finding. */
export const PATHS = 4;
/** Memories of different calls kept for one function made by them. */
export const VARIANTS = 2;
/** Fields of an argument that functions made by the call remember. */
export const REMEMBERED = 4;
/** Parts of a result tree in which parameters are replaced at one call; the rest keeps its facts alone. */
export const SUBSTITUTED = 150;
/** Parameters whose whole values (functions, fields) one part of a result may be; beyond it only their taint passes. */
export const PASSED = 3;
/** Parts (fields and remembered arguments) of a value kept for other functions. */
export const TREE_PARTS = 64;
/** Parts of one parameter told apart in one value. */
export const SIBLINGS = 6;
/** Fields of an argument whose functions and types are passed along; larger objects are namespaces, found otherwise. */
export const PASSED_FIELDS = 24;
/** Methods of one prototype that know of each other; the largest real one seen has about 150. */
export const METHODS = 256;

/** Characters of a text that a check looks at to learn what a function is about; prose further in says little. */
export const NEAR_TEXT = 80;
/** Arguments beyond the declared parameters that are told apart in `arguments`; merging functions take two or three. */
export const UNDECLARED = 3;
