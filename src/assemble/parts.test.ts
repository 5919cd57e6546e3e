import { expect, test } from 'vitest';
import { type OwnedPath, partsOf } from './parts.ts';

const mebi = 2 ** 20;
const file = (
  layer: string,
  owner: string | undefined,
  size: number,
  path = `${layer}/${owner}`,
): OwnedPath => ({
  path,
  layer,
  owner,
  size,
});

const names = (parts: ReturnType<typeof partsOf>) => parts.map(({ name }) => name);
/** Layers that change as often, or each more often than the one before. */
const alike = (...layers: string[]) => layers.map((layer) => ({ layer, level: 0 }));
const rising = (...layers: string[]) => layers.map((layer, level) => ({ layer, level }));

const venv = [
  file('base', undefined, 80 * mebi),
  file('venv', 'torch', 3000 * mebi),
  file('venv', 'vllm', 400 * mebi),
  file('venv', 'numpy', 60 * mebi),
  file('venv', 'idna', 3 * mebi),
  file('venv', 'six', mebi),
  file('venv', undefined, 5),
  file('final', undefined, 7),
];

test('large owners get a part each below the small ones and what nobody owns, in the order of the layers', () => {
  expect(partsOf(venv, rising('base', 'venv', 'final'), 40)).toEqual([
    { name: 'base', paths: ['base/undefined'] },
    { name: 'venv/numpy', paths: ['venv/numpy'] },
    { name: 'venv/torch', paths: ['venv/torch'] },
    { name: 'venv/vllm', paths: ['venv/vllm'] },
    { name: 'venv/*', paths: ['venv/idna', 'venv/six'] },
    { name: 'venv', paths: ['venv/undefined'] },
    { name: 'final', paths: ['final/undefined'] },
  ]);
  expect(names(partsOf(venv, rising('final', 'venv', 'base'), 40))[0]).toBe('final');
});

test('what nobody owns lies above the owners of all layers that change as often', () => {
  const both = [...venv, file('base', 'libc6', 9 * mebi)];
  const owners = ['base/libc6', 'venv/numpy', 'venv/torch', 'venv/vllm', 'venv/*'];
  expect(names(partsOf(both, [...alike('base', 'venv'), { layer: 'final', level: 1 }], 40))).toEqual([
    ...owners,
    ...['base', 'venv', 'final'],
  ]);
});

test('small owners that are little together go with what nobody owns', () => {
  const less = venv.filter(({ owner }) => owner !== 'six');
  const parts = partsOf(less, rising('base', 'venv', 'final'), 40);
  expect(parts.find(({ name }) => name === 'venv')?.paths).toEqual(['venv/idna', 'venv/undefined']);
  expect(names(parts)).not.toContain('venv/*');
});

test('where there are too many, the largest stay apart; each layer keeps one in any case', () => {
  const order = rising('base', 'venv', 'final');
  expect(names(partsOf(venv, order, 8))).toEqual([
    'base',
    'venv/torch',
    'venv/vllm',
    'venv/*',
    'venv',
    'final',
  ]);
  expect(names(partsOf(venv, order, 6))).toEqual(['base', 'venv/*', 'venv', 'final']);
  for (const most of [1, 5]) expect(names(partsOf(venv, order, most))).toEqual(['base', 'venv', 'final']);
  for (let most = 3; most < 9; most++) expect(partsOf(venv, order, most).length).toBeLessThanOrEqual(most);
});

test('a layer that has nothing yet moves no owner into another part', () => {
  const large = (parts: ReturnType<typeof partsOf>) => names(parts).filter((name) => name.includes('/'));
  const order = rising('base', 'venv', 'rccl', 'final');
  const later = file('rccl', undefined, 9 * mebi);
  expect(large(partsOf([...venv, later], order, 9))).toEqual(large(partsOf(venv, order, 9)));
});

test('an owner is counted over all its files, and for each layer on its own', () => {
  const halves = [0, 1, 2, 3, 4].map((index) => file('venv', 'torch', mebi, `torch/${index}`));
  expect(names(partsOf(halves, alike('venv'), 9))).toEqual(['venv/torch']);
  expect(names(partsOf(halves.slice(1), alike('venv'), 9))).toEqual(['venv/torch']);
  expect(names(partsOf(halves.slice(2), alike('venv'), 9))).toEqual(['venv']);
  const both = [file('a', 'libc6', 5 * mebi), file('b', 'libc6', 5 * mebi)];
  expect(names(partsOf(both, alike('a', 'b'), 9))).toEqual(['a/libc6', 'b/libc6']);
});

test('a larger or smaller owner does not change places with another', () => {
  const grown = venv.map((one) => (one.owner === 'numpy' ? { ...one, size: 9000 * mebi } : one));
  const order = rising('base', 'venv', 'final');
  expect(names(partsOf(grown, order, 40))).toEqual(names(partsOf(venv, order, 40)));
});
