import { expect, test } from 'vitest';
import { choose } from './choose.ts';
import { largeProblems, tangledProblem } from './testing/large-problems.ts';

/**
 * Milliseconds, and no measure of speed: `npm run bench` has that (aim: one second for 5,000 candidates of each of
 * eight members). It tells a choice that is found from one that explodes.
 */
const bound = 20_000;

test.each([
  ['one wheel per nightly', 5000, '2.11.0+rocm7.15.0a20230822'],
  ['one shared stamp', 5000, '2.11.0+rocm7.15.0a20100101'],
  ['a requirement that all nightlies break', 5000, '2.11.0+rocm7.15.0a20100101'],
  ['many versions per stamp', 5000, '2.249.0+rocm7.15.0a20100110'],
  ['a chain of exact pins', 5000, '0.0.0'],
  ['a circle of pins without a choice', 5000, undefined],
  ['two sets against each other', 5000, '0.4999.0+rocm7.15.0a20230909'],
  // Every look takes one value away: the one shape known here whose time grows with the square.
  ['thousands of different ranges', 1000, '0.0.0'],
] as const)('%s, %i candidates per member, in bounded time', { timeout: 4 * bound }, (name, count, torch) => {
  const problem = largeProblems[name]!(count);
  const start = performance.now();
  const choice = choose(problem);
  expect(performance.now() - start).toBeLessThan(bound);
  expect(choice.found ? choice.chosen.get('torch')?.version : undefined).toBe(torch);
});

test('says that it gives up where nobody knows a quick way', () => {
  expect(choose(tangledProblem(7)).found).toBe(false);
  expect(() => choose(tangledProblem(16), 1_000_000)).toThrow(/need each other in so many ways/);
});
