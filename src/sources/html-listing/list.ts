import type { Listing } from '../../model/candidate.ts';
import type { HtmlListingSource } from '../../model/source.ts';
import type { Http } from '../http/http.ts';
import { filePattern, versionIn } from '../listing/file-pattern.ts';
import { type Listed, makeListing } from '../listing/make-listing.ts';
import { unreadable } from '../listing/unreadable.ts';
import { readDirectoryPage } from './read-page.ts';

/** @throws UpstreamError when the page can't be had or is no directory page. */
export async function listHtml(source: HtmlListingSource, http: Http): Promise<Listing> {
  const { text, url, headers } = await http.text(source.url, { accept: 'text/html' });
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'text/html';
  if (type !== 'text/html' && type !== 'application/xhtml+xml') {
    throw unreadable(url, `the answer is ${type}, no HTML`);
  }
  const { files, refused } = readDirectoryPage(text, url);
  const pattern = filePattern(source.file);
  const listed = new Map<string, Listed>();
  for (const file of files) {
    const version = versionIn(file.name, pattern);
    if (version !== undefined && !listed.has(file.name)) listed.set(file.name, { ...file, version });
  }
  return makeListing([...listed.values()], source, refused);
}
