// Files as the solver sees them: functions and classes with ids that survive edits elsewhere, and where free variables
// lead. An id belongs to a name (file, enclosing functions, own name, ordinal among equals), never to a position.

import { memberModule } from '../names/python.ts';
import type { ClassOp, FileIR, FuncIR, Stmt, Test } from '../ir/ir.ts';
import type { NativeTable } from '../lang/natives.ts';
import type { RuleIndex } from '../rules/schema.ts';
import type { Cid, Fid } from '../flow/domain.ts';
import type { FuncInfo, Link } from '../flow/world.ts';

export interface FileState {
  readonly uri: string;
  readonly ir: FileIR;
  readonly infos: readonly FuncInfo[];
  /** Changes when a function's meaning changes: its own text, or what its free variables are bound to. */
  readonly keys: readonly string[];
  /** Modules it imports, as written. */
  readonly imports: readonly string[];
}

/**
 * Numbers for names. A number is a hash of its name, so that nothing that is ordered by numbers depends on which file
 * was seen first; names that collide (one in 2^48) are moved on by one, in the order they come.
 */
export interface Ids {
  of(name: string): number;
  nameOf(id: number): string;
}
export function makeIds(): Ids {
  const byName = new Map<string, number>();
  const names = new Map<number, string>();
  return {
    of(name) {
      let id = byName.get(name);
      if (id === undefined) {
        id = hash48(name);
        while (names.has(id)) id++;
        byName.set(name, id);
        names.set(id, name);
      }
      return id;
    },
    nameOf: (id) => names.get(id) ?? '',
  };
}
/** FNV-1a in two halves of 24 bits; a safe integer. */
function hash48(text: string): number {
  let hi = 0x811c9d;
  let lo = 0xc9dc51;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    hi = Math.imul(hi ^ c, 0x01000193) & 0xffffff;
    lo = Math.imul(lo ^ (c + i), 0x01000197) & 0xffffff;
  }
  return hi * 0x1000000 + lo;
}

interface Shape {
  readonly closures: { readonly fn: number; readonly captures: readonly number[] }[];
  readonly classes: ClassOp[];
  /** Operations that make an instance. */
  readonly news: readonly number[];
  readonly assigned: ReadonlySet<number>;
  readonly imports: readonly string[];
  readonly nesting: number;
  /** What is imported from them, named as modules: in Python `from package import module` means a file. */
  readonly members: readonly string[];
}
/** Derived once per lowered function; functions are shared by hash, so the cache is as long-lived as they are. */
const shapes = new WeakMap<FuncIR, Shape>();

function shapeOf(ir: FuncIR): Shape {
  const known = shapes.get(ir);
  if (known) return known;
  const closures: Shape['closures'] = [];
  const classes: ClassOp[] = [];
  const news: number[] = [];
  const assigned = new Set<number>();
  const imports: string[] = [];
  const members: string[] = [];
  const consts = new Map<number, string>();
  let depth = 0;
  let nesting = 0;
  const visit = (stmts: readonly Stmt[]): void => {
    nesting = Math.max(nesting, ++depth);
    for (const it of stmts) {
      if ('to' in it && it.to) {
        assigned.add(it.to.root);
      }
      switch (it.op) {
        case 'closure':
          closures.push({ fn: it.fn, captures: it.captures });
          break;
        case 'class':
          classes.push(it);
          for (const m of it.members) closures.push({ fn: m.fn, captures: m.captures });
          break;
        case 'const':
          if (it.to.path.length === 0 && typeof it.value === 'string') consts.set(it.to.root, it.value);
          break;
        case 'import':
          imports.push(it.module);
          if (it.name !== '*') members.push(memberModule(it.module, it.name));
          break;
        case 'export':
          if (it.module !== undefined) imports.push(it.module);
          break;
        case 'call': {
          if (it.isNew) news.push(it.id);
          const name = ir.vars[it.callee.root];
          const arg = it.args[0];
          if (
            name?.kind === 'free' &&
            (name.name === 'require' || name.name === 'import') &&
            it.callee.path.length === 0 &&
            arg
          ) {
            const module = consts.get(arg.place.root);
            if (module !== undefined) imports.push(module);
          }
          break;
        }
        case 'if':
          visitTest(it.test);
          visit(it.then);
          visit(it.else);
          break;
        case 'loop':
          if (it.each) assigned.add(it.each.to.root);
          visit(it.body);
          visit(it.update);
          break;
        case 'switch':
          for (const c of it.cases) {
            visit(c.pre);
            visit(c.body);
          }
          break;
        case 'try':
          visit(it.body);
          for (const c of it.catches) {
            if (c.param) assigned.add(c.param.root);
            visit(c.body);
          }
          visit(it.finally);
          break;
        case 'block':
          visit(it.body);
          break;
        default:
          break;
      }
    }
    depth--;
  };
  const visitTest = (test: Test): void => {
    visit(test.pre);
    if (test.t === 'not') visitTest(test.x);
    else if (test.t === 'and' || test.t === 'or') {
      visitTest(test.l);
      visitTest(test.r);
    }
  };
  visit(ir.body);
  const shape: Shape = { closures, classes, news, assigned, imports, members, nesting };
  shapes.set(ir, shape);
  return shape;
}

/** What a file's language gives to its functions. */
export interface Speech {
  readonly natives: NativeTable;
  readonly rules: RuleIndex;
}

/** Gives a lowered file its ids and links. */
export function makeFile(uri: string, ir: FileIR, speech: Speech, fids: Ids, cids: Ids): FileState {
  const { funcs, parents } = ir;
  const count = funcs.length;
  const ids: Fid[] = [];
  const names: string[] = [];
  const ordinals = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const parent = parents[i]!;
    const stem = parent < 0 ? uri : `${names[parent]}/${funcs[i]!.name || funcs[i]!.kind}`;
    const nth = ordinals.get(stem) ?? 0;
    ordinals.set(stem, nth + 1);
    const name = nth === 0 ? stem : `${stem}#${nth}`;
    names.push(name);
    ids.push(fids.of(name));
  }
  // Bindings go from the outside in, so one pass in pre-order settles chains of free variables.
  const links: Map<number, Link>[] = funcs.map(() => new Map());
  const captured: Set<number>[] = funcs.map(() => new Set());
  const written: Set<number>[] = funcs.map(() => new Set());
  const imports = new Set<string>();
  funcs.forEach((func, i) => {
    const shape = shapeOf(func);
    for (const it of shape.imports) imports.add(it);
    if (ir.language === 'python') for (const it of shape.members) imports.add(it);
    if (i === 0) for (const v of func.free) links[0]!.set(v, { l: 'global', name: func.vars[v]!.name });
    for (const { fn, captures } of shape.closures) {
      const child = i + fn;
      const inner = funcs[child];
      if (!inner) continue;
      inner.free.forEach((v, k) => {
        const root = captures[k];
        if (root === undefined) return;
        const own = func.vars[root]!;
        if (own.kind === 'free') {
          const link = links[i]!.get(root);
          if (link) links[child]!.set(v, link);
        } else links[child]!.set(v, { l: 'cell', fid: ids[i]!, v: root });
      });
    }
  });
  const indexOf = new Map(ids.map((fid, i) => [fid, i]));
  funcs.forEach((func, i) => {
    const { assigned } = shapeOf(func);
    for (const [v, link] of links[i]!) {
      if (link.l !== 'cell') continue;
      const owner = indexOf.get(link.fid);
      if (owner === undefined) continue;
      captured[owner]!.add(link.v);
      if (assigned.has(v)) written[owner]!.add(link.v);
    }
  });
  const infos: FuncInfo[] = [];
  const keys: string[] = [];
  for (let i = 0; i < count; i++) {
    const ancestors: Fid[] = [];
    for (let p = parents[i]!; p >= 0; p = parents[p]!) ancestors.push(ids[p]!);
    const shape = shapeOf(funcs[i]!);
    const classes = new Map<number, Cid>();
    const seen = new Map<string, number>();
    for (const it of shape.classes) {
      const nth = seen.get(it.name) ?? 0;
      seen.set(it.name, nth + 1);
      classes.set(it.id, cids.of(`${names[i]}/${it.name}${nth === 0 ? '' : `#${nth}`}`));
    }
    const own = i;
    infos.push({
      fid: ids[i]!,
      ir: funcs[i]!,
      uri,
      ...speech,
      module: cids.of(uri),
      ancestors,
      // What runs of calls inside one another take besides counts like a few statements.
      nesting: shape.nesting + 24,
      links: links[i]!,
      captured: captured[i]!,
      assigned: shape.assigned,
      writtenInside: written[i]!,
      child: (fn) => ids[own + fn]!,
      classId: (op) => classes.get(op)!,
      instanceId: (op) => cids.of(`${names[own]}/new#${shape.news.indexOf(op)}`),
    });
    let key = ir.hashes[i]!;
    for (const [v, link] of links[i]!) key += link.l === 'cell' ? `;${v}=${link.fid}.${link.v}` : '';
    for (const v of [...captured[i]!].sort((a, b) => a - b)) key += `,${v}${written[i]!.has(v) ? 'w' : ''}`;
    for (const it of shape.closures) key += `>${ids[i + it.fn]}`;
    keys.push(key);
  }
  return { uri, ir, infos, keys, imports: [...imports] };
}
