import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../model/error.ts';
import type { Assembly } from '../plan/assembly.ts';
import { readSaved, type SavedImage } from '../registry/read-saved.ts';
import { type Composed, compose } from './compose.ts';
import { chainIds, toldChain } from './layer-chain.ts';
import { type ReadLayer, readLayer } from './read-layer.ts';
import { recallListing, rememberListing } from './remembered-listings.ts';

/** The image that the final layer's build gave, and into which parts its files go. */
export interface Built extends Composed {
  config: Buffer;
}

interface Options {
  /** For the tars of layers. */
  folder: string;
  /** Where it is remembered what is in layers. */
  cache: string;
  /** Layers that were read with their contents, by digest; gets those that are read now. */
  read: Map<string, ReadLayer>;
  /** Tells of a layer, by its digest, whether its contents are needed; of others what is in them is recalled if it can be. */
  needed: (diffId: string) => boolean;
  signal: AbortSignal;
}

/** @throws EngineError, Interrupted */
export async function readBuilt(
  engine: Engine,
  assembly: Assembly,
  { folder, cache, read, needed, signal }: Options,
): Promise<Built> {
  const tars = await mkdtemp(join(folder, 'read-'));
  const saved = await readSaved<ReadLayer>(await engine.saveImage(assembly.final.reference, signal), {
    folder: tars,
    where: engine.endpoint,
    known: async (diffId) => read.get(diffId) ?? (needed(diffId) ? undefined : recallListing(cache, diffId)),
    keep: async (content, file) => {
      const layer = await readLayer(content, file, signal);
      // Docker up to 24 does not call layers by their digests.
      const earlier = read.get(layer.diffId);
      if (earlier !== undefined) {
        await rm(file);
        return earlier;
      }
      read.set(layer.diffId, layer);
      rememberListing(cache, layer);
      return layer;
    },
    signal,
  });
  const stands = await standsOf(engine, assembly, saved);
  return { config: saved.config, ...compose(saved.layers, stands, assembly) };
}

/** For each layer of the built image the halobox layer whose steps made it. */
async function standsOf(
  engine: Engine,
  { chain }: Assembly,
  { labels, layers }: Pick<SavedImage<object>, 'labels' | 'layers'>,
): Promise<string[]> {
  const below = chain.slice(0, -1);
  let told = toldChain(labels);
  if (told?.length !== below.length) {
    // Built by bake, or by an earlier halobox.
    const images = await Promise.all(below.map(({ reference }) => engine.inspectImage(reference)));
    told = images.map((image, at) => {
      if (image === undefined) throw untold(chain.at(-1)!, below[at]!, engine.endpoint);
      return chainIds(image.layers).at(-1) ?? '';
    });
  }
  const ids = chainIds(layers.map(({ diffId }) => diffId));
  const ends = told.map((id) => ids.indexOf(id) + 1);
  return layers.map((_, at) => chain[ends.findIndex((end) => end > at)]?.layer ?? chain.at(-1)!.layer);
}

type Link = Assembly['chain'][number];

function untold(final: Link, lacking: Link, where: string): EngineError {
  return new EngineError({
    what: `layer ${final.layer} does not tell what it stands on, and ${lacking.layer} is not here to be held against it`,
    where,
    next: `It was made by bake and brought by a cache: remove ${final.reference} and build without --cache-from.`,
  });
}
