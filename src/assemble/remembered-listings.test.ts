import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { layerOf } from './fixtures.ts';
import { recallListing, rememberListing } from './remembered-listings.ts';

function emptyCache(): string {
  const cache = mkdtempSync(join(tmpdir(), 'halobox-listings-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  return cache;
}

const large = { content: Buffer.alloc(17 * 2 ** 20), mode: 0o4755 };

test('what is in a layer is known again, with hard links, removals and lists of owners, but not where its tar lay', async () => {
  const cache = emptyCache();
  const layer = await layerOf({
    'usr/bin/perl': large,
    'usr/bin/perl5': { type: 'link', linkname: 'usr/bin/perl' },
    'bin/sh': { type: 'symlink', linkname: 'bash' },
    'etc/.wh.gone': '',
    'opt/.wh..wh..opq': '',
    'var/lib/dpkg/info/perl.list': '/usr/bin/perl\n',
  });
  rememberListing(cache, layer);
  const known = recallListing(cache, layer.diffId)!;
  const tar = { diffId: layer.diffId, file: undefined };
  const unread = (files: typeof layer.files) =>
    [...files].map(([path, inode]) => [path, { ...inode, content: { ...inode.content, tar } }]);
  expect(unread(known.files)).toEqual(unread(layer.files));
  expect(known.files.get('usr/bin/perl5')).toBe(known.files.get('usr/bin/perl'));
  expect(known.files.get('bin/sh')?.content.tar).toBe(known.tar);
  expect(known.files.get('var/lib/dpkg/info/perl.list')?.text).toBe('/usr/bin/perl\n');
  expect([known.tar, known.diffId, known.removed, known.emptied]).toEqual([
    tar,
    layer.diffId,
    layer.removed,
    layer.emptied,
  ]);
});

test('of a small layer, a damaged listing and an unknown layer nothing is known', async () => {
  const cache = emptyCache();
  const small = await layerOf({ file: 'small' });
  rememberListing(cache, small);
  expect(recallListing(cache, small.diffId)).toBeUndefined();
  const layer = await layerOf({ file: large });
  rememberListing(cache, layer);
  expect(recallListing(cache, layer.diffId)).toBeDefined();
  const [name] = readdirSync(join(cache, 'listings'));
  const file = join(cache, 'listings', name!);
  const bytes = readFileSync(file);
  for (const damaged of [bytes.subarray(0, -1), Buffer.from(bytes).fill(0, 200, 201), Buffer.alloc(0)]) {
    writeFileSync(file, damaged);
    expect(recallListing(cache, layer.diffId)).toBeUndefined();
  }
});
