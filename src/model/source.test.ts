import { expect, test } from 'vitest';
import { githubReleaseSchema, htmlListingSchema, pythonIndexSchema, s3ListingSchema } from './source.ts';

const index = {
  kind: 'python-index',
  index: 'https://rocm.nightlies.amd.com/whl-multi-arch/',
  project: 'torch',
  python: '3.12',
};
const bucket = {
  kind: 's3-listing',
  url: 'https://therock-nightly-tarball.s3.amazonaws.com/',
  file: 'therock-dist-linux-gfx1151-{version}.tar.gz',
};
const page = { kind: 'html-listing', url: 'https://repo.amd.com/rocm/tarball/', file: 'x-{version}.tar.gz' };
const release = { kind: 'github-release', repository: 'ROCm/TheRock', file: 'x-{version}.tar.gz' };

test('what may be left out', () => {
  expect(pythonIndexSchema.parse(index)).toEqual({
    ...index,
    versions: '',
    prereleases: false,
    stamp: 'none',
  });
  const defaults = { grammar: 'pep440', versions: '', prereleases: false, stamp: 'none' };
  expect(s3ListingSchema.parse(bucket)).toEqual({ ...bucket, ...defaults });
  expect(htmlListingSchema.parse(page)).toEqual({ ...page, ...defaults });
  expect(githubReleaseSchema.parse(release)).toEqual({ ...release, ...defaults, tag: 'v{version}' });
});

test.each([
  ['>=2.11,<2.13', 'pep440'],
  ['>=0.9 <1', 'semver'],
  ['>=2026-06-01', 'date'],
])('%s is a range of %s', (versions, grammar) => {
  for (const name of ['pep440', 'semver', 'date']) {
    const { success, error } = s3ListingSchema.safeParse({ ...bucket, versions, grammar: name });
    expect(success, name).toBe(name === grammar);
    if (!success)
      expect(error.issues[0]).toMatchObject({
        path: ['versions'],
        message: `is no range of ${name} versions`,
      });
  }
});

test.each([
  [pythonIndexSchema, { ...index, python: 3.12 }],
  [pythonIndexSchema, { ...index, python: '2.7' }],
  [pythonIndexSchema, { ...index, project: '../torch' }],
  [pythonIndexSchema, { ...index, index: 'ftp://a.example/' }],
  [pythonIndexSchema, { ...index, index: 'https://me:secret@a.example/' }],
  [pythonIndexSchema, { ...index, index: 'https://a.example/?x' }],
  [pythonIndexSchema, { ...index, versions: '^2.11' }],
  [pythonIndexSchema, { ...index, grammar: 'pep440' }],
  [pythonIndexSchema, { ...index, platforms: [] }],
  [s3ListingSchema, { ...bucket, file: 'therock.tar.gz' }],
  [s3ListingSchema, { ...bucket, file: '{version}-{version}.tar.gz' }],
  [s3ListingSchema, { ...bucket, file: 'a/../{version}.tar.gz' }],
  [s3ListingSchema, { ...bucket, file: '/{version}.tar.gz' }],
  [s3ListingSchema, { ...bucket, stamp: 'name' }],
  [htmlListingSchema, { ...page, file: 'a/{version}.tar.gz' }],
  [htmlListingSchema, { ...page, file: '$(id)-{version}.tar.gz' }],
  [htmlListingSchema, { ...page, url: 'javascript:alert(1)' }],
  [githubReleaseSchema, { ...release, repository: 'owner' }],
  [githubReleaseSchema, { ...release, repository: 'owner/..' }],
  [githubReleaseSchema, { ...release, tag: 'v1' }],
] as const)('%# is refused', (schema, source) => {
  expect(schema.safeParse(source).success).toBe(false);
});
