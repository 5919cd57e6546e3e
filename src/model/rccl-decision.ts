import { z } from 'zod';

/** What became of `rccl.choice` in image.yaml. */
export const rcclDecisionSchema = z.strictObject({
  decided: z
    .enum(['stock', 'patched'])
    .describe('`patched`: built from the source; `stock`: what other layers bring.'),
  why: z.string().describe('The reason, for people.'),
});

export type RcclDecision = z.infer<typeof rcclDecisionSchema>;
