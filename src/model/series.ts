import { z } from 'zod';
import { gpuTarget, innerPath, name } from './name.ts';

const patch = z.strictObject({
  id: name,
  file: innerPath.describe('The patch, in git format, beside series.yaml.'),
  purpose: z.string().describe('One line: what it does.'),
  reason: z.string().describe('Why it is needed.'),
  links: z.array(z.url()).default([]).describe('Where that can be read.'),
});

/** `patches/<series>/series.yaml` */
export const seriesSchema = z.strictObject({
  series: name.describe('Name of the series; equals the name of its folder.'),
  project: name.describe('The upstream project.'),
  upstream: z.url(),
  versions: z.string().describe('Range of upstream versions it is meant for, as npm writes ranges.'),
  targets: z.array(gpuTarget).min(1).describe('GPU targets it serves.'),
  patches: z.array(patch).min(1).describe('In the order in which they are applied.'),
});

export type Series = z.infer<typeof seriesSchema>;

/**
 * What a patch is for one tree:
 * `applies`: it fits and is needed; `applied`: the tree has it already; `conflict`: it fits nowhere;
 * `not-applicable`: version or target is outside of what the series is meant for.
 */
type Verdict = 'applies' | 'applied' | 'conflict' | 'not-applicable';

export interface PatchVerdict {
  id: string;
  verdict: Verdict;
  /** Why, for `conflict` and `not-applicable`. */
  reason?: string;
}
