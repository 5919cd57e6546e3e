import { shown } from '../listing/shown.ts';
import { HttpError } from './http-error.ts';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** As curl and browsers have limits; real places need two or three. */
const mostRedirects = 10;

/**
 * Where an answer sends the client on to; undefined when it is no redirect (RFC 9110, 15.4).
 * @param been the addresses that were asked on the way, this one included.
 * @throws HttpError for circles, too many, and whatever is not http(s) or leads from https back to http.
 */
export function redirectOf(
  { status, headers }: { status: number; headers: Headers },
  { url, asked }: { url: string; asked: string },
  been: ReadonlySet<string>,
): string | undefined {
  if (!redirects.has(status)) return undefined;
  const location = headers.get('location') ?? '';
  const refused = (what: string) =>
    new HttpError({
      url,
      asked,
      status,
      what,
      detail: [`redirected to: ${shown(location, 500)}`],
      next: 'Open the URL in a browser; if it has moved for good, write its new address.',
    });
  if (location === '' || !URL.canParse(location, asked)) throw refused('a redirect that leads nowhere');
  const target = new URL(location, asked);
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw refused(`a redirect to ${target.protocol}, which is not http`);
  if (target.protocol === 'http:' && asked.startsWith('https:'))
    throw refused('a redirect from https back to http');
  target.hash = '';
  if (been.has(target.href)) throw refused('redirects that go round in circles');
  if (been.size > mostRedirects) throw refused(`more than ${mostRedirects} redirects`);
  return target.href;
}
