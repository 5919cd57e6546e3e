import type { Field } from './field.ts';
import { missingRank, type Needs } from './needs.ts';
import type { Intervals } from './version-ranks.ts';

/** Values of one variable that are still possible, the best first. */
export type Domain = readonly number[];

/** For each value of `from` what it allows of `to`, as a number into `ranges`, which are of ranks; -1: everything. */
export interface Link {
  from: number;
  to: number;
  allows: Int32Array;
  ranges: readonly Intervals[];
}

/**
 * The choice as variables with values: first one per set, whose values are stamps by number, then one per member, whose
 * values are its candidates by index and, for an optional one, after all of them: missing. The variables are in the
 * order in which they count, the values of each have the best first; so the best choice is the first one.
 */
export interface Net {
  sets: number;
  domains: readonly Domain[];
  /** By variable: the members' variables of a set; the set's variable of a member, or -1. */
  membersOf: readonly (readonly number[])[];
  setOf: readonly number[];
  /** By variable and value, for members: number of the stamp, -1 where that is no matter; rank of the version. */
  stamp: readonly (readonly number[])[];
  rank: readonly (readonly number[])[];
  /** By variable: how many ranks there are. */
  ranks: readonly number[];
  /** By variable and stamp, what its domain has of that stamp, missing included. */
  ofStamp: readonly ReadonlyMap<number, Domain>[];
  links: readonly Link[];
  linksOf: readonly (readonly Link[])[];
}

/** @param needs by member and candidate; undefined for a candidate that can't be chosen */
export function weave({ sets, entries }: Field, needs: readonly (readonly (Needs | undefined)[])[]): Net {
  const first = sets.length;
  const cells = cellsOf(entries.length, needs);
  const members = entries.map((entry, member) => {
    const missing = entry.candidates.length;
    const kept = best(
      entry.candidates.length,
      (value) =>
        needs[member]![value] &&
        `${entry.stamps[value]} ${needs[member]![value].id} ${cells[member]!(entry.rank[value]!)}`,
    );
    return {
      domain: entry.optional ? [...kept, missing] : kept,
      stamp: [...entry.stamps, -1],
      rank: [...entry.rank, missingRank(entry)],
      ranks: entry.ranks.count + 1,
      ofStamp:
        entry.set === -1
          ? new Map<number, Domain>()
          : byStamp(kept, entry.stamps, entry.optional ? [missing] : []),
    };
  });
  const links = linksBetween(first, needs, members);
  const ofSets = <T>(value: T): T[] => sets.map(() => value);
  const all = first + entries.length;
  return {
    sets: first,
    domains: [
      ...sets.map(({ texts, members: own }) =>
        // A set of which the image has no source asks for nothing.
        own.length === 0 ? [0] : texts.map((_, stamp) => stamp),
      ),
      ...members.map(({ domain }) => domain),
    ],
    membersOf: [...sets.map((set) => set.members.map((member) => first + member)), ...entries.map(() => [])],
    setOf: [...ofSets(-1), ...entries.map(({ set }) => set)],
    stamp: [...ofSets([]), ...members.map(({ stamp }) => stamp)],
    rank: [...ofSets([]), ...members.map(({ rank }) => rank)],
    ranks: [...ofSets(0), ...members.map(({ ranks }) => ranks)],
    ofStamp: [...ofSets(new Map()), ...members.map(({ ofStamp }) => ofStamp)],
    links,
    linksOf: Array.from({ length: all }, (_, variable) =>
      links.filter(({ from, to }) => from === variable || to === variable),
    ),
  };
}

/**
 * Candidates of one stamp that ask for the same and that everybody else's ranges judge alike can stand for each other:
 * the best of them is enough.
 */
function best(count: number, kindOf: (value: number) => string | undefined): number[] {
  const seen = new Set<string>();
  const kept: number[] = [];
  for (let value = 0; value < count; value++) {
    const kind = kindOf(value);
    if (kind === undefined || seen.has(kind)) continue;
    seen.add(kind);
    kept.push(value);
  }
  return kept;
}

/** By member: a number that two ranks share when no range that anybody has of it lies between them. */
function cellsOf(
  count: number,
  needs: readonly (readonly (Needs | undefined)[])[],
): ((rank: number) => number)[] {
  const cuts = Array.from({ length: count }, () => new Set<number>());
  for (const distinct of new Set(needs.flat()))
    for (const [on, intervals] of distinct?.on ?? []) for (const cut of intervals) cuts[on]!.add(cut);
  return cuts.map((set) => {
    const sorted = Float64Array.from(set).sort();
    return (rank) => {
      let [low, high] = [0, sorted.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle]! > rank) high = middle;
        else low = middle + 1;
      }
      return low;
    };
  });
}

function byStamp(kept: Domain, stamps: readonly number[], missing: Domain): Map<number, Domain> {
  const found = new Map<number, number[]>();
  for (const value of kept) {
    const stamp = stamps[value]!;
    const others = found.get(stamp);
    if (others) others.push(value);
    else found.set(stamp, [value]);
  }
  for (const values of found.values()) values.push(...missing);
  return found;
}

function linksBetween(
  first: number,
  needs: readonly (readonly (Needs | undefined)[])[],
  members: readonly { domain: Domain }[],
): Link[] {
  return members.flatMap(({ domain }, member) => {
    const targets = new Set(domain.flatMap((value) => [...(needs[member]![value]?.on.keys() ?? [])]));
    return [...targets]
      .sort((a, b) => a - b)
      .map((target): Link => {
        const numbers = new Map<Intervals, number>();
        // One more than there are candidates: what is missing allows everything.
        const allows = new Int32Array(needs[member]!.length + 1).fill(-1);
        for (const [value, own] of needs[member]!.entries()) {
          const range = own?.on.get(target);
          if (range === undefined) continue;
          if (!numbers.has(range)) numbers.set(range, numbers.size);
          allows[value] = numbers.get(range)!;
        }
        return { from: first + member, to: first + target, allows, ranges: [...numbers.keys()] };
      });
  });
}
