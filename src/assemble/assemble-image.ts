import type { Engine } from '../engine/engine.ts';
import { EngineError, Interrupted } from '../model/error.ts';
import type { Assembly } from '../plan/assembly.ts';
import { label } from '../plan/labels.ts';
import { readSaved, type SavedImage } from '../registry/read-saved.ts';
import { unwritable } from '../store/unwritable.ts';
import { compose } from './compose.ts';
import { configOf } from './image-config.ts';
import { chainIds, toldChain } from './layer-chain.ts';
import { type PartToSend, partsToSend } from './parts-to-send.ts';
import { readLayer } from './read-layer.ts';
import { releaseArchive } from './release-archive.ts';
import { rememberPart } from './remembered-parts.ts';
import { inWorkFolder } from './work-folder.ts';

export interface Assembled {
  /** Image id, `sha256:…`. */
  id: string;
  /** From the lowest on; `size` in bytes of its tar. */
  layers: readonly { name: string; diffId: string; size: number }[];
}

interface Options {
  /** Folder in which there is room for the image. */
  cache: string;
  signal: AbortSignal;
}

/**
 * Puts the released image together anew from the files of the image that the final layer's build gave: sorted into parts
 * by who brought them and how often that changes, with fixed times and nothing of the build in it. So equal layers give
 * equal digests, and who has the image before needs only the parts that changed.
 * @throws EngineError, HaloboxError (exit 1) where the cache can't be written, Interrupted; then nothing has its name.
 */
export async function assembleImage(
  engine: Engine,
  assembly: Assembly,
  { cache, signal }: Options,
): Promise<Assembled> {
  const assemble = async (folder: string): Promise<Assembled> => {
    const saved = await readSaved(await engine.saveImage(assembly.final.reference, signal), {
      folder,
      where: engine.endpoint,
      keep: (content, file) => readLayer(content, file, signal),
      signal,
    });
    const stands = await standsOf(engine, assembly, saved);
    const composed = compose(saved.layers, stands, assembly);
    const earlier = engine.takesPartial ? await engine.listImages(label.image, assembly.image) : [];
    const few = partsToSend(composed, { cache, held: earlier.map((image) => image.layers) });
    const load = async (parts: readonly PartToSend[]): Promise<Assembled> => {
      const release = releaseArchive(composed.tree, parts, {
        configOf: (released) => configOf(saved.config, released, assembly),
        computed: (identity, facts) => rememberPart(cache, identity, facts),
      });
      return { id: await engine.loadImage(release.archive, signal), layers: release.parts };
    };
    const assembled = await load(few).catch((error) => {
      if (signal.aborted || !few.some(({ known }) => known)) throw error;
      // What had the parts that were left out may be gone meanwhile, or a part is not what was remembered of it: every
      // engine holds what it is sent against the digests in the config.
      return load(partsToSend(composed));
    });
    await engine.tag(assembled.id, assembly.reference);
    return assembled;
  };
  try {
    return await inWorkFolder(cache, assemble);
  } catch (error) {
    throw signal.aborted ? new Interrupted() : unwritable(error, cache);
  }
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
