// What a language gives to the generic part of lowering: how to cut a file into items and how to lower one of them.
// Adding a language is a folder beside this file and a line in lower.ts.

import type { FuncIR } from '../ir/ir.ts';
import type { Arena } from '../syntax/arena.ts';
import type { Child } from './builder.ts';
import type { Cut } from './items.ts';
import type { NativeTable } from './natives.ts';

/** A language's lowering. Both functions are total: unknown syntax becomes `combine unknown`, never an exception. */
export interface Lowering {
  /** What the language's own functions and methods do with data. */
  readonly natives: NativeTable;
  cut(arena: Arena): Cut;
  /** Lowers item `index` of the cut; `children` are its direct children by their item index. */
  lower(arena: Arena, cut: Cut, index: number, children: ReadonlyMap<number, Child>): FuncIR;
}
