import { expect, test } from 'vitest';
import type { ImageFacts } from '../engine/engine.ts';
import { layerGraph } from '../plan/graph.ts';
import { label } from '../plan/labels.ts';
import { recipeOf } from '../plan/testing/recipe-of.ts';
import { heldLayers } from './held-layers.ts';

const base = recipeOf('base');
const tools = recipeOf('tools', [base]);
const final = recipeOf('final', [base, tools]);
const graph = layerGraph([{ image: 'demo', recipes: [base, tools, final] }]);

/** @param keys label of each reference that the engine has. */
async function ask(keys: Record<string, string>) {
  const asked: string[] = [];
  const inspectImage = async (reference: string) => {
    asked.push(reference);
    const key = keys[reference];
    return key === undefined ? undefined : ({ labels: { [label.key]: key } } as unknown as ImageFacts);
  };
  return { held: [...(await heldLayers({ inspectImage }, graph)).keys()], asked };
}

test('below a layer that is there nothing is asked', async () => {
  expect(await ask({ [final.reference]: final.key })).toEqual({
    held: [final.reference],
    asked: [final.reference],
  });
});

test('each layer is asked for once; an image under its name with another key is none', async () => {
  const { held, asked } = await ask({ [tools.reference]: 'another', [base.reference]: base.key });
  expect(held).toEqual([base.reference]);
  expect(asked).toEqual([final.reference, base.reference, tools.reference]);
});
