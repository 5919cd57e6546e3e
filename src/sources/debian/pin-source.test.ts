import { expect, test } from 'vitest';
import { debianSourcePinSchema } from '../../model/lock.ts';
import { debianSourceSchema } from '../../model/source.ts';
import { type Entry, openFixture, sha256, source } from './fixtures.ts';
import { pinDebianSource } from './pin-source.ts';

const query = (name: string) =>
  debianSourceSchema.parse({ kind: 'debian-source', package: name, suite: 'trixie' });

const rccl = (version: string, more: Entry = {}) => {
  const upstream = version.replace(/-[^-]*$/, '');
  const files = [
    `rccl_${version}.dsc`,
    `rccl_${upstream}.orig-tests.tar.gz`,
    `rccl_${upstream}.orig.tar.gz.asc`,
    `rccl_${upstream}.orig.tar.gz`,
    `rccl_${version}.debian.tar.xz`,
  ];
  return source('rccl', version, files, more);
};

test('the orig tarball of the highest version is pinned', async () => {
  const archive = await openFixture(
    { name: 'trixie', sources: [source('other', '1', []), rccl('5.4.3-3'), rccl('5.4.3-10')] },
    { name: 'trixie-updates', sources: [rccl('5.4.3-9'), rccl('9-1', { 'Extra-Source-Only': 'yes' })] },
  );
  const pin = await pinDebianSource(query('rccl'), archive);
  expect(debianSourcePinSchema.parse(pin)).toEqual(pin);
  expect(pin).toEqual({
    kind: 'debian-source',
    version: '5.4.3',
    debian: '5.4.3-10',
    date: '2026-09-12T07:55:41Z',
    file: {
      path: 'pool/main/r/rccl/rccl_5.4.3.orig.tar.gz',
      size: 2645,
      sha256: sha256('rccl_5.4.3.orig.tar.gz'),
    },
  });
});

test('epochs are no part of names, and a package of Debian itself has one tarball', async () => {
  const archive = await openFixture({
    name: 'trixie',
    sources: [
      source('epoch', '2:1.0-1', ['epoch_1.0.orig.tar.xz', 'epoch_1.0-1.debian.tar.xz']),
      source('native', '1:3.1', ['native_3.1.dsc', 'native_3.1.tar.xz']),
    ],
  });
  const epoch = await pinDebianSource(query('epoch'), archive);
  expect([epoch.version, epoch.debian, epoch.file.path]).toEqual([
    '1.0',
    '2:1.0-1',
    'pool/main/e/epoch/epoch_1.0.orig.tar.xz',
  ]);
  const native = await pinDebianSource(query('native'), archive);
  expect([native.version, native.file.path]).toEqual(['3.1', 'pool/main/n/native/native_3.1.tar.xz']);
});

test.each([
  ['no such package', 'other', {}, /^Debian trixie has no source package other$/],
  [
    'bzip2',
    'rccl',
    { 'Checksums-Sha256': `\n ${'a'.repeat(64)} 1 rccl_1.orig.tar.bz2` },
    /no tarball by gzip or xz/,
  ],
  ['no files', 'rccl', { 'Checksums-Sha256': undefined }, /no tarball by gzip or xz/],
  ['no digest', 'rccl', { 'Checksums-Sha256': '\n x 1 rccl_1.orig.tar.gz' }, /not valid: sha256: /],
  ['no folder', 'rccl', { Directory: undefined }, /not valid: path: /],
  ['a folder above', 'rccl', { Directory: 'pool/main/../..' }, /not valid: path: /],
  ['a version for the shell', 'rccl', { Version: '1$(id)-1' }, /not valid: version: /],
])('%s: an error of upstream', async (_, name, more, said) => {
  const archive = await openFixture({ name: 'trixie', sources: [rccl('1-1', more)] });
  await expect(pinDebianSource(query(name), archive)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(said),
  });
});
