export interface FixtureObject {
  key: string;
  modified?: string;
  size?: number;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** As S3 encodes keys when it is asked for `encoding-type=url`. */
const encoded = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');

/**
 * What a bucket answers to ListObjectsV2: keys under the prefix, `pageSize` at a time in the order of their bytes, the
 * token naming where the next page begins.
 */
export function s3Answer(objects: readonly FixtureObject[], url: URL, pageSize = 1000): string {
  const asked = url.searchParams;
  const prefix = asked.get('prefix') ?? '';
  const write = asked.get('encoding-type') === 'url' ? encoded : escaped;
  const under = objects.filter(({ key }) => key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
  const token = asked.get('continuation-token');
  const start = token === null ? 0 : Number(/^1\/tok&en=([0-9]+)\+=$/.exec(token)![1]);
  const page = under.slice(start, start + pageSize);
  const more = start + pageSize < under.length;
  const contents = page.map(
    ({ key, modified = '2026-06-30T09:15:00.000Z', size = 2_500_000_000 }) =>
      `<Contents><Key>${write(key)}</Key><LastModified>${modified}</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328-300&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>therock-nightly-tarball</Name><Prefix>${write(prefix)}</Prefix>`,
    token === null ? '' : `<ContinuationToken>${escaped(token)}</ContinuationToken>`,
    more ? `<NextContinuationToken>1/tok&amp;en=${start + pageSize}+=</NextContinuationToken>` : '',
    `<KeyCount>${page.length}</KeyCount><MaxKeys>${pageSize}</MaxKeys>`,
    asked.has('encoding-type') ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${more}</IsTruncated>`,
    ...contents,
    '</ListBucketResult>',
  ].join('');
}

/** So many nightlies of TheRock for one target, one a day back from the last day of June 2026. */
export function nightlies(target: string, count: number): FixtureObject[] {
  const last = Date.parse('2026-06-30T09:15:00.000Z');
  return Array.from({ length: count }, (_, back) => {
    const modified = new Date(last - back * 86_400_000).toISOString();
    const day = modified.slice(0, 10).replaceAll('-', '');
    const version = `${back < 30 ? '7.15.0' : back < 200 ? '7.10.0' : '7.9.0'}a${day}`;
    return { key: `therock-dist-linux-${target}-${version}.tar.gz`, modified, size: 2_000_000_000 + back };
  });
}
