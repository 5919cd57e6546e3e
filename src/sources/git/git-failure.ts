import { STATUS_CODES } from 'node:http';
import { UpstreamError } from '../../model/error.ts';
import { shown } from '../listing/shown.ts';

/**
 * Why git did not get a repository's refs, out of its own words in English.
 * @param asked the mirror's address, or the repository's again.
 * @param said git's stderr; the server may have put lines of its own there.
 */
export function gitFailure(url: string, asked: string, said: string, what?: string): UpstreamError {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const fatal = lines.findLast((line) => line.startsWith('fatal: ')) ?? lines.at(-1);
  const status = statusIn(fatal ?? '');
  const mirrored = asked !== url;
  // git repeats its address, and curl closes with a full stop or not.
  const words = fatal
    ?.replace(/^fatal: (unable to access '[^']*': )?/, '')
    .replaceAll(asked, url)
    .trim();
  return new UpstreamError({
    what: shown(what ?? words ?? 'git ended without a word', 500),
    where: `${url}${status === undefined ? '' : `: status ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()}`,
    ...(mirrored && { detail: [`asked of its mirror: ${withoutLogin(asked)}`] }),
    next: nextAfter(status),
  });
}

/** git words the statuses that it knows: remote-curl.c and http.c of its source. */
function statusIn(fatal: string): number | undefined {
  if (/^fatal: repository '.*' not found$/.test(fatal)) return 404;
  if (/^fatal: (could not read Username|Authentication failed) for /.test(fatal)) return 401;
  const [, status] = /The requested URL returned error: ([0-9]{3})/.exec(fatal) ?? [];
  return status === undefined ? undefined : Number(status);
}

function nextAfter(status: number | undefined): string {
  if (status === 404 || status === 410) return 'Check the URL: the repository has moved or is misspelt.';
  if (status === 401 || status === 403) {
    return 'Check the URL: places such as GitHub ask for a login where there is no such repository. Logins are not used; only public repositories can be sources.';
  }
  if (status === 429) return 'Too many requests: wait a few minutes, then run it again.';
  if (status !== undefined && status >= 500) return 'The place has trouble of its own: run it again later.';
  return 'Check the network, and the proxy if there is one (https_proxy, no_proxy; GIT_SSL_CAINFO for its certificate), then run it again.';
}

function withoutLogin(address: string): string {
  if (!URL.canParse(address)) return shown(address);
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
