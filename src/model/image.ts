import semver from 'semver';
import { z } from 'zod';
import { byteSize } from './bytes.ts';
import { coherenceSchema } from './coherence.ts';
import { contractSchema } from './contract.ts';
import { debianPackage, gpuTarget, imagePath, innerPath, name, outputPath, symbolName } from './name.ts';
import { ociReference, sourceSchema } from './source.ts';

/** Where an image's root file system comes from. Both kinds may be given; the machine decides unless forced. */
const base = z.strictObject({
  suite: z
    .string()
    .regex(/^[a-z]+$/)
    .describe('Debian suite, e.g. trixie.'),
  debootstrap: z
    .strictObject({
      variant: z.enum(['minbase', 'apt', 'important', 'standard']).default('minbase'),
      include: z.array(debianPackage).default([]).describe('Packages beyond the variant.'),
    })
    .optional()
    .describe("Made by mmdebstrap from Debian's archive; needs no registry."),
  oci: ociReference
    .optional()
    .describe('Pulled from a registry by the digest in the lock, where mmdebstrap is not to be had.'),
});

const argument = z
  .strictObject({
    description: z.string(),
    values: z.array(name).min(1).describe('Allowed values.'),
    default: name,
  })
  .refine((value) => value.values.includes(value.default), {
    path: ['default'],
    message: 'must be one of `values`',
  });

/** Values that an image hands to a layer's template. */
const parameter = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.record(z.string(), z.string()),
]);

const file = z.strictObject({
  from: innerPath.describe("Path under the image's `files/`."),
  to: innerPath.describe('Path in the build context.'),
});

/** How often a layer changes, from seldom to often. */
export const changeRates = ['yearly', 'monthly', 'weekly', 'daily'] as const;

const layer = z.strictObject({
  kind: name.describe('The template that renders it: `templates/<kind>.hbs`.'),
  purpose: z.string().describe('One line for people.'),
  needs: z.array(name).default([]).describe('Layers it stands on or copies from; the first is its parent.'),
  sources: z
    .array(name)
    .default([])
    .describe('Sources whose tree or file is in its context, under `sources/<name>/`.'),
  files: z.array(file).default([]).describe('Files that are in its context.'),
  network: z.enum(['default', 'none']).default('default').describe('Network of its RUN steps.'),
  buildOnly: z.boolean().default(false).describe('Nothing of it reaches users but what others copy.'),
  outputs: z
    .array(outputPath)
    .default([])
    .describe(
      'Paths of the released image that come from it, folders with all inside; `*` stands for any characters of one name. Of a layer that the released one stands on, everything is its own anyway.',
    ),
  changes: z
    .enum(changeRates)
    .default('monthly')
    .describe('How often it changes: what changes most lies on top of the released image.'),
  with: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), parameter)
    .default({})
    .describe("The template's own variables."),
});

const rccl = z
  .strictObject({
    choice: z
      .enum(['stock', 'patched', 'auto'])
      .default('auto')
      .describe(
        '`patched`: built from the source, whose series must give its tree the change; `stock`: not built, what other layers bring stays; `auto`: built where a patch of the series is needed.',
      ),
    source: name.describe('The source whose series decide.'),
    layer: name.describe('The layer that builds it; left out where stock is chosen.'),
    library: imagePath.describe('Where that layer has the library.'),
    neededBy: z
      .array(
        z.strictObject({
          layer: name.describe('The layer that has the file.'),
          file: imagePath.describe('A program or shared library in it.'),
        }),
      )
      .default([])
      .describe("Files whose undefined symbols of RCCL's the library must have."),
    symbols: z.array(symbolName).default([]).describe('Symbols that the library must have in any case.'),
  })
  .describe('Whether the image has an RCCL of its own.');

/** `images/<image>/image.yaml` */
export const imageSchema = z.strictObject({
  image: name.describe('Name of the image; equals the name of its folder.'),
  title: z.string(),
  description: z.string(),
  version: z
    .string()
    .refine(
      (text) => semver.valid(text) === text && !text.includes('+'),
      'must be a semantic version such as 1.4.0',
    )
    .describe('Version of the image, by https://semver.org.'),
  licenses: z.string().describe('SPDX expression over what is inside.'),
  source: z.url().describe('Where the image is made.'),
  target: gpuTarget.describe('GPU target that device code is compiled for.'),
  base,
  arguments: z.record(name, argument).default({}).describe('What `--set name=value` can change.'),
  sources: z
    .record(name, sourceSchema)
    .default({})
    .describe(
      'What is taken from upstream, the most important first, each by its kind (below); `halobox resolve` locks it.',
    ),
  coherence: coherenceSchema.prefault({}).describe('Which versions of the sources go together.'),
  layers: z.record(name, layer).describe('The graph of layers.'),
  final: name.describe('The layer that is released.'),
  rccl: rccl.optional(),
  parts: z
    .int()
    .min(1)
    .max(100)
    .default(40)
    .describe(
      'Most layers of the released image: the largest owners of files (a wheel, a package, a component of ROCm) get one each.',
    ),
  budget: byteSize
    .optional()
    .describe('Most that the image may take unpacked, such as `1.5GB`; a build that grows past it fails.'),
  untested: z.array(z.string()).default([]).describe('What was never run on hardware; shown and labelled.'),
  tags: z
    .array(z.string())
    .min(1)
    .describe('Tags; `{version}` and `{time}` (UTC, YYYYMMDD-HHMMSS) are replaced.'),
  contract: contractSchema,
});

export type Image = z.infer<typeof imageSchema>;
export type Layer = Image['layers'][string];
export type Rccl = z.infer<typeof rccl>;
