import { expect, test } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { settingsOf } from './settings.ts';

const image = {
  image: 'demo',
  version: '1.0.0',
  arguments: { kernels: { description: '', values: ['all', 'some'], default: 'all' } },
  sources: { rccl: { series: ['fix'] } },
} as unknown as Image;

test('defaults give the plain version', () => {
  expect(settingsOf(image, [], [])).toEqual({
    arguments: { kernels: 'all' },
    withoutSeries: [],
    version: '1.0.0',
  });
  expect(settingsOf(image, ['kernels=all'], []).version).toBe('1.0.0');
});

test('anything else marks the version', () => {
  expect(settingsOf(image, ['kernels=some'], ['fix']).version).toBe('1.0.0-some-without-fix');
});

test.each([
  [['nope=1'], []],
  [['kernels=none'], []],
  [['kernels'], []],
  [['constructor=1'], []],
  [[], ['nope']],
])('refuses %j %j', (set, without) => {
  expect(() => settingsOf(image, set as string[], without as string[])).toThrow(InvalidInput);
});
