import { createHash } from 'node:crypto';
import { z } from 'zod';

const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md; of other algorithms halobox knows nothing. */
export const descriptorSchema = z.object({
  mediaType: z.string().max(255),
  digest: digestSchema,
  /** Bytes. */
  size: z.int().nonnegative(),
  artifactType: z.string().max(255).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export type Descriptor = z.infer<typeof descriptorSchema>;

export const mediaType = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export const indexSchema = z.object({
  manifests: z.array(
    descriptorSchema.extend({
      platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
    }),
  ),
});

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export const manifestSchema = z.object({
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export const configSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  rootfs: z.object({ diff_ids: z.array(digestSchema) }),
});

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Document of JSON; undefined when it is none. */
export function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
