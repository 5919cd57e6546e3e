import { z } from 'zod';
import { sha256 } from '../model/name.ts';
import { patchVerdictSchema } from '../model/series.ts';
import type { KeyInputs } from './key.ts';

const seriesInputs = z.strictObject({
  name: z.string(),
  digest: z.string(),
  patches: z.record(z.string(), z.string()).optional().describe('Digest of each patch, by its id.'),
  verdicts: z.array(patchVerdictSchema.pick({ id: true, verdict: true })),
});

const keyInputsSchema: z.ZodType<KeyInputs> = z.strictObject({
  layer: z.string(),
  containerfile: z.string().describe('As it was rendered.'),
  packages: z.record(z.string(), z.string()).describe('Versions of the Debian packages that it pins.'),
  network: z.enum(['default', 'none']),
  rootFileSystem: z.string().optional().describe('sha256 of the tarball.'),
  sources: z
    .record(
      z.string(),
      z.strictObject({
        sha256: z.string().optional(),
        revision: z.string().optional(),
        series: z.array(seriesInputs),
      }),
    )
    .describe('Digest of the file or commit, and what was done to the tree.'),
  files: z
    .record(z.string(), z.strictObject({ sha256: z.string(), executable: z.boolean() }))
    .describe('By path in the context.'),
  parents: z.record(z.string(), z.string()).describe('Keys of the layers that it needs.'),
});

/** `$XDG_STATE_HOME/halobox/layers/<image>/<layer>.json`: what a layer of an image was last built from on this machine. */
export const layerRecordSchema = z.strictObject({
  format: z.literal(1),
  key: sha256,
  inputs: keyInputsSchema.describe('What the key was made from.'),
  seconds: z.number().nonnegative().describe('How long the build of this layer took.'),
  built: z.iso.datetime().describe('When the build that it was part of began.'),
});

export type LayerRecord = z.infer<typeof layerRecordSchema>;
