import { deflateSync, zstdCompressSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { readCodeObjects } from './code-object.ts';
import { bundle, codeObject, compressed, gfx1151, library } from './fixtures.ts';
import { Malformed } from './malformed.ts';

const right = {
  bundle: 0,
  target: 'gfx1151',
  features: [],
  mach: 0x4a,
  kernels: 1,
  wavefrontSizes: [32],
  metadataTarget: 'amdgcn-amd-amdhsa--gfx1151',
};
const plain = bundle({ [gfx1151]: codeObject() });

function refusal(bytes: Buffer): string {
  try {
    readCodeObjects(bytes);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
  return 'read';
}

test('reads target, processor, kernels and wavefront size of a code object', () => {
  expect(readCodeObjects(library([plain]))).toEqual([right]);
});

test('reads every entry of every bundle, with its features', () => {
  const second = bundle({
    [gfx1151]: codeObject({ waves: [32, 64, 32] }),
    'hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-': codeObject({
      mach: 0x3f,
      waves: [],
      target: 'amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-',
    }),
  });
  expect(readCodeObjects(library([plain, second]))).toEqual([
    right,
    { ...right, bundle: 1, kernels: 3, wavefrontSizes: [32, 64] },
    {
      bundle: 1,
      target: 'gfx90a',
      features: ['sramecc+', 'xnack-'],
      mach: 0x3f,
      kernels: 0,
      wavefrontSizes: [],
      metadataTarget: 'amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-',
    },
  ]);
});

test.each([
  [1, 0, deflateSync(plain)],
  [1, 1, zstdCompressSync(plain)],
  [2, 0, deflateSync(plain)],
  [2, 1, zstdCompressSync(plain)],
  [3, 0, deflateSync(plain)],
  [3, 1, zstdCompressSync(plain)],
])('reads compressed bundles of version %i with method %i, one after another', (version, method, packed) => {
  const one = compressed(version, method, packed, plain.length);
  expect(readCodeObjects(library([one, plain, one]))).toEqual([
    right,
    { ...right, bundle: 1 },
    { ...right, bundle: 2 },
  ]);
});

test('skips what is not AMD GPU code', () => {
  const spirv = bundle({ 'hip-spirv64-amd-amdhsa--amdgcnspirv': Buffer.from('not looked at') });
  expect(readCodeObjects(library([spirv]))).toEqual([]);
});

test('says what is wrong with a file that is no HIP library', () => {
  expect(refusal(Buffer.alloc(0))).toBe('the library is not an ELF file');
  expect(refusal(Buffer.from('#!/bin/sh\nexit 0\n'))).toBe('the library is not an ELF file');
  expect(refusal(library([plain], '.rodata'))).toBe(
    'the library has no section .hip_fatbin, so no HIP device code',
  );
  expect(refusal(library([Buffer.from('gfx1151 wave32')]))).toMatch(
    /something other than offload bundles at offset 0/,
  );
  expect(refusal(library([bundle({ [gfx1151]: codeObject({ machine: 62 }) })]))).toMatch(
    /ELF file for machine 62/,
  );
  expect(refusal(library([bundle({ [gfx1151]: Buffer.from('gfx1151') })]))).toMatch(/is not an ELF file/);
});

test('refuses compressed bundles that lie', () => {
  const packed = zstdCompressSync(plain);
  expect(refusal(library([compressed(3, 1, packed, 2 ** 40)]))).toMatch(/more than 2 GiB/);
  expect(refusal(library([compressed(2, 1, packed, plain.length - 1)]))).toMatch(/can't be decompressed/);
  expect(refusal(library([compressed(2, 1, packed, plain.length + 1)]))).toMatch(/as its header says/);
  expect(refusal(library([compressed(3, 7, packed, plain.length)]))).toMatch(/unknown compression 7/);
  expect(refusal(library([compressed(9, 1, packed, plain.length)]))).toMatch(/unknown version 9/);
});

test('refuses offsets and sizes that lead outside', () => {
  const bytes = library([plain]);
  const start = bytes.indexOf('__CLANG_OFFLOAD_BUNDLE__');
  for (const field of [24, 32, 40, 48]) {
    for (const value of [2n ** 64n - 1n, 2n ** 53n - 1n, 2n ** 40n]) {
      const hostile = Buffer.from(bytes);
      hostile.writeBigUInt64LE(value, start + field);
      expect(refusal(hostile)).not.toBe('read');
    }
  }
});

test('refuses entries for the same bytes', () => {
  const same = Buffer.from(bundle({ [gfx1151]: codeObject(), 'hip-amdgcn-amd-amdhsa-gfx906': codeObject() }));
  const size = BigInt(same.length);
  for (const entry of [59 + 24, 59 + 24 + 56]) {
    same.writeBigUInt64LE(0n, entry);
    same.writeBigUInt64LE(size, entry + 8);
  }
  expect(refusal(library([same]))).toMatch(/the entries overlap/);
});

test('refuses note segments that overlap', () => {
  const object = codeObject();
  const twice = Buffer.concat([object.subarray(0, 64), object.subarray(64, 120), object.subarray(64)]);
  twice.writeUInt16LE(2, 56);
  for (const header of [64, 120]) {
    twice.writeBigUInt64LE(0n, header + 8);
    twice.writeBigUInt64LE(BigInt(twice.length), header + 32);
  }
  expect(refusal(library([bundle({ [gfx1151]: twice })]))).toMatch(/the note segments overlap/);
});

test('refuses metadata that is not what it should be, without filling the memory', () => {
  const nestedClaims = Buffer.concat(
    Array.from({ length: 20 }, () => Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])),
  );
  const deep = Buffer.alloc(100_000, 0x91);
  const kernels = (value: unknown) => encode({ 'amdhsa.kernels': value });
  for (const [metadata, message] of [
    [nestedClaims, /ends in the middle/],
    [deep, /nested too deep/],
    [Buffer.from([0xc1]), /MessagePack never uses/],
    [encode(['gfx1151']), /not made of maps/],
    [kernels(7), /not a list/],
    [kernels([{ '.name': 'k' }]), /no \.wavefront_size/],
    [kernels([{ '.wavefront_size': '32' }]), /no \.wavefront_size/],
  ] as const) {
    expect(refusal(library([bundle({ [gfx1151]: codeObject({ metadata }) })]))).toMatch(message);
  }
});

test('a library cut off anywhere is refused', () => {
  const bytes = library([plain]);
  for (let size = 0; size < bytes.length; size += 7)
    expect(refusal(bytes.subarray(0, size))).not.toBe('read');
});

test('a byte changed anywhere gives a result or a refusal, never anything else', () => {
  const packed = zstdCompressSync(plain);
  for (const bytes of [library([plain]), library([compressed(2, 1, packed, plain.length)])]) {
    for (let at = 0; at < bytes.length; at++) {
      // Most of the file is padding.
      if (bytes[at] === 0 && at % 64 !== 0) continue;
      for (const value of [0, 0x7f, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        refusal(changed);
      }
    }
  }
});
