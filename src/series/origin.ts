import type { Patch } from '../catalog/parse-patch.ts';
import { git } from './git.ts';
import type { ProjectTree } from './judge.ts';
import { Stage } from './stage.ts';

/** How many commits back a patch that was committed on top of upstream's is looked for. */
const lately = '200';

const uncommitted: Origin = { ours: true, how: 'in the working tree, not in its commit' };

/** How the text of a patch came into a tree; only ours may be taken back. */
export interface Origin {
  ours: boolean;
  how: string;
}

/**
 * How a patch whose text is in the tree came there: as a change that is not committed, or as a commit of the patch's
 * own subject (`git am`). Without git nobody can tell, and it counts as ours.
 */
export async function originOf(patch: Patch, tree: ProjectTree, signal: AbortSignal): Promise<Origin> {
  if (tree.git?.commit === undefined) return { ours: true, how: 'its text is in the tree' };
  const committed = new Stage(tree.root, []);
  try {
    for (const { path, change } of patch.files) {
      if (change === 'delete') continue;
      const blob = await git(tree.root, ['cat-file', 'blob', `HEAD:./${path}`], signal, { whole: true });
      if (blob.exitCode !== 0) return uncommitted;
      committed.put(path, { content: Buffer.from(blob.stdout), executable: false });
    }
    if ((await committed.apply(patch, ['--reverse', '--check'], signal)) !== undefined) {
      return uncommitted;
    }
  } finally {
    committed.close();
  }
  const log = await git(
    tree.root,
    ['log', `--max-count=${lately}`, '--format=%h%x00%s', '--fixed-strings', `--grep=${patch.subject}`],
    signal,
  );
  const commit = log.stdout
    .split('\n')
    .map((line) => line.split('\0'))
    .find(([, subject]) => subject === patch.subject);
  return commit
    ? { ours: true, how: `by commit ${commit[0]}` }
    : { ours: false, how: "upstream's commits hold the very text of the patch" };
}
