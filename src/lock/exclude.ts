import type { Candidate } from '../model/candidate.ts';
import { InvalidInput } from '../model/error.ts';
import { grammarOf } from '../model/version-grammar.ts';
import { type Entry, type Field, rangeOf } from './field.ts';
import { day, lastMomentOf, madeAt } from './instant.ts';
import type { Problem } from './problem.ts';
import { readWish, releaseWithin } from './read-wish.ts';
import { contains } from './version-ranks.ts';

const pep440 = grammarOf('pep440');

export interface Exclusions {
  /** By member, by candidate: why it can't be chosen whatever else is chosen. */
  why: readonly (readonly (string | undefined)[])[];
  notes: readonly string[];
}

type Test = (candidate: Candidate, rank: number) => string | undefined;

/** Holds every candidate against all that speaks of it alone: what a person asked for comes first. */
export function exclude(field: Field, problem: Problem): Exclusions {
  const notes: string[] = [];
  const wishTests = testsOfWishes(field, problem);
  const why = field.entries.map((entry, index) => {
    const tests = [
      ...wishTests[index]!,
      ...asOfTest(entry, problem, notes),
      ...knownBadTests(entry, problem),
      ...cooldownTest(entry, problem),
      ...rangeTests(entry, problem),
    ];
    const first = (candidate: Candidate, at: number): string | undefined => {
      for (const test of tests) {
        const found = test(candidate, entry.rank[at]!);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return entry.candidates.map((candidate, at) => first(candidate, at) ?? stampMissing(field, entry, at));
  });
  return { why, notes };
}

/** Whether the age of something is unknown though a cooldown is asked for. */
export function ageUnknown(candidate: Candidate, entry: Entry, { rules }: Problem): boolean {
  return rules.cooldown > 0 && madeAt(candidate, entry.grammar) === undefined;
}

/** @throws InvalidInput for a name that is nothing here, or a text that can't be read. */
function testsOfWishes({ entries, sets, indexOf }: Field, { wishes = [] }: Problem): Test[][] {
  const tests: Test[][] = entries.map(() => []);
  const sorted = wishes
    .map((wish) => ({ ...wish, by: wish.by ?? `--${wish.on} ${wish.text}` }))
    .sort((a, b) => (`${a.by}\n${a.on}` < `${b.by}\n${b.on}` ? -1 : 1));
  for (const { on, text, by } of sorted) {
    const why = `excluded by ${by}`;
    const set = sets.find(({ title }) => title === on);
    const index = indexOf.get(on);
    const entry = index === undefined ? undefined : entries[index];
    if (!set && !entry)
      throw new InvalidInput({
        what: `${by}: this image has neither a source nor a set ${on}`,
        next: `With versions to choose from it has: ${[...sets.map(({ title }) => title), ...indexOf.keys()].join(', ') || 'none'}.`,
      });
    const wanted = readWish(text, entry?.grammar ?? 'pep440');
    const named = ({ name, revision }: Candidate): boolean => name === text || revision === text;
    if (!wanted && !entry?.candidates.some(named))
      throw new InvalidInput({
        what: `${by}: is no version, no range, and the name of nothing that is there`,
        next: 'give a version (2.11), a range (">=2.11,<2.13"), or ~7.14 for that release and its nightlies',
      });
    if (entry)
      tests[index!]!.push((candidate) => (named(candidate) || wanted?.(candidate.version) ? undefined : why));
    // Candidates without a readable stamp are told that, not this.
    for (const member of set?.members ?? [])
      tests[member]!.push(({ stamp }) =>
        stamp === undefined || !pep440.valid(stamp) || wanted!(stamp) ? undefined : why,
      );
  }
  return tests;
}

function asOfTest({ source, grammar, candidates }: Entry, { asOf }: Problem, notes: string[]): Test[] {
  if (asOf === undefined) return [];
  const last = lastMomentOf(asOf);
  if (!candidates.some((candidate) => madeAt(candidate, grammar) !== undefined)) {
    if (candidates.length > 0)
      notes.push(`${source}: its place tells no dates, so --as-of ${asOf} could not be held against it`);
    return [];
  }
  return [
    (candidate) => {
      const made = madeAt(candidate, grammar);
      if (made === undefined)
        return `its date is not known, so it can't be told whether it was there at --as-of ${asOf}`;
      return made > last ? `made after --as-of ${asOf}` : undefined;
    },
  ];
}

function knownBadTests(entry: Entry, { knownBad = [] }: Problem): Test[] {
  return knownBad
    .filter(({ source }) => source === undefined || source === entry.source)
    .map(({ versions, stamp, reason, link }) => ({
      why: `known bad: ${reason}${link === undefined ? '' : ` (${link})`}`,
      meant: versions === undefined ? [] : rangeOf(entry, versions, 'known-bad'),
      stamp,
    }))
    .sort((a, b) => (a.why < b.why ? -1 : 1))
    .map(({ why, meant, stamp }) => (candidate, rank) => {
      const same = stamp !== undefined && pep440.valid(candidate.stamp ?? '');
      if (same && pep440.compare(candidate.stamp!, stamp) === 0) return why;
      return contains(meant, rank) ? why : undefined;
    });
}

/** With --as-of the age is what it was then, so that the choice of that date comes out. */
function cooldownTest({ grammar }: Entry, { rules: { cooldown }, now, asOf }: Problem): Test[] {
  if (cooldown === 0) return [];
  const then = asOf === undefined ? now : Math.min(now, lastMomentOf(asOf));
  const why = `younger than the cooldown of ${cooldown} day${cooldown === 1 ? '' : 's'}`;
  return [
    (candidate) => {
      const made = madeAt(candidate, grammar);
      return made !== undefined && then - made < cooldown * day ? why : undefined;
    },
  ];
}

function rangeTests({ source }: Entry, { rules: { ranges } }: Problem): Test[] {
  return ranges
    .filter((range) => range.source === source)
    .map(({ versions, why }) => ({ versions, why: `not in ${versions}: ${why}` }))
    .sort((a, b) => (a.why < b.why ? -1 : 1))
    .map(
      ({ versions, why }) =>
        ({ version }) =>
          releaseWithin(version, versions) ? undefined : why,
    );
}

function stampMissing({ sets }: Field, entry: Entry, at: number): string | undefined {
  if (entry.set === -1 || entry.stamps[at] !== -1) return undefined;
  const { stamp } = entry.candidates[at]!;
  return stamp === undefined
    ? `carries no ${sets[entry.set]!.title} stamp`
    : `carries the ${sets[entry.set]!.title} stamp ${stamp}, which can't be read`;
}
