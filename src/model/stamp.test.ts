import { expect, test } from 'vitest';
import { stampOf } from './stamp.ts';

test.each([
  ['2.11.0+rocm7.14.0a20260630', 'local', '7.14.0a20260630'],
  ['2.11.0+rocm7.14.0', 'local', '7.14.0'],
  ['2.12.0a20260620+rocm10.0.0a20260630', 'local', '10.0.0a20260630'],
  ['2.11.0', 'local', undefined],
  ['2.11.0+rocm', 'local', undefined],
  ['2.11.0+rocm7.12.0.dev0-5f3c1ab', 'local', undefined],
  ['7.14.0a20260630', 'version', '7.14.0a20260630'],
  ['2.11.0+rocm7.14.0', 'none', undefined],
] as const)('%s has by %s the stamp %s', (version, kind, stamp) => {
  expect(stampOf(version, kind)).toBe(stamp);
});
