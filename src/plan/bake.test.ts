import { expect, test } from 'vitest';
import { bakeFile } from './bake.ts';
import type { Recipe } from './recipe.ts';

const recipe = (layer: string, network: 'default' | 'none', ...needs: string[]) =>
  ({
    layer,
    key: layer.repeat(3),
    reference: `localhost/halobox/${layer}:${layer.repeat(3)}`,
    definition: { needs, network },
  }) as unknown as Recipe;
const recipes = [
  recipe('base', 'default'),
  recipe('rccl', 'none', 'base'),
  recipe('app', 'none', 'base', 'rccl'),
];
test('the graph as bake has it: what a FROM or --from names is the target that makes it', () => {
  const { group, target } = bakeFile(recipes);
  expect(group).toEqual({
    default: { targets: ['base', 'app'] },
    layers: { targets: ['base', 'rccl', 'app'] },
  });
  expect(target.base).toEqual({
    context: 'base',
    dockerfile: 'Containerfile',
    tags: ['localhost/halobox/base:basebasebase'],
    labels: { 'io.halobox.layer': 'base', 'io.halobox.key': 'basebasebase' },
  });
  expect(target.app).toMatchObject({
    network: 'none',
    contexts: {
      'localhost/halobox/base:basebasebase': 'target:base',
      'localhost/halobox/rccl:rcclrcclrccl': 'target:rccl',
    },
    labels: { 'io.halobox.layer': 'app', 'io.halobox.key': 'appappapp' },
  });
});
