import type { Candidate } from '../model/candidate.ts';
import { InvalidInput } from '../model/error.ts';
import { grammarOf } from '../model/version-grammar.ts';
import type { Member, Problem, Rejection } from './problem.ts';
import { type Intervals, rankVersions, type VersionRanks } from './version-ranks.ts';

const pep440 = grammarOf('pep440');

/** A set: its stamps, the newest first; a stamp's number is its index. 7.14 and 7.14.0 are one stamp. */
interface Stamps {
  title: string;
  texts: readonly string[];
  members: readonly number[];
}

/** A member with its candidates in order, the best first. */
export interface Entry {
  source: string;
  grammar: Member['grammar'];
  candidates: readonly Candidate[];
  ranks: VersionRanks;
  /** Rank of the version of each candidate. */
  rank: readonly number[];
  /** Index of its set; -1: it is in none. */
  set: number;
  optional: boolean;
  /** Number of the stamp of each candidate; -1: none that can be read. */
  stamps: readonly number[];
}

/** All that can be chosen from, put in order, so that nothing depends on the order in which it was given. */
export interface Field {
  sets: readonly Stamps[];
  entries: readonly Entry[];
  indexOf: ReadonlyMap<string, number>;
  /** What is no version at all. */
  refused: readonly Rejection[];
}

export function openField({ members, rules }: Problem): Field {
  const refused: Rejection[] = [];
  const titles = Object.keys(rules.sets);
  const offered = members.map(({ source, grammar, candidates }) => {
    const there = once(candidates);
    for (const { version, name } of there.filter(({ version }) => !grammarOf(grammar).valid(version)))
      refused.push({ of: source, version, name, why: `is no ${grammar} version` });
    return there.filter(({ version }) => grammarOf(grammar).valid(version));
  });
  const setOf = members.map(({ source }) =>
    titles.findIndex((title) => rules.sets[title]!.members.includes(source)),
  );
  const numbered = titles.map((_, set) => numberStamps(offered.filter((_, member) => setOf[member] === set)));
  const entries = members.map(({ source, grammar }, member): Entry => {
    const set = setOf[member]!;
    const numbers = numbered[set]?.numbers;
    const ranks = rankVersions(
      offered[member]!.map(({ version }) => version),
      grammar,
    );
    const stampOf = ({ stamp }: Candidate): number => numbers?.get(stamp ?? '') ?? -1;
    const candidates = offered[member]!.map((candidate) => ({
      candidate,
      // What carries no stamp comes last.
      stamp: set === -1 ? 0 : stampOf(candidate) === -1 ? Number.POSITIVE_INFINITY : stampOf(candidate),
      rank: ranks.rankOf(candidate.version),
    }))
      .sort((a, b) => a.stamp - b.stamp || b.rank - a.rank || byFacts(b.candidate, a.candidate))
      .map(({ candidate }) => candidate);
    return {
      ...{ source, grammar, candidates, ranks, set },
      optional: rules.sets[titles[set] ?? '']?.optional.includes(source) ?? false,
      rank: candidates.map(({ version }) => ranks.rankOf(version)),
      stamps: candidates.map(stampOf),
    };
  });
  return {
    entries,
    refused: refused.sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    indexOf: new Map(members.map(({ source }, index) => [source, index])),
    sets: titles.map((title, set) => ({
      title,
      texts: numbered[set]!.texts,
      members: entries.flatMap((entry, index) => (entry.set === set ? [index] : [])),
    })),
  };
}

function numberStamps(offered: readonly (readonly Candidate[])[]): {
  texts: string[];
  numbers: Map<string, number>;
} {
  const found = new Set(offered.flatMap((candidates) => candidates.flatMap(({ stamp }) => stamp ?? [])));
  const texts: string[] = [];
  const numbers = new Map<string, number>();
  for (const stamp of [...found]
    .filter(pep440.valid)
    .sort((a, b) => pep440.compare(b, a) || (a < b ? 1 : -1))) {
    if (texts.length === 0 || pep440.compare(texts.at(-1)!, stamp) !== 0) texts.push(stamp);
    numbers.set(stamp, texts.length - 1);
  }
  return { texts, numbers };
}

function once(candidates: readonly Candidate[]): Candidate[] {
  return [...new Map(candidates.map((candidate) => [key(candidate), candidate])).values()];
}

/** Same stamp, same version: the later one, and for want of that the same one every time. */
function byFacts(a: Candidate, b: Candidate): number {
  const [x, y] = [a, b].map((candidate) => [candidate.date ?? '', candidate.name, key(candidate)]);
  for (const [index, text] of x!.entries()) if (text !== y![index]) return text < y![index]! ? -1 : 1;
  return 0;
}

function key(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A range of the image's own files; one that nobody can read must not pass for one that holds nothing.
 * @throws InvalidInput
 */
export function rangeOf({ source, grammar, ranks }: Entry, range: string, where: string): Intervals {
  const intervals = ranks.intervalsOf(range);
  if (intervals) return intervals;
  throw new InvalidInput({
    what: `${where}: ${JSON.stringify(range)} is no range of ${source}'s versions`,
    next: `write it as ${grammar === 'semver' ? 'an npm range' : grammar === 'date' ? '>=2026-06-01' : 'PEP 440 specifiers, such as ">=2.11,<2.13"'}`,
  });
}
