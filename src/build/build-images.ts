import { dirname } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { markInUse, useOf, useOfFile } from '../gc/in-use.ts';
import { Interrupted } from '../model/error.ts';
import { type Assembly, belowFinal } from '../plan/assembly.ts';
import { layerGraph } from '../plan/graph.ts';
import type { Recipe } from '../plan/recipe.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';
import { assembleAhead } from './assemble-ahead.ts';
import { assembliesOf } from './assemblies.ts';
import { buildGraph } from './build-graph.ts';
import type { LayersEnd } from './build-layers.ts';
import type { BuildOptions, ImageBuild } from './image-build.ts';
import { pendingStores } from './pending-stores.ts';
import { type BuiltRelease, releaseImage } from './release-image.ts';

export interface ImagesEnd {
  /** By image, in the order in which they were asked for. */
  released: ReadonlyMap<string, BuiltRelease>;
  /** Why each of the others was not. */
  failed: ReadonlyMap<string, string>;
  /** What the first failure threw; undefined where every image was released. */
  failure: unknown;
}

/**
 * Builds the layers of all images that the engine does not hold, each once, and then releases one image after the
 * other: checks its contract, and only then gives it its tags. What failed keeps back the images that need it; without
 * `keepGoing` all that were not released by then.
 * @throws Interrupted. Failures of images (EngineError, ContractFailed) are in the result; no tag of those has moved.
 */
export async function buildImages(
  engine: Engine,
  images: readonly ImageBuild[],
  options: BuildOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ImagesEnd> {
  const seconds = stopwatch();
  const graph = layerGraph(images.map(({ image, recipes }) => ({ image: image.definition.image, recipes })));
  const stores = pendingStores(options.cache, engine, signal);
  const assemblies = await assembliesOf(images, options.originOf);
  // So that `gc` leaves them alone.
  const assembled = [...assemblies.values()].flatMap((one) => [one, belowFinal(one)]);
  const keys = [...graph.nodes.keys(), ...assembled.flatMap((one) => one?.key ?? [])];
  const files = images
    .flatMap(({ recipes }) => recipes.flatMap(contextFiles))
    .filter((path) => path.startsWith(options.cacheFolder));
  const used = await markInUse([...keys.map((key) => useOf(engine, key)), ...files.map(useOfFile)]);
  const ahead = assembleAhead(engine, assemblies, options.cacheFolder, reporter, signal);
  try {
    const layers = await buildGraph(engine, graph, images, options, stores, ahead, reporter, signal);
    await ahead.end(layers.lost.size === 0 || options.keepGoing);
    const { read } = ahead;
    const end = await releaseAll(engine, images, assemblies, layers, { ...options, read }, reporter, signal);
    await ahead.close(end.released.keys());
    await stores.done();
    for (const image of end.released.keys()) {
      const own = layers.outcomes.filter(({ images }) => images.includes(image));
      const count = (wanted: string) => own.filter(({ state }) => state === wanted).length;
      const counts = { built: count('built'), reused: count('reused') };
      reporter.report({ event: 'done', image, ...counts, seconds: seconds() });
    }
    return end;
  } finally {
    await ahead.close([]);
    await stores.done();
    used.release();
  }
}

/** As `gc` knows those of the cache: a tree by the folder that it has to itself. */
function contextFiles({ context }: Pick<Recipe, 'context'>): string[] {
  return context.flatMap((entry) => {
    if (entry.kind === 'text') return [];
    return entry.kind === 'tree' ? dirname(entry.from) : entry.from;
  });
}

async function releaseAll(
  engine: Engine,
  images: readonly ImageBuild[],
  assemblies: ReadonlyMap<string, Assembly>,
  { lost, failures }: LayersEnd,
  options: Parameters<typeof releaseImage>[3],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ImagesEnd> {
  const released = new Map<string, BuiltRelease>();
  const failed = new Map<string, string>();
  let [failure] = failures;
  for (const build of images) {
    const name = build.image.definition.image;
    const final = build.recipes.at(-1)!.key;
    if (lost.has(final)) failed.set(name, whatOf(lost.get(final)));
    else if (failure !== undefined && !options.keepGoing) {
      failed.set(name, 'another failure came before it; --keep-going goes on after one');
    } else {
      try {
        const assembly = assemblies.get(name)!;
        released.set(name, await releaseImage(engine, build, assembly, options, reporter, signal));
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        failed.set(name, whatOf(error));
        failure ??= error;
      }
    }
  }
  return { released, failed, failure };
}

function whatOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
