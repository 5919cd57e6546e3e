import { expect, test } from 'vitest';
import { Bytes } from './bytes.ts';
import { dynamicSymbols } from './dynamic-symbols.ts';
import { withSections, withSymbols } from './fixtures.ts';
import { Malformed } from './malformed.ts';

const read = (file: Buffer) => [...dynamicSymbols(new Bytes(file, 'the file'))];
const symbol = Buffer.alloc(24);

test('tells what is exported, what is needed, and what is neither', () => {
  const file = withSymbols({
    global: {},
    weak: { bind: 2 },
    absolute: { section: 0xfff1 },
    protected: { visibility: 3 },
    hidden: { visibility: 2 },
    internal: { visibility: 1 },
    local: { bind: 0 },
    wanted: { section: 0 },
    welcome: { section: 0, bind: 2 },
  });
  const names = (which: 'exported' | 'needed') =>
    read(file)
      .filter((one) => one[which])
      .map(({ name }) => name);
  expect(names('exported')).toEqual(['global', 'weak', 'absolute', 'protected']);
  expect(names('needed')).toEqual(['wanted']);
  expect(read(file)).toHaveLength(9);
});

test('a table of nothing but its first entry has no symbols', () => {
  expect(read(withSymbols({}))).toEqual([]);
});

test('cuts a name that only a hostile file has', () => {
  expect(read(withSymbols({ ['x'.repeat(5000)]: {} }))[0]?.name).toBe('x'.repeat(1024));
});

const name = (at: number): Buffer => {
  const entry = Buffer.from(symbol);
  entry.writeUInt32LE(at, 0);
  return entry;
};
const whole = withSymbols({ ncclSend: {} });
const edited = (edit: (file: Buffer) => void): Buffer => {
  const file = Buffer.from(whole);
  edit(file);
  return file;
};
const dynsym = Number(whole.readBigUInt64LE(40)) + 2 * 64;

test.each<[string, Buffer, RegExp]>([
  ['nothing', Buffer.alloc(0), /the file is not an ELF file/],
  ['a script', Buffer.from('#!/bin/sh\n'), /the file is not an ELF file/],
  ['an ELF header alone', whole.subarray(0, 64), /ends before/],
  ['32 bits', edited((file) => file.writeUInt8(1, 4)), /not a 64-bit/],
  ['no dynamic symbols', withSections({ '.text': symbol }), /no dynamic symbols/],
  ['no names', withSections({ '.dynsym': symbol }), /no dynamic symbols/],
  ['half an entry', withSections({ '.dynsym': symbol.subarray(0, 23), '.dynstr': symbol }), /odd dynamic/],
  [
    'a name outside',
    withSections({ '.dynsym': Buffer.concat([symbol, name(24)]), '.dynstr': symbol }),
    /symbol 1 has its name outside/,
  ],
  ['a table past the end', edited((file) => file.writeBigUInt64LE(1n << 40n, dynsym + 32)), /ends before/],
  [
    'a table beyond all numbers',
    edited((file) => file.writeBigUInt64LE(~0n & 0xffffffffffffffffn, dynsym + 24)),
    /is no size/,
  ],
  ['a table without bytes', edited((file) => file.writeUInt32LE(8, dynsym + 4)), /no bytes in the file/],
])('refuses %s', (_, file, said) => {
  const refused = () => read(file);
  expect(refused).toThrow(Malformed);
  expect(refused).toThrow(said);
});

test('refuses more symbols than any library has, before it reads one', () => {
  const many = withSections({ '.dynsym': Buffer.alloc(24 * (2 ** 22 + 1)), '.dynstr': symbol });
  expect(() => read(many)).toThrow(/4194305 dynamic symbols; 4194304 are read at most/);
});

test('whatever is cut off, it ends with Malformed or with symbols', () => {
  const file = withSymbols({ ncclSend: {}, ncclRecv: { section: 0 } });
  for (let length = 0; length < file.length; length++) {
    try {
      read(file.subarray(0, length));
    } catch (error) {
      expect(error).toBeInstanceOf(Malformed);
    }
  }
});
