import type { Tree } from '../inode.ts';
import { debianOwners } from './debian.ts';
import type { FindOwners, ReadText } from './owner.ts';
import { pythonOwners } from './python.ts';
import { rocmOwners } from './rocm.ts';

/** The most particular first: ROCm's wheels hold ROCm trees. */
const finders: readonly FindOwners[] = [pythonOwners, debianOwners, rocmOwners];

/** Who owns which path of an image. */
export function findOwners(tree: Tree, read: ReadText): Map<string, string> {
  const owners = new Map<string, string>();
  for (const find of finders)
    for (const [path, owner] of find(tree, read)) if (!owners.has(path)) owners.set(path, owner);
  return owners;
}
