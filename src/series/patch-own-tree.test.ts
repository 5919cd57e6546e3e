import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoSeries, demoTree, everything, middle, Room, tenLines } from './fixtures.ts';
import { patchOwnTree } from './patch-own-tree.ts';

const never = new AbortController().signal;
let room: Room;

beforeEach(() => {
  room = new Room();
  demoTree(room);
  demoSeries(room, 'demo', [middle, everything]);
});
afterEach(() => room.close());

const patched = async () => {
  const judged = await patchOwnTree(room.path('tree'), room.series().get('demo')!, 'gfx1151', never);
  return judged.map(({ verdict }) => verdict);
};

test('a fresh tree is patched, and nothing is recorded beside it', async () => {
  expect(await patched()).toEqual(['applies', 'applies']);
  expect(room.read('tree/a.txt')).toBe(tenLines.replace('line 5', 'line five on gfx1151'));
  expect(room.read('tree/new/deep/file.txt')).toBe('fresh\n');
  expect(() => room.read('tree/.halobox/record.json')).toThrow('ENOENT');
});

test('what reads like a patch in a tree that nobody has patched is upstream', async () => {
  room.write('tree/a.txt', tenLines.replace('line 5', 'line five on gfx1151'));
  expect(await patched()).toEqual(['upstream', 'applies']);
});

test('a conflict leaves the tree as it was', async () => {
  room.write('tree/private.txt', 'other\n');
  const before = room.digest('tree');
  expect(await patched()).toEqual(['applies', 'conflict']);
  expect(room.digest('tree')).toBe(before);
});
