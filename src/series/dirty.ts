import { relative } from 'node:path';
import { git } from './git.ts';
import type { ProjectTree } from './judge.ts';
import type { TreeRecord } from './record.ts';
import { sameState, stateOf } from './transaction.ts';

/**
 * Files of a checkout that differ from its commit, but for what halobox's own patches made of them. Files that git does
 * not know are none of them: build trees are full of those. Without git nobody can tell.
 */
export async function dirtyFiles(
  { root, git: facts }: ProjectTree,
  record: TreeRecord,
  signal: AbortSignal,
): Promise<string[]> {
  if (facts?.commit === undefined) return [];
  const { stdout } = await git(
    root,
    // Not diff-index: that takes a file whose time alone has changed for a changed one.
    [
      'diff',
      '--name-only',
      '-z',
      '--no-ext-diff',
      '--ignore-submodules=all',
      '--relative',
      'HEAD',
      '--',
      '.',
    ],
    signal,
  );
  const ours = new Map(record.applied.flatMap(({ changes }) => changes.map((one) => [one.path, one.after])));
  return stdout
    .split('\0')
    .filter((path) => path !== '')
    .filter((path) => {
      const after = ours.get(path);
      return after === undefined || !sameState(after, stateOf(root, relative('.', path)));
    });
}
