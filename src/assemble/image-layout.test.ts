import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { paddingOf } from '../context/header.ts';
import { sha256 } from '../registry/fixtures.ts';
import { fileHeader } from './archive-entries.ts';
import { imageLayout } from './image-layout.ts';

test('every document is found by its digest, a part that was sent by one more name, and one that was not is named', async () => {
  const tar = Buffer.from('a part');
  const parts = [
    { diffId: sha256(tar), size: tar.length, file: '0.tar' },
    { diffId: `sha256:${'a'.repeat(64)}`, size: 7, file: undefined },
  ];
  const config = Buffer.from('{}');
  const sent = [fileHeader('0.tar', tar.length), tar, paddingOf(tar.length)];
  const archive = Readable.from([...sent, ...imageLayout(config, parts), Buffer.alloc(1024)]);
  const found = new Map<string, Buffer>();
  for await (const entry of archive.pipe(extract())) {
    const { name, type, linkname } = entry.header;
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    found.set(name, type === 'link' ? found.get(linkname!)! : Buffer.concat(chunks));
  }
  const blob = (digest: string) => found.get(`blobs/${digest.replace(':', '/')}`);
  for (const [path, content] of found)
    if (path.startsWith('blobs/')) expect(path).toBe(`blobs/${sha256(content).replace(':', '/')}`);
  const [described] = JSON.parse(found.get('index.json')!.toString()).manifests;
  const manifest = JSON.parse(blob(described.digest)!.toString());
  expect(blob(manifest.config.digest)).toEqual(config);
  expect(manifest.layers).toMatchObject(parts.map(({ diffId, size }) => ({ digest: diffId, size })));
  expect(manifest.layers.map(({ digest }: { digest: string }) => blob(digest))).toEqual([tar, undefined]);
  // With OCI's type Podman would not read the health check of the config.
  expect([described.mediaType, manifest.mediaType]).toEqual(
    Array(2).fill('application/vnd.docker.distribution.manifest.v2+json'),
  );
  expect(JSON.parse(found.get('oci-layout')!.toString())).toEqual({ imageLayoutVersion: '1.0.0' });
});
