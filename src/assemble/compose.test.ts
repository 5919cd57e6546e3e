import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compose } from './compose.ts';
import { layerOf } from './fixtures.ts';
import type { Inode } from './inode.ts';

const read = ({ content, size }: Inode): string =>
  readFileSync(content.tar.file!).toString('utf8', content.offset, content.offset + size);

const assembly = {
  parts: 40,
  layers: [
    { layer: 'rccl', level: 0, outputs: ['/usr/lib/librccl.so*', '/opt/tool'] },
    { layer: 'base', level: 1, outputs: [] },
    { layer: 'final', level: 2, outputs: [] },
  ],
};

async function composed(): Promise<ReturnType<typeof compose>> {
  const built = [
    await layerOf({
      'etc/os-release': 'trixie',
      'etc/gone': '',
      'opt/old/x': '',
      'var/log': { type: 'directory' },
      'usr/was': { type: 'directory' },
      'usr/was/inside': '',
      'usr/bin/perl': 'perl',
      'usr/bin/perl5': { type: 'link', linkname: 'usr/bin/perl' },
    }),
    await layerOf({
      'etc/.wh.gone': '',
      'opt/old/.wh..wh..opq': '',
      'opt/old/y': '',
      'usr/was': { type: 'symlink', linkname: 'lib' },
      'usr/lib/librccl.so.1': 'rccl',
      'usr/lib/librccl.so': { type: 'symlink', linkname: 'librccl.so.1' },
      'usr/lib/librcclx': '',
      'opt/tool/bin/t': '',
      'etc/os-release': 'changed',
    }),
  ];
  return compose(built, ['base', 'final'], assembly);
}

test('what is in the image is in one part each, by who declares it or brought it last', async () => {
  const { tree, parts } = await composed();
  expect(parts).toEqual([
    { name: 'rccl', paths: ['opt/tool/bin/t', 'usr/lib/librccl.so', 'usr/lib/librccl.so.1'] },
    { name: 'base', paths: ['usr/bin/perl', 'usr/bin/perl5', 'var/log'] },
    { name: 'final', paths: ['etc/os-release', 'opt/old/y', 'usr/lib/librcclx', 'usr/was'] },
  ]);
  expect(read(tree.get('etc/os-release')!)).toBe('changed');
  expect(['etc/gone', 'opt/old/x', 'usr/was/inside'].filter((path) => tree.has(path))).toEqual([]);
});

test('an output that is not in the image is refused', async () => {
  const layers = [{ layer: 'rccl', level: 0, outputs: ['/usr/lib64/librccl.so*'] }, ...assembly.layers];
  expect(() => compose([], [], { ...assembly, layers })).toThrow(
    'layer rccl declares the output /usr/lib64/librccl.so*, and the image has nothing there',
  );
});

test('a folder that a layer has as it was, and nothing in it, stays with the one that brought it', async () => {
  const folder = { type: 'directory', mode: 0o755 } as const;
  const built = [
    await layerOf({ 'var/cache/a': folder, 'var/cache/b': folder, 'var/cache/c': folder }),
    await layerOf({
      'var/cache/a': { ...folder, mtime: new Date(5000) },
      'var/cache/b': { ...folder, mode: 0o700 },
      'var/cache/.wh.c': '',
    }),
    await layerOf({ 'var/cache/c': folder }),
  ];
  const layers = ['base', 'tools', 'final'].map((layer, level) => ({ layer, level, outputs: [] }));
  expect(compose(built, ['base', 'tools', 'final'], { parts: 40, layers }).parts).toEqual([
    { name: 'base', paths: ['var/cache/a'] },
    { name: 'tools', paths: ['var/cache/b'] },
    { name: 'final', paths: ['var/cache/c'] },
  ]);
});

test('a folder that went and comes again is that of who brings it again, however the engine tells that it went', async () => {
  const folder = { type: 'directory', mode: 0o755 } as const;
  const base = await layerOf({ 'var/x': folder, 'var/x/sub': folder });
  const layers = ['base', 'tools', 'final'].map((layer, level) => ({ layer, level, outputs: [] }));
  // `rm -r /var/x && mkdir /var/x`; without native diffs Docker names what is gone one by one.
  const emptied = [
    await layerOf({ 'var/x': folder, 'var/x/.wh..wh..opq': '' }),
    await layerOf({ 'var/x': folder, 'var/x/.wh.sub': '' }),
  ];
  for (const tools of emptied) {
    const built = [base, tools, await layerOf({ 'var/x': folder, 'var/x/sub': folder })];
    expect(compose(built, ['base', 'tools', 'final'], { parts: 40, layers }).parts).toEqual([
      { name: 'final', paths: ['var/x/sub'] },
    ]);
  }
  for (const gone of ['var/.wh.x', 'var/x']) {
    const built = [
      base,
      await layerOf({ [gone]: '' }),
      await layerOf({ 'var/x': folder, 'var/x/sub': folder }),
    ];
    expect(compose(built, ['base', 'tools', 'final'], { parts: 40, layers }).parts).toEqual([
      { name: 'final', paths: ['var/x/sub'] },
    ]);
  }
});
