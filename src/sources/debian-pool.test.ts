import { expect, test } from 'vitest';
import { debianMirrors, poolPath } from './debian-pool.ts';

test('finds the folder of a package in the pool', () => {
  expect(poolPath({ package: 'rccl', file: 'rccl_5.4.3.orig.tar.gz' })).toBe(
    'pool/main/r/rccl/rccl_5.4.3.orig.tar.gz',
  );
  expect(poolPath({ package: 'libfabric', file: 'x.tar.gz' })).toBe('pool/main/libf/libfabric/x.tar.gz');
});

test('a mirror that is set is the only one', async () => {
  expect(await debianMirrors({ HALOBOX_DEBIAN_MIRROR: 'http://127.0.0.1:1/debian' })).toEqual([
    'http://127.0.0.1:1/debian/',
  ]);
});
