import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestEngine } from '../registry/engine-fixtures.ts';
import { sha256, TestRegistry } from '../registry/fixtures.ts';
import { diffImages } from './diff-images.ts';
import { layer } from './fixtures.ts';
import type { ImageSource } from './image-source.ts';
import { engineImage, registryImage } from './open-image.ts';
import { sizeOf } from './size-of.ts';

const { signal } = new AbortController();

const base = await layer({
  'etc/os-release': 'trixie',
  'usr/lib/python/torch.so': 'x'.repeat(5000),
  'usr/bin/old': 'old',
});
const tools = await layer({
  'usr/bin/ping': { mode: 0o755, content: 'ping' },
  'usr/bin/link': { link: 'ping' },
});
const changed = await layer({
  'usr/bin/ping': { mode: 0o4755, content: 'ping' },
  'usr/bin/link': { link: 'ping' },
  'usr/bin/.wh.old': '',
  'usr/bin/new': 'new!',
});

async function onEngine(
  layers: Buffer[],
  labels: Record<string, string> = {},
  more: object = {},
): Promise<ImageSource> {
  const engine = new TestEngine();
  engine.add('image', 'k', layers, { config: { Labels: labels }, ...more });
  const folder = mkdtempSync(join(tmpdir(), 'halobox-compare-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return await engineImage(engine.engine, 'image', folder, signal);
}

async function onRegistry(layers: Buffer[], registry: TestRegistry, tag: string): Promise<ImageSource> {
  const name = 'team/image';
  const descriptor = (bytes: Buffer, mediaType: string) => ({
    mediaType,
    digest: registry.add(name, bytes),
    size: bytes.length,
  });
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
      history: layers.map((_, index) => ({ created_by: `step ${index}` })),
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
      layers: layers.map((bytes) =>
        descriptor(gzipSync(bytes), 'application/vnd.oci.image.layer.v1.tar+gzip'),
      ),
    }),
  );
  const type = 'application/vnd.oci.image.manifest.v1+json';
  registry.manifests.set(`${name}:${tag}`, { bytes: manifest, type });
  return await registryImage(registry.open(name), tag, `docker://registry/${name}:${tag}`);
}

describe('what two images differ in', () => {
  test('files by content, mode, link and whiteout; not by time', async () => {
    const old = await onEngine([base, tools], { a: '1', b: '2' });
    const now = await onEngine([base, changed], { a: '1', b: '3', c: '4' });
    const { files, labels, layers } = await diffImages(old, now, signal);
    expect(files).toEqual([
      { path: 'usr/bin/new', change: 'added', to: 4 },
      { path: 'usr/bin/old', change: 'removed' },
      { path: 'usr/bin/ping', change: 'changed', from: 4, to: 4 },
    ]);
    expect(labels).toEqual([
      { name: 'b', from: '2', to: '3' },
      { name: 'c', to: '4' },
    ]);
    expect(layers.map((one) => one.in)).toEqual(['old', 'both', 'new']);
    const touched = await layer({ 'etc/hosts': { mtime: 5000, content: 'x' } });
    const again = await layer({ 'etc/hosts': { mtime: 9000, content: 'x' } });
    expect((await diffImages(await onEngine([touched]), await onEngine([again]), signal)).files).toEqual([]);
  });

  test('the same image differs in nothing', async () => {
    const one = await onEngine([base, tools]);
    expect(await diffImages(one, await onEngine([base, tools]), signal)).toMatchObject({
      files: [],
      labels: [],
      pull: 0,
    });
  });

  test('an opaque folder hides what is below it', async () => {
    const hiding = await layer({ 'usr/bin/.wh..wh..opq': '', 'usr/bin/only': 'x' });
    const old = await onEngine([base, tools]);
    // Looked into from the lowest on, because that is another layer.
    const now = await onEngine([tools, hiding]);
    const { files } = await diffImages(old, now, signal);
    const paths = files.filter(({ change }) => change !== 'removed').map(({ path }) => path);
    expect(paths).toEqual(['usr/bin/only']);
    expect(files.map(({ path }) => path)).toContain('usr/bin/ping');
  });

  test('of a registry: what has to be pulled, and only the layers that differ are brought', async () => {
    const registry = await TestRegistry.start();
    const old = await onRegistry([base, tools], registry, 'v1');
    const now = await onRegistry([base, changed], registry, 'v2');
    const { pull, files, layers } = await diffImages(old, now, signal);
    expect(pull).toBe(gzipSync(changed).length);
    expect(files).toHaveLength(3);
    expect(layers.at(-1)).toMatchObject({ by: 'step 1', in: 'new' });
    expect(registry.asked.filter((line) => line.includes(sha256(gzipSync(base))))).toEqual([]);
  });
});

test('what takes the room: by layer and by folder, as the image shows it', async () => {
  const size = await sizeOf(await onEngine([base, changed]), signal);
  expect(size.layers.map(({ unpacked, files }) => [unpacked, files])).toEqual([
    [5009, 3],
    [8, 3],
  ]);
  expect(size.folders).toEqual([
    { path: '/usr/lib/python', size: 5000, files: 1 },
    { path: '/usr/bin', size: 8, files: 3 },
    { path: '/etc', size: 6, files: 1 },
  ]);
  expect(size.unpacked).toBe(5014);
});

test('an image that is not there is named with what to do', async () => {
  const engine = new TestEngine();
  await expect(engineImage(engine.engine, 'nothing', '/nowhere', signal)).rejects.toMatchObject({
    exitCode: 1,
  });
  const registry = await TestRegistry.start();
  await expect(registryImage(registry.open(), 'v9', 'docker://x/y:v9')).rejects.toMatchObject({
    exitCode: 1,
    facts: { where: expect.stringContaining('/v2/team/cache/manifests/v9') },
  });
});
