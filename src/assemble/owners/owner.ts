import type { Inode, Tree } from '../inode.ts';

/** Reads a file of the tree as text. */
export type ReadText = (inode: Inode) => string;

/** Tells who owns which path of a tree, such as `torch` of a Python environment. What nobody owns is not told. */
export type FindOwners = (tree: Tree, read: ReadText) => ReadonlyMap<string, string>;
