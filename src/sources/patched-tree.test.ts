import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { patchedTree } from './patched-tree.ts';

test('a tree is unpacked once, counts as used whenever it is taken, and is made whole or not at all', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'halobox-tree-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const { signal } = new AbortController();
  const treeOf = (version: string, unpack: (into: string) => Promise<void>) =>
    patchedTree({ name: 'demo', version, identity: { sha256: 'a' } }, [], unpack, {
      target: 'gfx1151',
      cache,
      signal,
    });
  const unpack = async (into: string) => {
    await mkdir(into, { recursive: true });
    await writeFile(join(into, 'file'), 'content');
  };
  const cut = async (into: string) => {
    await unpack(into);
    throw new Error('cut off');
  };
  await expect(treeOf('1', cut)).rejects.toThrow('cut off');
  const { tree, series } = await treeOf('1', unpack);
  expect(series).toEqual([]);
  expect(readFileSync(join(tree, 'file'), 'utf8')).toBe('content');
  utimesSync(dirname(tree), 1, 1);
  expect(await treeOf('1', cut)).toEqual({ tree, series });
  // What is used is not old for `gc`.
  expect(statSync(dirname(tree)).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  expect((await treeOf('2', unpack)).tree).not.toBe(tree);
});
