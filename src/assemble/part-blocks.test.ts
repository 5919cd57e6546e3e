import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { tarEntries } from '../registry/tar-entries.ts';
import { layerOf, readBack } from './fixtures.ts';
import type { Tree } from './inode.ts';
import { fixedTime, partBlocks, partSize } from './part-blocks.ts';

function tarOf(tree: Tree, paths: readonly string[]): Buffer {
  const tar = Buffer.concat([...partBlocks(tree, paths)]);
  expect(partSize(tree, paths)).toBe(tar.length);
  return tar;
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test('the same files give the same bytes, whatever their order, times and names of owners', async () => {
  const entries = {
    usr: { type: 'directory', mode: 0o755 },
    'usr/bin': { type: 'directory', mode: 0o755 },
    'usr/bin/a': { content: 'a', mode: 0o4755, uid: 0, gid: 7 },
    'usr/bin/b': { content: 'b', mode: 0o644, uid: 1000, gid: 1000 },
    'usr/bin-x': { content: 'x', mode: 0o644 },
  } as const;
  const other = Object.fromEntries(
    Object.entries(entries)
      .toReversed()
      .map(([path, entry]) => [path, { ...entry, mtime: new Date(5_000_000_000_000), uname: 'somebody' }]),
  );
  const paths = ['usr/bin/b', 'usr/bin/a', 'usr/bin-x'];
  const one = tarOf((await layerOf(entries)).files, paths);
  expect(digest(tarOf((await layerOf(other)).files, paths.toReversed()))).toBe(digest(one));
  const back = await readBack(one);
  expect([...back.files].map(([path, { mode, uid, gid }]) => [path, mode.toString(8), uid, gid])).toEqual([
    ['usr', '755', 0, 0],
    ['usr/bin', '755', 0, 0],
    ['usr/bin-x', '644', 0, 0],
    ['usr/bin/a', '4755', 0, 7],
    ['usr/bin/b', '644', 1000, 1000],
  ]);
});

test('links, devices, long names, huge owners and attributes that are no text come through', async () => {
  const capability = Buffer.from('0100000280200000000000000000000000000000', 'hex');
  const long = `opt/${'n'.repeat(120)}/ünicode`;
  const { files } = await layerOf({
    'bin/perl': { content: 'perl', mode: 0o755 },
    'bin/perl5': { type: 'link', linkname: 'bin/perl' },
    'bin/perl5.40': { type: 'link', linkname: 'bin/perl' },
    'bin/sh': { type: 'symlink', linkname: 'bash' },
    'dev/null': { type: 'character-device', devmajor: 1, devminor: 3, mode: 0o666 },
    'run/pipe': { type: 'fifo' },
    'var/empty': { type: 'directory', mode: 0o700 },
    [long]: { content: 'x', gid: 100_000 },
  });
  const perl = files.get('bin/perl')!;
  const tree = new Map(files);
  const capable = { ...perl, xattrs: new Map([['security.capability', capability]]) };
  for (const path of ['bin/perl', 'bin/perl5', 'bin/perl5.40']) tree.set(path, capable);
  tree.set(long, { ...files.get(long)!, uid: 3_000_000 });
  const tar = tarOf(tree, [...tree.keys()]);
  const links: unknown[] = [];
  for await (const entry of tarEntries(Readable.from([tar]), new AbortController().signal)) {
    if (entry.header.type === 'link') links.push([entry.header.name, entry.header.linkname]);
    entry.resume();
  }
  // Every further name is a link to the first one.
  expect(links).toEqual([
    ['bin/perl5', 'bin/perl'],
    ['bin/perl5.40', 'bin/perl'],
  ]);
  const back = (await readBack(tar)).files;
  expect(back.get('bin/perl5')).toBe(back.get('bin/perl'));
  expect(back.get('bin/perl5.40')).toBe(back.get('bin/perl'));
  expect(back.get('bin/perl')?.xattrs.get('security.capability')).toEqual(capability);
  expect(back.get('bin/sh')).toMatchObject({ type: 'symlink', target: 'bash' });
  expect(back.get('dev/null')).toMatchObject({ type: 'character-device', device: { major: 1, minor: 3 } });
  expect(back.get('run/pipe')?.type).toBe('fifo');
  expect(back.get('var/empty')?.mode).toBe(0o700);
  expect(back.get(long)).toMatchObject({ uid: 3_000_000, gid: 100_000, size: 1 });
});

test('compiled Python goes on to fit its source, whose time is fixed too', async () => {
  const header = (flags: number, time: number) => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32LE(0x0a0d0df3, 0);
    bytes.writeUInt32LE(flags, 4);
    bytes.writeUInt32LE(time, 8);
    return Buffer.concat([bytes, Buffer.from('code')]);
  };
  const { files } = await layerOf({
    'a.pyc': { content: header(0, 1_700_000_000) },
    'b.pyc': { content: header(3, 0x12345678) },
    'c.pyc': { content: 'no bytecode' },
    'lib/d.py': { content: 'edited after it was compiled' },
    'lib/__pycache__/d.cpython-313.pyc': { content: header(0, 1_600_000_000) },
  });
  const tar = tarOf(files, [...files.keys()]);
  const back = (await readBack(tar)).files;
  const contents = [...files.keys()]
    .filter((path) => path.endsWith('.pyc'))
    .map((path) => back.get(path)!)
    .map(({ content: { offset }, size }) => tar.subarray(offset, offset + size));
  expect(contents).toEqual([
    header(0, fixedTime),
    header(3, 0x12345678),
    Buffer.from('no bytecode'),
    header(0, 0),
  ]);
});
