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

test('keeps a line whole up to the length it is told', () => {
  const long = 'x'.repeat(200_000);
  expect(new Lines(1_000_000).push(Buffer.from(`${long}\n`))).toEqual([long]);
  const lines = new Lines(1_000_000);
  expect(lines.push(Buffer.from(long))).toEqual([]);
  expect(lines.push(Buffer.from('\n'))).toEqual([long]);
});
