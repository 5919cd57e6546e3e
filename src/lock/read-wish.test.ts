import { expect, test } from 'vitest';
import { readWish } from './read-wish.ts';

const rocm = ['7.13.2', '7.14.0a20260630', '7.14.0', '7.14.2', '7.15.0a20260703', '7.15.0'];
const torch = ['2.9.0', '2.11.0+rocm7.14.0', '2.11.0+rocm7.15.0', '2.11.1', '2.110.0'];
const vllm = ['0.27.1rc1', '0.27.1', '0.27.1.post1', '0.27.2'];

test.each([
  ['~7.14', rocm, ['7.14.0a20260630', '7.14.0', '7.14.2']],
  ['7.14', rocm, ['7.14.0a20260630', '7.14.0', '7.14.2']],
  ['7', rocm, rocm],
  ['7.14.0', rocm, ['7.14.0a20260630', '7.14.0']],
  ['7.14.0a20260630', rocm, ['7.14.0a20260630']],
  ['^7.14', rocm, rocm.slice(1)],
  // What PEP 440 can read is read by PEP 440: by it a nightly comes before its release.
  ['>=7.14', rocm, ['7.14.0', '7.14.2', '7.15.0a20260703', '7.15.0']],
  ['~=7.14.0', rocm, ['7.14.0', '7.14.2']],
  ['2.11', torch, ['2.11.0+rocm7.14.0', '2.11.0+rocm7.15.0', '2.11.1']],
  ['==2.11.0', torch, ['2.11.0+rocm7.14.0', '2.11.0+rocm7.15.0']],
  ['2.11.0+rocm7.14.0', torch, ['2.11.0+rocm7.14.0']],
  ['v0.27.1', vllm, ['0.27.1']],
  ['0.27.1', vllm, ['0.27.1rc1', '0.27.1', '0.27.1.post1']],
] as const)('%s', (text, versions, expected) => {
  expect(versions.filter(readWish(text, 'pep440')!)).toEqual(expected);
});

test('in other grammars', () => {
  expect(['1.4.0', '1.4.2', '1.5.0'].filter(readWish('1.4', 'semver')!)).toEqual(['1.4.0', '1.4.2']);
  expect(['1.4.0', '1.4.2'].filter(readWish('v1.4.2', 'semver')!)).toEqual(['1.4.2']);
  expect(['20260630', '2026-07-01'].filter(readWish('2026-06-30', 'date')!)).toEqual(['20260630']);
  expect(['20260630', '2026-07-01'].filter(readWish('>=2026-07-01', 'date')!)).toEqual(['2026-07-01']);
});

test.each(['', ' ', 'main', '$(id)', '~', '>=', '2.11 or so'])('can not read %j', (text) => {
  expect(readWish(text, 'pep440')).toBeUndefined();
});
