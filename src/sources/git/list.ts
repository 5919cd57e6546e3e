import type { Listing } from '../../model/candidate.ts';
import type { GitSource } from '../../model/source.ts';
import { filePattern, versionIn } from '../listing/file-pattern.ts';
import { type Listed, makeListing } from '../listing/make-listing.ts';
import { lsRemote } from './ls-remote.ts';
import type { GitAccess } from './run-git.ts';

const folder = 'refs/tags/';
const peeled = '^{}';

/**
 * The tags of a repository that have the source's form, the newest version first; pre-releases are passed over unless
 * asked for. A candidate's name is the tag, its revision the commit that the tag means, also when the tag is annotated
 * and so an object of its own. Tags without a version of the grammar in that place are passed over.
 * ls-remote does not tell dates; nor does it tell a tag of a file or folder, which a few repositories have, from one of
 * a commit.
 * @param source with a `tag`.
 * @throws UpstreamError (exit 3) when the repository can't be asked.
 */
export async function listGit(source: GitSource & { tag: string }, access: GitAccess): Promise<Listing> {
  const refs = await lsRemote(source.url, { options: ['--tags'] }, access);
  // The line of what an annotated tag points at follows the tag's own.
  const revisions = new Map<string, string>();
  for (const { name, revision } of refs) {
    const tag = name.slice(folder.length);
    revisions.set(tag.endsWith(peeled) ? tag.slice(0, -peeled.length) : tag, revision);
  }
  const pattern = filePattern(source.tag);
  const listed: Listed[] = [];
  for (const [name, revision] of revisions) {
    const version = versionIn(name, pattern);
    if (version !== undefined) listed.push({ version, name, url: source.url, revision });
  }
  return makeListing(listed, source);
}
