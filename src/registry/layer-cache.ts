import type { Engine } from '../engine/engine.ts';
import { HaloboxError, Interrupted } from '../model/error.ts';
import type { Recipe } from '../plan/recipe.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';
import { openSlots } from '../sources/http/slots.ts';
import { findCached } from './cached-layer.ts';
import type { Registry } from './open-registry.ts';
import { ensureKey, pullLayer } from './pull-layer.ts';
import { pushLayer } from './push-layer.ts';
import { rememberLayer } from './remembered-layers.ts';

/** What an executor asks before it builds a layer and after. Neither ever fails but by Interrupted. */
export interface LayerCache {
  /** Which cache has the layer, by its manifest and config alone: for plans. @returns registry/name. */
  has(recipe: LayerOf, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Brings a layer into the engine under its reference.
   * @returns registry/name of the cache that it came from; undefined when it has to be built.
   */
  fetch(recipe: LayerOf, engine: Engine, signal: AbortSignal): Promise<string | undefined>;
  /** Puts a layer that the engine holds into every cache that lacks it. */
  store(recipe: LayerOf, engine: Engine, signal: AbortSignal): Promise<void>;
}

type LayerOf = Pick<Recipe, 'layer' | 'key' | 'reference'>;

export interface LayerCacheOptions {
  /** In the order in which they are asked. */
  from: readonly Registry[];
  to: readonly Registry[];
  /** Label that holds a layer's key. */
  keyLabel: string;
  /** Folder for packed layers and what is known of them. */
  cache: string;
  report: Reporter['report'];
}

/**
 * Registries as caches of layers: a layer is the image `<repository>:<layer>-<key>`. One that answers wrongly or not at
 * all is named in a note and left alone for the rest of the run: it must neither fail a build nor slow it down.
 */
export function openLayerCache({ from, to, keyLabel, cache, report }: LayerCacheOptions): LayerCache {
  const given = { from: new Set<Registry>(), to: new Set<Registry>() };
  const repositories = new Map<string, Set<string>>();
  // One image after the other: they have most of their blobs in common.
  const slots = openSlots(1);

  const note = (registry: Registry, list: 'from' | 'to', layer: string, error: unknown) => {
    // Of several layers that failed at once the first speaks for all.
    if (given[list].has(registry)) return;
    given[list].add(registry);
    const doing = list === 'from' ? 'is not used' : 'is not filled';
    report({ event: 'note', text: `cache ${nameOf(registry)} ${doing}: layer ${layer}: ${wordsOf(error)}` });
  };

  /** Asks one registry after the other until one has an answer. */
  async function first<T>(
    { layer }: LayerOf,
    signal: AbortSignal,
    ask: (registry: Registry) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    for (const registry of from) {
      if (given.from.has(registry)) continue;
      try {
        const answer = await ask(registry);
        if (answer !== undefined) return answer;
      } catch (error) {
        if (signal.aborted || error instanceof Interrupted) throw new Interrupted();
        note(registry, 'from', layer, error);
      }
    }
    return undefined;
  }

  const knownAt = (registry: Registry, digest: string) => {
    const key = `${registry.repository.registry} ${digest}`;
    const names = repositories.get(key) ?? new Set();
    repositories.set(key, names);
    return names;
  };

  return {
    has: (recipe, signal) =>
      first(recipe, signal, async (registry) =>
        (await findCached(registry, recipe, keyLabel)) ? nameOf(registry) : undefined,
      ),

    fetch: (recipe, engine, signal) => {
      const { layer, key, reference } = recipe;
      return first(recipe, signal, async (registry) => {
        const seconds = stopwatch();
        const found = await findCached(registry, recipe, keyLabel);
        if (found === undefined) return undefined;
        const id = await pullLayer(registry, found, engine, signal);
        await ensureKey(engine, id, keyLabel, key);
        await engine.tag(id, reference);
        for (const { blob, diffId } of found.blobs) {
          rememberLayer(cache, diffId, blob);
          knownAt(registry, blob.digest).add(registry.repository.name);
        }
        report({ event: 'layer-fetched', layer, from: nameOf(registry), id, seconds: seconds() });
        return nameOf(registry);
      });
    },

    store: (recipe, engine, signal) =>
      slots(async () => {
        for (const registry of to) {
          if (given.to.has(registry)) continue;
          try {
            await put(registry, recipe, engine, signal);
          } catch (error) {
            if (signal.aborted || error instanceof Interrupted) throw new Interrupted();
            note(registry, 'to', recipe.layer, error);
          }
        }
      }),
  };

  async function put(
    registry: Registry,
    recipe: LayerOf,
    engine: Engine,
    signal: AbortSignal,
  ): Promise<void> {
    const seconds = stopwatch();
    // What is wrong there is put right; what can't be reached fails below again.
    const there = await findCached(registry, recipe, keyLabel).catch(() => undefined);
    if (there !== undefined || signal.aborted) return;
    const facts = await engine.inspectImage(recipe.reference);
    if (facts?.labels[keyLabel] !== recipe.key) return;
    const own = registry.repository.name;
    await pushLayer(registry, recipe, engine, facts.id, {
      keyLabel,
      cache,
      elsewhere: (digest) => [...knownAt(registry, digest)].find((name) => name !== own),
      signal,
    });
    report({ event: 'layer-stored', layer: recipe.layer, to: nameOf(registry), seconds: seconds() });
  }
}

function nameOf({ repository: { registry, name } }: Registry): string {
  return `${registry}/${name}`;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof HaloboxError)) return error instanceof Error ? error.message : String(error);
  const { what, where, detail = [] } = error.facts;
  const place = typeof where === 'string' ? [where] : [];
  return [...place, what, ...detail].join(': ');
}
