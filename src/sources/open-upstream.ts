import { homedir } from 'node:os';
import { join } from 'node:path';
import { UpstreamError } from '../model/error.ts';
import { loginsOf } from '../registry/credentials.ts';
import type { Folders } from '../store/folders.ts';
import { openStore } from './artefacts/open-store.ts';
import type { Store } from './artefacts/store.ts';
import { openArchive } from './debian/archive.ts';
import { debianMirrors } from './debian/mirrors.ts';
import { poolUrls } from './debian/pool-urls.ts';
import { bringCommit } from './git/bring-commit.ts';
import { askedOf, readMirrors } from './http/mirrors.ts';
import { openHttp } from './http/open-http.ts';
import { openPlaces } from './open-places.ts';
import type { Places } from './places.ts';
import type { Upstream } from './upstream.ts';

interface World {
  env: NodeJS.ProcessEnv;
  folders: Folders;
  signal: AbortSignal;
  now: () => Date;
}

/**
 * Upstream as this machine reaches it: its mirrors, proxies and caches.
 * @param offline nothing that is not in the cache.
 * @throws InvalidInput (exit 2) for a file of mirrors that is not right.
 */
export function openUpstream(
  { env, folders, signal, now }: World,
  { offline = false }: { offline?: boolean } = {},
): { places: Places; upstream: Upstream } {
  const { cache } = folders;
  const home = homedir();
  const mirrors = readMirrors(env, home);
  const http = openHttp({ cache, mirrors, env, signal, now: () => now().getTime() });
  const store = openStore({ cache, http, signal });
  const git = { env, signal, mirrors: (url: string) => askedOf(mirrors, url) };
  const bases = () => debianMirrors(env);
  const archive = openArchive({ bases, http, store, signal });
  const { bring } = offline ? offlineStore(store) : store;
  return {
    places: openPlaces({ http, store, archive, git, env, credentials: loginsOf(env, home) }),
    upstream: {
      bring,
      bringFromPool: ({ path, size, sha256 }) =>
        bring({ urls: async () => poolUrls(path, await bases()), size, sha256 }),
      async bringCommit(pin, into) {
        if (offline) throw notThere(`commit ${pin.revision} of ${pin.url}`);
        await bringCommit(pin, into, join(cache, 'git'), git);
      },
    },
  };
}

/** Files of the cache are verified as ever; what is not there is refused before anybody is asked. */
function offlineStore(store: Store): Pick<Store, 'bring'> {
  return {
    bring: (wanted) => {
      const urls = () => {
        throw notThere(`the file with sha256 ${wanted.sha256}`);
      };
      return store.bring({ ...wanted, urls });
    },
  };
}

function notThere(what: string): UpstreamError {
  return new UpstreamError({
    what: `${what} is not in the cache`,
    where: '--frozen',
    next: 'Build once without --frozen, which fetches it.',
  });
}
