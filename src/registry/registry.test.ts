import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { refusal } from '../sources/http/fixtures.ts';
import { mediaType } from './descriptor.ts';
import { sha256, TestRegistry } from './fixtures.ts';
import { repositoryOf } from './reference.ts';

let server: TestRegistry;
beforeEach(async () => {
  server = await TestRegistry.start();
});

const config = Buffer.from('{}');
function image(more: object = {}): { bytes: Buffer; mediaType: string } {
  const digest = server.add('team/cache', config);
  const document = {
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    config: { mediaType: mediaType.config, digest, size: config.length },
    layers: [],
    ...more,
  };
  // Other spaces than ours: bytes are kept as they are.
  return { bytes: Buffer.from(JSON.stringify(document, null, 3)), mediaType: mediaType.manifest };
}

test('a manifest: put, found by tag and by digest, deleted with its tags', async () => {
  const registry = server.open();
  const put = image();
  const digest = await registry.putManifest(put, 'v1');
  expect(digest).toBe(sha256(put.bytes));
  for (const reference of ['v1', digest]) {
    expect(await registry.getManifest(reference)).toEqual({ ...put, digest });
    expect(await registry.headManifest(reference)).toBe(digest);
  }
  expect(await registry.deleteManifest(digest)).toBe(true);
  expect(await registry.deleteManifest(digest)).toBe(false);
  expect(await registry.getManifest('v1')).toBeUndefined();
  expect(await registry.headManifest('v1')).toBeUndefined();
});

test('a manifest whose bytes are others than it or the registry says', async () => {
  const registry = server.open();
  const digest = await registry.putManifest(image(), 'v1');
  const other = Buffer.from('{"schemaVersion":2}');
  for (const said of [digest, sha256(other)]) {
    server.fault = (_, response) =>
      Boolean(response.writeHead(200, { 'docker-content-digest': said }).end(other));
    if (said === digest) expect(await refusal(registry.getManifest('v1'))).toMatch(/its bytes are sha256/);
    expect(await refusal(registry.getManifest(digest))).toMatch(/its bytes are sha256/);
  }
  server.fault = (request, response) => {
    request.resume().on('end', () => response.writeHead(201, { 'docker-content-digest': digest }).end());
    return true;
  };
  expect(await refusal(registry.putManifest({ bytes: other, mediaType: 'x' }, 'v1'))).toMatch(
    /took the bytes/,
  );
});

test('a manifest whose blobs are missing is refused in the words of the registry', async () => {
  const put = image();
  server.repositories.clear();
  expect(await refusal(server.open().putManifest(put, 'v1'))).toMatch(
    /status 400 Bad Request \| MANIFEST_BLOB_UNKNOWN: blob unknown/,
  );
});

test('a blob in memory and as a file; other bytes, missing, without an end', async () => {
  const registry = server.open();
  const bytes = Buffer.from('some bytes');
  const digest = server.add('team/cache', bytes);
  const blob = { mediaType: mediaType.layer, digest, size: bytes.length };
  expect(await registry.getBlob(digest)).toEqual(bytes);
  expect(readFileSync(await registry.bringBlob(blob))).toEqual(bytes);

  server.blobs.set(digest, Buffer.from('some bytez'));
  expect(await refusal(registry.getBlob(digest))).toMatch(/its bytes are sha256/);
  expect(await refusal(server.open().bringBlob(blob))).toMatch(/sha256 .* instead of/);
  server.blobs.set(digest, Buffer.from('some bytes and more'));
  expect(await refusal(server.open().bringBlob(blob))).toMatch(/19 bytes instead of 10/);
  server.blobs.set(digest, Buffer.alloc(5 * 2 ** 20));
  expect(await refusal(registry.getBlob(digest))).toMatch(/longer than 4 MiB/);
  server.repositories.clear();
  expect(await refusal(registry.getBlob(digest))).toMatch(/status 404 .*BLOB_UNKNOWN/);
  expect(await refusal(server.open().bringBlob(blob))).toMatch(/status 404 .*BLOB_UNKNOWN/);
});

test('a blob that was cut goes on where it was', async () => {
  const bytes = Buffer.alloc(3 * 2 ** 20, 'layer');
  const digest = server.add('team/cache', bytes);
  const ranges: unknown[] = [];
  server.fault = (request, response) => {
    ranges.push(request.headers.range);
    if (ranges.length > 1) return false;
    response.writeHead(200, { etag: `"${digest}"`, 'content-length': bytes.length });
    response.write(bytes.subarray(0, 2 ** 20), () => response.socket!.end());
    return true;
  };
  const file = await server.open().bringBlob({ mediaType: '', digest, size: bytes.length });
  expect(readFileSync(file).equals(bytes)).toBe(true);
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9][0-9]*-$/)]);
});

test('tags over many pages, without those of referrers; pages without an end; tags that are none', async () => {
  const registry = server.open();
  for (const tag of ['a', 'b', 'c', 'd', 'e', `sha256-${'0'.repeat(64)}`])
    await registry.putManifest(image(), tag);
  expect(await registry.tags()).toEqual(['a', 'b', 'c', 'd', 'e']);
  server.fault = (_, response) =>
    Boolean(
      response.writeHead(200, { link: '</v2/team/cache/tags/list?n=1000>; rel=next' }).end('{"tags":["a"]}'),
    );
  expect(await refusal(registry.tags())).toMatch(/no end/);
  server.fault = (_, response) =>
    Boolean(response.writeHead(200, { link: '<http://127.0.0.1:1/>; rel="next"' }).end('{"tags":["a"]}'));
  expect(await refusal(registry.tags())).toMatch(/elsewhere/);
  server.fault = (_, response) => Boolean(response.end('{"tags":["a b"]}'));
  expect(await refusal(registry.tags())).toMatch(/tag that is none/);
  server.fault = (_, response) => Boolean(response.end('<html>'));
  expect(await refusal(registry.tags())).toMatch(/no list of tags/);
  server.fault = (_, response) => Boolean(response.writeHead(404).end());
  expect(await registry.tags()).toEqual([]);
});

test.each([true, false])('referrers, with the API of the registry: %s', async (api) => {
  server.referrersApi = api;
  const registry = server.open();
  const subject = await registry.putManifest(image(), 'v1');
  const descriptor = { mediaType: mediaType.manifest, digest: subject, size: 1 };
  const referrer = (artifactType: string) => image({ subject: descriptor, artifactType });
  expect(await registry.referrers(subject)).toEqual([]);
  const one = referrer('application/vnd.one');
  const two = referrer('application/vnd.two');
  const digests = [];
  for (const manifest of [one, two, two]) {
    digests.push(await registry.putManifest(manifest, sha256(manifest.bytes)));
  }
  expect((await registry.referrers(subject)).map(({ digest }) => digest)).toEqual(digests.slice(0, 2));
  expect(await registry.referrers(subject, 'application/vnd.two')).toMatchObject([{ digest: digests[1] }]);
  expect(await registry.tags()).toEqual(['v1']);
  expect(server.manifests.has(`team/cache:${subject.replace(':', '-')}`)).toBe(!api);
});

test('repositories as people write them', () => {
  const of = (text: string) => repositoryOf(text, '--cache-from');
  expect(of('ghcr.io/team/cache')).toEqual({
    registry: 'ghcr.io',
    api: 'https://ghcr.io',
    name: 'team/cache',
  });
  expect(of('docker.io/team/cache').api).toBe('https://registry-1.docker.io');
  expect(of('localhost:5000/a').api).toBe('http://localhost:5000');
  expect(of('[::1]:5000/a__b/c-d').api).toBe('http://[::1]:5000');
  for (const text of [
    'cache',
    'team/cache',
    'ghcr.io/x:tag',
    'ghcr.io/X',
    'https://ghcr.io/x',
    'ghcr.io/a/../b',
    'u:p@ghcr.io/x',
    '',
  ])
    expect(() => of(text), text).toThrow(/no repository/);
});
