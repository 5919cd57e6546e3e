import type { Engine } from '../engine/engine.ts';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { configSchema, indexSchema, manifestSchema, parsed } from '../registry/descriptor.ts';
import type { Registry } from '../registry/open-registry.ts';
import { packLayer } from '../registry/pack-layer.ts';
import { readSaved } from '../registry/read-saved.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { historyOf } from './history.ts';
import type { ImageSource } from './image-source.ts';

/**
 * An image of an engine. Its layers are packed into a folder as they come, which is what a push of it would send.
 * @throws HaloboxError (exit 1) when the engine has none of that name; EngineError.
 */
export async function engineImage(
  engine: Engine,
  reference: string,
  folder: string,
  signal: AbortSignal,
): Promise<ImageSource> {
  const facts = await engine.inspectImage(reference);
  if (!facts) {
    throw new HaloboxError(ExitCode.failed, {
      what: `there is no image ${reference} here`,
      where: engine.endpoint,
      next: 'Name one that `podman images` or `docker images` shows, or docker://registry/name:tag.',
    });
  }
  const archive = await engine.saveImage(facts.id, signal);
  const { config, labels, layers } = await readSaved(archive, {
    folder,
    where: engine.endpoint,
    keep: async (content, file) => ({ ...(await packLayer(content, file, signal)), file }),
    signal,
  });
  const history = historyOf(config, layers.length);
  return {
    reference,
    labels,
    layers: layers.map(({ blob, diffId, file }, index) => ({
      diffId,
      packed: blob.size,
      by: history[index]!,
      file: async () => file,
    })),
  };
}

/**
 * An image of a registry, for linux/amd64; its layers are brought when they are looked into.
 * @throws HaloboxError (exit 1) when there is none of that name; UpstreamError.
 */
export async function registryImage(
  registry: Registry,
  tag: string,
  reference: string,
): Promise<ImageSource> {
  const { api, name } = registry.repository;
  const url = `${api}/v2/${name}/manifests/${tag}`;
  let found = await registry.getManifest(tag);
  if (found === undefined) {
    throw new HaloboxError(ExitCode.failed, {
      what: `there is no image ${reference}`,
      where: url,
      next: 'Correct the name; `halobox images` lists what can be built here.',
    });
  }
  const index = indexSchema.safeParse(parsed(found.bytes));
  if (index.success) {
    const ours = index.data.manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
    );
    found = ours && (await registry.getManifest(ours.digest));
    if (found === undefined) throw unreadable(url, 'it has no image for linux/amd64');
  }
  const manifest = manifestSchema.safeParse(parsed(found.bytes));
  if (!manifest.success) throw unreadable(url, 'its manifest is none of an image');
  const { layers } = manifest.data;
  const config = await registry.getBlob(manifest.data.config.digest);
  const facts = configSchema.safeParse(parsed(config));
  const diffIds = facts.data?.rootfs.diff_ids ?? [];
  if (diffIds.length !== layers.length) throw unreadable(url, 'its config does not fit its layers');
  const history = historyOf(config, layers.length);
  return {
    reference,
    labels: facts.data?.config?.Labels ?? {},
    layers: layers.map((blob, at) => ({
      diffId: diffIds[at]!,
      packed: blob.size,
      by: history[at]!,
      file: () => registry.bringBlob(blob),
    })),
  };
}
