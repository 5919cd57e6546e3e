import { type Descriptor, digestOf } from '../registry/descriptor.ts';
import { documentEntry, type ImageForm, linkEntry } from './archive-entries.ts';

/**
 * As an OCI layout, from which Podman takes only those layers that none of its images has: it asks its store for each
 * digest before it opens the blob. Its manifest is Docker's, as of a saved archive: with OCI's Podman does not see the
 * config's health check.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export const imageLayout: ImageForm = function* (config, parts) {
  for (const { file, diffId } of parts) if (file !== undefined) yield linkEntry(blobPath(diffId), file);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type.manifest,
      config: descriptorOf(type.config, config),
      layers: parts.map(({ diffId, size }) => ({ mediaType: type.layer, digest: diffId, size })),
    }),
  );
  const index = { schemaVersion: 2, manifests: [descriptorOf(type.manifest, manifest)] };
  yield documentEntry(blobPath(digestOf(config)), config);
  yield documentEntry(blobPath(digestOf(manifest)), manifest);
  yield documentEntry('index.json', Buffer.from(JSON.stringify(index)));
  yield documentEntry('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
};

/** https://distribution.github.io/distribution/spec/manifest-v2-2/ */
const type = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
};

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function descriptorOf(mediaType: string, content: Buffer): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}
