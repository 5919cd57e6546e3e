import { expect, test } from 'vitest';
import { layerGraph, type PlannedImage } from './graph.ts';
import type { LayerRecord } from './layer-record.ts';
import { planOf } from './plan.ts';
import type { Recipe } from './recipe.ts';
import { recipeOf } from './testing/recipe-of.ts';

const diamond = (network: 'default' | 'none' = 'none') => {
  const base = recipeOf('base', [], { network });
  const toolchain = recipeOf('toolchain', [base]);
  const rccl = recipeOf('rccl', [toolchain]);
  const tools = recipeOf('tools', [base]);
  return [base, toolchain, rccl, tools, recipeOf('final', [tools, rccl])];
};
const recipes = diamond();

const record = ({ key, inputs }: Recipe, seconds = 1, built = '2026-11-01T00:00:00Z'): LayerRecord => ({
  ...{ format: 1, key, inputs, seconds, built },
});

/** @param there names of the layers that the engine holds. */
function plan(
  there: readonly string[],
  images: readonly PlannedImage[] = [{ image: 'demo', recipes }],
  lastBuild: (image: string, layer: string) => LayerRecord | undefined = () => undefined,
) {
  const graph = layerGraph(images);
  const held = [...graph.nodes.values()]
    .filter(({ layer }) => there.includes(layer))
    .map(({ reference }) => [reference, 'this engine'] as const);
  return [...planOf(graph, { held: new Map(held), lastBuild }).nodes.values()];
}
const actions = (...there: string[]) => plan(there).map(({ layer, action }) => `${layer} ${action}`);

test('builds everything where nothing is', () => {
  expect(actions()).toEqual(recipes.map(({ layer }) => `${layer} build`));
});

test('needs nothing but the released layer', () => {
  expect(actions('final')).toEqual([
    'base unneeded',
    'toolchain unneeded',
    'rccl unneeded',
    'tools unneeded',
    'final reuse',
  ]);
});

test('a build-only parent of what is there is not needed', () => {
  expect(actions('rccl', 'base')).toEqual([
    'base reuse',
    'toolchain unneeded',
    'rccl reuse',
    'tools build',
    'final build',
  ]);
});

test('one image that needs a shared layer is enough', () => {
  const [base] = recipes;
  const other = recipeOf('other', [base!]);
  const images = [
    { image: 'demo', recipes },
    { image: 'second', recipes: [base!, other] },
  ];
  const said = plan(['final'], images).map(({ layer, action }) => `${layer} ${action}`);
  expect(said).toContain('base build');
  expect(said).toContain('other build');
  expect(said).toContain('tools unneeded');
});

test('says for each layer what differs, and for those above which layer it was', () => {
  const before = new Map(diamond('default').map((recipe) => [recipe.layer, record(recipe)]));
  const said = plan([], undefined, (_, layer) => before.get(layer));
  expect(said.map(({ layer, why }) => [layer, ...why.map(({ text }) => text)])).toEqual([
    ['base', 'network default → none'],
    ['toolchain', 'layer base (its own inputs)'],
    ['rccl', 'layer toolchain (through base)'],
    ['tools', 'layer base (its own inputs)'],
    ['final', 'layer rccl (through base)', 'layer tools (through base)'],
  ]);
});

test('what was built as it is now and is not there is told as gone; what was built elsewhere needs no word', () => {
  const known = new Map(recipes.map((recipe) => [recipe.layer, record(recipe, 7)]));
  const said = plan(['base', 'rccl'], undefined, (_, layer) =>
    layer === 'base' ? undefined : known.get(layer),
  );
  expect(said.map(({ layer, seconds, why }) => [layer, seconds, ...why.map(({ what }) => what)])).toEqual([
    ['base', undefined],
    ['toolchain', 7],
    ['rccl', 7],
    ['tools', 7, 'gone'],
    ['final', 7, 'gone'],
  ]);
});

test('where nobody could be asked everything is built, and nothing is said to be gone', () => {
  const graph = layerGraph([{ image: 'demo', recipes }]);
  const lastBuild = (_: string, layer: string) => record(recipes.find((recipe) => recipe.layer === layer)!);
  const { nodes } = planOf(graph, { held: new Map(), engineAsked: false, lastBuild });
  for (const { action, why } of nodes.values()) expect([action, why[0]?.what]).toEqual(['build', 'unasked']);
});

test('of a shared layer the build with its key counts, else the newest', () => {
  const [base] = recipes;
  const [older] = diamond('default');
  const images = ['a', 'b', 'c'].map((image) => ({ image, recipes: [base!] }));
  const secondsWith = (records: Record<string, LayerRecord>) =>
    plan([], images, (image) => records[image])[0]?.seconds;
  expect(
    secondsWith({
      a: record(older!, 1, '2026-11-03T00:00:00Z'),
      b: record(base!, 2),
      c: record(older!, 3, '2026-11-02T00:00:00Z'),
    }),
  ).toBe(2);
  expect(
    secondsWith({
      a: record(older!, 1, '2026-11-01T00:00:00Z'),
      c: record(older!, 3, '2026-11-02T00:00:00Z'),
    }),
  ).toBe(3);
});
