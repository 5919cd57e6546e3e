import type { Candidate } from '../../model/candidate.ts';
import { InvalidInput, UpstreamError } from '../../model/error.ts';
import { type GitPin, gitPinSchema } from '../../model/lock.ts';
import type { GitSource } from '../../model/source.ts';
import { lsRemote } from './ls-remote.ts';
import type { GitAccess } from './run-git.ts';

/**
 * What a branch is at, or the commit that the source names. A commit is taken as it is: whether the repository has it
 * only fetching it can tell.
 * @param source with a `branch` or a `commit`; of tags `listGit` makes candidates, and `gitPinOf` the pin of the chosen.
 * @throws UpstreamError (exit 3) when the repository can't be asked or has no such branch; InvalidInput (exit 2) for a
 * commit that is not a full one.
 */
export async function pinGit(source: GitSource, access: GitAccess): Promise<GitPin> {
  const { url, branch, commit } = source;
  if (commit !== undefined) return { kind: 'git', version: commit, url, revision: fullCommit(commit) };
  if (branch === undefined) throw new Error('a tag is chosen among candidates');
  const name = `refs/heads/${branch}`;
  const refs = await lsRemote(url, { options: ['--heads'], patterns: [name] }, access);
  // A branch refs/heads/x/refs/heads/main matches the pattern too.
  const head = refs.find((ref) => ref.name === name);
  if (head) return { kind: 'git', version: branch, url, revision: head.revision };
  throw new UpstreamError({
    what: `the repository has no branch ${branch}`,
    where: url,
    next: `See its branches with: git ls-remote --heads ${url}`,
  });
}

/** The pin of a tag that was chosen among the candidates of `listGit`. */
export function gitPinOf({ version, date, stamp, url, revision }: Candidate): GitPin {
  return gitPinSchema.parse({
    kind: 'git',
    version,
    ...(date !== undefined && { date }),
    ...(stamp !== undefined && { stamp }),
    url,
    revision,
  });
}

function fullCommit(commit: string): string {
  const { data, error } = gitPinSchema.shape.revision.safeParse(commit);
  if (!error) return data;
  throw new InvalidInput({
    what: `the commit ${error.issues[0]?.message}`,
    next: 'Write all 40 digits: a shortened one may mean another commit later.',
  });
}
