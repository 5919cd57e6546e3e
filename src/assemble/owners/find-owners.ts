import type { Tree } from '../inode.ts';
import { debianOwners } from './debian.ts';
import type { Owners } from './owner.ts';
import { pythonOwners } from './python.ts';
import { rocmOwners } from './rocm.ts';

/** The most particular first: ROCm's wheels hold ROCm trees. */
const all: readonly Owners[] = [pythonOwners, debianOwners, rocmOwners];

/** Whether owners are told by what is in this file. */
export function tellsOwners(path: string): boolean {
  return all.some(({ reads }) => reads(path));
}

/** Who owns which path of an image. */
export function findOwners(tree: Tree): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { find } of all)
    for (const [path, owner] of find(tree)) if (!owners.has(path)) owners.set(path, owner);
  return owners;
}
