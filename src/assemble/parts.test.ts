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

const venv = [
  file('base', undefined, 80 * mebi),
  file('venv', 'torch', 3000 * mebi),
  file('venv', 'vllm', 400 * mebi),
  file('venv', 'numpy', 60 * mebi),
  file('venv', 'idna', 1),
  file('venv', undefined, 5),
  file('final', undefined, 7),
];

test('large owners get a part each below the rest of their layer, in the order of the layers', () => {
  expect(partsOf(venv, ['base', 'venv', 'final'], 40)).toEqual([
    { name: 'base', paths: ['base/undefined'] },
    { name: 'venv/numpy', paths: ['venv/numpy'] },
    { name: 'venv/torch', paths: ['venv/torch'] },
    { name: 'venv/vllm', paths: ['venv/vllm'] },
    { name: 'venv', paths: ['venv/idna', 'venv/undefined'] },
    { name: 'final', paths: ['final/undefined'] },
  ]);
  expect(names(partsOf(venv, ['final', 'venv', 'base'], 40))[0]).toBe('final');
});

test('where there are too many, the largest stay apart; each layer keeps one in any case', () => {
  expect(names(partsOf(venv, ['base', 'venv', 'final'], 5))).toEqual([
    'base',
    'venv/torch',
    'venv/vllm',
    'venv',
    'final',
  ]);
  expect(names(partsOf(venv, ['base', 'venv', 'final'], 1))).toEqual(['base', 'venv', 'final']);
});

test('an owner is counted over all its files, and for each layer on its own', () => {
  const halves = [0, 1, 2, 3, 4].map((index) => file('venv', 'torch', mebi, `torch/${index}`));
  expect(names(partsOf(halves, ['venv'], 9))).toEqual(['venv/torch']);
  expect(names(partsOf(halves.slice(1), ['venv'], 9))).toEqual(['venv/torch']);
  expect(names(partsOf(halves.slice(2), ['venv'], 9))).toEqual(['venv']);
  const both = [file('a', 'libc6', 5 * mebi), file('b', 'libc6', 5 * mebi)];
  expect(names(partsOf(both, ['a', 'b'], 9))).toEqual(['a/libc6', 'b/libc6']);
});

test('a larger or smaller owner does not change places with another', () => {
  const grown = venv.map((one) => (one.owner === 'numpy' ? { ...one, size: 9000 * mebi } : one));
  const order = ['base', 'venv', 'final'];
  expect(names(partsOf(grown, order, 40))).toEqual(names(partsOf(venv, order, 40)));
});
