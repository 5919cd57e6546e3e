import { expect, it } from 'vitest';
import { leavesTree } from './leaves-tree.ts';

const links: Readonly<Record<string, string>> = {
  'a/b/c/up': '../../../x',
  loop: 'loop',
  away: '../elsewhere',
  root: '.',
};
const leaves = (path: string, target: string) => leavesTree(path, target, (at) => links[at]);

it.each([
  ['l', 'x'],
  ['l', '.'],
  ['a/l', '..'],
  ['a/l', '../b//c/./d'],
  ['a/b/l', '../../a/../x'],
  ['l', 'a/b/c/up/..'],
  ['l', 'loop/x'],
  ['l', 'not/there/../../x'],
  ['l', 'x/'],
])('%s -> %s stays', (path, target) => {
  expect(leaves(path, target)).toBe(false);
});

it.each([
  ['l', '..'],
  ['l', '/x'],
  ['l', '/'],
  ['a/l', '../..'],
  ['l', 'x/../..'],
  ['l', 'a/b/c/up/../..'],
  ['l', 'away/y'],
  ['l', 'root/root/..'],
])('%s -> %s leaves', (path, target) => {
  expect(leaves(path, target)).toBe(true);
});
