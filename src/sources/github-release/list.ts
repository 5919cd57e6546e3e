import type { Listing } from '../../model/candidate.ts';
import type { GithubReleaseSource } from '../../model/source.ts';
import type { Http } from '../http/http.ts';
import { bytesOf, momentOf, sha256Of } from '../listing/facts.ts';
import { filePattern, versionIn } from '../listing/file-pattern.ts';
import { resolveLink } from '../listing/link.ts';
import { type Listed, makeListing } from '../listing/make-listing.ts';
import { shown } from '../listing/shown.ts';
import { unreadable } from '../listing/unreadable.ts';
import { nextPage, type Release, readReleases } from './read-page.ts';

const api = 'https://api.github.com';
/** GitHub lists 10,000 releases at most. */
const mostPages = 100;

/**
 * Releases that hold the file, by GitHub's REST interface.
 * @param env GITHUB_TOKEN, where it is set, raises GitHub's limit of requests; it goes to api.github.com alone.
 * @throws UpstreamError when the releases can't be had.
 */
export async function listGithubReleases(
  source: GithubReleaseSource,
  http: Http,
  env: NodeJS.ProcessEnv,
): Promise<Listing> {
  const headers: Record<string, string> = { 'x-github-api-version': '2022-11-28' };
  if (env.GITHUB_TOKEN) headers.authorization = `Bearer ${env.GITHUB_TOKEN}`;
  const listed: Listed[] = [];
  const seen = new Set<string>();
  let url: string | undefined = `${api}/repos/${source.repository}/releases?per_page=100`;
  while (url !== undefined) {
    seen.add(url);
    const answer = await http.text(url, { accept: 'application/vnd.github+json', headers });
    for (const release of readReleases(answer.text, url)) {
      const one = listedOf(release, source);
      if (one) listed.push(one);
    }
    url = following(answer.headers.get('link'), url, seen);
  }
  return makeListing(listed, source);
}

/** The next page's address, which must be GitHub's own too: the token goes there. */
function following(header: string | null, url: string, seen: ReadonlySet<string>): string | undefined {
  const next = nextPage(header);
  if (next === undefined) return undefined;
  if (!URL.canParse(next) || new URL(next).origin !== api)
    throw unreadable(url, `the next page is elsewhere: ${next}`);
  if (seen.has(next)) throw unreadable(url, 'the pages of releases go round in circles');
  if (seen.size === mostPages) throw unreadable(url, `there are more than ${mostPages} pages of releases`);
  return next;
}

/** The release as something that is listed; nothing when its tag is of another kind, as a repository may have several. */
function listedOf(release: Release, source: GithubReleaseSource): Listed | undefined {
  const version = versionIn(release.tag_name, filePattern(source.tag));
  if (version === undefined) return undefined;
  const name = source.file.replace('{version}', () => version);
  const asset = release.assets.find((one) => one.name === name);
  if (!asset)
    return { version, name: release.tag_name, url: '', why: `the release has no file ${shown(name)}` };
  const link = resolveLink(asset.browser_download_url, `${api}/`);
  const [, digest] = /^sha256:(.*)$/.exec(asset.digest ?? '') ?? [];
  const sha256 = sha256Of(digest);
  const listed = {
    version,
    name,
    url: '',
    date: momentOf(release.published_at),
    size: bytesOf(asset.size),
    sha256,
    prerelease: release.prerelease,
  };
  if ('why' in link) return { ...listed, why: link.why };
  if (digest !== undefined && sha256 === undefined) return { ...listed, why: 'its sha256 is none' };
  if (release.draft) return { ...listed, why: 'a draft' };
  if (asset.state !== 'uploaded') return { ...listed, why: 'its upload is not finished' };
  return { ...listed, url: link.url };
}
