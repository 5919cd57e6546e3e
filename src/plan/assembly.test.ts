import { expect, test } from 'vitest';
import type { Image } from '../model/image.ts';
import { assemblyOf, belowFinal } from './assembly.ts';
import type { Origin } from './labels.ts';
import type { Inputs, Recipe } from './recipe.ts';
import type { Settings } from './settings.ts';
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

const image = {
  ...{ image: 'demo', parts: 40, target: 'gfx1151', sources: {}, untested: [] as string[] },
} as unknown as Image;
const inputs: Inputs = {
  base: { kind: 'oci', reference: 'debian@sha256:1' },
  sources: new Map(),
  versions: {},
  debian: {},
  files: new Map(),
};
const settings: Settings = { arguments: {}, withoutSeries: [], version: '1.0.0' };
const origin: Origin = { revision: 'abc', created: new Date(0) };
const assembly = (changes: Record<string, Change> = {}, about: Partial<Image> = {}, from = origin) =>
  assemblyOf({ image: { ...image, ...about }, recipes: recipes(changes), inputs, settings }, from);
const names = (changes: Record<string, Change>) => assembly(changes).layers.map(({ layer }) => layer);

test('what the final layer stands on is in the image, and what declares outputs; the final one is on top', () => {
  const { chain, final, reference, key, labels } = assembly();
  expect(labels).toMatchObject({ 'io.halobox.key': key, 'io.halobox.final': final.key });
  expect(chain.map(({ layer }) => layer)).toEqual(['base', 'tools', 'final']);
  expect(final.reference).toBe(chain[2]?.reference);
  expect(reference).toBe(`localhost/halobox/demo:${key}`);
  expect(names({})).toEqual(['base', 'tools', 'final']);
  const outputs = ['/usr/lib/librccl.so*'];
  expect(names({ rccl: { outputs } })).toEqual(['base', 'tools', 'rccl', 'final']);
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

test('the key is of the final layer, of what decides the parts and of what the image tells of itself', () => {
  const keyOf = (...facts: Parameters<typeof assembly>) => assembly(...facts).key;
  const keys = [
    keyOf(),
    keyOf({}, { parts: 41 }),
    keyOf({}, { image: 'other' }),
    keyOf({}, { untested: ['RDMA'] }),
    keyOf({}, {}, { ...origin, revision: 'abc-dirty' }),
    keyOf({}, {}, { ...origin, created: new Date(1) }),
    keyOf({ base: { changes: 'daily' } }),
    keyOf({ rccl: { outputs: ['/a'] } }),
    keyOf({ rccl: { outputs: ['/b'] } }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  // The order stays the same.
  const both = { base: { changes: 'yearly' }, tools: { changes: 'yearly' } } as const;
  expect(keyOf(both)).toBe(keyOf());
  expect(keyOf({ toolchain: { changes: 'daily' } })).toBe(keyOf());
});

test('layers that change as often have one level, the final one its own', () => {
  const levels = (changes: Record<string, Change>) => assembly(changes).layers.map(({ level }) => level);
  expect(levels({})).toEqual([0, 0, 1]);
  expect(levels({ base: { changes: 'yearly' } })).toEqual([0, 1, 2]);
  expect(levels({ base: { changes: 'daily' }, tools: { changes: 'daily' } })).toEqual([0, 0, 1]);
});

test('what the final layer stands on can be put together before it, and nothing takes it for a release', () => {
  const outputs = ['/usr/lib/librccl.so*'];
  const whole = assembly({ rccl: { outputs }, tools: { outputs: ['/usr/lib/libextra.so'] } });
  const below = belowFinal(whole)!;
  expect(below.chain.map(({ layer }) => layer)).toEqual(['base', 'tools']);
  expect(below.final).toEqual({ key: whole.chain[1]!.key, reference: whole.chain[1]!.reference });
  expect(below.layers).toEqual(whole.layers.slice(0, 2).map((one) => ({ ...one, outputs: [] })));
  // As much room for their owners as in the release.
  expect(below.parts).toBe(whole.parts - 2 * (whole.layers.length - 2));
  expect(below.labels).toEqual({
    'io.halobox.image': 'demo',
    'io.halobox.key': below.key,
    'io.halobox.final': below.final.key,
  });
  expect(below.reference).toBe(`localhost/halobox/demo:${below.key}`);
  expect(below.key).not.toBe(whole.key);
  expect(belowFinal({ ...whole, chain: whole.chain.slice(-1) })).toBeUndefined();
});
