import { unreadable } from '../listing/unreadable.ts';
import { type GitAccess, runGit } from './run-git.ts';

export interface Ref {
  /** 40 hexadecimal digits. */
  revision: string;
  /** Such as refs/heads/main, or refs/tags/v1^{} for what an annotated tag points at. */
  name: string;
}

const mostRefs = 1_000_000;

/**
 * The refs of a repository, as `git ls-remote` tells them; none for an empty one.
 * @param asked options and patterns: git gives a ref whose last parts match one of the patterns.
 * @throws UpstreamError with the URL and git's words; HaloboxError when git is not installed; Interrupted.
 */
export async function lsRemote(
  url: string,
  { options, patterns = [] }: { options: readonly string[]; patterns?: readonly string[] },
  access: GitAccess,
): Promise<Ref[]> {
  const words = (address: string) => ['ls-remote', '--quiet', ...options, '--', address, ...patterns];
  return readRefs(await runGit(url, words, access), url);
}

function readRefs(text: string, url: string): Ref[] {
  const lines = text === '' ? [] : text.split('\n');
  if (lines.length > mostRefs) throw unreadable(url, `the repository lists more than ${mostRefs} refs`);
  return lines.map((line) => {
    const [, revision, name] = /^([0-9a-f]{40})\t([^\t]+)$/.exec(line) ?? [];
    if (revision === undefined || name === undefined) {
      throw unreadable(url, `the repository lists what is no ref with a commit of 40 digits: ${line}`);
    }
    return { revision, name };
  });
}
