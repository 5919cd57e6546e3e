import { expect, test } from 'vitest';
import { estimateOf } from '../plan/estimate.ts';
import { layerGraph } from '../plan/graph.ts';
import { planOf } from '../plan/plan.ts';
import { recipeOf } from '../plan/testing/recipe-of.ts';
import { planText } from './plan-text.ts';

const base = recipeOf('base');
const end = recipeOf('end', [base]);

function textOf(there: readonly string[], assembled: readonly string[]): string {
  const graph = layerGraph([{ image: 'demo', recipes: [base, end] }]);
  const held = new Map(there.map((reference) => [reference, 'this engine']));
  const plan = planOf(graph, { held, lastBuild: () => undefined });
  return planText(plan, new Set(assembled), { jobs: 2, ...estimateOf(plan, 2) }, false);
}

test('an image whose layers are all there, but which was put together otherwise, has that to be done', () => {
  expect(textOf([end.reference], ['demo'])).toMatch(/\nnothing needs building\n$/);
  expect(textOf([end.reference], [])).toMatch(/\nnothing needs building\ndemo is put together anew\n$/);
  expect(textOf([base.reference], [])).toMatch(/^1 to build, 1 reused; how long it takes is unknown\n$/m);
  expect(textOf([base.reference], [])).not.toContain('anew');
});
