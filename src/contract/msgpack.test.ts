import { ExtData, encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { Bytes } from './bytes.ts';
import { type Packed, unpack } from './msgpack.ts';

const decode = (bytes: Uint8Array): Packed => unpack(new Bytes(Buffer.from(bytes), 'the data'));

test.each([
  ['small numbers', [0, 127, -1, -32]],
  ['wider numbers', [128, 255, 256, 65535, 65536, 2 ** 32 - 1, -33, -128, -129, -32768, -32769, -(2 ** 31)]],
  ['fractions', [0.5, -1e300]],
  ['constants', [null, true, false]],
  ['texts', ['', 'a', 'ü'.repeat(20), 'b'.repeat(300), 'c'.repeat(70000)]],
  ['long lists', Array.from({ length: 70000 }, (_, index) => index % 10)],
])('decodes what the library encodes: %s', (_, value) => {
  expect(decode(encode(value))).toEqual(value);
});

test('decodes 64-bit integers', () => {
  expect(decode(encode([2n ** 63n, -(2n ** 63n)], { useBigInt64: true }))).toEqual([2n ** 63n, -(2n ** 63n)]);
});

test('decodes maps, also of the largest kinds, and keeps __proto__ a key like others', () => {
  const many = Object.fromEntries(Array.from({ length: 70000 }, (_, index) => [`key${index}`, index]));
  expect(decode(encode(many))).toEqual(new Map(Object.entries(many)));
  expect(decode(Buffer.from('81a95f5f70726f746f5f5f01', 'hex'))).toEqual(new Map([['__proto__', 1]]));
});

test('skips binary and extension values', () => {
  const values = [
    new Uint8Array(3),
    new Uint8Array(300),
    new ExtData(5, new Uint8Array(4)),
    new ExtData(5, new Uint8Array(77)),
  ];
  expect(decode(encode([...values, 'end']))).toEqual([undefined, undefined, undefined, undefined, 'end']);
});

test.each([
  ['', /ends in the middle/],
  ['92c0', /ends in the middle/],
  ['dbffffffff', /ends in the middle/],
  ['c0c0', /goes on after its value/],
  ['8190c0', /neither text nor number/],
])('refuses %s', (hex, message) => {
  expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(message);
});
