import { z } from 'zod';
import { rcclDecisionSchema } from './rccl-decision.ts';
import { patchVerdictSchema } from './series.ts';

/**
 * What was decided about an image's sources and done to them; the image carries it as /usr/share/halobox/ledger.json. Nothing in it
 * depends on the clock or the machine: equal input gives equal bytes.
 */
export const ledgerSchema = z.strictObject({
  image: z.string().describe('Name of the image.'),
  version: z.string().describe('Version with the marks of its settings.'),
  target: z.string().describe('GPU target.'),
  rccl: rcclDecisionSchema
    .optional()
    .describe('Whether it has an RCCL of its own; only where that is a choice.'),
  sources: z
    .record(
      z.string(),
      z.strictObject({
        version: z.string(),
        sha256: z.string().optional().describe('Digest of the file that was fetched.'),
        revision: z.string().optional().describe('The commit, of a source that git brought.'),
        series: z.array(
          z.strictObject({
            name: z.string(),
            digest: z.string().describe('sha256 over what the series says and its patches.'),
            verdicts: z.array(patchVerdictSchema).describe('What each patch was for the tree, in order.'),
          }),
        ),
      }),
    )
    .describe('Sources that were fetched and held against their series, by name.'),
  withoutSeries: z.array(z.string()).describe('Series that were left out by hand.'),
});

export type Ledger = z.infer<typeof ledgerSchema>;

/** Its name in the context of the released layer; the layer's template copies it. */
export const ledgerName = 'ledger.json';
