import { expect, test } from 'vitest';
import { bytesText } from '../../../model/bytes.ts';
import { diffText, sizeText } from './text.ts';

test('a difference as people read it', () => {
  expect(
    diffText({
      labels: [
        {
          name: 'io.halobox.sources',
          from: JSON.stringify({
            rocm: { version: '7.14.0', sha256: 'a'.repeat(64) },
            vllm: { version: '0.11.0' },
          }),
          to: JSON.stringify({
            rocm: { version: '7.14.0', sha256: 'a'.repeat(64) },
            vllm: { version: '0.12.0' },
            aiter: { version: '1' },
          }),
        },
        { name: 'io.halobox.untested', to: '["no GPU"]' },
        { name: 'io.halobox.version', from: '0.1.0', to: '0.2.0' },
      ],
      layers: [
        { by: 'RUN old', diffId: 'a', packed: 2000, in: 'old' },
        { by: 'ADD rootfs', diffId: 'b', packed: 45_000_000, in: 'both' },
        { by: `COPY ${'x'.repeat(100)}`, diffId: 'c', packed: 12_345_678, in: 'new' },
      ],
      files: [
        { path: 'a', change: 'added', to: 10 },
        { path: 'b', change: 'changed', from: 1000, to: 3_000_000 },
        { path: 'c', change: 'removed', from: 5 },
      ],
      pull: 12_345_678,
    }),
  ).toBe(`labels
  io.halobox.sources aiter.version  none    →  1
  io.halobox.sources vllm.version   0.11.0  →  0.12.0
  io.halobox.untested 0             none    →  no GPU
  io.halobox.version                0.1.0   →  0.2.0
layers
  -  2.0 kB   RUN old
  =  45.0 MB  ADD rootfs
  +  12.3 MB  COPY ${'x'.repeat(66)}…
files: 1 added, 1 removed, 1 changed
  ~  /b  1.0 kB → 3.0 MB
  +  /a  10 B
  -  /c  5 B
pull    12.3 MB for who has the old one
`);
  expect(diffText({ labels: [], layers: [], files: [], pull: 0 })).toBe('the same\n');
  const reordered = { name: 'x', from: '{"a":1,"b":2}', to: '{"b":2,"a":1}' };
  expect(diffText({ labels: [reordered], layers: [], files: [], pull: 0 })).toContain(
    'x  {"a":1,"b":2}  →  {"b":2,"a":1}',
  );
});

test('sizes as people read them', () => {
  expect(
    sizeText({
      layers: [{ by: 'ADD rootfs', packed: 1000, unpacked: 4000, files: 2 }],
      folders: [{ path: '/usr/lib', size: 4000, files: 2 }],
      packed: 1000,
      unpacked: 4000,
    }),
  ).toContain('all     1.0 kB over the line, 4.0 kB of files\n');
  expect([999, 1e9, 2.55e6].map(bytesText)).toEqual(['999 B', '1.0 GB', '2.5 MB']);
});
