import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { type S3ListingSource, s3ListingSchema } from '../../model/source.ts';
import { serve, whys } from '../listing/fixtures.ts';
import { type FixtureObject, nightlies, s3Answer } from './fixtures.ts';
import { listS3 } from './list.ts';

const file = 'therock-dist-linux-gfx1151-{version}.tar.gz';
const query = (url: string, more: Partial<Record<keyof S3ListingSource, unknown>> = {}) =>
  s3ListingSchema.parse({ kind: 's3-listing', url, file, prereleases: true, stamp: 'version', ...more });

async function list(
  objects: readonly FixtureObject[],
  more: Partial<Record<keyof S3ListingSource, unknown>> = {},
) {
  const { base, http, requests } = await serve((url) => ({
    body: s3Answer(objects, url),
    headers: { 'content-type': 'application/xml' },
  }));
  return { ...(await listS3(query(base, more), http)), base, requests };
}

/** The failure that one fixed answer leads to. */
async function failure(body: string): Promise<UpstreamError> {
  const { base, http } = await serve(() => ({ body }));
  const error = await listS3(query(base), http).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  expect(error.exitCode).toBe(3);
  expect(error.facts.where).toContain(`${base}?list-type=2&prefix=`);
  expect(error.message.length).toBeLessThan(200);
  return error;
}

test('2,500 keys of a target come in three requests, newest first by version and not by text', async () => {
  const objects = [...nightlies('gfx1151', 2500), ...nightlies('gfx110X-all', 50)];
  const { candidates, passedOver, requests, base } = await list(objects);
  expect(requests).toHaveLength(3);
  expect(requests[2]?.url).toContain('continuation-token=1%2Ftok%26en%3D2000%2B%3D');
  expect(candidates).toHaveLength(2500);
  expect(passedOver).toEqual([]);
  expect(candidates[0]).toEqual({
    version: '7.15.0a20260630',
    name: 'therock-dist-linux-gfx1151-7.15.0a20260630.tar.gz',
    url: `${base}therock-dist-linux-gfx1151-7.15.0a20260630.tar.gz`,
    date: '2026-06-30T09:15:00Z',
    size: 2_000_000_000,
    stamp: '7.15.0a20260630',
  });
  // As texts 7.9.0 comes after 7.10.0.
  expect(candidates.findIndex(({ version }) => version.startsWith('7.9.'))).toBe(200);
});

test('ranges and pre-releases', async () => {
  const objects = [...nightlies('gfx1151', 300), { key: 'therock-dist-linux-gfx1151-7.14.0.tar.gz' }];
  const versions = async (more: Partial<Record<keyof S3ListingSource, unknown>>) =>
    (await list(objects, more)).candidates.map(({ version }) => version);
  expect(await versions({ prereleases: false })).toEqual(['7.14.0']);
  expect(await versions({ versions: '~=7.14' })).toHaveLength(31);
  expect(await versions({ versions: '>=7.15.0a20260628,<7.15.0a20260630' })).toEqual([
    '7.15.0a20260629',
    '7.15.0a20260628',
  ]);
});

test('keys are decoded as S3 encodes them, and encoded again for the address', async () => {
  const { candidates, base, requests } = await list([{ key: 'a/torch+x-2.11.0+rocm7.14.0.tar.gz' }], {
    file: 'a/torch+x-{version}.tar.gz',
  });
  expect(requests[0]?.url).toContain('prefix=a%2Ftorch%2Bx-&');
  expect(candidates[0]).toMatchObject({
    version: '2.11.0+rocm7.14.0',
    name: 'torch+x-2.11.0+rocm7.14.0.tar.gz',
    url: `${base}a/torch%2Bx-2.11.0%2Brocm7.14.0.tar.gz`,
  });
});

test('names that could hurt are no candidates', async () => {
  const versions = [
    '$(id)',
    '7.14.0;id',
    '7.14.0\nid',
    '../7.14.0',
    '7.14.0/../x',
    '1'.repeat(900),
    '7.14.0 ',
    '7.14.0 x',
    "7'",
    '&lt;',
  ];
  const { candidates, passedOver } = await list(
    versions.map((version) => ({ key: `therock-dist-linux-gfx1151-${version}.tar.gz` })),
  );
  expect(candidates).toEqual([]);
  expect(passedOver.map(({ why }) => why)).toHaveLength(versions.length);
  expect(passedOver.every(({ why }) => / is no pep440 version$/.test(why))).toBe(true);
  expect(passedOver.every(({ name, why }) => /^\P{Cc}*$/u.test(name + why))).toBe(true);
});

test('facts that are none count as untold; a key that cannot be decoded is passed over; a key counts once', async () => {
  const page = (...contents: string[]) =>
    `<ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>${contents.map((one) => `<Contents>${one}</Contents>`).join('')}</ListBucketResult>`;
  const key = (version: string) => `<Key>therock-dist-linux-gfx1151-${version}.tar.gz</Key>`;
  const { base, http } = await serve(() => ({
    body: page(
      `${key('7.1')}<Size>12e3</Size><LastModified>yesterday</LastModified>`,
      key('7.1'),
      key('%zz'),
      `${key('7.2')}<Size>0012</Size>`,
    ),
  }));
  const { candidates, passedOver } = await listS3(query(base), http);
  expect(candidates.map(({ version, size, date }) => [version, size, date])).toEqual([
    ['7.2', 12, undefined],
    ['7.1', undefined, undefined],
  ]);
  expect(whys(passedOver)).toEqual({
    'therock-dist-linux-gfx1151-%zz.tar.gz': 'its key is wrongly percent-encoded',
  });
});

test('the namespace may have a prefix, and a text may be CDATA', async () => {
  const body = `<?xml version="1.0"?><s3:ListBucketResult xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/">
    <s3:IsTruncated>false</s3:IsTruncated>
    <s3:Contents><s3:Key><![CDATA[therock-dist-linux-gfx1151-7.14.0.tar.gz]]></s3:Key></s3:Contents>
    </s3:ListBucketResult>`;
  const { base, http } = await serve(() => ({ body }));
  expect((await listS3(query(base), http)).candidates).toMatchObject([{ version: '7.14.0' }]);
});

test('a bucket without a matching key has no candidates, and one page', async () => {
  const { candidates, requests } = await list([]);
  expect(candidates).toEqual([]);
  expect(requests).toHaveLength(1);
});

const truncated = (token: string) =>
  `<ListBucketResult><IsTruncated>true</IsTruncated>${token}<Contents><Key>x</Key></Contents></ListBucketResult>`;

test.each([
  ['', /malformed XML|no page of a bucket/],
  ['<html><title>Sign in</title></html>', /no page of a bucket: ListBucketResult/],
  ['<!DOCTYPE html><title>Sign in', /page for people/],
  ['<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult>&a;</ListBucketResult>', /document type/],
  ['{"files": []}', /malformed XML/],
  ['<ListBucketResult><IsTruncated>false</IsTruncated>', /malformed XML/],
  ['<ListBucketResult><IsTruncated>false</Contents></ListBucketResult>', /malformed XML/],
  ['<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>', /IsTruncated/],
  ['<ListBucketResult></ListBucketResult>', /no page of a bucket/],
  [
    '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents></ListBucketResult>',
    /Contents\.0\.Key/,
  ],
  [
    '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key><a/></Key></Contents></ListBucketResult>',
    /Contents\.0\.Key/,
  ],
  [
    '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    /answers AccessDenied: Access Denied/,
  ],
  [truncated(''), /no token/],
  [truncated('<NextContinuationToken></NextContinuationToken>'), /no token/],
  [truncated('<NextContinuationToken>again</NextContinuationToken>'), /same continuation token twice/],
])('%j is an error with its place', async (body, said) => {
  expect((await failure(body)).message).toMatch(said);
});

test('pages that never end are left after a thousand', async () => {
  let page = 0;
  const { base, http, requests } = await serve(() => {
    page += 1;
    return { body: truncated(`<NextContinuationToken>${page}</NextContinuationToken>`) };
  });
  await expect(listS3(query(base), http)).rejects.toThrow('more than 1000 pages');
  expect(requests).toHaveLength(1000);
}, 30_000);
