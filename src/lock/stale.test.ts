import { dirname } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { CatalogImage } from '../catalog/catalog.ts';
import type { Lock } from '../model/lock.ts';
import { writeLock } from './lock-file.ts';
import { lockForBuild } from './lock-for-build.ts';
import { staleness } from './stale.ts';
import { resolved } from './testing/resolved.ts';
import { imageAt, offers, placesOf, smallImage } from './testing/small-catalog.ts';

describe('a stale lock', () => {
  const whys = (image: CatalogImage, lock: Lock) => staleness(image.definition, image.knownBad, lock);

  it('names the source and what differs in what is asked', async () => {
    const image = smallImage();
    const { lock } = await resolved(image);
    const root = dirname(dirname(image.folder));
    const changed = imageAt(root, {
      sources: `
  torch: { kind: python-index, index: 'https://repo.amd.com/rocm/whl-multi-arch/', project: torch, python: '3.13', stamp: local, prereleases: true }
  sdk: { kind: s3-listing, url: 'https://therock-nightly-tarball.s3.amazonaws.com/', file: 'therock-{version}.tar.gz', stamp: version, prereleases: true }
  debian: { kind: debian, suite: trixie, packages: [gdb] }
  rccl: { kind: debian-source, package: rccl, suite: trixie }
`,
    });
    expect(whys(changed, lock)).toEqual([
      { source: 'torch', why: 'source torch was locked for something else: python: "3.12" → "3.13"' },
      { source: 'debian', why: 'source debian was locked for something else: packages: +gdb -strace' },
      { source: 'rccl', why: 'source rccl is not locked' },
      { why: 'source vllm is locked and no longer asked for' },
    ]);
    writeLock(changed, lock);
    expect(() => lockForBuild(changed, false)).toThrow(/not for this image.yaml/);
  });

  it('tells changed rules, which a build may live with', async () => {
    const image = smallImage();
    const { lock } = await resolved(image);
    writeLock(image, lock);
    const root = dirname(dirname(image.folder));
    const cooler = imageAt(root, { coherence: '{ cooldown: 3, sets: { rocm: { members: [sdk, torch] } } }' });
    expect(whys(cooler, lock)).toEqual([{ why: expect.stringContaining('rules of the choice') }]);
    expect(lockForBuild(cooler, false).notes).toEqual([expect.stringContaining('halobox resolve demo')]);
    expect(() => lockForBuild(cooler, true)).toThrow(/not for this image.yaml/);
    const bad = imageAt(root, { knownBad: '[{ stamp: 7.14.0, reason: hangs }]\n' });
    expect(whys(bad, lock)).toEqual([{ why: expect.stringContaining('rules of the choice') }]);
  });

  it('is not one whose series, layers or title have changed', async () => {
    const image = smallImage();
    const { lock } = await resolved(image);
    const root = dirname(dirname(image.folder));
    expect(whys(imageAt(root, { more: 'untested: [all of it]\n' }), lock)).toEqual([]);
  });

  it('is one without the only base that there is', async () => {
    const image = smallImage();
    const { lock } = await resolved(image);
    const only = { ...image.definition, base: { ...image.definition.base, debootstrap: undefined } };
    expect(staleness(only, [], lock)).toEqual([{ source: 'base', why: 'base.oci is not locked' }]);
  });

  it('is one with another base', async () => {
    const image = smallImage();
    const { lock } = await resolved(image);
    const base = await placesOf(offers).base('docker.io/library/debian:bookworm-slim');
    expect(whys(image, { ...lock, base })).toEqual([{ why: expect.stringContaining('bookworm-slim') }]);
  });
});

test('without a lock there is no build, and the command that makes one is named', () => {
  const image = smallImage();
  expect(() => lockForBuild(image, false)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      facts: expect.objectContaining({ next: 'Make one: halobox resolve demo' }),
    }),
  );
  const bare = smallImage({ sources: '{}', coherence: '{}' });
  expect(lockForBuild(bare, true)).toMatchObject({ notes: [], lock: { sources: {} } });
});
