import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitPin } from '../../model/lock.ts';
import { unpackTarball } from '../unpack.ts';
import { type GitAccess, runGit } from './run-git.ts';

/** A slow line and a big repository; a server that falls silent is given up long before. Seconds. */
const hour = 3600;

/**
 * Brings the tree of one commit, without history and without submodules, to a folder that is not there yet. It is what
 * `git archive` gives, as GitHub's tarballs are: `export-ignore` and `export-subst` hold. git checks the bytes against
 * the commit's own hash.
 * @param cache for the repository and archive in between; both are gone afterwards.
 * @throws UpstreamError (exit 3) with git's words; Interrupted.
 */
export async function bringCommit(
  { url, revision }: Pick<GitPin, 'url' | 'revision'>,
  into: string,
  cache: string,
  access: GitAccess,
): Promise<void> {
  await mkdir(cache, { recursive: true });
  const repository = join(cache, `${randomUUID()}.partial.git`);
  const tarball = `${repository}.tar`;
  const git = (words: (address: string) => string[]) =>
    runGit(url, (address) => ['--git-dir', repository, ...words(address)], access, hour);
  const fetching = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--'];
  try {
    await git(() => ['init', '--quiet', '--bare']);
    await git((address) => [...fetching, address, revision]);
    await git(() => ['archive', '--format=tar', '--prefix=tree/', `--output=${tarball}`, revision]);
    await unpackTarball(tarball, into, { strip: 1, signal: access.signal });
  } finally {
    await rm(repository, { recursive: true, force: true });
    await rm(tarball, { force: true });
  }
}
