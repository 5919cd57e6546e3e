import type { Tree } from '../inode.ts';

/** Somebody who knows who owns which path of a tree, such as `torch` of a Python environment. */
export interface Owners {
  /** Whether a file is read for it: then its inode has `text`. */
  reads(path: string): boolean;
  /** By path; what nobody owns is not told. */
  find(tree: Tree): ReadonlyMap<string, string>;
}
