import type { Listing } from '../../model/candidate.ts';
import type { S3ListingSource } from '../../model/source.ts';
import type { Http } from '../http/http.ts';
import { bytesOf, momentOf } from '../listing/facts.ts';
import { filePattern, versionIn } from '../listing/file-pattern.ts';
import { type Listed, makeListing } from '../listing/make-listing.ts';
import { mostNames, unreadable } from '../listing/unreadable.ts';
import { readS3Page, type S3Object } from './read-page.ts';

const mostPages = 1000;
/** A page of 1,000 keys of 1,024 bytes each, percent-encoded, with all the rest around them. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Every key of the bucket under the pattern's prefix, over all pages.
 * @throws UpstreamError when the bucket can't be had, or its pages go round in circles.
 */
export async function listS3(source: S3ListingSource, http: Http): Promise<Listing> {
  const pattern = filePattern(source.file);
  const listed: Listed[] = [];
  const others: { name: string; why: string }[] = [];
  const keys = new Set<string>();
  const tokens = new Set<string>();
  let token: string | undefined;
  let names = 0;
  for (let page = 1; ; page += 1) {
    const asked = pageUrl(source.url, pattern.prefix, token);
    const { text } = await http.text(asked, { accept: 'application/xml', most: mostBytes });
    const { objects, next } = readS3Page(text, asked);
    names += objects.length;
    if (names > mostNames) throw unreadable(asked, `the bucket lists more than ${mostNames} keys`);
    for (const object of objects) {
      if (object.key === undefined)
        others.push({ name: object.written, why: 'its key is wrongly percent-encoded' });
      else if (!keys.has(object.key)) {
        keys.add(object.key);
        const version = versionIn(object.key, pattern);
        if (version !== undefined) listed.push(listedOf(object, object.key, version, source.url));
      }
    }
    if (next === undefined) break;
    if (tokens.has(next)) throw unreadable(asked, 'the bucket gives the same continuation token twice');
    if (page === mostPages) throw unreadable(asked, `the bucket has more than ${mostPages} pages`);
    tokens.add(next);
    token = next;
  }
  return makeListing(listed, source, others);
}

function pageUrl(bucket: string, prefix: string, token: string | undefined): string {
  const url = new URL(bucket);
  url.searchParams.set('list-type', '2');
  url.searchParams.set('prefix', prefix);
  url.searchParams.set('encoding-type', 'url');
  if (token !== undefined) url.searchParams.set('continuation-token', token);
  return url.href;
}

/** ETag is left out: of what was uploaded in parts it is no digest of the file, and never a sha256. */
function listedOf({ modified, size }: S3Object, key: string, version: string, bucket: string): Listed {
  const base = bucket.endsWith('/') ? bucket : `${bucket}/`;
  return {
    version,
    name: key.split('/').at(-1)!,
    // S3 takes a bare plus for a space.
    url: base + key.toWellFormed().split('/').map(encodeURIComponent).join('/'),
    date: momentOf(modified),
    size: bytesOf(size),
  };
}
