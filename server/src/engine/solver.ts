// The fixpoint over all functions: each run's reads and gifts are recorded, a changed gift re-runs its readers.
// A solution is computed by a fixed order of work from nothing; runs are memoized by what they read, so repeating a
// solution after an edit costs look-ups. That is why the state at rest equals a fresh analysis: it *is* one.

import type { KindRegistry } from '../base/kindset.ts';
import { type Fid, type Value, EMPTY, equal, join } from '../flow/domain.ts';
import type { Noticed } from '../flow/notice.ts';
import { RUNS, WIDENED_AFTER } from '../flow/limits.ts';
import { prune } from '../flow/heap.ts';
import type { Probe, SeenSink } from '../flow/probe.ts';
import { type RunResult, runFunction } from '../flow/run.ts';
import type { ClassInfo, FuncInfo, RawFinding, Summary, World } from '../flow/world.ts';
import type { Target } from '../names/modules.ts';
import { type Gifts, type Held, isValueSlot, sameHeld, signature, widened } from './held.ts';
import { makeQueue } from './queue.ts';

interface Slot {
  held: Held;
  readonly from: Map<Fid, Value>;
  readonly readers: Set<Fid>;
}
interface Memo {
  readonly key: string;
  /** It was the function's first run in its solution: only then what it gave was told before it waited. */
  readonly first: boolean;
  /** In the order they were read. */
  readonly reads: ReadonlyMap<string, Held>;
  /** For each function that the run waited for: what it had given by then and not told before. */
  readonly waits: Waits;
  readonly gives: Gifts;
  readonly result: RunResult;
}
type Given = readonly (readonly [string, Held])[];
type Waits = ReadonlyMap<Fid, Given>;
/**
 * What a run that is under way has read and waited for so far. Looking for a memo that fits takes the very steps that the
 * run would take, so where none fits the run goes on from them: what it does must not depend on what is remembered.
 */
interface Begun {
  readonly reads: Map<string, Held>;
  readonly waits: Map<Fid, Given>;
}
interface FnState {
  info: FuncInfo;
  key: string;
  /** The key it had when it last ran in this solution. */
  ranKey: string | undefined;
  order: number;
  late: number;
  runs: number;
  /** The round of work that `runs` counts in. */
  epoch: number;
  /** What was last told of it; survives a reset, so that a repeated solution tells nothing new. */
  told: { findings: readonly RawFinding[]; partial: boolean; gives: Gifts };
  reads: ReadonlyMap<string, Held>;
  gives: Gifts;
  findings: readonly RawFinding[];
  seen: readonly SeenSink[];
  partial: boolean;
  /** Its run is under way: further up the stack, waiting for a function it asked for. */
  active: boolean;
  memo: Memo[];
}

const NOTHING: readonly RawFinding[] = [];
const NO_GIFTS: Gifts = new Map();
const NOTHING_GIVEN: Given = [];
/** Operations of runs inside one another, after which no more are begun: about one slice of work. */
const CHAIN_OPS = 3_000;
/** Statements nested in one another in all runs that wait: what Node's default call stack bears, see lang/limits.ts. */
const CHAIN_NESTING = 400;
/** Solutions of one function kept for repetition; a solution visits a function two or three times. */
const MEMOS = 6;

export interface SolverStats {
  ran: number;
  reused: number;
}
export interface Solver {
  /** Runs a function once more as things stand, for what it comes by; nothing else is changed. */
  observe(fid: Fid, notice: (it: Noticed) => void): void;
  readonly stats: SolverStats;
  /** Tells of a function (new or changed). Does not run anything. */
  /** `order` decides who runs first, `late` who runs first among those that run again. */
  put(info: FuncInfo, key: string, order: number, late: number): void;
  drop(fid: Fid): void;
  /** Frees a function and what it gave; nobody is told. */
  forget(fid: Fid): void;
  /** Starts a solution of these functions from nothing. */
  reset(fids: Iterable<Fid>): void;
  /** Puts functions on the work list without forgetting what is known. */
  touch(fids: Iterable<Fid>): void;
  /** Works until done (true) or until `pause` says so (false). */
  work(pause?: () => boolean): boolean;
  findings(fid: Fid): readonly RawFinding[];
  /** Sinks that a probe asked for, of the last run. */
  seen(fid: Fid): readonly SeenSink[];
  summary(fid: Fid): Summary | undefined;
  exports(uri: string): Value;
  klass(cid: number): ClassInfo | undefined;
  partial(fid: Fid): boolean;
  /** Functions whose results changed since the last call. */
  takeChanged(): Set<Fid>;
  /** Forgets memoized runs: for one-off scans that are not repeated. */
  keepMemos: boolean;
  /** Memoized runs of a function, the newest first. */
  memos(fid: Fid): readonly Memo[];
  /** Another solver of the same rules and questions: what it has run need not be run here, if it read the same. */
  lender: Solver | undefined;
  /** Called when a function of another file than before is about to run. */
  at: ((uri: string) => void) | undefined;
}

export function makeSolver(
  kinds: KindRegistry,
  resolve: (from: string, specifier: string) => Target,
  probe?: Probe,
): Solver {
  const slots = new Map<string, Slot>();
  const fns = new Map<Fid, FnState>();
  const queue = makeQueue();
  const stats: SolverStats = { ran: 0, reused: 0 };
  let changed = new Set<Fid>();
  const frozen = new Set<Fid>();
  let solverKeep = true;
  let epoch = 0;
  let runsIn: string | undefined;
  /** Of the runs that wait for one another at the moment. */
  let chain = { ops: 0, nesting: 0 };

  const slot = (name: string): Slot => {
    let it = slots.get(name);
    if (!it)
      slots.set(
        name,
        (it = { held: isValueSlot(name) ? EMPTY : undefined, from: new Map(), readers: new Set() }),
      );
    return it;
  };
  const current = (name: string): Held => {
    if (name[0] === 'R') {
      const cut = name.indexOf('\n');
      return resolve(name.slice(1, cut), name.slice(cut + 1));
    }
    if (name[0] === 'X') return signature(fns.get(Number(name.slice(1)))?.info);
    return slots.get(name)?.held ?? (isValueSlot(name) ? EMPTY : undefined);
  };
  const enqueue = (fid: Fid): void => {
    const state = fns.get(fid);
    if (state && state.epoch !== epoch) {
      state.epoch = epoch;
      state.runs = 0;
      frozen.delete(fid);
    }
    if (state) queue.add(fid, state.runs, state.runs === 0 ? state.order : state.late);
  };
  const changedSlot = (it: Slot): void => {
    for (const fid of it.readers) enqueue(fid);
  };

  /** Replaces what `fid` gave to a slot. */
  const give = (name: string, fid: Fid, next: Held): void => {
    const it = slot(name);
    if (!isValueSlot(name)) {
      if (sameHeld(name, it.held, next)) return;
      it.held = next;
      changedSlot(it);
      return;
    }
    const old = it.from.get(fid);
    const val = next as Value | undefined;
    if (old && val && equal(old, val)) return;
    if (val) it.from.set(fid, val);
    else it.from.delete(fid);
    let held: Value;
    const grows = val !== undefined && (old === undefined || join(val, old, kinds) === val);
    if (grows) held = join(it.held as Value, val, kinds);
    else {
      held = EMPTY;
      for (const giver of [...it.from.keys()].sort((a, b) => a - b))
        held = join(held, it.from.get(giver)!, kinds);
    }
    if (held === it.held || equal(held, it.held as Value)) return;
    it.held = held;
    changedSlot(it);
  };

  const settle = (state: FnState, memo: Memo): void => {
    const { fid } = state.info;
    for (const name of state.reads.keys()) if (!memo.reads.has(name)) slots.get(name)?.readers.delete(fid);
    for (const name of memo.reads.keys()) if (name[0] !== 'R') slot(name).readers.add(fid);
    const before = state.gives;
    state.reads = memo.reads;
    state.gives = state.runs > WIDENED_AFTER ? widened(before, memo.gives, kinds, probe) : memo.gives;
    state.ranKey = memo.key;
    for (const name of before.keys()) if (!state.gives.has(name)) give(name, fid, undefined);
    for (const [name, val] of state.gives) give(name, fid, val);
    // What was read before a run that it waited for may have changed by that run.
    if (memo.waits.size > 0) enqueue(fid);
    state.findings = memo.result.findings;
    state.seen = memo.result.seen;
    state.partial = memo.result.partial;
    const { told } = state;
    if (told.findings === state.findings && told.partial === state.partial && told.gives === state.gives)
      return;
    state.told = { findings: state.findings, partial: state.partial, gives: state.gives };
    changed.add(fid);
  };

  const runOne = (state: FnState): void => {
    state.active = true;
    chain.nesting += state.info.nesting;
    const ops = runOrReplay(state);
    chain.nesting -= state.info.nesting;
    chain.ops += ops;
    state.active = false;
  };
  /** Gives the operations of the run, also of one that was not necessary: budgets must not depend on what is remembered. */
  const runOrReplay = (state: FnState): number => {
    const { fid } = state.info;
    if (unchanged(state)) return 0;
    state.runs++;
    if (state.runs > RUNS) {
      if (!frozen.has(fid)) {
        frozen.add(fid);
        state.partial = true;
        state.told = { ...state.told, partial: true };
        changed.add(fid);
      }
      return 0;
    }
    const begun: Begun = { reads: new Map(), waits: new Map() };
    const known = state.memo.find((it) => it.key === state.key && fits(state, it, begun));
    if (known) {
      stats.reused++;
      settle(state, known);
      return known.result.ops;
    }
    stats.ran++;
    if (state.info.uri !== runsIn) solver.at?.((runsIn = state.info.uri));
    const memo = record(state, begun);
    if (solverKeep) {
      state.memo.unshift(memo);
      if (state.memo.length > MEMOS) state.memo.pop();
    }
    settle(state, memo);
    return memo.result.ops;
  };
  /** Whether a run would read what the last one read. Runs that it would wait for are done first. */
  const unchanged = (state: FnState): boolean => {
    if (state.ranKey !== state.key) return false;
    for (const [name, held] of state.reads) {
      if (name[0] === 'S') wait(state, Number(name.slice(1)), NOTHING_GIVEN);
      if (!sameHeld(name, current(name), held)) return false;
    }
    return true;
  };
  /** The same of a memo. It fits if a run would also wait for the same runs: as long as its reads are equal, it would. */
  const fits = (state: FnState, memo: Memo, begun: Begun): boolean => {
    if (memo.waits.size > 0 && memo.first !== (state.ranKey === undefined)) return false;
    for (const [name, held] of memo.reads) {
      if (!begun.reads.has(name)) {
        if (name[0] === 'S') {
          const fid = Number(name.slice(1));
          const given = memo.waits.get(fid);
          if ((pending(state, fid) !== undefined) !== (given !== undefined)) return false;
          if (given) {
            begun.waits.set(fid, given);
            wait(state, fid, given);
          }
        }
        begun.reads.set(name, current(name));
      } else if (name[0] === 'S') {
        const fid = Number(name.slice(1));
        if (memo.waits.has(fid) !== begun.waits.has(fid)) return false;
      }
      if (!sameHeld(name, begun.reads.get(name), held)) return false;
    }
    return true;
  };

  /** A function whose summary is asked for and that is to run anyway, if it may run inside of the run that asks. */
  const pending = (state: FnState, fid: Fid): FnState | undefined => {
    if (!queue.has(fid) || chain.ops > CHAIN_OPS) return undefined;
    const it = fns.get(fid);
    if (!it || it.active || it.info.uri !== state.info.uri) return undefined;
    return chain.nesting + it.info.nesting <= CHAIN_NESTING ? it : undefined;
  };
  /** Tells what the run has given so far, then runs the function it asks for, if that is to run. */
  const wait = (state: FnState, fid: Fid, given: Given): void => {
    const it = pending(state, fid);
    if (!it) return;
    for (const [name, val] of given) give(name, state.info.fid, val);
    queue.remove(fid);
    runOne(it);
  };

  const record = (state: FnState, begun?: Begun, notice?: (it: Noticed) => void): Memo => {
    const reads = new Map<string, Held>();
    const gives = new Map<string, Held>();
    const waits = new Map<Fid, Given>();
    /** Slots given to since the last wait. A function that has run before has told all that already. */
    const first = state.ranKey === undefined;
    const untold = first ? new Set<string>() : undefined;
    const { fid } = state.info;
    const ask = (id: Fid): void => {
      const name = `S${id}`;
      if (reads.has(name)) return;
      const done = begun?.reads.has(name) === true;
      if (done ? !begun.waits.has(id) : !pending(state, id)) return;
      const given: Given = untold ? [...untold].map((name) => [name, gives.get(name)]) : NOTHING_GIVEN;
      untold?.clear();
      waits.set(id, given);
      if (!done) wait(state, id, given);
    };
    const read = (name: string): Held => {
      if (reads.has(name)) return reads.get(name);
      const held = begun?.reads.has(name) ? begun.reads.get(name) : current(name);
      reads.set(name, held);
      return held;
    };
    const world: World = {
      rules: state.info.rules,
      kinds,
      probe,
      notice,
      func(id) {
        read(`X${id}`);
        return fns.get(id)?.info;
      },
      summary(id) {
        ask(id);
        return read(`S${id}`) as Summary | undefined;
      },
      klass: (id) => read(`K${id}`) as ClassInfo | undefined,
      addClass(info) {
        gives.set(`K${info.cid}`, info);
        untold?.add(`K${info.cid}`);
      },
      slot: (name) => read(name) as Value,
      addSlot(name, val) {
        const old = gives.get(name) as Value | undefined;
        gives.set(name, prune(old ? join(old, val, kinds) : val, kinds));
        untold?.add(name);
      },
      exports: (uri) => read(`E${uri}`) as Value,
      addExports(val) {
        const name = `E${state.info.uri}`;
        const old = gives.get(name) as Value | undefined;
        gives.set(name, old ? join(old, val, kinds) : val);
      },
      resolve: (from, specifier) => read(`R${from}\n${specifier}`) as Target,
    };
    const result = runFunction(world, state.info);
    gives.set(`S${fid}`, result.summary);
    return { key: state.key, first, reads, waits, gives, result };
  };

  const solver: Solver = {
    stats,
    at: undefined,
    lender: undefined,
    memos: (fid) => fns.get(fid)?.memo ?? [],
    put(info, key, order, late) {
      const old = fns.get(info.fid);
      if (old) {
        const moved = signature(old.info) !== signature(info);
        old.info = info;
        old.key = key;
        old.order = order;
        old.late = late;
        if (moved) changedSlot(slot(`X${info.fid}`));
        return;
      }
      fns.set(info.fid, {
        info,
        key,
        ranKey: undefined,
        order,
        late,
        runs: 0,
        epoch,
        told: { findings: NOTHING, partial: false, gives: NO_GIFTS },
        reads: new Map(),
        gives: new Map(),
        findings: [],
        seen: [],
        partial: false,
        active: false,
        memo: [...(solver.lender?.memos(info.fid) ?? [])],
      });
      const known = slots.get(`X${info.fid}`);
      if (known) changedSlot(known);
    },
    observe(fid, notice) {
      const state = fns.get(fid);
      if (state) record(state, undefined, notice);
    },
    drop(fid) {
      const state = fns.get(fid);
      if (!state) return;
      for (const name of state.reads.keys()) slots.get(name)?.readers.delete(fid);
      for (const name of state.gives.keys()) give(name, fid, undefined);
      changed.add(fid);
      fns.delete(fid);
      queue.remove(fid);
      const known = slots.get(`X${fid}`);
      if (known) changedSlot(known);
    },
    forget(fid) {
      const state = fns.get(fid);
      if (!state) return;
      for (const name of state.gives.keys()) slots.delete(name);
      for (const name of state.reads.keys()) slots.get(name)?.readers.delete(fid);
      fns.delete(fid);
    },
    reset(fids) {
      const states = [...fids].map((it) => fns.get(it)).filter((it) => it !== undefined);
      for (const it of states) {
        for (const name of it.reads.keys()) slots.get(name)?.readers.delete(it.info.fid);
        for (const name of it.gives.keys()) {
          const held = slots.get(name);
          if (!held) continue;
          held.from.delete(it.info.fid);
          if (isValueSlot(name)) {
            held.held = EMPTY;
            for (const giver of [...held.from.keys()].sort((a, b) => a - b))
              held.held = join(held.held as Value, held.from.get(giver)!, kinds);
          } else held.held = undefined;
          if (held.from.size === 0 && held.readers.size === 0) slots.delete(name);
        }
        it.ranKey = undefined;
        it.reads = new Map();
        it.gives = new Map();
        it.runs = 0;
        it.epoch = epoch;
        frozen.delete(it.info.fid);
        queue.remove(it.info.fid);
      }
      for (const it of states) queue.add(it.info.fid, 0, it.order);
    },
    touch(fids) {
      // A new round: what earlier keystrokes made run does not count against this one.
      if (queue.size === 0) epoch++;
      for (const fid of fids) {
        const state = fns.get(fid);
        if (!state) continue;
        enqueue(fid);
      }
    },
    work(pause) {
      // Other files may have been named since.
      runsIn = undefined;
      for (;;) {
        const fid = queue.take();
        if (fid === undefined) return true;
        const state = fns.get(fid);
        chain = { ops: 0, nesting: 0 };
        if (state) runOne(state);
        if (pause?.()) return queue.size === 0;
      }
    },
    findings: (fid) => fns.get(fid)?.findings ?? [],
    seen: (fid) => fns.get(fid)?.seen ?? [],
    summary: (fid) => current(`S${fid}`) as Summary | undefined,
    exports: (uri) => current(`E${uri}`) as Value,
    klass: (cid) => current(`K${cid}`) as ClassInfo | undefined,
    partial: (fid) => fns.get(fid)?.partial ?? false,
    takeChanged() {
      const res = changed;
      changed = new Set();
      return res;
    },
    get keepMemos() {
      return solverKeep;
    },
    set keepMemos(it) {
      solverKeep = it;
    },
  };
  return solver;
}
