import { expect, test } from 'vitest';
import { estimateOf } from './estimate.ts';
import { layerGraph } from './graph.ts';
import { planOf } from './plan.ts';
import type { Recipe } from './recipe.ts';
import { recipeOf } from './testing/recipe-of.ts';

const base = recipeOf('base');
const middle = ['long', 'short', 'medium'].map((layer) => recipeOf(layer, [base]));
/** base, then three beside each other, then final. */
const fan = [base, ...middle, recipeOf('final', middle)];

/** Each layer takes what `took` says. */
function estimate(
  took: Record<string, number | undefined>,
  jobs: number,
  there: readonly string[] = [],
  recipes: readonly Recipe[] = fan,
) {
  const graph = layerGraph([{ image: 'demo', recipes }]);
  const held = [...graph.nodes.values()].filter(({ layer }) => there.includes(layer));
  const plan = planOf(graph, {
    held: new Map(held.map(({ reference }) => [reference, 'here'])),
    lastBuild: (_, layer) => {
      const seconds = took[layer];
      const { key, recipe } = [...graph.nodes.values()].find((node) => node.layer === layer)!;
      if (seconds === undefined) return undefined;
      return { format: 1, key, inputs: recipe.inputs, seconds, built: '2026-11-01T00:00:00Z' };
    },
  });
  return estimateOf(plan, jobs);
}
const took = { base: 10, long: 100, short: 30, medium: 60, final: 5 };
const path = ['base', 'long', 'final'];

test.each([
  [1, 205],
  [2, 115],
  [3, 115],
  [100, 115],
])('with %i at a time it takes %i s', (jobs, seconds) => {
  expect(estimate(took, jobs)).toEqual({ seconds, path, unknown: [] });
});

test('the longest comes first, so that nothing waits for it at the end', () => {
  expect(estimate({ ...took, short: 50, medium: 50 }, 2).seconds).toBe(115);
});

test('what counts is what waits for a layer, not what it takes itself', () => {
  const alone = ['a', 'b'].map((layer) => recipeOf(layer));
  const short = recipeOf('short');
  const long = recipeOf('long', [short]);
  const recipes = [short, ...alone, long, recipeOf('final', [...alone, long])];
  expect(estimate({ a: 50, b: 50, short: 10, long: 100, final: 1 }, 2, [], recipes)).toEqual({
    seconds: 111,
    path: ['short', 'long', 'final'],
    unknown: [],
  });
});

test('what is there takes no time, and nobody waits for it', () => {
  expect(estimate(took, 2, ['base', 'long'])).toEqual({
    seconds: 65,
    path: ['medium', 'final'],
    unknown: [],
  });
  expect(estimate(took, 2, ['final'])).toEqual({ seconds: 0, path: [], unknown: [] });
});

test('a layer that was never timed is named and counts for nothing', () => {
  expect(estimate({ ...took, long: undefined }, 4)).toEqual({
    seconds: 75,
    path: ['base', 'medium', 'final'],
    unknown: ['long'],
  });
});
