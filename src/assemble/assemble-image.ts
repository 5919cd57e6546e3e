import type { Engine } from '../engine/engine.ts';
import { Interrupted } from '../model/error.ts';
import type { Assembly } from '../plan/assembly.ts';
import { label } from '../plan/labels.ts';
import { unwritable } from '../store/unwritable.ts';
import { computeParts } from './compute-parts.ts';
import { configOf } from './image-config.ts';
import { imageLayout } from './image-layout.ts';
import { type PartToSend, partsToSend, tarsOf } from './parts-to-send.ts';
import { type Built, readBuilt } from './read-built.ts';
import type { ReadLayer } from './read-layer.ts';
import { releaseArchive } from './release-archive.ts';
import { rememberPart } from './remembered-parts.ts';
import { savedArchive } from './saved-archive.ts';
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
  /** Layers whose contents are on the disk already, by digest. */
  read?: ReadonlyMap<string, ReadLayer>;
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
  { cache, read, signal }: Options,
): Promise<Assembled> {
  try {
    return await inWorkFolder(cache, (folder) =>
      assembleIn(folder, engine, assembly, { cache, read: new Map(read), signal }),
    );
  } catch (error) {
    throw signal.aborted ? new Interrupted() : unwritable(error, cache);
  }
}

/**
 * The same, with the contents of layers in a folder of the caller's.
 * @param options.read gets the layers that are read.
 */
export async function assembleIn(
  folder: string,
  engine: Engine,
  assembly: Assembly,
  { cache, read: kept, signal }: Options & { read: Map<string, ReadLayer> },
): Promise<Assembled> {
  const read: Read = (needed) => readBuilt(engine, assembly, { folder, cache, read: kept, needed, signal });
  const load = async (built: Built, parts: readonly PartToSend[]): Promise<Assembled> => {
    const release = releaseArchive(built.tree, parts, {
      // A whole one is loaded sooner as it is saved: a layout is unpacked first.
      form: engine.leavesOut === 'any' && parts.some(({ sent }) => !sent) ? imageLayout : savedArchive,
      configOf: (released) => configOf(built.config, released, assembly),
      computed: (identity, facts) => rememberPart(cache, identity, facts),
    });
    return { id: await engine.loadImage(release.archive, signal), layers: release.parts };
  };
  const { built, parts } = await fewest(engine, assembly, read, { cache, signal });
  const assembled = await load(built, parts).catch(async (error) => {
    if (signal.aborted || !parts.some(({ known }) => known)) throw error;
    // What had the parts that were left out may be gone meanwhile, or a part is not what was remembered of it: every
    // engine holds what it is sent against the digests in the config.
    const whole = await read(() => true);
    return load(whole, partsToSend(whole));
  });
  await engine.tag(assembled.id, assembly.reference);
  return assembled;
}

type Read = (needed: (diffId: string) => boolean) => Promise<Built>;

/** The built image with the parts that the engine lacks, and their contents. */
async function fewest(
  engine: Engine,
  { image }: Assembly,
  read: Read,
  options: Options,
): Promise<{ built: Built; parts: PartToSend[] }> {
  const { leavesOut } = engine;
  const alike = leavesOut === 'any' ? undefined : image;
  const earlier = leavesOut === 'none' ? [] : await engine.listImages(label.image, alike);
  const held = earlier.map(({ layers }) => layers);
  // Without an earlier release every content is sent.
  if (held.length === 0) {
    const built = await read(() => true);
    return { built, parts: partsToSend(built, options) };
  }
  const few = (built: Built) => partsToSend(built, { ...options, held, leavesOut });
  let built = await read(() => false);
  const tars = tarsOf(built.tree, few(built));
  if (tars.some(({ file }) => file === undefined)) {
    const wanted = new Set(tars.map(({ diffId }) => diffId));
    built = await read((diffId) => wanted.has(diffId));
  }
  await computeParts(built.tree, few(built), options);
  return { built, parts: few(built) };
}
