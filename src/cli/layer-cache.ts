import type { LayerCache } from '../registry/layer-cache.ts';
import type { Reporter } from '../report/event.ts';
import type { Surroundings } from './surroundings.ts';

/** The flags of a layer cache, each registry/name. */
export interface CacheFlags {
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
}

/**
 * The caches that the flags name; what speaks to registries is loaded where they name one.
 * @returns undefined when they name none.
 * @throws InvalidInput (exit 2) for what is no repository.
 */
export async function layerCacheOf(
  flags: CacheFlags,
  surroundings: Surroundings,
  report: Reporter['report'],
): Promise<LayerCache | undefined> {
  if (flags.cacheFrom.length + flags.cacheTo.length === 0) return undefined;
  const { layerCacheAt } = await import('../registry/open-layer-cache.ts');
  return layerCacheAt(flags, surroundings, report);
}
