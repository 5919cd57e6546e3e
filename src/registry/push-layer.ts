import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../model/error.ts';
import { blobOf, blobOfFile } from './blobs.ts';
import { cacheTag, type LayerName } from './cached-layer.ts';
import { type Descriptor, mediaType } from './descriptor.ts';
import type { Registry } from './open-registry.ts';
import { packLayer } from './pack-layer.ts';
import { readSaved, type SavedImage } from './read-saved.ts';
import { recallLayer, rememberLayer } from './remembered-layers.ts';

interface KeptLayer {
  blob: Descriptor;
  /** Undefined for one that the registry has. */
  file: string | undefined;
}

interface Options {
  keyLabel: string;
  cache: string;
  /** Name of another repository of the same registry that may have a blob. */
  elsewhere(digest: string): string | undefined;
  signal: AbortSignal;
}

/**
 * Saves an image from the engine and puts it under its layer's key: what is missing of its blobs, the manifest last.
 * @param id of the image.
 * @throws UpstreamError, EngineError, Interrupted; then nothing has its name.
 */
export async function pushLayer(
  registry: Registry,
  name: LayerName,
  engine: Engine,
  id: string,
  { keyLabel, cache, elsewhere, signal }: Options,
): Promise<void> {
  const folder = join(cache, 'layers', `${randomUUID()}.partial`);
  await mkdir(folder, { recursive: true });
  try {
    const archive = await engine.saveImage(id, signal);
    const saved = await readSaved<KeptLayer>(archive, {
      folder,
      where: engine.endpoint,
      known: async (diffId) => {
        const blob = recallLayer(cache, diffId);
        return blob && (await isThere(registry, blob, elsewhere(blob.digest)))
          ? { blob, file: undefined }
          : undefined;
      },
      keep: async (content, file) => ({ ...(await packLayer(content, file, signal)), file }),
      signal,
    });
    refuseOther(saved, name, keyLabel, engine);
    await pushSaved(registry, saved, cacheTag(name));
    for (const { diffId, blob } of saved.layers) rememberLayer(cache, diffId, blob);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isThere(
  registry: Registry,
  { digest }: Descriptor,
  from: string | undefined,
): Promise<boolean> {
  return (await registry.hasBlob(digest)) || (from !== undefined && (await registry.mountBlob(digest, from)));
}

async function pushSaved(
  registry: Registry,
  { config, layers }: SavedImage<KeptLayer>,
  tag: string,
): Promise<void> {
  for (const { blob, file } of layers) {
    if (file !== undefined) await registry.putBlob(blobOfFile(file, blob));
  }
  const described = blobOf(config);
  await registry.putBlob(described);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    config: { mediaType: mediaType.config, digest: described.digest, size: described.size },
    layers: layers.map(({ blob }) => blob),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  await registry.putManifest({ bytes, mediaType: mediaType.manifest }, tag);
}

function refuseOther(
  { labels }: SavedImage<KeptLayer>,
  { key }: LayerName,
  keyLabel: string,
  engine: Engine,
): void {
  if (labels[keyLabel] === key) return;
  throw new EngineError({
    what: `the engine saves another image than the layer: its label ${keyLabel} is ${labels[keyLabel] ?? 'missing'}`,
    where: engine.endpoint,
    next: 'Something else changes images on this engine; run the build again.',
  });
}
