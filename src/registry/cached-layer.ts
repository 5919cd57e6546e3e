import { unreadable } from '../sources/listing/unreadable.ts';
import {
  configSchema,
  type Descriptor,
  digestOf,
  indexSchema,
  manifestSchema,
  parsed,
} from './descriptor.ts';
import type { Registry } from './open-registry.ts';

/** By which a layer is found in a cache. */
export interface LayerName {
  layer: string;
  /** 64 hexadecimal digits. */
  key: string;
}

/** A layer as a cache has it. */
export interface CachedLayer {
  config: Buffer;
  /** Its layers from the lowest on, each with the digest of its tar. */
  blobs: readonly { blob: Descriptor; diffId: string }[];
}

/** What all engines load. */
const layerTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar|docker\.image\.rootfs\.diff\.tar)(?:[.+](?:gzip|zstd))?$/;

/** Tags have at most 128 characters; the key alone tells layers apart. */
export function cacheTag({ layer, key }: LayerName): string {
  return `${layer.slice(0, 127 - key.length)}-${key}`;
}

/**
 * What a cache has under a layer's key, before any of its layers is fetched.
 * @param keyLabel the label that holds the key.
 * @returns undefined when it has nothing there.
 * @throws UpstreamError for everything that is not a whole image of this layer for linux/amd64.
 */
export async function findCached(
  registry: Registry,
  name: LayerName,
  keyLabel: string,
): Promise<CachedLayer | undefined> {
  const { api, name: repository } = registry.repository;
  const tag = cacheTag(name);
  const wrong = (what: string) => unreadable(`${api}/v2/${repository}/manifests/${tag}`, what);
  let found = await registry.getManifest(tag);
  if (found === undefined) return undefined;
  const index = indexSchema.safeParse(parsed(found.bytes));
  if (index.success) {
    const ours = index.data.manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
    );
    found = ours && (await registry.getManifest(ours.digest));
    if (found === undefined) throw wrong('it has no image for linux/amd64');
  }
  const manifest = manifestSchema.safeParse(parsed(found.bytes));
  if (!manifest.success) throw wrong('its manifest is none of an image');
  const { config: described, layers } = manifest.data;
  const config = await registry.getBlob(described.digest);
  const facts = configSchema.safeParse(parsed(config));
  // The engine gets it as text.
  if (!facts.success || digestOf(Buffer.from(config.toString('utf8'))) !== described.digest)
    throw wrong('its config is none of an image');
  const { os, architecture, rootfs } = facts.data;
  if (os !== 'linux' || architecture !== 'amd64') throw wrong('it is not for linux/amd64');
  const key = facts.data.config?.Labels?.[keyLabel];
  if (key !== name.key) throw wrong(`its label ${keyLabel} is ${key ?? 'missing'}`);
  if (rootfs.diff_ids.length !== layers.length)
    throw wrong(`it has ${layers.length} of ${rootfs.diff_ids.length} layers`);
  const odd = layers.find(({ mediaType }) => !layerTypes.test(mediaType));
  if (odd) throw wrong(`it has a layer of another kind: ${odd.mediaType}`);
  return { config, blobs: layers.map((blob, at) => ({ blob, diffId: rootfs.diff_ids[at]! })) };
}
