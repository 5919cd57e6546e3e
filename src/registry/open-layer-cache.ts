import { homedir } from 'node:os';
import { label } from '../plan/labels.ts';
import type { Reporter } from '../report/event.ts';
import { readMirrors } from '../sources/http/mirrors.ts';
import { openHttp } from '../sources/http/open-http.ts';
import type { Folders } from '../store/folders.ts';
import { loginsOf } from './credentials.ts';
import { type LayerCache, openLayerCache } from './layer-cache.ts';
import { openRegistry } from './open-registry.ts';
import { repositoryOf } from './reference.ts';

interface World {
  env: NodeJS.ProcessEnv;
  folders: Folders;
  signal: AbortSignal;
  now: () => Date;
}

/** The flags of a layer cache, each registry/name. */
export interface CacheFlags {
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
}

/**
 * The caches that the flags name, as this machine reaches them: its logins, mirrors and proxies.
 * @throws InvalidInput (exit 2) for what is no repository, for a file of mirrors or a proxy that is not right.
 */
export function openLayerCaches(
  { cacheFrom, cacheTo }: CacheFlags,
  { env, folders, signal, now }: World,
  report: Reporter['report'],
): LayerCache {
  const from = [...new Set(cacheFrom)].map((text) => repositoryOf(text, '--cache-from'));
  const to = [...new Set(cacheTo)].map((text) => repositoryOf(text, '--cache-to'));
  const home = homedir();
  const { cache } = folders;
  const http = openHttp({
    cache,
    mirrors: readMirrors(env, home),
    env,
    signal,
    now: () => now().getTime(),
  });
  const credentials = loginsOf(env, home);
  const open = (repository: ReturnType<typeof repositoryOf>) =>
    openRegistry({ repository, http, credentials, cache, signal });
  return openLayerCache({ from: from.map(open), to: to.map(open), keyLabel: label.key, cache, report });
}
