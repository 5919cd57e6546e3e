import type { Domain, Link, Net } from './net.ts';
import { contains, type Intervals } from './version-ranks.ts';

/** Values looked at so far, and how many may be. */
export interface Work {
  done: number;
  most: number;
}

/** What lost its last value, and to whom. */
export interface Wiped {
  variable: number;
  by: number;
}

/**
 * Takes away every value that has nothing left to go with in some other variable, until all have (arc consistency).
 * What one pass over a link costs grows with the number of values at both ends, not with their product.
 * @param domains changed in place
 * @returns undefined, or the first variable that has nothing left
 */
export function propagate(
  net: Net,
  domains: Domain[],
  changed: Iterable<number>,
  work: Work,
): Wiped | undefined {
  const queue = new Set(changed);
  let wiped: Wiped | undefined;
  const narrow = (variable: number, domain: Domain, by: number): void => {
    // What a look costs even where there is hardly anything to look at.
    work.done += domains[variable]!.length + 50;
    if (domain.length === domains[variable]!.length) return;
    domains[variable] = domain;
    queue.add(variable);
    if (domain.length === 0) wiped ??= { variable, by };
  };
  for (const variable of queue) {
    queue.delete(variable);
    for (const member of net.membersOf[variable]!)
      narrow(member, withStamps(net, member, domains[member]!, domains[variable]!), variable);
    const set = net.setOf[variable]!;
    if (set >= 0 && domains[set]!.length > 1)
      narrow(set, carried(net, variable, domains[variable]!, domains[set]!), variable);
    for (const link of net.linksOf[variable]!) {
      if (wiped) return wiped;
      const { from, to } = link;
      if (variable === from) narrow(to, allowed(net, link, domains[from]!, domains[to]!), from);
      else narrow(from, allowing(net, link, domains[from]!, domains[to]!), to);
    }
    if (wiped) return wiped;
  }
  return undefined;
}

function withStamps(net: Net, member: number, domain: Domain, stamps: Domain): Domain {
  if (stamps.length > 1) {
    const left = new Set(stamps).add(-1);
    return domain.filter((value) => left.has(net.stamp[member]![value]!));
  }
  // Without a walk over thousands of other stamps' values.
  const missing = net.stamp[member]!.length - 1;
  const own = net.ofStamp[member]!.get(stamps[0]!) ?? [missing];
  return own.length < domain.length
    ? own.filter((value) => has(domain, value))
    : domain.filter((value) => own.includes(value));
}

function carried(net: Net, member: number, domain: Domain, stamps: Domain): Domain {
  const found = new Set(domain.map((value) => net.stamp[member]![value]!));
  return found.has(-1) ? stamps : stamps.filter((stamp) => found.has(stamp));
}

/** What of `to` some value of `from` allows. */
function allowed(net: Net, { to, allows, ranges }: Link, left: Domain, domain: Domain): Domain {
  const rank = net.rank[to]!;
  if (left.length === 1) {
    const only = ranges[allows[left[0]!]!];
    return only ? domain.filter((value) => contains(only, rank[value]!)) : domain;
  }
  // How many ranges begin and end at each rank: their sum up to a rank says how many cover it.
  const covered = new Int32Array(net.ranks[to]! + 1);
  const counted = new Uint8Array(ranges.length);
  for (const value of left) {
    const number = allows[value]!;
    if (number === -1) return domain;
    if (counted[number] === 1) continue;
    counted[number] = 1;
    const range = ranges[number]!;
    for (let i = 0; i < range.length; i += 2) {
      covered[range[i]!]! += 1;
      covered[range[i + 1]!]! -= 1;
    }
  }
  for (let at = 1; at < covered.length; at++) covered[at]! += covered[at - 1]!;
  return domain.filter((value) => covered[rank[value]!]! > 0);
}

/** The values of `from` that allow something of `to`. */
function allowing(net: Net, { to, allows, ranges }: Link, domain: Domain, left: Domain): Domain {
  const rank = net.rank[to]!;
  if (left.length === 1) {
    const only = rank[left[0]!]!;
    return domain.filter((value) => allows[value] === -1 || contains(ranges[allows[value]!]!, only));
  }
  const before = countBefore(left, rank, net.ranks[to]!);
  const some = (range: Intervals): boolean => {
    for (let i = 0; i < range.length; i += 2) if (before[range[i + 1]!]! > before[range[i]!]!) return true;
    return false;
  };
  return domain.filter((value) => allows[value] === -1 || some(ranges[allows[value]!]!));
}

/** How many of the values have a rank below each. */
function countBefore(values: Domain, rank: readonly number[], ranks: number): Int32Array {
  const counts = new Int32Array(ranks + 1);
  for (const value of values) counts[rank[value]! + 1]! += 1;
  for (let at = 1; at <= ranks; at++) counts[at]! += counts[at - 1]!;
  return counts;
}

/** Domains are ascending. */
function has(domain: Domain, wanted: number): boolean {
  let [low, high] = [0, domain.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (domain[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return domain[low] === wanted;
}
