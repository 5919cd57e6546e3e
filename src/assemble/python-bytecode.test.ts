import { expect, test } from 'vitest';
import { sourceOf, withTime } from './python-bytecode.ts';

function compiled(flags: number, mtime: number, size: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x0a0d0df3, 0);
  bytes.writeUInt32LE(flags, 4);
  bytes.writeUInt32LE(mtime, 8);
  bytes.writeUInt32LE(size, 12);
  return Buffer.concat([bytes, Buffer.from('code')]);
}

test.each([
  ['usr/lib/python3/__pycache__/six.cpython-313.pyc', 'usr/lib/python3/six.py'],
  ['__pycache__/six.cpython-313.opt-1.pyc', 'six.py'],
  ['opt/old/six.pyc', 'opt/old/six.py'],
])('%s is of %s', (path, source) => {
  expect(sourceOf(path)).toBe(source);
});

test('code that fits its source goes on to fit it, and code that is too old stays too old', () => {
  const source = { mtime: 1_700_000_000, size: 40 };
  expect(withTime(compiled(0, 1_700_000_000, 40), 7, source)).toEqual(compiled(0, 7, 40));
  expect(withTime(compiled(0, 1_700_000_001, 40), 7, source)).toEqual(compiled(0, 0, 40));
  expect(withTime(compiled(0, 1_700_000_000, 41), 7, source)).toEqual(compiled(0, 0, 41));
  expect(withTime(compiled(0, 1_700_000_000, 40), 7, undefined)).toEqual(compiled(0, 7, 40));
});

test('what names its source by a hash, and what is none, stays as it is', () => {
  for (const bytes of [compiled(3, 1, 1), Buffer.from('no bytecode of Python')])
    expect(withTime(bytes, 7, { mtime: 2, size: 2 })).toBe(bytes);
});
