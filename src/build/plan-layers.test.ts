import { expect, test } from 'vitest';
import type { Recipe } from '../plan/recipe.ts';
import { planLayers } from './plan-layers.ts';

const recipe = (layer: string, ...needs: string[]) =>
  ({ layer, key: `k-${layer}`, after: needs }) as unknown as Recipe;
const recipes = [
  recipe('base'),
  recipe('toolchain', 'base'),
  recipe('rccl', 'toolchain'),
  recipe('tools', 'base'),
  recipe('final', 'tools', 'rccl'),
];
const plan = async (...there: string[]) =>
  (await planLayers(recipes, async ({ layer }) => there.includes(layer))).map(
    ({ layer, action }) => `${layer} ${action}`,
  );

test('builds everything where nothing is', async () => {
  expect(await plan()).toEqual(recipes.map(({ layer }) => `${layer} build`));
});

test('needs nothing but the released layer', async () => {
  expect(await plan('final')).toEqual([
    'base unneeded',
    'toolchain unneeded',
    'rccl unneeded',
    'tools unneeded',
    'final reuse',
  ]);
});

test('a build-only parent of what is there is not needed', async () => {
  expect(await plan('rccl', 'base')).toEqual([
    'base reuse',
    'toolchain unneeded',
    'rccl reuse',
    'tools build',
    'final build',
  ]);
});
