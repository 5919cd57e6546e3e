import { UpstreamError } from '../../model/error.ts';
import type { Http } from '../http/http.ts';
import { unreadable } from '../listing/unreadable.ts';
import { isSecurity } from './pool-urls.ts';
import { type Release, readRelease } from './release.ts';

/** One of a suite's parts: the suite itself, its updates, its security updates. */
export interface Pocket {
  /** Such as trixie-updates. */
  name: string;
  /** The archives that may have it, with a slash at the end; the Release is the first one's. */
  bases: readonly string[];
  release: Release;
}

/** Debian's has 150 KB. */
const mostBytes = 8 * 2 ** 20;

/**
 * The parts of a suite that the archives have; the suite itself is the first. Updates and security updates may be
 * missing, as in the time before a release.
 * @param bases archives' URLs with a slash at the end; asked in this order.
 * @throws UpstreamError when no archive has the suite, or one can't be asked and no other has what it may have.
 */
export async function findPockets(suite: string, bases: readonly string[], http: Http): Promise<Pocket[]> {
  const security = bases.filter(isSecurity);
  const others = bases.filter((base) => !isSecurity(base));
  const main = others.length > 0 ? others : security;
  const [itself, ...more] = await Promise.all([
    findPocket(suite, main, http),
    findPocket(`${suite}-updates`, main, http),
    findPocket(`${suite}-security`, [...new Set([...security, ...main])], http),
  ]);
  if (itself) return [itself, ...more.filter((pocket) => pocket !== undefined)];
  throw new UpstreamError({
    what: `no archive has the Debian suite ${suite}`,
    where: `${main.map((base) => inRelease(base, suite)).join(', ') || 'no archive known'}: status 404`,
    next: 'Check the name of the suite, or set HALOBOX_DEBIAN_MIRROR to the URL of a mirror that has it (https://www.debian.org/mirror/list).',
  });
}

/** @returns undefined when every archive says that it has none. */
async function findPocket(name: string, bases: readonly string[], http: Http): Promise<Pocket | undefined> {
  let failure: unknown;
  for (const [index, base] of bases.entries()) {
    const url = inRelease(base, name);
    try {
      const { text } = await http.text(url, { most: mostBytes });
      const release = readRelease(text, url);
      if (release.codename !== name && release.suite !== name) {
        throw unreadable(url, `the Release file is of ${release.codename || release.suite}, not of ${name}`);
      }
      return { name, release, bases: [base, ...bases.toSpliced(index, 1)] };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      // The error of an answer carries its status.
      if ((error as { status?: unknown }).status !== 404) failure ??= error;
    }
  }
  // Without an answer nobody knows whether there are updates: an older version could be chosen by accident.
  if (failure !== undefined) throw failure;
  return undefined;
}

function inRelease(base: string, name: string): string {
  return `${base}dists/${name}/InRelease`;
}
