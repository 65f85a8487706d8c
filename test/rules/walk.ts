// A walk over the rule index in the way flow/ takes it: from sets of nodes to sets of nodes, closures included.
// Tests write `at(index, 'express').call().member('get')` and compare names.

import type { NodeId, RuleIndex } from '../../server/src/rules/schema.ts';

export interface Walk {
  readonly nodes: readonly NodeId[];
  readonly names: readonly string[];
  member(key: string | number | null): Walk;
  call(): Walk;
  callback(arg: number, argc: number, param: number): Walk;
  argument(arg: number, argc: number): Walk;
  param(param: number): Walk;
  decorated(param: number): Walk;
  paramDecorator(): Walk;
  /** `sql(0)`, `html=`, `<remote`, … of every role here. */
  roles(): string[];
}

/** The package itself. */
export function at(index: RuleIndex, packageName: string): Walk {
  return walk(index, [index.root(packageName)]);
}

export function walk(index: RuleIndex, from: readonly NodeId[]): Walk {
  const nodes = [...new Set(from.filter((it) => it >= 0).flatMap((it) => [...index.closure(it)]))];
  const step = (next: (node: NodeId) => NodeId | readonly NodeId[]): Walk => walk(index, nodes.flatMap(next));
  return {
    nodes,
    names: nodes.map((it) => index.name(it)),
    member: (key) => step((it) => index.member(it, key)),
    call: () => step((it) => index.call(it)),
    callback: (arg, argc, param) => step((it) => index.callbackParam(it, arg, argc, param)),
    argument: (arg, argc) => step((it) => index.argument!(it, arg, argc)),
    param: (param) => step((it) => index.param!(it, param)),
    decorated: (param) => step((it) => index.decoratedParam(it, param)),
    paramDecorator: () => step((it) => index.paramDecorator(it)),
    roles() {
      const found = nodes.map((it) => index.roles(it)).filter((it) => it !== undefined);
      return found.flatMap((it) => [
        ...it.sources.map((role) => `<${role.kind}`),
        ...it.sinks.map((role) => `${role.kind}(${JSON.stringify(role.sel.arg)})`),
        ...it.sets.map((role) => `${role.kind}=`),
        ...it.barriers.map((role) => `-${role.kinds.join('-')}`),
        ...it.guards.map((role) => `?${role.kinds.join('?')}`),
        ...it.flows.map((role) => `${JSON.stringify(role.from.arg)}>${JSON.stringify(role.to.arg)}`),
        ...it.checks.map((role) => `!${role.id}`),
        ...(it.closed ? ['closed'] : []),
      ]);
    },
  };
}
