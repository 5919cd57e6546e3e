import { UpstreamError } from '../../model/error.ts';
import { shown } from './shown.ts';

/** More names than any real index has: a listing that goes on beyond them is no listing. */
export const mostNames = 200_000;

/** A place answered, but not with the kind of document that it should. */
export function unreadable(url: string, what: string, detail: readonly string[] = []): UpstreamError {
  return new UpstreamError({
    what: shown(what),
    where: shown(url, 1000),
    ...(detail.length > 0 ? { detail: detail.map(shown) } : {}),
    next: 'Open the URL in a browser: a proxy may answer in its place, or the index has moved. Nothing was written.',
  });
}
