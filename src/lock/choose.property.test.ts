import { expect, test } from 'vitest';
import { grammarOf } from '../model/version-grammar.ts';
import { choose } from './choose.ts';
import type { Choice, Problem } from './problem.ts';
import { bruteForce } from './testing/brute-force.ts';
import { checkReason } from './testing/check-reason.ts';
import { Random } from './testing/random.ts';
import { randomProblem } from './testing/random-problem.ts';

const seeds = Array.from({ length: 1000 }, (_, index) => 20_260_700 + index);
const problems = seeds.map((seed) => {
  const problem = randomProblem(new Random(seed));
  return { seed, problem, choice: choose(problem) };
});
const timeout = 60_000;

test('chooses what a search over all combinations chooses, on 1,000 generated images', { timeout }, () => {
  for (const { seed, problem, choice } of problems) {
    const chosen = choice.found && problem.members.map(({ source }) => choice.chosen.get(source));
    expect(chosen, `seed ${seed}`).toEqual(bruteForce(problem) ?? false);
  }
  // Both outcomes are there often enough to mean something.
  const found = problems.filter(({ choice }) => choice.found).length;
  expect(found).toBeGreaterThan(300);
  expect(problems.length - found).toBeGreaterThan(300);
});

test('the order in which anything is given changes nothing', { timeout }, () => {
  for (const { seed, problem, choice } of problems)
    expect(choose(shuffled(problem, new Random(seed + 1))), `seed ${seed}`).toEqual(choice);
});

test('everything newer than what was chosen has a reason, newest first', () => {
  for (const { seed, problem, choice } of problems) {
    if (!choice.found) {
      expect(choice.nearest?.why, `seed ${seed}`).toBeTruthy();
      continue;
    }
    const told = new Set(choice.rejected.map(({ of, name, version }) => `${of} ${name ?? version}`));
    expect(told.size, `seed ${seed}: each once`).toBe(choice.rejected.length);
    for (const wanted of newerThanChosen(problem, choice)) expect(told, `seed ${seed}`).toContain(wanted);
    for (const title of choice.stamps.keys()) {
      const stamps = choice.rejected.filter(({ of }) => of === title).map(({ version }) => version);
      expect(stamps, `seed ${seed}`).toEqual(stamps.toSorted((a, b) => grammarOf('pep440').compare(b, a)));
    }
  }
});

test('every reason is true', { timeout }, () => {
  let count = 0;
  for (const { seed, problem, choice } of problems)
    for (const rejection of choice.found ? choice.rejected : []) {
      count++;
      expect(checkReason(problem, choice as Choice, rejection), `seed ${seed}`).toBeUndefined();
    }
  expect(count).toBeGreaterThan(1000);
});

function shuffled(problem: Problem, random: Random): Problem {
  const { members, rules, knownBad = [], wishes = [] } = problem;
  const sets = Object.entries(rules.sets).map(([title, set]) => [
    title,
    { ...set, members: random.shuffled(set.members), optional: random.shuffled(set.optional) },
  ]);
  return {
    ...problem,
    members: members.map((member) => ({ ...member, candidates: random.shuffled(member.candidates) })),
    knownBad: random.shuffled(knownBad),
    wishes: random.shuffled(wishes),
    rules: { ...rules, sets: Object.fromEntries(sets), requirements: random.shuffled(rules.requirements) },
  };
}

function newerThanChosen({ members, rules }: Problem, { chosen, stamps }: Choice): string[] {
  const newer = (name: 'pep440' | 'semver' | 'date', a: string, b: string) =>
    grammarOf(name).compare(a, b) > 0;
  return members.flatMap(({ source, grammar, candidates }) => {
    const title = Object.keys(rules.sets).find((one) => rules.sets[one]!.members.includes(source));
    const stamp = stamps.get(title ?? '');
    const own = chosen.get(source);
    return candidates.flatMap(({ name, version, stamp: its }) => {
      const newStamp = stamp !== undefined && its !== undefined && newer('pep440', its, stamp);
      const newVersion = !own || newer(grammar, version.split('+')[0]!, own.version.split('+')[0]!);
      return [
        ...(newStamp ? [`${title} ${its}`] : []),
        ...(newStamp || newVersion ? [`${source} ${name}`] : []),
      ];
    });
  });
}
