// Which variables of a function hold own keys of which object: `for (k in o)`, `Object.keys(o)`. What `o[k]` gives with
// such a key is a property of that very object, so it is nobody's prototype.

import type { FuncIR, Place, Stmt } from '../ir/ir.ts';
import { eachStatement } from '../ir/walk.ts';

/** Calls that list the own keys of their argument. */
const LISTS = /^(Object\.(keys|getOwnPropertyNames)|Reflect\.ownKeys)$/;

const known = new WeakMap<FuncIR, ReadonlyMap<number, Place>>();
/** For variables that hold own keys of one place, and nothing else, that place. */
function ownersIn(ir: FuncIR): ReadonlyMap<number, Place> {
  let owners = known.get(ir);
  if (!owners) known.set(ir, (owners = find(ir)));
  return owners;
}

/** Whether a key read from `key` is an own key of what stands at `holder`. */
export function isOwnKey(ir: FuncIR, key: Place, holder: Place): boolean {
  const owner = key.path.length === 0 ? ownersIn(ir).get(key.root) : undefined;
  return owner !== undefined && samePlace(owner, holder);
}

function find(ir: FuncIR): ReadonlyMap<number, Place> {
  const keys = new Map<number, Place>();
  const lists = new Map<number, Place>();
  const mixed = new Set<number>();
  const put = (into: Map<number, Place>, to: Place, owner: Place): void => {
    if (to.path.length > 0) return;
    const old = into.get(to.root);
    if (old && !samePlace(old, owner)) mixed.add(to.root);
    into.set(to.root, owner);
  };
  const calls = (stmt: Stmt): void => {
    if (stmt.op !== 'call' || stmt.callee.path.length !== 1 || stmt.args.length !== 1) return;
    const name = `${ir.vars[stmt.callee.root]?.name}.${String(stmt.callee.path[0])}`;
    if (LISTS.test(name)) put(lists, stmt.to, stmt.args[0]!.place);
  };
  // Lists first: a key may be read before its list is seen, in the text of a loop.
  eachStatement(ir.body, calls);
  const copies = (stmt: Stmt): void => {
    if (stmt.op !== 'copy' || stmt.from.path.length > 0) return;
    const list = lists.get(stmt.from.root);
    if (list) put(lists, stmt.to, list);
  };
  eachStatement(ir.body, copies);
  eachStatement(ir.body, (stmt) => {
    if (stmt.op === 'loop') {
      if (!stmt.each) return;
      const list = stmt.each.from.path.length === 0 ? lists.get(stmt.each.from.root) : undefined;
      if (stmt.each.mode === 'in') put(keys, stmt.each.to, stmt.each.from);
      else if (list) put(keys, stmt.each.to, list);
      else mixed.add(stmt.each.to.root);
      return;
    }
    if (!('to' in stmt) || !stmt.to || stmt.to.path.length > 0) return;
    const list = stmt.op === 'copy' && stmt.from.path.length === 1 ? lists.get(stmt.from.root) : undefined;
    const key = stmt.op === 'copy' && stmt.from.path.length === 0 ? keys.get(stmt.from.root) : undefined;
    // An element by its position; `list.length` is no key.
    const isElement = list !== undefined && stmt.op === 'copy' && typeof stmt.from.path[0] !== 'string';
    if (isElement) put(keys, stmt.to, list);
    else if (key) put(keys, stmt.to, key);
    else if (stmt.op !== 'const' && stmt.op !== 'annotate') mixed.add(stmt.to.root);
  });
  for (const it of mixed) keys.delete(it);
  return keys;
}

function samePlace(a: Place, b: Place): boolean {
  return (
    a.root === b.root &&
    a.path.length === b.path.length &&
    a.path.every((it, i) => typeof it !== 'object' && it === b.path[i])
  );
}
