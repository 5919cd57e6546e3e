import type { Domain, Net } from './net.ts';
import { propagate, type Work } from './propagate.ts';

/** The rules are too tangled to be searched through. */
export class TooTangled extends Error {}

/**
 * The first choice in the order of the variables and their values: one value for each.
 * @returns undefined when there is none
 * @throws TooTangled
 */
export function search(net: Net, work: Work): Domain[] | undefined {
  const domains = [...net.domains];
  if (propagate(net, domains, domains.keys(), work) || domains.some(({ length }) => length === 0))
    return undefined;
  return settle(net, domains, [...domains.keys()], work);
}

/** Settles the variables group by group: what one group comes to can't change what another does. */
function settle(net: Net, domains: Domain[], variables: readonly number[], work: Work): Domain[] | undefined {
  let settled: Domain[] | undefined = domains;
  for (const group of groupsOf(net, domains, variables)) {
    settled = settleGroup(net, settled, group, work);
    if (!settled) return undefined;
  }
  return settled;
}

function settleGroup(
  net: Net,
  domains: Domain[],
  group: readonly number[],
  work: Work,
): Domain[] | undefined {
  const [first = 0, ...rest] = group;
  for (const value of domains[first]!) {
    if (work.done > work.most) throw new TooTangled();
    const narrowed = domains.with(first, [value]);
    if (propagate(net, narrowed, [first], work)) continue;
    const settled = settle(net, narrowed, rest, work);
    if (settled) return settled;
  }
  return undefined;
}

/** Undecided variables that have to do with each other, directly or through others; each group in order. */
function groupsOf(net: Net, domains: readonly Domain[], variables: readonly number[]): number[][] {
  const open = new Set(variables.filter((variable) => domains[variable]!.length > 1));
  const groups: number[][] = [];
  for (const start of open) {
    const group = [start];
    open.delete(start);
    for (const variable of group)
      for (const other of neighbours(net, variable)) if (open.delete(other)) group.push(other);
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

function neighbours(net: Net, variable: number): number[] {
  const set = net.setOf[variable]!;
  return [
    ...net.membersOf[variable]!,
    ...(set >= 0 ? [set] : []),
    ...net.linksOf[variable]!.map(({ from, to }) => (from === variable ? to : from)),
  ];
}
