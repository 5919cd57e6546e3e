import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CatalogImage, imageNamed, readCatalog } from '../../catalog/catalog.ts';
import type { Candidate, Listing } from '../../model/candidate.ts';
import type { Pin } from '../../model/lock.ts';
import type { Places } from '../../sources/places.ts';

const sources = `
  torch: { kind: python-index, index: 'https://repo.amd.com/rocm/whl-multi-arch/', project: torch, python: '3.12', stamp: local, prereleases: true }
  sdk: { kind: s3-listing, url: 'https://therock-nightly-tarball.s3.amazonaws.com/', file: 'therock-{version}.tar.gz', stamp: version, prereleases: true }
  vllm: { kind: git, url: 'https://github.com/vllm-project/vllm', branch: main }
  debian: { kind: debian, suite: trixie, packages: [strace] }
`;
const coherence = '{ sets: { rocm: { members: [sdk, torch] } } }';

/** An image on the disk as people write it, and read back. */
export function smallImage(
  parts: { sources?: string; coherence?: string; knownBad?: string; more?: string } = {},
): CatalogImage {
  const root = mkdtempSync(join(tmpdir(), 'halobox-lock-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return imageAt(root, parts);
}

/** The same in a folder that is there, written over what it held. */
export function imageAt(
  root: string,
  {
    sources: given = sources,
    coherence: rules = coherence,
    knownBad,
    more = '',
  }: Parameters<typeof smallImage>[0] = {},
): CatalogImage {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('templates/plain.hbs', 'FROM scratch\n');
  if (knownBad !== undefined) write('images/demo/known-bad.yaml', knownBad);
  write(
    'images/demo/image.yaml',
    `image: demo
title: Demo
description: A demo
version: 1.0.0
licenses: MIT
source: https://example.com/demo
target: gfx1151
base: { suite: trixie, debootstrap: {}, oci: 'docker.io/library/debian:trixie-slim' }
sources: ${given}
coherence: ${rules}
layers:
  base: { kind: plain, purpose: b, with: { packages: [zip, bc] } }
final: base
tags: ['{version}']
contract: {}
${more}`,
  );
  return imageNamed(readCatalog(root), 'demo');
}

const digestOf = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);

/** A wheel of torch as AMD's index tells it, with its digest. */
export function wheel(version: string, stamp: string): Candidate {
  const name = `torch-${version}+rocm${stamp}-cp312-cp312-linux_x86_64.whl`;
  return {
    version: `${version}+rocm${stamp}`,
    name,
    url: `https://repo.amd.com/rocm/whl-multi-arch/torch/${name}`,
    sha256: digestOf(name),
    size: 1000,
    date: '2026-06-30T10:00:00Z',
    stamp,
  };
}

/** A tarball as a bucket tells it: without a digest. */
export function tarball(version: string): Candidate {
  const name = `therock-${version}.tar.gz`;
  const url = `https://therock-nightly-tarball.s3.amazonaws.com/${name}`;
  return { version, name, url, size: 2000, date: '2026-06-30T10:00:00Z', stamp: version };
}

export const debianPin = (version: string): Pin => ({
  kind: 'debian',
  version: '13.2',
  date: '2026-11-15T10:00:00Z',
  packages: Object.fromEntries(
    ['bc', 'strace', 'zip'].map((name) => [
      name,
      {
        version,
        path: `pool/main/${name[0]}/${name}/${name}.deb`,
        size: 1,
        sha256: digestOf(name + version),
      },
    ]),
  ),
});

export const branchPin = (revision: string): Pin => ({
  kind: 'git',
  version: 'main',
  url: 'https://github.com/vllm-project/vllm',
  revision: revision.repeat(40),
});

interface Offers {
  torch: readonly Candidate[];
  sdk: readonly Candidate[];
  vllm: Pin;
  debian: Pin;
  passedOver?: Listing['passedOver'];
}

/** Upstream as the choice sees it, without a network; it counts what it is asked. */
export function placesOf(offers: Offers): Places & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async list(source) {
      asked.push(`list ${source.kind}`);
      const { passedOver = [] } = offers;
      if (source.kind === 'python-index') return { candidates: offers.torch, passedOver };
      return { candidates: offers.sdk, passedOver: [] };
    },
    async pin(source, { version, name, url, sha256 = digestOf(name), size = 0, stamp, date }, progress) {
      asked.push(`pin ${name}`);
      progress(size, size);
      return {
        kind: source.kind as 's3-listing',
        version,
        ...(date && { date }),
        ...(stamp && { stamp }),
        file: { name, url, size, sha256 },
      };
    },
    async current(source) {
      asked.push(`current ${source.kind}`);
      return source.kind === 'git' ? offers.vllm : offers.debian;
    },
    async base(reference) {
      asked.push(`base ${reference}`);
      const [name = '', tag = ''] = reference.split(/:(?=[^/]*$)/);
      return { kind: 'oci', version: tag, reference: name, digest: `sha256:${digestOf(reference)}` };
    },
  };
}

export const offers: Offers = {
  torch: [wheel('2.12.0', '7.15.0a20260703'), wheel('2.11.0', '7.14.0')],
  sdk: [tarball('7.14.0')],
  vllm: branchPin('a'),
  debian: debianPin('1.0-1'),
};
