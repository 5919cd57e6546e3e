import { type Entry, type Field, rangeOf } from './field.ts';
import type { Problem } from './problem.ts';
import { beginningWith } from './read-wish.ts';
import { contains, type Intervals, intersect } from './version-ranks.ts';

/** What one candidate asks of another member. */
export interface Need {
  /** Index of the other member. */
  on: number;
  range: string;
  intervals: Intervals;
  /** Where that is said: the pairing table of its set, the candidate itself, a rule of the image. */
  by: 'table' | 'own' | 'rule';
}

/** All that a candidate asks for; candidates that ask for the same share one object. */
export interface Needs {
  id: number;
  list: readonly Need[];
  /** By member, all of its needs together. */
  on: ReadonlyMap<number, Intervals>;
}

/** A member that is missing has the rank after the last version's: ranges never take it, the pairing table does. */
export const missingRank = ({ ranks }: Entry): number => ranks.count;

/**
 * What each candidate asks for, by member and candidate, or why what it asks for can't be told. Needs of sources that
 * are no members are left out: there is nothing to hold them against.
 */
export function needsOf(field: Field, problem: Problem): (Needs | string)[][] {
  const interned = new Map<string, Needs>();
  const intern = (list: readonly Need[]): Needs => {
    const key = list.map(({ on, range, by }) => `${on} ${by} ${range}`).join('\n');
    const before = interned.get(key);
    if (before) return before;
    const on = new Map<number, Intervals>();
    for (const need of list) {
      const others = on.get(need.on);
      on.set(need.on, others ? intersect(others, need.intervals) : need.intervals);
    }
    const needs = { id: interned.size, list, on };
    interned.set(key, needs);
    return needs;
  };
  return field.entries.map((entry) => {
    const table = tableOf(field, problem, entry);
    const rules = rulesOf(field, problem, entry);
    return entry.candidates.map(({ version, requires }, candidate) => {
      const rank = entry.rank[candidate]!;
      const row = table?.find(({ intervals }) => contains(intervals, rank));
      if (table && !row) return `the pairing table names no ${entry.source} ${version.split('+')[0]}`;
      const own = requires && ownNeeds(field, entry, requires);
      if (typeof own === 'string') return own;
      const applying = rules.filter(({ intervals }) => contains(intervals, rank));
      return intern([...(row?.needs ?? []), ...(own ?? []), ...applying.flatMap(({ needs }) => needs)]);
    });
  });
}

interface Applying {
  intervals: Intervals;
  needs: readonly Need[];
}

function tableOf(
  { entries, indexOf, sets }: Field,
  { rules }: Problem,
  entry: Entry,
): Applying[] | undefined {
  const pairing = rules.sets[sets[entry.set]?.title ?? '']?.pairing;
  if (pairing?.by !== entry.source) return undefined;
  return pairing.rows.map((row) => ({
    intervals: rangeOf(entry, beginningWith(row[entry.source]!, entry.grammar), 'pairing'),
    needs: Object.entries(row)
      .flatMap(([source, prefix]): Need[] => {
        const on = indexOf.get(source);
        if (on === undefined || source === entry.source) return [];
        const other = entries[on]!;
        const found = rangeOf(other, beginningWith(prefix, other.grammar), 'pairing');
        const missing = missingRank(other);
        return [{ on, range: prefix, intervals: [...found, missing, missing + 1], by: 'table' }];
      })
      .sort(inOrder),
  }));
}

function rulesOf({ entries, indexOf }: Field, { rules }: Problem, entry: Entry): Applying[] {
  return rules.requirements
    .filter(({ when }) => when === entry.source)
    .map(({ versions, needs }) => ({
      intervals: rangeOf(entry, versions, 'requirements'),
      needs: Object.entries(needs)
        .flatMap(([source, range]): Need[] => {
          const on = indexOf.get(source);
          if (on === undefined || source === entry.source) return [];
          return [{ on, range, intervals: rangeOf(entries[on]!, range, 'requirements'), by: 'rule' }];
        })
        .sort(inOrder),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function ownNeeds({ entries, indexOf }: Field, entry: Entry, requires: Readonly<Record<string, string>>) {
  const list: Need[] = [];
  for (const [source, range] of Object.entries(requires)) {
    const on = indexOf.get(source);
    if (on === undefined || source === entry.source) continue;
    const intervals = entries[on]!.ranks.intervalsOf(range);
    if (!intervals) return `it needs ${source} ${JSON.stringify(range)}, which can't be read`;
    list.push({ on, range, intervals, by: 'own' });
  }
  return list.sort(inOrder);
}

function inOrder(a: Need, b: Need): number {
  return a.on - b.on || (a.range < b.range ? -1 : a.range > b.range ? 1 : 0);
}
