// Code that runs in tests and while a program is being developed only, as its conditions say by name: `if (isTest())`,
// `process.env.NODE_ENV !== 'production'`. There a secret is nobody's, so that it may be looked at.

import type { FuncIR, Key, Op, Place, Stmt, Test } from '../ir/ir.ts';

const TRIAL =
  /^(?:is|in|for|under)?_?(?:unit)?_?(?:test|testing|tests|dev|devel|development)_?(?:env|environment|mode|run|build)?$/i;
const PRODUCTION = /^(?:is|in)?_?prod(?:uction)?_?(?:env|environment|mode|build)?$/i;
/** Names of what says where a program runs. */
const PLACE = /env|mode|stage|environment/i;

/** The side of a condition that is taken in tests and development only; undefined if neither is. */
export function trialSide(ir: FuncIR, test: Test): 'yes' | 'no' | undefined {
  switch (test.t) {
    case 'not': {
      const side = trialSide(ir, test.x);
      return side === 'yes' ? 'no' : side === 'no' ? 'yes' : undefined;
    }
    case 'and':
      return [test.l, test.r].some((it) => trialSide(ir, it) === 'yes') ? 'yes' : undefined;
    case 'or':
      return [test.l, test.r].some((it) => trialSide(ir, it) === 'no') ? 'no' : undefined;
    case 'truthy': {
      const words = asked(ir, test.a, test.pre);
      if (words.some((it) => TRIAL.test(it))) return 'yes';
      return words.some((it) => PRODUCTION.test(it)) ? 'no' : undefined;
    }
    case 'eq': {
      const words = [...asked(ir, test.a, test.pre), ...asked(ir, test.b, test.pre)];
      if (!words.some((it) => PLACE.test(it))) return undefined;
      if (words.some((it) => TRIAL.test(it))) return test.neg ? 'no' : 'yes';
      if (words.some((it) => PRODUCTION.test(it))) return test.neg ? 'yes' : 'no';
      return undefined;
    }
    default:
      return undefined;
  }
}

/** The words of a condition: a variable's or member's name, a constant, or the name and arguments of a call. */
function asked(ir: FuncIR, place: Place, pre: readonly Stmt[]): string[] {
  const name = nameOf(ir, place);
  if (name !== undefined) return [name];
  const made = pre.findLast((it): it is Op & { to: Place } => 'to' in it && it.to.root === place.root);
  if (made?.op === 'const') return typeof made.value === 'string' ? [made.value] : [];
  if (made?.op === 'copy') return asked(ir, made.from, pre);
  if (made?.op !== 'call') return [];
  const called = nameOf(ir, made.callee);
  // `environment.is('test')`: what is asked for stands in the argument.
  const given = called === 'is' ? made.args.flatMap((it) => asked(ir, it.place, pre)) : [];
  // `pattern.test(text)` asks for something else.
  return called === undefined || called === 'test' ? given : [called, ...given];
}
function nameOf(ir: FuncIR, { root, path }: Place): string | undefined {
  const last: Key | undefined = path.at(-1);
  if (path.length > 0) return typeof last === 'string' ? last : undefined;
  const it = ir.vars[root];
  return it && it.kind !== 'temp' ? it.name : undefined;
}
