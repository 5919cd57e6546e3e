import { expect, test } from 'vitest';
import { Lines } from './lines.ts';

test('lines come out whole, whatever the chunks', () => {
  const lines = new Lines();
  const bytes = Buffer.from('one\r\ntwo é\n\nrest');
  const found = [...bytes].flatMap((byte) => lines.push(Buffer.of(byte)));
  expect([...found, ...lines.end()]).toEqual(['one', 'two é', '', 'rest']);
  expect(lines.end()).toEqual([]);
});

test('a line that never ends is not collected for ever', () => {
  const lines = new Lines();
  expect(lines.push(Buffer.alloc(100_000, '.')).map((line) => line.length)).toEqual([100_000]);
});
