import { expect, test } from 'vitest';
import { byteSize } from '../model/bytes.ts';
import { checkBudget } from './check-budget.ts';

const where = { file: 'images/demo/image.yaml', line: 9, column: 9 };

test.each([
  ['800MB', 800e6],
  ['1.5GB', 1.5e9],
  ['20kB', 20e3],
])('%s are %i bytes', (text, bytes) => {
  expect(byteSize.parse(text)).toBe(bytes);
});

test.each(['1.5', '1.5 GB', 'GB', '-1GB', '1e9GB', '1TB'])('%s is no size', (text) => {
  expect(byteSize.safeParse(text).success).toBe(false);
});

test('an image that has grown past its budget breaks its contract, and one at its limit does not', () => {
  checkBudget('demo', 2e9, undefined, where);
  checkBudget('demo', 2e9, 2e9, where);
  expect(() => checkBudget('demo', 2.1e9, 2e9, where)).toThrow(
    expect.objectContaining({
      exitCode: 5,
      message: 'demo has 2.1 GB, and its budget is 2.0 GB',
      facts: expect.objectContaining({ where }),
    }),
  );
});
