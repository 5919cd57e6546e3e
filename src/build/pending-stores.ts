import type { Engine } from '../engine/engine.ts';
import type { Recipe } from '../plan/recipe.ts';
import type { LayerCache } from '../registry/layer-cache.ts';

/** Layers on their way into caches, while others are built. */
export interface PendingStores {
  add(recipe: Recipe): void;
  /** Back when all are there or given up; never throws: an interruption is heard of elsewhere. */
  done(): Promise<void>;
}

export function pendingStores(
  cache: LayerCache | undefined,
  engine: Engine,
  signal: AbortSignal,
): PendingStores {
  const pending: Promise<void>[] = [];
  return {
    add(recipe) {
      if (cache) pending.push(cache.store(recipe, engine, signal).catch(() => {}));
    },
    done: async () => void (await Promise.all(pending)),
  };
}
