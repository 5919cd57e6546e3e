import { z } from 'zod';
import { debianPackage, name, sha256 } from './name.ts';
import { sourceSchema } from './source.ts';

const version = z.string().min(1).max(256);
const bytes = z.int().nonnegative().describe('Bytes.');
const date = z.string().describe('When it was made, ISO 8601, as far as its place tells.');

const file = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,254}$/, 'must be a plain file name'),
  url: z.url({ protocol: /^https?$/ }).describe('The original place; a mirror may stand in for it.'),
  size: bytes,
  sha256,
});

/** Without a host: any mirror of the archive has the same files under the same paths. */
const poolFile = z.strictObject({
  path: z
    .string()
    .max(512)
    .regex(/^pool(\/[A-Za-z0-9][A-Za-z0-9.+~_-]*)+$/, "must be a path below the archive's pool/"),
  size: bytes,
  sha256,
});

const filePin = {
  version,
  date: date.optional(),
  stamp: version.optional().describe('What the members of its set share.'),
  file,
};
const listed = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), ...filePin });

export const gitPinSchema = z.strictObject({
  kind: z.literal('git'),
  version: version.describe('Version of the tag, name of the branch, or the commit.'),
  date: date.optional(),
  stamp: version.optional(),
  url: z.url({ protocol: /^https?$/ }),
  revision: z.string().regex(/^[0-9a-f]{40}$/, 'must be a full commit'),
});

const ociPinSchema = z.strictObject({
  kind: z.literal('oci'),
  version: version.describe('The tag.'),
  reference: z.string().max(512).describe('registry/name, without the tag.'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
    .describe('Digest of the manifest for linux/amd64.'),
});

export const debianPinSchema = z.strictObject({
  kind: z.literal('debian'),
  version: version.describe('What the Release file calls itself, e.g. 13.2; else the suite.'),
  date: date.describe("The Release file's."),
  packages: z.record(debianPackage, z.strictObject({ version, ...poolFile.shape })),
});

export const debianSourcePinSchema = z.strictObject({
  kind: z.literal('debian-source'),
  version: version.describe('Upstream version.'),
  debian: version.describe("The source package's version."),
  date: date.describe("The Release file's."),
  file: poolFile,
});

/** Something upstream that can't change any more. */
export const pinSchema = z.discriminatedUnion('kind', [
  listed('python-index'),
  listed('s3-listing'),
  listed('html-listing'),
  listed('github-release'),
  gitPinSchema,
  ociPinSchema,
  debianPinSchema,
  debianSourcePinSchema,
]);

/** `images/<image>/lock.json` */
export const lockSchema = z.strictObject({
  format: z.literal(1),
  image: name,
  definition: sha256.describe(
    'Over everything in image.yaml and known-bad.yaml that the choice depends on; another one means a stale lock.',
  ),
  asked: z
    .strictObject({
      wishes: z.record(z.string(), z.string()).describe('What `--<source or set>` asked for.'),
      asOf: z.string().optional().describe('`--as-of`'),
    })
    .optional()
    .describe('What a person asked for beyond image.yaml; kept until resolved without.'),
  stamps: z.record(name, version).describe('The stamp of each set.'),
  base: ociPinSchema.optional().describe('Of `base.oci`, where it is built from.'),
  sources: z.record(
    name,
    z.strictObject({
      query: sourceSchema.describe('What image.yaml asked for.'),
      pin: pinSchema.describe('What was chosen.'),
    }),
  ),
});

export type Pin = z.infer<typeof pinSchema>;
export type FilePin = Extract<Pin, { file: { url: string } }>;
export type GitPin = z.infer<typeof gitPinSchema>;
export type OciPin = z.infer<typeof ociPinSchema>;
export type DebianPin = z.infer<typeof debianPinSchema>;
export type DebianSourcePin = z.infer<typeof debianSourcePinSchema>;
export type Lock = z.infer<typeof lockSchema>;
