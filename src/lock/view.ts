import type { PassedOver } from '../model/candidate.ts';
import type { Field } from './field.ts';
import { missingRank, type Need, type Needs } from './needs.ts';
import type { Domain, Net } from './net.ts';
import type { Problem } from './problem.ts';
import { propagate } from './propagate.ts';
import { contains, type Intervals } from './version-ranks.ts';

/** The stamp of each set as far as it is fixed. */
export type StampOf = (set: number) => number | undefined;

/** What reasons are told from: everything that is known before and after the search. */
export interface View {
  field: Field;
  problem: Problem;
  net: Net;
  /** By member and candidate: why it can't be chosen whatever else is. */
  why: readonly (readonly (string | undefined)[])[];
  needs: readonly (readonly (Needs | undefined)[])[];
  /** By variable, the value that was chosen; undefined when there is no choice. */
  chosen: readonly number[] | undefined;
  /** Candidates of a member that carry a stamp, the best first. */
  carrying(member: number, stamp: number): Domain;
  /** Those of a member that could be chosen next to these stamps, the best first. */
  acceptable(member: number, stampOf: StampOf): Domain;
  /** The best of them for each thing that they ask for. */
  kinds(member: number, stampOf: StampOf): Domain;
  /** Whether nothing of a member that could be chosen next to these stamps, nor its absence, is what is needed. */
  unmet(need: Need, stampOf: StampOf): boolean;
  /** The newest stamp of a member that is older than this one. */
  before(member: number, stamp: number): number | undefined;
  /** What is left of every variable before anything is fixed. */
  root(): readonly Domain[];
  /** What a member's place has of a stamp and offers nobody, such as a yanked wheel. */
  passedOver(member: number, stamp: string): PassedOver | undefined;
}

export function openView(
  facts: Omit<View, 'carrying' | 'acceptable' | 'kinds' | 'unmet' | 'before' | 'root' | 'passedOver'>,
): View {
  const { entries } = facts.field;
  const byStamp = entries.map(({ stamps }) => Map.groupBy(stamps.keys(), (candidate) => stamps[candidate]!));
  const distinct = byStamp.map((groups) => [...groups.keys()].filter((stamp) => stamp !== -1));
  // Asked for again and again, once for each of thousands of stamps.
  const remembered = entries.map(
    () => new Map<number | undefined, { all: Domain; kinds: Domain; ranks: readonly number[] }>(),
  );
  const answers = entries.map(() => new Map<number | undefined, Map<Intervals, boolean>>());
  let root: readonly Domain[] | undefined;
  const shut = facts.problem.members.map(({ passedOver = [] }) =>
    Map.groupBy(passedOver, ({ version = '' }) => (version.split('+')[1] ?? version).replace(/^[a-z]+/i, '')),
  );
  const stampFor = (member: number, stampOf: StampOf): number | undefined =>
    entries[member]!.set === -1 ? undefined : stampOf(entries[member]!.set);
  const lists = (member: number, stampOf: StampOf) => {
    const stamp = stampFor(member, stampOf);
    const before = remembered[member]!.get(stamp);
    if (before) return before;
    const pool =
      stamp === undefined ? entries[member]!.candidates.keys() : (byStamp[member]!.get(stamp) ?? []);
    const all = [...pool].filter((candidate) => facts.why[member]![candidate] === undefined);
    const seen = new Set<Needs | undefined>();
    const kinds = all.filter((candidate) => {
      const needs = facts.needs[member]![candidate];
      return !seen.has(needs) && seen.add(needs);
    });
    const made = {
      all,
      kinds,
      ranks: all.map((candidate) => entries[member]!.rank[candidate]!).sort(ascending),
    };
    remembered[member]!.set(stamp, made);
    return made;
  };
  return {
    ...facts,
    carrying: (member, stamp) => byStamp[member]!.get(stamp) ?? [],
    before: (member, stamp) => {
      const own = distinct[member]!;
      let [low, high] = [0, own.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (own[middle]! <= stamp) low = middle + 1;
        else high = middle;
      }
      return own[low];
    },
    root: () => {
      root ??= openRoot(facts.net);
      return root;
    },
    passedOver: (member, stamp) => shut[member]!.get(stamp)?.[0],
    acceptable: (member, stampOf) => lists(member, stampOf).all,
    kinds: (member, stampOf) => lists(member, stampOf).kinds,
    unmet: ({ on, intervals }, stampOf) => {
      const entry = entries[on]!;
      const stamp = stampFor(on, stampOf);
      const known = answers[on]!.get(stamp) ?? new Map<Intervals, boolean>();
      answers[on]!.set(stamp, known);
      let answer = known.get(intervals);
      if (answer === undefined) {
        answer =
          !(entry.optional && contains(intervals, missingRank(entry))) &&
          !someWithin(lists(on, stampOf).ranks, intervals);
        known.set(intervals, answer);
      }
      return answer;
    },
  };
}

function openRoot(net: Net): readonly Domain[] {
  const domains = [...net.domains];
  propagate(net, domains, domains.keys(), { done: 0, most: 0 });
  return domains;
}

/** Whether any of the ascending ranks is in the intervals. */
function someWithin(ranks: readonly number[], intervals: Intervals): boolean {
  for (let i = 0; i < intervals.length; i += 2) {
    let [low, high] = [0, ranks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranks[middle]! < intervals[i]!) low = middle + 1;
      else high = middle;
    }
    if (low < ranks.length && ranks[low]! < intervals[i + 1]!) return true;
  }
  return false;
}

const ascending = (a: number, b: number): number => a - b;

/** `torch 2.13.0 is paired with torchvision 0.28`, `vllm 0.27.1 needs torch ==2.11.*` */
export function needText(
  { field: { entries } }: View,
  member: number,
  candidate: number,
  need: Need,
): string {
  const { source, candidates } = entries[member]!;
  const subject = `${source} ${publicVersion(candidates[candidate]!.version)}`;
  const object = `${entries[need.on]!.source} ${need.range}`;
  return need.by === 'table' ? `${subject} is paired with ${object}` : `${subject} needs ${object}`;
}

/** A need that nothing meets next to these stamps. */
export function unmetText(
  view: View,
  member: number,
  candidate: number,
  need: Need,
  stampOf: StampOf,
): string {
  const { entries, sets } = view.field;
  const { set } = entries[need.on]!;
  // In the same set it is the stamp that is spoken of anyway.
  const stamp = set === entries[member]!.set ? undefined : stampOf(set);
  const where = stamp === undefined ? '' : ` with ${sets[set]!.title} ${sets[set]!.texts[stamp]}`;
  return `${needText(view, member, candidate, need)}, which is not there${where}`;
}

/** Without the local part, which carries the stamp. */
export function publicVersion(version: string): string {
  return version.split('+')[0]!;
}

/** What a variable is called: a source or a set. */
export function titleOf({ field: { sets, entries } }: View, variable: number): string {
  return sets[variable]?.title ?? entries[variable - sets.length]!.source;
}
