import type { LayerCache } from '../registry/layer-cache.ts';
import type { CacheFlags } from '../registry/open-layer-cache.ts';
import type { Reporter } from '../report/event.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The caches that the flags name; what speaks to registries is loaded where they name one.
 * @returns undefined when they name none.
 * @throws InvalidInput (exit 2) as `openLayerCaches` does.
 */
export async function layerCacheOf(
  flags: CacheFlags,
  surroundings: Surroundings,
  report: Reporter['report'],
): Promise<LayerCache | undefined> {
  if (flags.cacheFrom.length + flags.cacheTo.length === 0) return undefined;
  const { openLayerCaches } = await import('../registry/open-layer-cache.ts');
  return openLayerCaches(flags, surroundings, report);
}
