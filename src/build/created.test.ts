import { expect, test } from 'vitest';
import { createdOf, epochOf } from './created.ts';

const commit = new Date('2026-11-22T10:20:30Z');

test('an image is as old as SOURCE_DATE_EPOCH says, else as its commit', () => {
  expect(createdOf(epochOf('1700000000'), commit).toISOString()).toBe('2023-11-14T22:13:20.000Z');
  expect(createdOf(epochOf(undefined), commit)).toBe(commit);
  expect(createdOf(epochOf(''), commit)).toBe(commit);
  expect(createdOf(undefined, undefined).toISOString()).toBe('1980-01-02T00:00:00.000Z');
});

test.each(['yesterday', '-1', '1e9', '123456789012'])('SOURCE_DATE_EPOCH=%s is refused', (text) => {
  expect(() => epochOf(text)).toThrow('no number of seconds since 1970');
});
