import { expect, test } from 'vitest';
import type { Image } from '../model/image.ts';
import { assemblyOf } from './assembly.ts';
import type { Recipe } from './recipe.ts';
import { recipeOf } from './testing/recipe-of.ts';

type Change = Partial<Pick<Recipe['definition'], 'outputs' | 'changes'>>;

/** base ← tools ← final, which copies from rccl on a toolchain. */
function recipes(changes: Record<string, Change> = {}): Recipe[] {
  const base = recipeOf('base');
  const toolchain = recipeOf('toolchain', [base]);
  const rccl = recipeOf('rccl', [toolchain]);
  const tools = recipeOf('tools', [base]);
  const all = [base, toolchain, rccl, tools, recipeOf('final', [tools, rccl])];
  return all.map((one) => ({ ...one, definition: { ...one.definition, ...changes[one.layer] } }));
}

const image = { image: 'demo', parts: 40, untested: [] as string[] } as Image;
const names = (changes: Record<string, Change>) =>
  assemblyOf(image, recipes(changes)).layers.map(({ layer }) => layer);

test('what the final layer stands on is in the image, and what declares outputs; the final one is on top', () => {
  const { chain, final, reference, key } = assemblyOf(image, recipes());
  expect(chain.map(({ layer }) => layer)).toEqual(['base', 'tools', 'final']);
  expect(final.reference).toBe(chain[2]?.reference);
  expect(reference).toBe(`localhost/halobox/demo:${key}`);
  expect(names({})).toEqual(['base', 'tools', 'final']);
  const outputs = ['/usr/lib/librccl.so*'];
  expect(names({ rccl: { outputs } })).toEqual(['base', 'rccl', 'tools', 'final']);
  expect(names({ rccl: { outputs, changes: 'yearly' }, base: { changes: 'weekly' } })).toEqual([
    'rccl',
    'tools',
    'base',
    'final',
  ]);
  expect(names({ base: { changes: 'daily' }, final: { changes: 'yearly' } })).toEqual([
    'tools',
    'base',
    'final',
  ]);
});

test('the key is of the final layer and of what decides the parts, and of nothing else', () => {
  const keyOf = (changes: Record<string, Change> = {}, parts = 40, name = 'demo', untested = ['RDMA']) =>
    assemblyOf({ image: name, parts, untested } as Image, recipes(changes)).key;
  const keys = [
    keyOf(),
    keyOf({}, 41),
    keyOf({}, 40, 'other'),
    keyOf({}, 40, 'demo', []),
    keyOf({ base: { changes: 'daily' } }),
    keyOf({ rccl: { outputs: ['/a'] } }),
    keyOf({ rccl: { outputs: ['/b'] } }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  // The order stays the same.
  expect(keyOf({ base: { changes: 'yearly' } })).toBe(keyOf());
  expect(keyOf({ toolchain: { changes: 'daily' } })).toBe(keyOf());
});
