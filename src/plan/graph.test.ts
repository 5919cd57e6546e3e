import { expect, test } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import { layerGraph } from './graph.ts';
import { recipeOf } from './testing/recipe-of.ts';

const base = recipeOf('base');
const torch = recipeOf('torch', [base]);
const serve = recipeOf('serve', [torch]);
const train = recipeOf('train', [base, torch]);

test('a layer that images share is there once, with all of them', () => {
  const { nodes, released } = layerGraph([
    { image: 'serve', recipes: [base, torch, serve] },
    { image: 'train', recipes: [base, torch, train] },
  ]);
  expect(
    [...nodes.values()].map(({ layer, images, needs, after }) => ({ layer, images, needs, after })),
  ).toEqual([
    { layer: 'base', images: ['serve', 'train'], needs: [], after: [] },
    { layer: 'torch', images: ['serve', 'train'], needs: [base.key], after: [base.key] },
    { layer: 'serve', images: ['serve'], needs: [torch.key], after: [torch.key] },
    { layer: 'train', images: ['train'], needs: [base.key, torch.key], after: [base.key, torch.key] },
  ]);
  expect(Object.fromEntries(released)).toEqual({ serve: serve.key, train: train.key });
});

test('layers of one name that are made from other inputs are two', () => {
  const other = recipeOf('base', [], { network: 'default' });
  const { nodes } = layerGraph([
    { image: 'one', recipes: [base] },
    { image: 'two', recipes: [other] },
  ]);
  expect([...nodes.values()].map(({ layer, images }) => [layer, ...images])).toEqual([
    ['base', 'one'],
    ['base', 'two'],
  ]);
});

test('a layer comes after what any of its images wants before it', () => {
  const rccl = recipeOf('rccl', [base]);
  const app = (after: string[]) => recipeOf('app', [rccl], { after });
  expect(app([]).key).toBe(app(['torch']).key);
  const { nodes } = layerGraph([
    { image: 'one', recipes: [base, rccl, app([])] },
    { image: 'two', recipes: [base, rccl, torch, app(['torch'])] },
  ]);
  expect([...nodes.values()].map(({ layer }) => layer)).toEqual(['base', 'rccl', 'torch', 'app']);
  expect(nodes.get(app([]).key)).toMatchObject({ needs: [rccl.key], after: [rccl.key, torch.key] });
});

test('images that want two layers in opposite orders are refused together', () => {
  const a = recipeOf('a');
  const b = recipeOf('b');
  expect(() =>
    layerGraph([
      { image: 'one', recipes: [a, recipeOf('b', [], { after: ['a'] })] },
      { image: 'two', recipes: [b, recipeOf('a', [], { after: ['b'] })] },
    ]),
  ).toThrow(InvalidInput);
});
